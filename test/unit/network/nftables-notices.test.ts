import { describe, expect, it } from 'vitest';
import { NetlinkMessageBuilder } from '../../../src/core/netlink/message.ts';
import { RemovedTables } from '../../../src/network/nftables-notices.ts';

/** linux/netfilter/nf_tables.h, nfnetlink.h */
const type = (message: number): number => (10 << 8) | message;
const [newTable, deleteTable, newRule, newGeneration] = [0, 2, 6, 15].map(type) as [number, number, number, number];

/** struct nfgenmsg, and of a table or rule the name of the table (NFTA_TABLE_NAME and NFTA_RULE_TABLE are both 1). */
function message(what: number, family: number, table?: string): Uint8Array {
  const builder = new NetlinkMessageBuilder(what, 0).u8(family).u8(0).u16(0);
  return (table === undefined ? builder : builder.attributeString(1, table)).finish();
}

const generation = message(newGeneration, 0);
const [ip, ip6, inet] = [2, 10, 1];

function taken(...messages: readonly Uint8Array[]): unknown {
  const tables = new RemovedTables();
  return messages.flatMap((each) => tables.take(each));
}

describe('tables of nftables', () => {
  it('are gone when the transaction that took them away is over', () => {
    const tables = new RemovedTables();
    for (const each of [
      message(deleteTable, ip, 'keepalived'),
      message(newRule, ip, 'x'),
      message(deleteTable, ip6, 'b'),
    ])
      expect(tables.take(each)).toEqual([]);
    expect(tables.take(generation)).toEqual([
      { family: 'ip', name: 'keepalived' },
      { family: 'ip6', name: 'b' },
    ]);
    expect(tables.take(generation)).toEqual([]);
  });

  it('are not gone where the same transaction makes them anew', () => {
    const again = [message(deleteTable, ip, 'a'), message(deleteTable, ip6, 'a'), message(newTable, ip, 'a')];
    expect(taken(...again, generation)).toEqual([{ family: 'ip6', name: 'a' }]);
  });

  it('of other families, and messages of other subsystems, say nothing', () => {
    const conntrack = message((1 << 8) | 2, ip, 'a');
    expect(taken(message(deleteTable, inet, 'a'), conntrack, message(deleteTable, ip), generation)).toEqual([]);
  });

  it('any octets are survived', () => {
    const whole = message(deleteTable, ip, 'keepalived');
    for (let length = 0; length < whole.length; length++)
      expect(taken(whole.subarray(0, length), generation)).toEqual([]);
  });
});

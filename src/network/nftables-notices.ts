/** What nftables tells of its tables: which are gone behind a transaction (linux/netfilter/nf_tables.h, nfnetlink.h). */
import { Attributes, decoding, readNetlinkMessage } from '../core/netlink/message.ts';

/** Multicast group of nftables. */
export const NFNLGRP_NFTABLES = 7;

const NFNL_SUBSYS_NFTABLES = 10;
/** NFT_MSG_* */
const MESSAGE = { newTable: 0, deleteTable: 2, newGeneration: 15 } as const;
const NFTA_TABLE_NAME = 1;
/** struct nfgenmsg: family, version, resource. */
const nfgenmsgLength = 4;
/** NFPROTO_* */
const families = new Map([
  [2, 'ip'],
  [10, 'ip6'],
] as const);

export type TableFamily = 'ip' | 'ip6';

export interface TableName {
  readonly family: TableFamily;
  readonly name: string;
}

/** Follows the messages of the group. Every transaction ends with that of its generation. */
export class RemovedTables {
  readonly #removed = new Map<string, TableName>();

  /**
   * @param message complete, with its header; what is no message of nftables, or of another family, says nothing
   * @returns the tables that the transaction which it ends has taken away, and not made anew
   */
  take(message: Uint8Array): readonly TableName[] {
    const read = decoding(() => readNetlinkMessage(message));
    if (!read.ok) return [];
    const { payload, type } = read.value;
    if (type >> 8 !== NFNL_SUBSYS_NFTABLES) return [];
    switch (type & 0xff) {
      case MESSAGE.deleteTable:
      case MESSAGE.newTable: {
        const table = tableOf(payload);
        if (table === undefined) return [];
        const key = `${table.family} ${table.name}`;
        if ((type & 0xff) === MESSAGE.deleteTable) this.#removed.set(key, table);
        else this.#removed.delete(key);
        return [];
      }
      case MESSAGE.newGeneration: {
        if (this.#removed.size === 0) return [];
        const removed = [...this.#removed.values()];
        this.#removed.clear();
        return removed;
      }
      default:
        return [];
    }
  }
}

function tableOf(payload: Uint8Array): TableName | undefined {
  const family = families.get((payload[0] ?? 0) as 2 | 10);
  const name = decoding(() => new Attributes(payload.subarray(nfgenmsgLength)).string(NFTA_TABLE_NAME));
  if (family === undefined || !name.ok || name.value === undefined) return undefined;
  return { family, name: name.value };
}

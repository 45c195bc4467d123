// Lines as net/netfilter/ipvs/ip_vs_conn.c writes them ("%-3s %08X %04X %08X %04X %s %04X %-11s %7u%s").
import { describe, expect, it } from 'vitest';
import { formatIpAddress, parseIpAddress } from '../../../src/core/ip-address.ts';
import { ClientCounts } from '../../../src/limit/client-counts.ts';
import { ConnectionTableParser } from '../../../src/limit/connection-table.ts';
import { ServiceFilter } from '../../../src/limit/service-filter.ts';
import type { LimitedService } from '../../../src/config/model.ts';

const header = 'Pro FromIP   FPrt ToIP     TPrt DestIP   DPrt State       Expires PEName PEData\n';
const web = 'TCP C0A8010A 8F3C C0A80136 0050 AC100102 0050 ESTABLISHED     899\n';
const other = 'TCP C0A8010B 8F3D C0A80136 0050 AC100103 0050 ESTABLISHED     899\n';
const mail = 'TCP C0A8010A 8F3E C0A80136 0019 AC100102 0019 ESTABLISHED     899\n';
const closing = 'TCP C0A8010A 8F3F C0A80136 0050 AC100102 0050 FIN_WAIT        101\n';
const datagram = 'UDP C0A8010A 0035 C0A80136 0035 AC100102 0035 UDP             299\n';
const sctp = 'SCTP C0A8010A 8F3C C0A80136 0050 AC100102 0050 ESTABLISHED     899\n';
const template = 'TCP C0A8010A 0000 C0A80136 0050 AC100102 0050 NONE             49\n';
const withData = 'UDP C0A8010A 13C4 C0A80136 13C4 AC100102 13C4 UDP             299 sip  ESTABLISHED\n';
const ipv6 =
  'TCP 2001:0db8:0000:0000:0000:0000:0000:00ff 8F3C 2001:0db8:0000:0000:0000:0000:0000:0001 0050 fd00:0000:0000:0000:0000:0000:0000:0002 0050 ESTABLISHED     899\n';
/** A client of IPv6 in front of a server of IPv4, by a tunnel. */
const mixed =
  'TCP 2001:0db8:0000:0000:0000:0000:0000:00ff 8F3D 2001:0db8:0000:0000:0000:0000:0000:0001 0050 AC100102 0050 ESTABLISHED     899\n';

interface Options {
  readonly services?: readonly LimitedService[];
  readonly clientPrefix?: { readonly inet: number; readonly inet6: number };
  /** Octets in a piece. */
  readonly piece?: number;
}

function count(text: string, { clientPrefix = { inet: 32, inet6: 128 }, piece = 65_536, services }: Options = {}) {
  const counts = new ClientCounts({ clientPrefix, keepFrom: 1, seed: 7 });
  const parser = new ConnectionTableParser([{ counts, ...(services && { services: new ServiceFilter(services) }) }]);
  const bytes = new TextEncoder().encode(text);
  for (let from = 0; from < bytes.length; from += piece) parser.feed(bytes.subarray(from, from + piece));
  const summary = parser.finish();
  const clients = Object.fromEntries(
    [...counts.result()].map(({ bytes: address, connections }) => [formatIpAddress(address), connections]),
  );
  return { ...summary, clients, established: counts.connections };
}

describe('the connection table', () => {
  it('counts established connections by client, of every protocol and family', () => {
    const text = [header, web, other, mail, closing, datagram, sctp, template, withData, ipv6, mixed].join('');
    expect(count(text)).toEqual({
      lines: 10,
      unreadable: 0,
      established: 6,
      clients: { '192.168.1.10': 3, '192.168.1.11': 1, '2001:db8::ff': 2 },
    });
  });

  it('is the same in pieces of any size', () => {
    const text = [header, web, ipv6, closing, mixed, sctp, other].join('');
    const whole = count(text);
    for (let piece = 1; piece < 200; piece++) expect(count(text, { piece })).toEqual(whole);
  });

  it('counts only what goes to the services that are named', () => {
    const text = [header, web, mail, other, ipv6].join('');
    const at = (address: string, port: number, more = 1): LimitedService => ({
      family: address.includes(':') ? 'inet6' : 'inet',
      address,
      port,
      count: more,
    });
    expect(count(text, { services: [at('192.168.1.54', 25)] }).clients).toEqual({ '192.168.1.10': 1 });
    // Port 0: all.
    expect(count(text, { services: [at('192.168.1.54', 0)] }).clients).toEqual({
      '192.168.1.10': 2,
      '192.168.1.11': 1,
    });
    // A range of a group.
    expect(count(text, { services: [at('192.168.1.50', 80, 5)] }).established).toBe(2);
    expect(count(text, { services: [at('192.168.1.50', 80, 4)] }).established).toBe(0);
    expect(count(text, { services: [at('2001:db8::1', 80)] }).clients).toEqual({ '2001:db8::ff': 1 });
    expect(count(text, { services: [at('2001:db8::1', 81)] }).established).toBe(0);
  });

  it('tells clients apart by as many bits as it is told', () => {
    const clientPrefix = { inet: 24, inet6: 64 };
    expect(count([web, other, ipv6].join(''), { clientPrefix }).clients).toEqual({ '192.168.1.0': 2, '2001:db8::': 1 });
  });

  it.each([
    ['another first field', 'X\n'],
    ['nothing', '\n'],
    ['addresses that are none', web.replace('C0A8010A', 'C0A8010G')],
    ['a port that is none', web.replace('0050 AC', '00x0 AC')],
    ['IPv6 without its colons', ipv6.replace('2001:0db8:', '2001 0db8:')],
    ['IPv6 with other colons', ipv6.replace('0db8:0000', '0db80:000')],
    ['a line that ends early', web.slice(0, 40) + '\n'],
    ['a line without an end', web.slice(0, 50)],
    ['a line longer than any', `TCP ${'F'.repeat(5_000)}\n`],
    ['octets of no text', '\u0000\u00ff\ufffd\n'],
  ])('skips and counts %s', (_what, line) => {
    const { clients, unreadable } = count([header, web, line].join('') + (line.endsWith('\n') ? other : ''), {
      piece: 64,
    });
    expect(unreadable).toBe(1);
    expect(clients['192.168.1.10']).toBe(1);
    if (line.endsWith('\n')) expect(clients['192.168.1.11']).toBe(1);
  });

  it('begins anew with each table', () => {
    const counts = new ClientCounts({ clientPrefix: { inet: 32, inet6: 128 }, keepFrom: 1, seed: 1 });
    const parser = new ConnectionTableParser([{ counts }]);
    parser.feed(new TextEncoder().encode(web + web.slice(0, 30)));
    expect(parser.finish()).toEqual({ lines: 1, unreadable: 1 });
    parser.feed(new TextEncoder().encode(web));
    expect(parser.finish()).toEqual({ lines: 1, unreadable: 0 });
  });
});

describe('client counts', () => {
  it('are exact for two hundred thousand clients of both families', () => {
    const counts = new ClientCounts({ clientPrefix: { inet: 32, inet6: 128 }, keepFrom: 3, seed: 0xdeadbeef });
    const clients = 100_000;
    for (let client = 0; client < clients; client++) {
      for (let times = 0; times <= client % 4; times++) {
        counts.addIpv4((0x0a000000 + client * 257) >>> 0);
        counts.addIpv6(0x20010db8, 0, client, 1);
      }
    }
    expect(counts.clients).toBe(2 * clients);
    expect(counts.connections).toBe(2 * (clients / 4) * (1 + 2 + 3 + 4));
    const found = [...counts.result()];
    // Half of them have three or four.
    expect(found).toHaveLength(clients);
    expect(found.filter(({ connections }) => connections === 4)).toHaveLength(clients / 2);
    expect(new Set(found.map(({ bytes }) => formatIpAddress(bytes))).size).toBe(clients);
    // Also of those below keepFrom, and of who is not there.
    const octets = (text: string): Uint8Array => parseIpAddress(text)?.bytes ?? new Uint8Array();
    expect(['10.0.0.0', '10.0.1.1', '10.0.3.3', '9.9.9.9'].map((text) => counts.of(octets(text)))).toEqual([
      1, 2, 4, 0,
    ]);
    expect(['2001:db8::1', '2001:db8::2:0:1', '2001:db8::9'].map((text) => counts.of(octets(text)))).toEqual([1, 3, 0]);
    counts.clear();
    expect([counts.clients, counts.connections, [...counts.result()].length]).toEqual([0, 0, 0]);
    counts.addIpv4(0);
    expect(counts.clients).toBe(1);
  });
});

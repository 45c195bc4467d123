/** DNS_CHECK against servers on loopback that answer well, badly, wrongly and not at all. */
import { afterEach, describe, expect, it } from 'vitest';
import { dnsCheck } from '../builders.ts';
import { probe, udpServer, unusedUdpPort, type RunningServer, reached } from './servers.ts';

let server: RunningServer | undefined;
afterEach(() => server?.close());

/** Answers with the query, response bit set, code as given; `id` is added to the id. */
const answering =
  (code: number, id = 0) =>
  (query: Buffer): Buffer[] => {
    const answer = Buffer.from(query);
    answer.writeUInt16BE((answer.readUInt16BE(0) + id) & 0xffff, 0);
    answer.writeUInt8(answer.readUInt8(2) | 0x80, 2);
    answer.writeUInt8((answer.readUInt8(3) & 0xf0) | code, 3);
    return [answer];
  };

const check = async (answer: (query: Buffer) => Buffer[], changes: Parameters<typeof dnsCheck>[0] = {}) => {
  server = await udpServer(answer);
  return probe(dnsCheck({ address: '127.0.0.1', port: server.port, connectTimeout: 300, ...changes }));
};

describe('a DNS probe', () => {
  it('passes with an answer without error', async () => {
    expect(await check(answering(0), { queryName: 'example.com', queryType: 'A' })).toMatchObject({
      ok: true,
      detail: 'A of example.com answered',
    });
  });

  it('fails with another code', async () => {
    expect(await check(answering(3))).toMatchObject({
      ok: false,
      phase: 'verdict',
      detail: 'SOA of .: no such name (rcode = 3)',
    });
  });

  it('waits on over answers to others, the echo of its query and scraps', async () => {
    const good = answering(0);
    expect(
      await check((query) => [...answering(0, 1)(query), query, query.subarray(0, 5), Buffer.alloc(0), ...good(query)]),
    ).toMatchObject({ ok: true });
    await server?.close();
    expect(await check(answering(0, 1))).toMatchObject({ ok: false, phase: 'body' });
  });

  it('fails after its time, or at once where nobody listens', async () => {
    const result = await check(() => []);
    expect(result).toMatchObject({ ok: false, phase: 'body', detail: 'SOA of .: no answer within 0.3 s' });
    expect(reached(result)).toEqual(['sent']);
    expect(result.duration).toBeGreaterThanOrEqual(299);
    const refused = await probe(dnsCheck({ address: '127.0.0.1', port: await unusedUdpPort() }));
    expect(refused).toMatchObject({ ok: false, phase: 'connect', detail: 'connection refused' });
  });

  it('leaves from the address and port it is told to', async () => {
    let from = '';
    server = await udpServer((query, source) => {
      from = source;
      return answering(0)(query);
    });
    const bindPort = await unusedUdpPort();
    const where = { address: '127.0.0.1', port: server.port, bindAddress: '127.0.0.5', bindPort };
    expect(await probe(dnsCheck(where))).toMatchObject({ ok: true });
    expect(from).toBe(`127.0.0.5:${bindPort}`);
    expect(await probe(dnsCheck({ ...where, bindAddress: '192.0.2.1' }))).toMatchObject({ ok: false, phase: 'setup' });
  });

  it('is trouble of this side with a name that cannot be asked for', async () => {
    expect(await probe(dnsCheck({ queryName: 'a..b' }))).toMatchObject({ ok: false, phase: 'setup' });
  });
});

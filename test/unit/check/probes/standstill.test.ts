// A process that was not run while its checks waited: what has arrived meanwhile counts, whatever the timers say.
import http from 'node:http';
import net from 'node:net';
import { afterAll, describe, expect, it } from 'vitest';
import { CheckEngine } from '../../../../src/check/engine.ts';
import { wholeCheckLimit } from '../../../../src/check/limits.ts';
import { configuration, dnsCheck, httpCheck, smtpCheck, tcpCheck } from '../builders.ts';
import { globalModel, realServerModel, virtualServerModel } from '../../../support/models.ts';
import { listen, probe, udpServer, type RunningServer } from './servers.ts';

const servers: RunningServer[] = [];
afterAll(() => Promise.all(servers.map((server) => server.close())));

async function serve(server: Promise<RunningServer>) {
  servers.push(await server);
  return { address: '127.0.0.1', port: (await server).port, connectTimeout: 1500 };
}

/** Lets nothing of this process run for a while, as SIGSTOP or a suspended machine would, once checks are under way. */
async function standStill(duration: number): Promise<void> {
  for (let turn = 0; turn < 3; turn++) await new Promise((resolve) => setImmediate(resolve));
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, duration);
}

describe('a standstill of this process', () => {
  it('fails no check of a server that answers, and helps none that does not', async () => {
    const mailServer = net.createServer((socket) => {
      socket.write('220 hello\r\n');
      socket.on('data', (data) => socket.write(data.toString().startsWith('HELO') ? '250 hello\r\n' : '221 bye\r\n'));
    });
    const answer = (query: Buffer) => [Buffer.from(query.map((octet, at) => (at === 2 ? octet | 0x80 : octet)))];
    const checkers = [
      tcpCheck(await serve(listen(net.createServer()))),
      httpCheck(await serve(listen(http.createServer((_, response) => response.end('good'))))),
      smtpCheck(await serve(listen(mailServer))),
      dnsCheck(await serve(udpServer(answer))),
      dnsCheck(await serve(udpServer(() => []))),
      httpCheck(await serve(listen(net.createServer()))),
    ];
    const results = checkers.map((checker) => probe(checker));
    await standStill(3000);
    expect((await Promise.all(results)).map((result) => (result.ok ? 'passed' : result.phase))).toEqual([
      ...['passed', 'passed', 'passed', 'passed'],
      ...['body', 'headers'],
    ]);
  });

  it('makes the engine give up no check that is under way', () => {
    const checker = tcpCheck({ warmup: 0, retry: 0 });
    const service = virtualServerModel({
      realServers: [realServerModel({ address: checker.address, checkers: [checker] })],
    });
    const engine = new CheckEngine(configuration(service), globalModel(), { random: () => 0 });
    engine.start(0);
    expect(engine.timeout(1000).map(({ type }) => type)).toEqual(['start-probe']);
    const late = 60_000;
    engine.stoodStill(late);
    expect(engine.timeout(late)).toEqual([]);
    const given = engine.timeout(late + wholeCheckLimit(checker) + 10_000);
    expect(given.map(({ type }) => type)).toContain('cancel-probe');
  });
});

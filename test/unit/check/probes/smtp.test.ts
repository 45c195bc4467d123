/** SMTP_CHECK against servers on loopback, good and hostile. */
import net from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { probeFailureText } from '../../../../src/check/result-text.ts';
import { smtpCheck } from '../builders.ts';
import { closedPort, listen, probe, type RunningServer, reached } from './servers.ts';

let server: RunningServer | undefined;
afterEach(() => server?.close());

/** Says the greeting, then the answers in turn to each line; keeps what it heard. */
async function mailServer(greeting: string, ...answers: readonly string[]): Promise<string[]> {
  const heard: string[] = [];
  server = await listen(
    net.createServer((socket) => {
      let next = 0;
      socket.write(greeting);
      socket.on('data', (data) => {
        heard.push(data.toString());
        const answer = answers[next++];
        if (answer !== undefined) socket.write(answer);
      });
    }),
  );
  return heard;
}

const check = (changes: Parameters<typeof smtpCheck>[0] = {}) =>
  probe(smtpCheck({ address: '127.0.0.1', port: server?.port ?? 0, connectTimeout: 300, ...changes }));

describe('an SMTP probe', () => {
  it('passes with a server that answers, and says what the original says', async () => {
    const heard = await mailServer('220 hi\r\n', '250 ok\r\n', '221 bye\r\n');
    expect(await check()).toMatchObject({ ok: true });
    expect(heard).toEqual(['HELO smtpchecker.keepalived.org\r\n', 'QUIT\r\n']);
  });

  it.each([
    [['554 no\r\n'], 'verdict', 'the greeting is "554 no"'],
    [['220 hi\r\n', '250-a\r\n250 b\r\n'], 'verdict', 'the answer to HELO is "250-a"'],
    [['220 hi\r\n', '250 ok\r\n'], 'body', 'no sign of the answer to QUIT within 0.3 s'],
    [['220 hi'], 'body', 'no sign of the greeting within 0.3 s'],
  ])('fails with %j', async ([greeting = '', ...answers], phase, detail) => {
    await mailServer(greeting, ...answers);
    const result = await check();
    expect(result).toMatchObject({ ok: false, phase });
    expect(result.detail).toContain(detail);
  });

  it('says how far it came, and when', async () => {
    await mailServer('220 hi\r\n', '550 no\r\n');
    const result = await check();
    expect(reached(result)).toEqual(['connected', 'the greeting']);
    expect(probeFailureText(result)).toMatch(
      /^verdict: the answer to HELO is "550 no", .*; connected after [\d.]+ ms, the greeting after [\d.]+ ms \([\d.]+ ms\)$/,
    );
  });

  it('gives a server that sends octet by octet no more time', async () => {
    server = await listen(
      net.createServer((socket) => {
        const timer = setInterval(() => socket.write('2'), 50);
        socket.on('close', () => clearInterval(timer));
      }),
    );
    const result = await check();
    expect(result).toMatchObject({ ok: false, phase: 'body' });
    expect(result.duration).toBeLessThan(1000);
  });

  it('fails when the connection is refused, closed or reset', async () => {
    expect(await check({ port: await closedPort() })).toMatchObject({
      ok: false,
      phase: 'connect',
      detail: 'connection refused',
    });
    server = await listen(net.createServer((socket) => socket.end('220 hi\r\n')));
    expect(await check()).toMatchObject({ ok: false, detail: 'connection closed before the answer to HELO' });
    await server.close();
    server = await listen(net.createServer((socket) => socket.resetAndDestroy()));
    expect(await check()).toMatchObject({ ok: false, detail: 'connection reset' });
  });

  it('cannot be made from an address that is not here', async () => {
    await mailServer('220 hi\r\n');
    expect(await check({ bindAddress: '192.0.2.1' })).toMatchObject({ ok: false, phase: 'setup' });
  });
});

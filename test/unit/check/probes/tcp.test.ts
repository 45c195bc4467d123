/** TCP_CHECK against loopback. */
import net from 'node:net';
import { describe, expect, it } from 'vitest';
import { ProbeRegistry } from '../../../../src/check/probes/registry.ts';
import { tcpCheck } from '../builders.ts';
import { closedPort, listen, probe, scripts } from './servers.ts';

describe('a TCP probe', () => {
  it('passes when the connection comes up, and closes it', async () => {
    let closed = false;
    const server = await listen(
      net.createServer((socket) => {
        socket.on('close', () => (closed = true));
        socket.resume();
      }),
    );
    expect(await probe(tcpCheck({ address: '127.0.0.1', port: server.port }))).toMatchObject({ ok: true });
    await expect.poll(() => closed).toBe(true);
    await server.close();
  });

  it('fails at once when it is refused', async () => {
    const port = await closedPort();
    expect(await probe(tcpCheck({ address: '127.0.0.1', port }))).toMatchObject({
      ok: false,
      phase: 'connect',
      detail: 'connection refused',
    });
  });

  it('leaves from the address it is told to', async () => {
    let from: string | undefined;
    const server = await listen(
      net.createServer((socket) => {
        from = socket.remoteAddress;
        socket.end();
      }),
    );
    const checker = tcpCheck({ address: '127.0.0.1', port: server.port, bindAddress: '127.0.0.77' });
    expect((await probe(checker)).ok).toBe(true);
    await expect.poll(() => from).toBe('127.0.0.77');
    await server.close();
  });

  it('calls a source address this machine does not have its own trouble', async () => {
    const checker = tcpCheck({ address: '127.0.0.1', port: await closedPort(), bindAddress: '192.0.2.77' });
    expect(await probe(checker)).toMatchObject({ ok: false, phase: 'setup' });
  });

  it('does not report after cancel', async () => {
    const server = await listen(net.createServer((socket) => socket.end()));
    let reported = false;
    const checker = tcpCheck({ address: '127.0.0.1', port: server.port });
    new ProbeRegistry({ scripts }).start({ id: 1, checker }, () => (reported = true)).cancel();
    expect((await probe(checker)).ok).toBe(true);
    expect(reported).toBe(false);
    await server.close();
  });
});

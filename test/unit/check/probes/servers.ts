/** Servers on loopback for probe tests, and a way to run one probe. */
import { execFileSync } from 'node:child_process';
import dgram from 'node:dgram';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import net from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ProbeScripts } from '../../../../src/check/probes/misc.ts';
import { ProbeRegistry } from '../../../../src/check/probes/registry.ts';
import type { ProbeResult } from '../../../../src/check/types.ts';
import { ScriptRunner } from '../../../../src/notify/script-runner.ts';
import type { ActingChecker } from '../../../../src/check/acting.ts';

export interface RunningServer {
  readonly port: number;
  close(): Promise<void>;
}

/** Listens on a free port of 127.0.0.1; closing also ends the connections. */
export async function listen(server: net.Server): Promise<RunningServer> {
  const sockets = new Set<net.Socket>();
  server.on('connection', (socket: net.Socket) => {
    sockets.add(socket);
    socket.on('error', () => undefined);
    socket.on('close', () => sockets.delete(socket));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('no port');
  return {
    port: address.port,
    close: () =>
      new Promise((resolve) => {
        for (const socket of sockets) socket.destroy();
        server.close(() => resolve());
      }),
  };
}

/** A server that hands each connection to `serve` once the request is complete. */
export function afterRequest(serve: (socket: net.Socket) => void): Promise<RunningServer> {
  return listen(
    net.createServer((socket) => {
      let request = '';
      const onData = (chunk: Buffer) => {
        request += chunk.toString('latin1');
        if (!request.endsWith('\r\n\r\n')) return;
        socket.off('data', onData);
        serve(socket);
      };
      socket.on('data', onData);
    }),
  );
}

/** A server with one fixed answer, closing after it. */
export const answering = (response: string | Buffer) => afterRequest((socket) => socket.end(response));

/** How far a probe came. */
export const reached = (result: ProbeResult): readonly string[] => (result.steps ?? []).map((step) => step.reached);

/** A port of 127.0.0.1 where nobody listens. */
export async function closedPort(): Promise<number> {
  const server = await listen(net.createServer());
  await server.close();
  return server.port;
}

/** A UDP server on a free port of 127.0.0.1 that sends what `answer` says to each datagram; `source` is `address:port`. */
export async function udpServer(answer: (data: Buffer, source: string) => readonly Buffer[]): Promise<RunningServer> {
  const socket = dgram.createSocket('udp4');
  socket.on('message', (data, { address, port }) => {
    for (const octets of answer(data, `${address}:${port}`)) socket.send(octets, port, address);
  });
  await new Promise<void>((resolve) => socket.bind(0, '127.0.0.1', resolve));
  const { port } = socket.address();
  let closed = false;
  return {
    port,
    close: () =>
      new Promise((resolve) => {
        if (closed) return resolve();
        closed = true;
        socket.close(() => resolve());
      }),
  };
}

/** A UDP port of 127.0.0.1 where nobody listens. */
export async function unusedUdpPort(): Promise<number> {
  const server = await udpServer(() => []);
  await server.close();
  return server.port;
}

/** Runs programs as the parent process does. */
const runner = new ScriptRunner({ enableScriptSecurity: false, useSymlinkPaths: false });
export const scripts: ProbeScripts = {
  run: (command, timeout, ended) => {
    const script = runner.start({ command, extraArguments: [], purpose: 'check' }, { timeout });
    void script.result.then(ended);
    return { kill: () => script.kill('SIGTERM') };
  },
};

/** Runs one probe to its result. */
export function probe(checker: ActingChecker, urlIndex = 0): Promise<ProbeResult> {
  const url = 'urls' in checker ? checker.urls[urlIndex] : undefined;
  return new Promise((resolve) => {
    new ProbeRegistry({ scripts }).start({ id: 1, checker, ...(url === undefined ? {} : { url }) }, resolve);
  });
}

/** A certificate nobody trusts, for localhost, already expired or not as asked for. */
export function selfSigned(days = 1): { readonly key: string; readonly cert: string } {
  const folder = mkdtempSync(join(tmpdir(), 'kts-check-'));
  try {
    const [key, cert] = [join(folder, 'key.pem'), join(folder, 'cert.pem')];
    const subject = ['-subj', '/CN=localhost', '-days', String(days), '-keyout', key, '-out', cert];
    execFileSync(
      'openssl',
      ['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', ...subject],
      {
        stdio: 'ignore',
      },
    );
    return { key: readFileSync(key, 'utf8'), cert: readFileSync(cert, 'utf8') };
  } finally {
    rmSync(folder, { recursive: true });
  }
}

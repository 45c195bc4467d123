/** A client of the control socket: one request, the parts that come first, the answer. */
import { connect } from 'node:net';
import { controlProtocolVersion } from '../../control/protocol.ts';
import type { Answer, ControlLine } from '../../control/protocol.ts';

/** Reading a huge configuration takes a while; a daemon that says nothing for this long is stuck. Milliseconds. */
const answerTimeout = 120_000;

/** No daemon, or none that may be asked; the message is for the operator. */
export class Unreachable extends Error {}

export interface ControlRequest {
  readonly command: string;
  /** Its fields; those that are undefined are not sent. */
  readonly [field: string]: unknown;
}

export interface AskOptions {
  /** Takes each part of the answer, in order. */
  readonly part?: (value: unknown) => void;
  /** Parts may come at any time: silence is no trouble. */
  readonly follow?: boolean;
  /** Ends the conversation. */
  readonly signal?: AbortSignal;
}

/**
 * Sends one request and waits for its answer.
 * @returns the answer; a conversation ended by `signal` is done
 * @throws Unreachable
 */
export function ask(
  socketPath: string,
  request: ControlRequest,
  { follow = false, part, signal }: AskOptions = {},
): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const socket = connect(socketPath);
    const pieces: string[] = [];
    socket.setEncoding('utf8');
    if (!follow)
      socket.setTimeout(answerTimeout, () => socket.destroy(new Error(`no answer in ${answerTimeout / 1000} s`)));
    const leave = (): void => {
      resolve({ ok: true, result: null });
      socket.destroy();
    };
    if (signal?.aborted === true) leave();
    signal?.addEventListener('abort', leave, { once: true });
    const received = (line: string): void => {
      const content = JSON.parse(line) as ControlLine;
      if ('part' in content) {
        part?.(content.part);
        return;
      }
      resolve(content);
      socket.end();
    };
    socket.on('connect', () => socket.write(`${JSON.stringify({ version: controlProtocolVersion, ...request })}\n`));
    socket.on('data', (chunk: string) => {
      const lines = chunk.split('\n');
      const rest = lines.pop() ?? '';
      try {
        for (const line of lines) {
          pieces.push(line);
          received(pieces.join(''));
          pieces.length = 0;
        }
      } catch (error) {
        socket.destroy(error as Error);
      }
      // An answer may be of megabytes and come in a thousand chunks.
      if (rest !== '') pieces.push(rest);
    });
    socket.on('error', (error: NodeJS.ErrnoException) => reject(new Unreachable(unreachableText(socketPath, error))));
    socket.on('close', () => {
      signal?.removeEventListener('abort', leave);
      reject(new Unreachable(`the daemon at ${socketPath} closed the connection without an answer`));
    });
  });
}

function unreachableText(socketPath: string, error: NodeJS.ErrnoException): string {
  switch (error.code) {
    case 'ENOENT':
    case 'ECONNREFUSED':
      return `no daemon listens at ${socketPath}: is keepalived running? (systemctl status keepalived; another instance: --socket)`;
    case 'EACCES':
      return `${socketPath} may be used by root only: run this command as root`;
    default:
      return `${socketPath}: ${error.message}`;
  }
}

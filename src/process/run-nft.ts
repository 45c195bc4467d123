/** Runs the program nft. To be done in the parent: a fork takes milliseconds in which a protocol loop would stand still. */
import { spawn } from 'node:child_process';
import type { Milliseconds } from '../core/time.ts';
import type { ParentChannel } from './child-channel.ts';

/** Where nft is, on every distribution. */
const searchPath = '/usr/sbin:/sbin:/usr/bin:/bin:/usr/local/sbin:/usr/local/bin';
const mostWords = 400;
/** nft takes milliseconds; a parent that does not answer for so long is gone. */
const answerWithin: Milliseconds = 10_000;

/** One transaction, from a script. Rejects with what nft says. */
export function runNft(script: string): Promise<void> {
  return new Promise((resolve, reject) => {
    const child = spawn('nft', ['-f', '-'], {
      stdio: ['pipe', 'ignore', 'pipe'],
      env: { PATH: searchPath, LC_ALL: 'C' },
    });
    let words = '';
    child.stderr.on('data', (chunk: Buffer) => (words += chunk.toString('utf8')));
    child.on('error', (error) =>
      reject('code' in error && error.code === 'ENOENT' ? new Error('there is no program nft') : error),
    );
    child.on('close', (code) => {
      const [first = ''] = words.trim().split('\n', 1);
      if (code === 0) resolve();
      else reject(new Error(first === '' ? `nft ended with ${code ?? 'a signal'}` : first.slice(0, mostWords)));
    });
    // nft may end before it has read everything: its words say why.
    child.stdin.on('error', () => undefined);
    child.stdin.end(script);
  });
}

/** Asks the parent to run scripts. */
export class NftOfParent {
  readonly #channel: ParentChannel;
  readonly #waiting = new Map<number, (trouble: string | undefined) => void>();
  #runs = 0;

  constructor(channel: ParentChannel) {
    this.#channel = channel;
    channel.onParentGone(() => {
      for (const run of [...this.#waiting.keys()]) this.finished(run, 'the parent process is gone');
    });
  }

  /** Rejects with what nft says, or when the parent does not answer. */
  readonly run = (script: string): Promise<void> =>
    new Promise((resolve, reject) => {
      const run = ++this.#runs;
      const timer = setTimeout(() => this.finished(run, 'the parent process does not answer'), answerWithin);
      this.#waiting.set(run, (trouble) => {
        clearTimeout(timer);
        if (trouble === undefined) resolve();
        else reject(new Error(trouble));
      });
      this.#channel.send({ type: 'run-nft', run, script });
    });

  /** The parent's answer. */
  finished(run: number, trouble: string | undefined): void {
    const waiting = this.#waiting.get(run);
    this.#waiting.delete(run);
    waiting?.(trouble);
  }
}

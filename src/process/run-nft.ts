/** Runs the programs nft and ipset. To be done in the parent: a fork takes milliseconds in which a protocol loop would stand still. */
import { spawn } from 'node:child_process';
import type { Milliseconds } from '../core/time.ts';
import type { ParentChannel } from './child-channel.ts';
import type { FirewallProgram } from './limits/messages.ts';

/** Where nft is, on every distribution. */
const searchPath = '/usr/sbin:/sbin:/usr/bin:/bin:/usr/local/sbin:/usr/local/bin';
const mostWords = 400;
/** Where distributions have them. */
const packages = { nft: 'nftables', ipset: 'ipset', nsenter: 'util-linux' } as const;
/** nft takes milliseconds; a parent that does not answer for so long is gone. */
const answerWithin: Milliseconds = 10_000;

/**
 * One transaction, from a script. Rejects with what nft says.
 * @param namespace path of the network namespace whose rules it is about; absent: that of this process
 */
export async function runNft(script: string, namespace?: string): Promise<void> {
  await runFirewallProgram(nftProgram(script, namespace));
}

function nftProgram(script: string, namespace: string | undefined): FirewallProgram {
  const place = namespace !== undefined && { namespace };
  return { program: 'nft', arguments: ['-f', '-'], input: script, ...place };
}

/** Runs nft or ipset. Answers with what it writes; rejects with the first line of what it complains of. */
export function runFirewallProgram({ arguments: words, input, namespace, program }: FirewallProgram): Promise<string> {
  return new Promise((resolve, reject) => {
    const entering = namespace === undefined ? [] : [`--net=${namespace}`, '--', program];
    const file = namespace === undefined ? program : 'nsenter';
    const child = spawn(file, [...entering, ...words], {
      stdio: ['pipe', 'pipe', 'pipe'],
      env: { PATH: searchPath, LC_ALL: 'C' },
    });
    const output: Buffer[] = [];
    let complaint = '';
    child.stdout.on('data', (chunk: Buffer) => output.push(chunk));
    child.stderr.on('data', (chunk: Buffer) => (complaint += chunk.toString('utf8')));
    child.on('error', (error) => {
      const missing = 'code' in error && error.code === 'ENOENT';
      reject(missing ? new Error(`there is no program ${file}: install the package ${packages[file]}`) : error);
    });
    child.on('close', (code) => {
      const [first = ''] = complaint.trim().split('\n', 1);
      if (code === 0) resolve(Buffer.concat(output).toString('utf8'));
      else reject(new Error(first === '' ? `${program} ended with ${code ?? 'a signal'}` : first.slice(0, mostWords)));
    });
    // The program may end before it has read everything: its words say why.
    child.stdin.on('error', () => undefined);
    child.stdin.end(input);
  });
}

/** Asks the parent to run them. */
export class FirewallOfParent {
  readonly #channel: ParentChannel;
  readonly #waiting = new Map<number, (output: string, trouble: string | undefined) => void>();
  #runs = 0;

  constructor(channel: ParentChannel) {
    this.#channel = channel;
    channel.onParentGone(() => {
      for (const run of [...this.#waiting.keys()]) this.finished(run, '', 'the parent process is gone');
    });
  }

  /** One transaction of nft. Rejects with what nft says, or when the parent does not answer. */
  readonly runNft = async (script: string, namespace?: string): Promise<void> => {
    await this.run({ ...nftProgram(script, namespace), keepsTables: true }, answerWithin);
  };

  /**
   * Answers with what the program writes; rejects with what it complains of, or when the parent is gone.
   * @param within the parent is given up after this time; absent: a program may take as long as it needs
   */
  run(program: FirewallProgram, within?: Milliseconds): Promise<string> {
    return new Promise((resolve, reject) => {
      const run = ++this.#runs;
      const giveUp = (): void => this.finished(run, '', 'the parent process does not answer');
      const timer = within === undefined ? undefined : setTimeout(giveUp, within);
      this.#waiting.set(run, (output, trouble) => {
        clearTimeout(timer);
        if (trouble === undefined) resolve(output);
        else reject(new Error(trouble));
      });
      this.#channel.send({ type: 'run-firewall', run, program });
    });
  }

  /** The parent's answer. */
  finished(run: number, output: string, trouble: string | undefined): void {
    const waiting = this.#waiting.get(run);
    this.#waiting.delete(run);
    waiting?.(output, trouble);
  }
}

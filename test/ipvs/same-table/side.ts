/** One daemon in its place, as seen from the play. */
import { spawn, type ChildProcess } from 'node:child_process';
import { copyFileSync } from 'node:fs';
import path from 'node:path';
import type { Answer, Order, Seen } from './messages.ts';

export type Kind = 'ours' | 'debian';

const programs: Readonly<Record<Kind, string>> = {
  ours: path.join(process.env['LAB_ROOT'] ?? '', 'dist', 'bin', 'keepalived'),
  debian: '/usr/sbin/keepalived',
};
/** Longer than anything in the play takes, also on a machine that is busy with other things. */
const longestAnswer = 60_000;
/** The agent's own /run hides that of the guest. */
const agentFile = '/tmp/agent.mjs';

export class Side {
  readonly kind: Kind;
  readonly log: string[] = [];
  readonly #agent: ChildProcess;
  readonly #waiting = new Map<number, (answer: Answer) => void>();
  #last = 0;

  constructor(kind: Kind, tableCommand: string) {
    this.kind = kind;
    copyFileSync('/run/out/agent.mjs', agentFile);
    const enter = `mount --make-rprivate / && mount -t tmpfs -o mode=755 none /run && mkdir /run/netns && exec "$0" "$@"`;
    const words = ['-n', '-m', 'sh', '-c', enter, process.execPath, agentFile, tableCommand];
    this.#agent = spawn('unshare', words, { stdio: ['ignore', 'inherit', 'inherit', 'ipc'] });
    this.#agent.on('message', (answer: Answer) => {
      this.#waiting.get(answer.id)?.(answer);
      this.#waiting.delete(answer.id);
    });
  }

  async order(order: Order): Promise<Seen | undefined> {
    const id = ++this.#last;
    const answer = await new Promise<Answer>((resolve, reject) => {
      const timer = setTimeout(() => reject(new Error(`${this.kind}: no answer to ${order.do}`)), longestAnswer);
      this.#waiting.set(id, (message) => {
        clearTimeout(timer);
        resolve(message);
      });
      this.#agent.send({ id, order });
    });
    if (answer.trouble !== undefined) throw new Error(`${this.kind}: ${order.do}: ${answer.trouble}`);
    return answer.seen;
  }

  async look(): Promise<Seen> {
    const seen = await this.order({ do: 'look' });
    if (seen === undefined) throw new Error('the agent saw nothing');
    this.log.push(...seen.log);
    return seen;
  }

  start(configuration: string): Promise<unknown> {
    return this.order({ do: 'start', command: [programs[this.kind]], configuration });
  }

  end(): void {
    this.#agent.disconnect();
  }
}

/** A client machine as the lab sees it: orders to the agent that runs there. */
import type { FetchAnswer, HoldReport, LoadReport, LoadOrder, Order } from './agent-protocol.ts';
import type { CleanUp } from './clean-up.ts';
import { until } from './clock.ts';
import { LabError } from './errors.ts';
import { labProgram } from './places.ts';
import type { Topology } from './topology.ts';

type Unnumbered<T> = T extends Order ? Omit<T, 'id'> : never;

export class Client {
  readonly #write: (text: string) => void;
  readonly #waiting = new Map<number, (answer: unknown) => void>();
  #lastId = 0;

  constructor(write: (text: string) => void) {
    this.#write = write;
  }

  /** Takes a line of the agent. */
  take(line: string): void {
    if (!line.startsWith('{"id"')) return;
    const answer = JSON.parse(line) as { id: number };
    this.#waiting.get(answer.id)?.(answer);
    this.#waiting.delete(answer.id);
  }

  /** One request on a connection of its own. */
  fetch(host: string, path = '/index.html', timeout = 3_000): Promise<FetchAnswer> {
    return this.#ask({ verb: 'fetch', host, port: 80, path, timeout });
  }

  /** First lines of the answers to `count` requests, one after the other. */
  async fetchNames(host: string, count: number): Promise<string[]> {
    const names: string[] = [];
    for (let index = 0; index < count; index += 1) {
      const { body, error } = await this.fetch(host);
      names.push(error === '' ? (body.split('\n')[0] ?? '') : error);
    }
    return names;
  }

  /** Connects and returns the server's first words. */
  greet(host: string, port: number, timeout = 3_000): Promise<FetchAnswer> {
    return this.#ask({ verb: 'greet', host, port, timeout });
  }

  beginLoad(order: Omit<LoadOrder, 'id' | 'verb'>): void {
    this.#send({ ...order, verb: 'load' });
  }

  endLoad(): Promise<LoadReport> {
    return this.#ask({ verb: 'end-load' });
  }

  /** Opens this many connections and keeps them. */
  hold(host: string, count: number, timeout = 10_000): Promise<HoldReport> {
    return this.#ask({ verb: 'hold', host, port: 80, count, timeout });
  }

  letGo(): Promise<HoldReport> {
    return this.#ask({ verb: 'let-go' });
  }

  #send(order: Unnumbered<Order>): number {
    this.#lastId += 1;
    this.#write(`${JSON.stringify({ ...order, id: this.#lastId })}\n`);
    return this.#lastId;
  }

  #ask<T extends FetchAnswer | LoadReport | HoldReport>(order: Unnumbered<Order>): Promise<T> {
    const id = this.#send(order);
    return new Promise((resolve) => {
      this.#waiting.set(id, (answer) => {
        resolve(answer as T);
      });
    });
  }
}

/** Starts the agent on a machine and waits until it listens. */
export async function startClient(cleanUp: CleanUp, topology: Topology, machine: string): Promise<Client> {
  let ready = false;
  const client: Client = new Client((text) => {
    running.write(text);
  });
  const running = topology.start(
    cleanUp,
    `client on ${machine}`,
    machine,
    [process.execPath, labProgram('client-agent')],
    {
      onOutput: (text) => {
        ready = true;
        client.take(text);
      },
    },
  );
  await until(`the client on ${machine} starts`, { within: 30_000, every: 50 }, () => {
    if (running.code !== undefined)
      throw new LabError(`The client on ${machine} ended: ${running.lines.map(({ text }) => text).join('\n')}`);
    return ready;
  });
  return client;
}

/** Starts a server on a machine that greets every connection with "220 NAME ESMTP", as a mail server does. */
export async function startGreeter(cleanUp: CleanUp, topology: Topology, machine: string, port: number): Promise<void> {
  let ready = false;
  topology.start(
    cleanUp,
    `greeter on ${machine}`,
    machine,
    [process.execPath, labProgram('client-agent'), 'greeter', machine, String(port)],
    { onOutput: () => (ready = true) },
  );
  await until(`the greeter on ${machine} starts`, { within: 30_000, every: 50 }, () => ready);
}

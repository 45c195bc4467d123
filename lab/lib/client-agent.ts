/**
 * Runs on a client machine: makes requests as the lab orders them on standard input, answers on standard output.
 * With the argument "greeter NAME PORT" it is a server instead that greets as a mail server does.
 */
import http from 'node:http';
import net from 'node:net';
import { createInterface } from 'node:readline';
import type {
  EndLoadOrder,
  FetchAnswer,
  FetchOrder,
  GreetOrder,
  HoldOrder,
  HoldReport,
  LetGoOrder,
  LoadOrder,
  LoadReport,
  Order,
} from './agent-protocol.ts';

const now = (): number => performance.timeOrigin + performance.now();

interface Target {
  readonly host: string;
  readonly port: number;
  readonly path: string;
  readonly timeout: number;
}

function request(target: Target, agent: http.Agent | false): Promise<{ status: number; body: string }> {
  const { host, port, path, timeout } = target;
  return new Promise((resolve, reject) => {
    const call = http.get(
      { host, port, path, agent, headers: agent === false ? { connection: 'close' } : {} },
      (response) => {
        let body = '';
        response.setEncoding('utf8').on('data', (text: string) => (body += text));
        response.on('end', () => {
          clearTimeout(timer);
          resolve({ status: response.statusCode ?? 0, body });
        });
        response.on('error', reject);
      },
    );
    const timer = setTimeout(() => call.destroy(new Error(`no answer in ${timeout} ms`)), timeout);
    call.on('error', (error) => {
      clearTimeout(timer);
      reject(error);
    });
  });
}

function reason(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

async function fetchOnce(order: FetchOrder): Promise<FetchAnswer> {
  const started = now();
  const took = (): number => now() - started;
  try {
    const { status, body } = await request(order, false);
    return { id: order.id, status, body, error: '', milliseconds: took() };
  } catch (error) {
    return { id: order.id, status: 0, body: '', error: reason(error), milliseconds: took() };
  }
}

function greet(order: GreetOrder): Promise<FetchAnswer> {
  const started = now();
  return new Promise((resolve) => {
    const socket = net.connect(order.port, order.host);
    const end = (status: number, body: string, error: string): void => {
      socket.destroy();
      resolve({ id: order.id, status, body, error, milliseconds: now() - started });
    };
    socket.setTimeout(order.timeout, () => {
      end(0, '', `no answer in ${order.timeout} ms`);
    });
    socket.once('data', (data) => {
      end(Number(data.toString('latin1').slice(0, 3)), data.toString('latin1').trim(), '');
    });
    socket.once('error', (error) => {
      end(0, '', error.message);
    });
  });
}

/** Requests that go on until they are told to stop. */
class Load {
  readonly #order: LoadOrder;
  readonly #loops: Promise<void>[];
  readonly #failures: { time: number; kept: boolean; error: string }[] = [];
  readonly #answers: Record<string, number> = {};
  #requests = 0;
  #connections = 0;
  #lastGood = now();
  #longestSilence = 0;
  #ending = false;

  constructor(order: LoadOrder) {
    this.#order = order;
    this.#loops = [this.#newConnections(), ...Array.from({ length: order.kept }, () => this.#keptConnection())];
  }

  async end(order: EndLoadOrder): Promise<LoadReport> {
    this.#ending = true;
    await Promise.all(this.#loops);
    return {
      id: order.id,
      requests: this.#requests,
      connections: this.#connections,
      failures: this.#failures,
      answers: this.#answers,
      longestSilence: Math.max(this.#longestSilence, now() - this.#lastGood),
    };
  }

  async #request(agent: http.Agent | false): Promise<void> {
    const started = now();
    this.#requests += 1;
    try {
      const { status, body } = await request({ ...this.#order, path: '/index.html' }, agent);
      if (status !== 200) throw new Error(`status ${status}`);
      const name = body.split('\n')[0] ?? '';
      this.#answers[name] = (this.#answers[name] ?? 0) + 1;
      if (agent === false) {
        this.#longestSilence = Math.max(this.#longestSilence, now() - this.#lastGood);
        this.#lastGood = now();
      }
    } catch (error) {
      this.#failures.push({ time: started, kept: agent !== false, error: reason(error) });
    }
    const rest = started + this.#order.interval - now();
    if (rest > 0) await new Promise((resolve) => setTimeout(resolve, rest));
  }

  async #newConnections(): Promise<void> {
    while (!this.#ending) {
      this.#connections += 1;
      await this.#request(false);
    }
  }

  async #keptConnection(): Promise<void> {
    while (!this.#ending) {
      this.#connections += 1;
      const agent = new http.Agent({ keepAlive: true, maxSockets: 1 });
      for (let count = 0; count < this.#order.requestsPerConnection && !this.#ending; count += 1)
        await this.#request(agent);
      agent.destroy();
    }
  }
}

/** Connections that are there and do nothing. */
class Held {
  readonly #sockets: net.Socket[] = [];

  async open({ count, host, id, port, timeout }: HoldOrder): Promise<HoldReport> {
    const results = await Promise.all(Array.from({ length: count }, () => this.#connect(host, port, timeout)));
    const established = results.filter(Boolean).length;
    return { id, established, failed: count - established };
  }

  letGo({ id }: LetGoOrder): HoldReport {
    for (const socket of this.#sockets) socket.destroy();
    return { id, established: this.#sockets.splice(0).length, failed: 0 };
  }

  #connect(host: string, port: number, timeout: number): Promise<boolean> {
    return new Promise((resolve) => {
      const socket = net.connect(port, host);
      const timer = setTimeout(() => socket.destroy(), timeout);
      socket.on('connect', () => {
        clearTimeout(timer);
        this.#sockets.push(socket);
        resolve(true);
      });
      socket.on('error', () => undefined);
      socket.on('close', () => resolve(false));
    });
  }
}

function serveOrders(): void {
  let load: Load | undefined;
  const held = new Held();
  const obey = async (order: Order): Promise<FetchAnswer | LoadReport | HoldReport | undefined> => {
    switch (order.verb) {
      case 'fetch':
        return fetchOnce(order);
      case 'greet':
        return greet(order);
      case 'load':
        load = new Load(order);
        return undefined;
      case 'hold':
        return held.open(order);
      case 'let-go':
        return held.letGo(order);
      case 'end-load':
        return load?.end(order);
    }
  };
  createInterface({ input: process.stdin })
    .on('line', (line) => {
      void obey(JSON.parse(line) as Order).then((answer) => {
        if (answer !== undefined) process.stdout.write(`${JSON.stringify(answer)}\n`);
      });
    })
    .on('close', () => process.exit(0));
  process.stdout.write('{"ready":true}\n');
}

function serveGreetings(name: string, port: number): void {
  const server = net.createServer((socket) => {
    socket.on('error', () => undefined);
    socket.end(`220 ${name} ESMTP\r\n`);
  });
  server.listen(port, () => process.stdout.write('{"ready":true}\n'));
}

const [mode, name, port] = process.argv.slice(2);
if (mode === 'greeter') serveGreetings(name ?? '', Number(port));
else serveOrders();

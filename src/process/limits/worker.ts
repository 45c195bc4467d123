/**
 * The thread for connection limits, beside the loop of the checker process: it reads the connection table, decides, and
 * says what nft and ipset are to do; the parent process starts them.
 */
import { randomBytes } from 'node:crypto';
import { setPriority } from 'node:os';
import { parentPort } from 'node:worker_threads';
import type { BanEvent } from '../../core/events.ts';
import type { Milliseconds } from '../../core/time.ts';
import { now } from '../../kernel/clock.ts';
import { enterNetworkNamespace } from '../../kernel/process-control.ts';
import type { Elements, Protected } from '../../limit/engine.ts';
import { heardPeers, ownAddresses } from '../../limit/never-banned.ts';
import { parsePrefixText } from '../../limit/prefix-table.ts';
import { BanSets } from './ban-sets.ts';
import { LimitKeeper } from './limit-keeper.ts';
import type { BanAnswer, BanCommand, FirewallProgram, FromLimitWorker, ToLimitWorker } from './messages.ts';
import { readConnectionTable } from './table-reader.ts';

/** The thread gives way to the checks of the same process. */
const niceness = 5;
/** Limits that are due within this time are read together. */
const together: Milliseconds = 500;
const retryWrite: Milliseconds = 5_000;
const verifyEvery: Milliseconds = 60_000;
/** Events that go to the checker process in one message. */
const eventsAtOnce = 200;
const longestWait: Milliseconds = 3_600_000;

export function runLimitWorker(): void {
  if (parentPort === null) throw new Error('this is started by keepalived itself');
  const port = parentPort;
  const work = new LimitWork((message) => port.postMessage(message));
  port.on('message', (message: ToLimitWorker) => void work.received(message));
}

class LimitWork {
  readonly #send: (message: FromLimitWorker) => void;
  readonly #sets: BanSets;
  readonly #keepers = new Map<string, LimitKeeper>();
  readonly #runs = new Map<number, { resolve: (output: string) => void; reject: (error: Error) => void }>();
  readonly #seed = randomBytes(4).readUInt32LE();
  #lastRun = 0;
  #namespace: string | undefined;
  #configured = false;
  #never: readonly Protected[] = [];
  #own: readonly Protected[] = [];
  #peers: readonly Protected[] = [];
  #timer: NodeJS.Timeout | undefined;
  #reading = false;
  #events: BanEvent[] = [];
  #dirty = false;
  #writing = false;
  /** Settles when no change is being written. */
  #written: Promise<void> = Promise.resolve();
  #held = false;
  #nextWrite = 0;
  #nextVerify = 0;
  #stopping = false;
  #complaint = '';
  /** Configurations are taken one after the other. */
  #queue: Promise<void> = Promise.resolve();

  constructor(send: (message: FromLimitWorker) => void) {
    this.#send = send;
    this.#sets = new BanSets(
      (program) => this.#run(program),
      this.#log,
      (ipsets) => this.#send({ type: 'made', ipsets }),
    );
    try {
      setPriority(niceness);
    } catch {
      // It works without.
    }
  }

  readonly #log = (level: Extract<FromLimitWorker, { type: 'log' }>['level'], message: string): void =>
    this.#send({ type: 'log', level, message });

  async received(message: ToLimitWorker): Promise<void> {
    switch (message.type) {
      case 'configure':
        this.#queue = this.#queue.then(() => this.#configure(message)).catch((error: unknown) => this.#failed(error));
        return;
      case 'addresses':
        this.#own = ownAddresses(message.addresses);
        this.#protect();
        return;
      case 'peers':
        this.#peers = heardPeers(message.addresses);
        this.#protect();
        return;
      case 'program-finished': {
        const run = this.#runs.get(message.run);
        this.#runs.delete(message.run);
        if (message.trouble === undefined) run?.resolve(message.output);
        else run?.reject(new Error(message.trouble));
        return;
      }
      case 'command':
        this.#send({ type: 'answer', request: message.request, answer: this.#command(message.command) });
        return;
      case 'stop':
        this.#stopping = true;
        clearTimeout(this.#timer);
        for (const keeper of this.#keepers.values()) keeper.close();
        await this.#queue;
        await this.#written;
        await this.#sets.close(now()).catch((error: unknown) => this.#failed(error));
        this.#send({ type: 'stopped' });
        return;
    }
  }

  #failed(error: unknown): void {
    this.#log('error', `connection limits: ${(error as Error).message}`);
  }

  async #configure(message: Extract<ToLimitWorker, { type: 'configure' }>): Promise<void> {
    const { limits, namespace, never, ownIpsets, table } = message;
    // Later it is us who know.
    if (!this.#configured) this.#sets.recall(ownIpsets);
    this.#configured = true;
    if (namespace !== undefined && namespace !== this.#namespace) enterNetworkNamespace(namespace);
    this.#namespace = namespace;
    this.#never = never;
    for (const [name, keeper] of this.#keepers) {
      if (limits.some((limit) => limit.name === name)) continue;
      keeper.close();
      this.#keepers.delete(name);
    }
    const fresh: LimitKeeper[] = [];
    for (const limit of limits) {
      const known = this.#keepers.get(limit.name);
      if (known) {
        known.configure(limit, this.#seed);
        continue;
      }
      const keeper = new LimitKeeper(limit, this.#seed, {
        changed: () => this.#changed(),
        tell: (event) => this.#events.push(event),
        log: this.#log,
      });
      this.#keepers.set(limit.name, keeper);
      fresh.push(keeper);
    }
    this.#protect();
    // Entries of the file are known before what was found in the kernel is looked at.
    for (const keeper of fresh) await keeper.follow();
    // Nothing is written while sets are opened and given back.
    this.#held = true;
    await this.#written;
    const found = await this.#sets.configure(limits, table, now()).catch((error: unknown) => {
      this.#failed(error);
      return new Map<string, never>();
    });
    this.#held = false;
    for (const [name, elements] of found) this.#keepers.get(name)?.found(elements);
    for (const keeper of fresh) keeper.nextReading = now();
    this.#nextVerify = now() + verifyEvery;
    this.#dirty = true;
    this.#flush();
    this.#summarize();
  }

  #protect(): void {
    for (const keeper of this.#keepers.values()) keeper.protect([...this.#never, ...this.#own, ...this.#peers]);
    this.#flush();
  }

  #changed(): void {
    this.#dirty = true;
  }

  /** After whatever has happened: tells, writes, and waits for what comes next. */
  #flush(): void {
    const events = this.#events;
    this.#events = [];
    for (let from = 0; from < events.length; from += eventsAtOnce)
      this.#send({ type: 'events', events: events.slice(from, from + eventsAtOnce) });
    this.#write();
    this.#arm();
  }

  #arm(): void {
    if (this.#stopping) return;
    const times = [...this.#keepers.values()].flatMap((keeper) => [
      ...(this.#reading ? [] : [keeper.nextReading]),
      ...(keeper.engine.nextTimeout() === undefined ? [] : [keeper.engine.nextTimeout() ?? 0]),
    ]);
    if (this.#keepers.size > 0) times.push(this.#nextVerify);
    if (this.#dirty && !this.#writing && !this.#held) times.push(this.#nextWrite);
    const next = Math.min(...times, now() + longestWait);
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => void this.#due(), Math.max(0, Math.ceil(next - now())));
  }

  async #due(): Promise<void> {
    for (const keeper of this.#keepers.values()) keeper.timeout();
    const time = now();
    if (time >= this.#nextVerify) {
      this.#nextVerify = time + verifyEvery;
      void this.#sets.verify().then((there) => {
        if (there) return;
        this.#dirty = true;
        this.#flush();
      });
    }
    this.#flush();
    const due = [...this.#keepers.values()].filter(({ nextReading }) => nextReading <= time + together);
    if (due.length === 0 || this.#reading || !due.some(({ nextReading }) => nextReading <= time)) return;
    this.#reading = true;
    await this.#read(due);
    this.#reading = false;
    this.#flush();
  }

  async #read(due: readonly LimitKeeper[]): Promise<void> {
    const began = now();
    try {
      const summary = await readConnectionTable(due.map((keeper) => keeper.tally()));
      const strange =
        summary.unreadable > 0 ? `${summary.unreadable} lines of the connection table cannot be read` : '';
      if (strange !== '' && this.#complaint === '')
        this.#log('warning', `connection limits: ${strange} and do not count`);
      this.#complaint = strange;
      for (const keeper of due) if (this.#keepers.get(keeper.limit.name) === keeper) keeper.counted(began, summary);
      this.#summarize();
    } catch (error) {
      for (const keeper of due) keeper.nextReading = began + keeper.limit.interval;
      const complaint = `the connection table cannot be read: ${(error as Error).message}`;
      if (complaint !== this.#complaint) this.#log('error', `connection limits: ${complaint}`);
      this.#complaint = complaint;
    }
  }

  #summarize(): void {
    const limits = [...this.#keepers.values()].map((keeper) => {
      const { bans, listed, name, totals } = keeper.engine.status(now());
      return { name, banned: bans.length, listed, totals, ...keeper.figures() };
    });
    this.#send({ type: 'summary', limits });
  }

  #write(): void {
    if (this.#writing || this.#held || this.#stopping || now() < this.#nextWrite) return;
    this.#writing = true;
    this.#written = this.#writeAll().finally(() => {
      this.#writing = false;
      this.#arm();
    });
  }

  async #writeAll(): Promise<void> {
    while (this.#dirty && !this.#held && !this.#stopping) {
      this.#dirty = false;
      const wanted = new Map<string, Elements>([...this.#keepers].map(([name, keeper]) => [name, keeper.wanted()]));
      if (await this.#sets.write(wanted, now())) continue;
      this.#dirty = true;
      this.#nextWrite = now() + retryWrite;
      return;
    }
  }

  #run(program: Omit<FirewallProgram, 'namespace'>): Promise<string> {
    const run = ++this.#lastRun;
    const namespace = this.#namespace === undefined ? {} : { namespace: this.#namespace };
    return new Promise((resolve, reject) => {
      this.#runs.set(run, { resolve, reject });
      this.#send({ type: 'run', run, program: { ...program, ...namespace } });
    });
  }

  #command(command: BanCommand): BanAnswer {
    const keepers = [...this.#keepers.values()].filter(
      ({ limit }) => command.limit === undefined || limit.name === command.limit,
    );
    if (keepers.length === 0) {
      const names = [...this.#keepers.keys()].join(', ');
      return { ok: false, error: `there is no connection_limit ${command.limit ?? ''}; there are ${names}` };
    }
    if (command.action === 'list') {
      const limits = keepers.map((keeper) => ({ ...keeper.engine.status(now()), ...keeper.figures() }));
      return { ok: true, result: { limits } };
    }
    const prefix = parsePrefixText(command.client);
    if (prefix === undefined) return { ok: false, error: `${command.client} is neither an address nor a prefix` };
    if (command.action === 'add' && keepers.length > 1)
      return { ok: false, error: `name one of the limits with --limit: ${[...this.#keepers.keys()].join(', ')}` };
    const changed: string[] = [];
    let refusal = '';
    for (const keeper of keepers) {
      const { engine } = keeper;
      const result = command.action === 'add' ? engine.add(prefix, command.time, now()) : engine.remove(prefix, now());
      if (typeof result === 'string') {
        refusal = result;
        continue;
      }
      keeper.act(result);
      changed.push(keeper.limit.name);
    }
    if (changed.length === 0) return { ok: false, error: refusal };
    this.#flush();
    this.#summarize();
    return { ok: true, result: { changed } };
  }
}

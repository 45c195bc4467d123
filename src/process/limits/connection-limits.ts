/** The checker process's side of the worker thread for connection limits: started when there is a limit, and again when it fails. */
import { Worker } from 'node:worker_threads';
import { neverBanned } from '../../limit/never-banned.ts';
import type { BanEvent } from '../../core/events.ts';
import type { Configuration } from '../../config/model.ts';
import type { Milliseconds } from '../../core/time.ts';
import type { Log } from '../../log/log.ts';
import { limitWorkerRole } from '../roles.ts';
import type {
  BanAnswer,
  BanCommand,
  FirewallProgram,
  FromLimitWorker,
  LimitSummary,
  ToLimitWorker,
} from './messages.ts';
import { OwnSetsRecord } from './own-sets.ts';

/** A thread that has failed is started again after this time. */
const pause: Milliseconds = 5_000;
const stopTime: Milliseconds = 3_000;
/** Megabytes of objects; the counts are outside of them. A million lines of a blacklist take less than half. */
const mostMemory = 512;

const notAtWork = { ok: false, error: 'the connection limits are not at work at this moment' } as const;

export interface LimitPorts {
  /** Runs a program of the firewall: its output, or a rejection with its complaint. */
  readonly run: (program: FirewallProgram) => Promise<string>;
  readonly tell: (event: BanEvent) => void;
  readonly log: Log;
  /** The checker process's: what is to be known after a crash stands beside it. */
  readonly pidFile: string;
}

export class ConnectionLimits {
  readonly #ports: LimitPorts;
  readonly #own: OwnSetsRecord;
  #worker: Worker | undefined;
  #configure: Extract<ToLimitWorker, { type: 'configure' }> | undefined;
  #addresses: readonly string[] = [];
  #peers: readonly string[] = [];
  #restart: NodeJS.Timeout | undefined;
  #stopped: (() => void) | undefined;
  readonly #requests = new Map<number, (answer: BanAnswer) => void>();
  #lastRequest = 0;
  /** What the last readings found. */
  summary: readonly LimitSummary[] | undefined;

  constructor(ports: LimitPorts) {
    this.#ports = ports;
    this.#own = new OwnSetsRecord(ports.pidFile, ports.run, ports.log);
  }

  /** Takes a configuration. @param namespace where IPVS is, if not here: a path */
  configure(configuration: Configuration, namespace: string | undefined): void {
    const { connectionLimits: limits = [], global } = configuration;
    const suffix = global.instance === undefined ? '' : `_${global.instance.replaceAll(/[^A-Za-z0-9_]/g, '_')}`;
    const table = `keepalived_limits${suffix}`;
    const hasTable = limits.some(({ enforceInKernel, set }) => set.kind === 'nftables' || enforceInKernel);
    const place = namespace === undefined ? {} : { namespace };
    const ipsets = limits.flatMap(({ set }) => (set.kind === 'ipset' ? [set.inet, set.inet6] : []));
    const ownIpsets = this.#own.ipsets(namespace).filter((name) => ipsets.includes(name));
    void this.#own.follow({ ipsets, ...(hasTable && { table }), ...place }, this.#worker && 'keeper');
    if (limits.length === 0 && this.#worker === undefined) {
      this.#configure = undefined;
      clearTimeout(this.#restart);
      return;
    }
    this.#configure = {
      type: 'configure',
      limits,
      never: neverBanned(configuration),
      table,
      ownIpsets,
      ...place,
    };
    if (this.#worker === undefined) this.#start();
    else this.#worker.postMessage(this.#configure);
  }

  /** The addresses of this machine's interfaces. */
  addressesChanged(addresses: ReadonlySet<string>): void {
    this.#addresses = [...addresses];
    this.#post({ type: 'addresses', addresses: this.#addresses });
  }

  /** Routers that VRRP has heard. */
  peersHeard(addresses: readonly string[]): void {
    if (addresses.join() === this.#peers.join()) return;
    this.#peers = addresses;
    this.#post({ type: 'peers', addresses });
  }

  /** What an operator asks. Never rejects. */
  command(command: BanCommand): Promise<BanAnswer> {
    if (this.#worker === undefined) return Promise.resolve(notAtWork);
    const request = ++this.#lastRequest;
    return new Promise((resolve) => {
      this.#requests.set(request, resolve);
      this.#post({ type: 'command', request, command });
    });
  }

  /**
   * Settles when what is to be given back is. Bans go on in the kernel.
   * @param orphaned nobody can start a program any more
   */
  async stop(orphaned: boolean): Promise<void> {
    clearTimeout(this.#restart);
    const worker = this.#worker;
    if (worker === undefined) return;
    await new Promise<void>((resolve) => {
      if (orphaned) {
        resolve();
        return;
      }
      const timer = setTimeout(resolve, stopTime);
      this.#stopped = () => {
        clearTimeout(timer);
        resolve();
      };
      worker.postMessage({ type: 'stop' } satisfies ToLimitWorker);
    });
    this.#worker = undefined;
    await worker.terminate();
  }

  async #run(run: number, program: FirewallProgram): Promise<void> {
    try {
      this.#post({ type: 'program-finished', run, output: await this.#ports.run(program) });
    } catch (error) {
      this.#post({ type: 'program-finished', run, output: '', trouble: (error as Error).message });
    }
  }

  #post(message: ToLimitWorker): void {
    this.#worker?.postMessage(message);
  }

  #start(): void {
    const main = process.argv[1];
    if (main === undefined || this.#configure === undefined) return;
    const worker = new Worker(main, {
      argv: [limitWorkerRole],
      resourceLimits: { maxOldGenerationSizeMb: mostMemory },
    });
    this.#worker = worker;
    worker.on('message', (message: FromLimitWorker) => this.#received(message));
    worker.on('error', (error: unknown) => {
      const reason = error instanceof Error ? (error.stack ?? error.message) : String(error);
      this.#ports.log.error(`connection limits: internal error: ${reason}`);
    });
    worker.on('exit', () => {
      if (this.#worker !== worker) return;
      this.#worker = undefined;
      this.#stopped?.();
      for (const answer of this.#requests.values()) answer(notAtWork);
      this.#requests.clear();
      // Bans go on in the kernel meanwhile, and are found there.
      this.#restart = setTimeout(() => this.#start(), pause);
    });
    this.#post({ type: 'addresses', addresses: this.#addresses });
    this.#post({ type: 'peers', addresses: this.#peers });
    this.#post(this.#configure);
  }

  #received(message: FromLimitWorker): void {
    const { log, tell } = this.#ports;
    switch (message.type) {
      case 'events':
        for (const event of message.events) tell(event);
        return;
      case 'log':
        log.write(message.level, message.message);
        return;
      case 'run':
        void this.#run(message.run, message.program);
        return;
      case 'answer':
        this.#requests.get(message.request)?.(message.answer);
        this.#requests.delete(message.request);
        return;
      case 'made':
        void this.#own.made(message.ipsets, this.#configure?.namespace);
        return;
      case 'summary':
        this.summary = message.limits;
        return;
      case 'stopped':
        this.#stopped?.();
        return;
    }
  }
}

/**
 * Routes and rules of this machine: makes those of masters and of the static blocks exist, and puts back what vanished.
 * Whoever has none pays nothing: no socket is opened.
 */
import type { VrrpConfiguration } from '../config/model.ts';
import { DaemonError } from '../core/errors.ts';
import { RetryTimer } from '../kernel/retry-timer.ts';
import { RoutingSocket } from '../kernel/rtnetlink-routing.ts';
import type { Log } from '../log/log.ts';
import { planRouting } from '../network/plan-routing.ts';
import type { DesiredRouting, PlannedChange } from '../network/plan-routing.ts';
import { itemText } from '../network/routing-outcome.ts';
import type { RoutingOutcome } from '../network/routing-outcome.ts';
import type { Link } from '../network/types.ts';

const nothing = { routes: [], rules: [], unwantedRoutes: [], unwantedRules: [] } as const;

/** Milliseconds between attempts of what the kernel refuses. */
const firstRetry = 1_000;
const longestRetry = 60_000;

function hasRouting({ instances, staticRoutes, staticRules }: VrrpConfiguration): boolean {
  return (
    staticRoutes.length + staticRules.length > 0 ||
    instances.some(({ virtualRoutes, virtualRules }) => virtualRoutes.length + virtualRules.length > 0)
  );
}

export class RoutingKeeper {
  readonly #log: Log;
  readonly #links: () => readonly Link[];
  #socket: RoutingSocket | undefined;
  #static: DesiredRouting = { subject: '', ...nothing };
  #virtual: readonly DesiredRouting[] = [];
  /** What was written and not removed again, by key. */
  readonly #written = new Map<string, PlannedChange>();
  /** Keys of writes that the view cannot show yet. */
  readonly #unseen = new Set<string>();
  /** Why something could not be written, by key: said once. */
  readonly #complaints = new Map<string, string>();
  #idle: Promise<void> = Promise.resolve();
  /** What the kernel refused may be possible later without any event of ours: a gateway's route came, a module was loaded. */
  readonly #retry = new RetryTimer(() => this.keep(), firstRetry, longestRetry);

  /** @param links the interfaces as they are now */
  constructor(log: Log, links: () => readonly Link[]) {
    this.#log = log;
    this.#links = links;
  }

  /** Takes the static blocks of a configuration; what they no longer have goes with the next write. @throws SystemError */
  async configure(vrrp: VrrpConfiguration): Promise<void> {
    this.#static = { subject: '', ...nothing, routes: vrrp.staticRoutes, rules: vrrp.staticRules };
    if (this.#socket || !hasRouting(vrrp)) return;
    this.#socket = await RoutingSocket.open({
      onChange: () => this.keep(),
      onProblem: (error) => this.#log.warning(`following routes and rules: ${error.message}`),
    });
  }

  /** Whether there is anything to keep. */
  get isActive(): boolean {
    return this.#socket !== undefined;
  }

  /** Removes what the instances no longer want. The kernel has acted when this returns; addresses may go now. */
  withdraw(virtual: readonly DesiredRouting[]): void {
    this.#virtual = virtual;
    this.#write(this.#plan().removals);
  }

  /** Adds what is wanted and is not there. Their addresses must have been written before. */
  install(): void {
    const { additions, present } = this.#plan();
    for (const [key, change] of present) if (!this.#written.has(key)) this.#written.set(key, change);
    this.#tell(additions);
    this.#write(additions);
  }

  /** After a change of links, addresses, routes or rules: what vanished is put back, what had to wait is tried. */
  keep(): void {
    if (!this.#socket) return;
    this.#write(this.#plan().removals);
    this.install();
  }

  /** The kernel does not tell of the routes that go with an interface. */
  interfacesChanged(): void {
    this.#socket?.refreshLater();
    this.keep();
  }

  /** At the stop: everything that was written goes. */
  release(): void {
    this.#static = { subject: '', ...nothing };
    this.withdraw(this.#virtual.map(({ subject }) => ({ subject, ...nothing })));
  }

  /** Waits for the writes under way and stops following. */
  async close(): Promise<void> {
    await this.#idle;
    this.#retry.end();
    this.#socket?.close();
    this.#socket = undefined;
  }

  #plan(): ReturnType<typeof planRouting> {
    return planRouting([this.#static, ...this.#virtual], {
      written: this.#written,
      unseen: this.#unseen,
      view: this.#socket?.view ?? { routes: [], rules: [] },
      links: this.#links(),
    });
  }

  #tell(additions: readonly PlannedChange[]): void {
    for (const change of additions) {
      if (!this.#written.has(change.key) || this.#complaints.has(change.key)) continue;
      if (change.subject === '') this.#log.info(`Restoring deleted static ${itemText(change)}`);
      else this.#log.warning(`(${change.subject}) ${itemText(change)} was removed; it is put back`);
    }
  }

  #write(changes: readonly PlannedChange[]): void {
    const socket = this.#socket;
    if (!socket || changes.length === 0) return;
    for (const change of changes) {
      if (change.change === 'delete') this.#written.delete(change.key);
      else {
        this.#written.set(change.key, change);
        this.#unseen.add(change.key);
      }
    }
    const settled = socket
      .apply(changes)
      .then((outcomes) => {
        changes.forEach((change, index) => this.#settle(change, outcomes[index] ?? { result: 'done' }));
        return outcomes.some(({ result }) => result === 'done') ? socket.refresh() : undefined;
      })
      .catch((error: unknown) => {
        this.#log.error(`routes and rules: ${error instanceof DaemonError ? error.message : String(error)}`);
        // What was written before the failure only the kernel knows.
        if (this.#socket) this.#socket.refreshLater();
      })
      .then(() => {
        for (const { key } of changes) this.#unseen.delete(key);
      });
    this.#idle = Promise.all([this.#idle, settled]).then(() => undefined);
  }

  #settle(change: PlannedChange, { reason, result }: RoutingOutcome): void {
    if (result !== 'failed') {
      this.#complaints.delete(change.key);
      this.#retry.reset();
      return;
    }
    if (change.change === 'add') {
      if (this.#written.get(change.key) === change) this.#written.delete(change.key);
      this.#retry.later();
    }
    if (reason === undefined || this.#complaints.get(change.key) === reason) return;
    this.#complaints.set(change.key, reason);
    this.#log.error(change.subject === '' ? reason : `(${change.subject}) ${reason}`);
  }
}

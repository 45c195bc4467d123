/**
 * What must hold for one machine at every moment, whatever happens to it: checked after every call of its engine. The
 * expectations come from the protocol and the configuration, not from the engine's own arithmetic.
 */
import type { VrrpState } from '../../src/core/events.ts';
import type { VrrpEngine } from '../../src/vrrp/engine.ts';
import type { SendAdvertisementIntent, VrrpInstanceStatus, VrrpIntent } from '../../src/vrrp/types.ts';
import type { Ethernet } from './ethernet.ts';
import { routeName } from './machine.ts';
import type { Cause, Machine, MachineConfiguration } from './machine.ts';

/** Floating point of virtual milliseconds. */
const TOLERANCE = 1e-6;

/** What goes by itself is looked after so much later, in milliseconds. */
const lookingAfter = 1;

export class BrokenInvariant extends Error {}

interface Before {
  readonly statuses: ReadonlyMap<string, VrrpInstanceStatus>;
  readonly next: number | undefined;
  readonly configuration: MachineConfiguration | undefined;
}

/** Priority in the advertisement, read from its octets (RFC 5798 section 5.1). */
export function prioritySent({ family, packet }: SendAdvertisementIntent): number {
  const header = family === 'inet' ? ((packet[0] ?? 0) & 15) * 4 : 0;
  const authentication = family === 'inet' && packet[9] === 51 ? 24 : 0;
  return packet[header + authentication + 2] ?? 0;
}

export class Watch {
  readonly #machine: Machine;
  readonly #ethernet: Ethernet;
  /** State of each instance and group as its events told it. */
  #told = new Map<string, VrrpState>();
  /** Last advertisement with a priority by instance and destination. */
  #sent = new Map<string, number>();
  /** Interval that counted when it was sent, by instance. */
  #intervals = new Map<string, number>();
  /** When a backup that was reloaded and has heard nothing since must have acted, by instance. */
  #latest = new Map<string, number>();
  #seen: MachineConfiguration | undefined;
  /** When a master was released, by instance, until somebody is heard. */
  #released = new Map<string, number>();

  constructor(machine: Machine, ethernet: Ethernet) {
    this.#machine = machine;
    this.#ethernet = ethernet;
  }

  /** The process starts. */
  begin(): void {
    this.#told = new Map();
    this.#sent = new Map();
    this.#intervals = new Map();
    this.#latest = new Map();
    this.#released = new Map();
    this.#seen = this.#machine.configuration;
  }

  observe(engine: VrrpEngine, cause: Cause): Before {
    const statuses = new Map(engine.status().map((status) => [status.name, status]));
    if (cause === 'start') statuses.clear();
    return { statuses, next: engine.nextTimeout(), configuration: this.#seen };
  }

  judge(engine: VrrpEngine, cause: Cause, before: Before, intents: readonly VrrpIntent[]): void {
    const after = engine.status();
    this.#seen = this.#machine.configuration;
    this.#checkAddresses(after);
    this.#checkRoutes(after);
    this.#checkGroups(engine, after);
    this.#checkReasons(after, intents);
    this.#checkPriorities(before, after, intents);
    this.#checkRate(cause, before, after, intents);
    this.#checkReleases(cause, before, after);
    if (cause === 'stop') return;
    this.#checkTimers(engine, cause, before, after);
    this.#checkPatience(cause, after);
  }

  #fail(words: string): never {
    throw new BrokenInvariant(`at ${this.#ethernet.now.toFixed(3)} ms, R${this.#machine.number}: ${words}`);
  }

  #checkAddresses(statuses: readonly VrrpInstanceStatus[]): void {
    const { addresses, configuration } = this.#machine;
    const wanted = new Set<string>();
    for (const { name, virtualAddresses, excludedVirtualAddresses } of configuration.vrrp.instances) {
      const master = statuses.find((status) => status.name === name)?.state === 'MASTER';
      for (const each of [...virtualAddresses, ...excludedVirtualAddresses]) {
        const key = `${each.interface}|${each.address}`;
        if (master) wanted.add(key);
        // What somebody deleted is put back as soon as the kernel tells; until then there is nothing to blame.
        if (!master && addresses.has(key)) this.#fail(`${name} is no master and ${key} is set`);
        if (
          master &&
          !addresses.has(key) &&
          this.#machine.linkState(each.interface) !== 'gone' &&
          !this.#machine.untold.has(key) &&
          !this.#machine.forsaken.has(key)
        )
          this.#fail(`${name} is master and ${key} is not set`);
      }
    }
    for (const key of addresses) if (!wanted.has(key)) this.#fail(`${key} is set and nobody's`);
  }

  #checkRoutes(statuses: readonly VrrpInstanceStatus[]): void {
    const { routes, configuration } = this.#machine;
    const wanted = configuration.vrrp.instances.flatMap(({ name, virtualRoutes }) => {
      const master = statuses.find((status) => status.name === name)?.state === 'MASTER';
      return master ? virtualRoutes.map((route) => routeName(name, route)) : [];
    });
    for (const name of wanted) if (!routes.has(name)) this.#fail(`the route ${name} is not set on a master`);
    for (const name of routes) if (!wanted.includes(name)) this.#fail(`the route ${name} is set and nobody's`);
  }

  #checkGroups(engine: VrrpEngine, statuses: readonly VrrpInstanceStatus[]): void {
    for (const { name, members, state } of engine.groupStatus()) {
      const states = new Set(statuses.filter((status) => members.includes(status.name)).map((status) => status.state));
      if (states.size > 1) this.#fail(`sync group ${name} is split: ${[...states].join(' and ')}`);
      const [only] = states;
      if (only !== undefined && only !== state) this.#fail(`sync group ${name} is ${state}, its members are ${only}`);
    }
  }

  #checkReasons(statuses: readonly VrrpInstanceStatus[], intents: readonly VrrpIntent[]): void {
    for (const intent of intents) {
      if (intent.type !== 'event') continue;
      const { event } = intent;
      if (event.reason === '') this.#fail(`an event without a reason: ${JSON.stringify(event)}`);
      if (event.kind !== 'vrrp-instance' && event.kind !== 'vrrp-group') continue;
      const subject = event.kind === 'vrrp-instance' ? event.instance : `group ${event.group}`;
      const told = this.#told.get(subject) ?? 'INIT';
      // A group whose members are all new begins anew.
      const anew = event.kind === 'vrrp-group' && event.from === 'INIT';
      if (told !== event.from && !anew) this.#fail(`${subject} came from ${event.from} and was told to be ${told}`);
      // Of one that a reload removed a last FAULT is told, as by the original, whatever it was.
      const gone = event.to === 'DELETED' || (event.kind === 'vrrp-instance' && this.#isRemoved(event.instance));
      if (event.from === event.to && !gone) this.#fail(`${subject} changed from ${event.from} to the same`);
      if (gone) this.#told.delete(subject);
      else this.#told.set(subject, event.to);
    }
    for (const { name, reason, state } of statuses) {
      if (reason === '') this.#fail(`${name} is ${state} for no reason`);
      const told = this.#told.get(name) ?? 'INIT';
      if (told !== state) this.#fail(`${name} is ${state} and was told to be ${told}`);
    }
  }

  /** Who was master and is released is it no more, and hears out the others before it is it again. */
  #checkReleases(cause: Cause, { statuses }: Before, after: readonly VrrpInstanceStatus[]): void {
    const { now } = this.#ethernet;
    // What was heard since may be a goodbye, and a reload may change the times.
    if (cause === 'receive' || cause === 'reload' || cause === 'start') this.#released.clear();
    for (const { name, override, reason, state } of after) {
      const isNew = cause === 'operator' && override?.since !== statuses.get(name)?.override?.since;
      if (override?.words !== 'release') this.#released.delete(name);
      else if (isNew) {
        if (state === 'MASTER') this.#fail(`${name} is released and master (${reason})`);
        if (statuses.get(name)?.state === 'MASTER') this.#released.set(name, now);
      }
      const since = this.#released.get(name);
      if (since === undefined || state !== 'MASTER') continue;
      const plan = this.#machine.configuration.vrrp.instances.find((each) => each.name === name);
      const patience = (plan?.downTimerAdvertisements ?? 0) * (plan?.advertisementInterval ?? 0);
      if (now - since < patience - TOLERANCE)
        this.#fail(`${name} was released, and is master again after ${now - since} ms: ${reason}`);
    }
  }

  #isRemoved(name: string): boolean {
    return !this.#machine.configuration.vrrp.instances.some((each) => each.name === name);
  }

  #checkPriorities({ statuses }: Before, after: readonly VrrpInstanceStatus[], intents: readonly VrrpIntent[]): void {
    for (const intent of intents) {
      if (intent.type !== 'send-advertisement') continue;
      const sent = prioritySent(intent);
      const shown = [statuses.get(intent.instance), after.find(({ name }) => name === intent.instance)];
      if (sent !== 0 && !shown.some((status) => status?.effectivePriority === sent))
        this.#fail(
          `${intent.instance} sent priority ${sent}, shown is ${shown.map((each) => each?.effectivePriority).join(', ')}`,
        );
    }
  }

  /** An advertisement goes by itself: as the engine would send it now, and not faster. */
  goesAhead(intent: SendAdvertisementIntent): void {
    const { instance } = intent;
    const { now } = this.#ethernet;
    const status = this.#machine.engine?.status().find(({ name }) => name === instance);
    const stream = `${instance} to ${intent.destination}`;
    if (status?.state !== 'MASTER') this.#fail(`${stream}: went by itself from ${status?.state ?? 'nobody'}`);
    if (status.effectivePriority !== prioritySent(intent))
      this.#fail(`${stream}: priority ${prioritySent(intent)} went by itself, shown is ${status.effectivePriority}`);
    const last = this.#sent.get(stream);
    if (last !== undefined && now - last < this.#interval(instance) - TOLERANCE)
      this.#fail(`${stream}: went by itself ${now - last} ms after the one before`);
    this.#sent.set(stream, now);
    this.#intervals.set(instance, this.#interval(instance));
  }

  /**
   * The interval is the least distance of advertisements. Only an answer to another router, a reload and becoming master
   * may speak before, each once.
   */
  #checkRate(
    cause: Cause,
    { statuses }: Before,
    after: readonly VrrpInstanceStatus[],
    intents: readonly VrrpIntent[],
  ): void {
    const { now } = this.#ethernet;
    const counts = new Map<string, number>();
    for (const intent of intents) {
      if (intent.type !== 'send-advertisement' || prioritySent(intent) === 0) continue;
      const { instance } = intent;
      const stream = `${instance} to ${intent.destination}`;
      const count = (counts.get(stream) ?? 0) + 1;
      counts.set(stream, count);
      // An owner tells another one twice, in case that the first is lost.
      const allowed = cause === 'receive' && prioritySent(intent) === 255 ? 2 : 1;
      if (count > allowed) this.#fail(`${stream}: ${count} advertisements at once after ${cause}`);
      const last = this.#sent.get(stream);
      this.#sent.set(stream, now);
      const was = statuses.get(instance)?.state;
      if (was !== 'MASTER') {
        // It may have become master and lost it again by something else that was due at the same moment.
        if (!intents.some((other) => becameMaster(other, instance)))
          this.#fail(`${stream}: advertised as ${was ?? 'nobody'}`);
        continue;
      }
      if (cause === 'receive' || cause === 'reload') continue;
      if (cause !== 'timeout') this.#fail(`${stream}: advertised because of ${cause}`);
      const interval = Math.min(this.#interval(instance), this.#intervals.get(instance) ?? Infinity);
      if (last !== undefined && now - last < interval - TOLERANCE)
        this.#fail(`${stream}: ${now - last} ms after the one before, the interval is ${interval} ms`);
    }
    for (const { name, state } of after)
      if (state === 'MASTER' && counts.size > 0) this.#intervals.set(name, this.#interval(name));
  }

  #interval(instance: string): number {
    return (
      this.#machine.configuration.vrrp.instances.find(({ name }) => name === instance)?.advertisementInterval ??
      Infinity
    );
  }

  /** A master speaks at the end of its interval, a backup waits for something, and a reload changes none of it. */
  #checkTimers(engine: VrrpEngine, cause: Cause, before: Before, after: readonly VrrpInstanceStatus[]): void {
    const { now } = this.#ethernet;
    const next = engine.nextTimeout();
    for (const { listeningUntil, name, sourceAddress, state } of after) {
      if (state !== 'BACKUP' && state !== 'MASTER') continue;
      if (next === undefined) this.#fail(`${name} is ${state} and waits for nothing`);
      if (state !== 'MASTER') continue;
      const last = [...this.#sent].find(([stream]) => stream.startsWith(`${name} to `))?.[1];
      const due = (last ?? -Infinity) + this.#interval(name);
      if (due >= now && next > due + lookingAfter + TOLERANCE)
        this.#fail(`${name} is master, advertised at ${last ?? 'no time'} and speaks again at ${next} or later`);
      // Behind timeout() nothing is left undone; who was late listens first, who has no address to send from is silent.
      const excused = listeningUntil !== undefined || sourceAddress === undefined;
      if (cause === 'timeout' && due < now - lookingAfter - TOLERANCE && !excused)
        this.#fail(`${name} is master and has not advertised since ${last ?? 'ever'}`);
    }
    const same = before.configuration?.vrrp === this.#machine.configuration.vrrp;
    if (cause === 'reload' && same && !after.some(({ state }) => state === 'MASTER') && next !== before.next)
      this.#fail(
        `a reload of the same configuration moved the next timer from ${before.next ?? 'none'} to ${next ?? 'none'}`,
      );
  }

  /** The master-down timer of a backup survives a reload: who hears nothing behind it acts after the longest span there is. */
  #checkPatience(cause: Cause, after: readonly VrrpInstanceStatus[]): void {
    const { now } = this.#ethernet;
    if (cause === 'reload') {
      const { vrrp, global } = this.#machine.configuration;
      this.#latest = new Map(
        vrrp.instances.map(({ advertisementInterval, downTimerAdvertisements, name }) => {
          const learned = after.find((status) => status.name === name)?.masterAdvertisementInterval ?? 0;
          const interval = Math.max(advertisementInterval, learned);
          // RFC 3768 and RFC 5798 section 6.1: the skew is less than a second, or than an interval.
          const span = downTimerAdvertisements * interval + Math.max(1000, interval);
          return [name, now + global.vrrpStartupDelay + span];
        }),
      );
    } else if (cause === 'timeout') {
      for (const { listeningUntil, name, state, wantedState } of after) {
        const latest = this.#latest.get(name);
        if (state !== 'BACKUP' || wantedState === 'MASTER' || listeningUntil !== undefined) this.#latest.delete(name);
        else if (latest !== undefined && now > latest + TOLERANCE)
          this.#fail(
            `${name} lost its timer over a reload: backup, and nothing was heard for ${now - latest} ms too long`,
          );
      }
    } else if (cause !== 'addresses') this.#latest.clear();
  }
}

function becameMaster(intent: VrrpIntent, instance: string): boolean {
  if (intent.type !== 'event' || intent.event.kind !== 'vrrp-instance') return false;
  return intent.event.instance === instance && intent.event.to === 'MASTER';
}

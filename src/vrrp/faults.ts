/** What keeps an instance in FAULT, and what its trackers make of its priority. */
import type { MonotonicMs } from '../core/time.ts';
import type { VrrpChange } from '../live/types.ts';
import { endOf, reasonOf } from '../live/words.ts';
import { carryingInterfaces } from './carrying-interfaces.ts';
import type { Instance } from './instance.ts';
import { assess, reasonOfChange } from './priority.ts';
import type { TrackedState } from './priority.ts';
import { VRRP } from './wire/constants.ts';

/** linux/if.h */
const IFF_MULTICAST = 0x1000;

/**
 * Evaluates the trackers; a changed effective priority is announced and shifts the running master-down timer.
 * @param override what the operator has set, if that changed now; null: nothing any more
 * @param whyGone why it is no more, if nobody took it back and no time is over
 */
export function assessInstance(
  instance: Instance,
  tracked: TrackedState,
  now: MonotonicMs,
  override?: VrrpChange | null,
  whyGone?: string,
): void {
  const { assessment: before, configuration, group, effectivePriority: from, override: former, skew, state } = instance;
  const { host } = instance;
  if (override !== undefined) instance.setOverride(override ?? undefined);
  instance.assessment = assess(configuration, group?.configuration, tracked, instance.override);
  const { effectivePriority: to, assessment } = instance;
  if (from === to) return;
  // With the way into FAULT the priority is no news.
  if (before.faults.length === 0 && assessment.faults.length > 0) return;
  const reason =
    override === undefined ? reasonOfChange(before, assessment) : (whyGone ?? reasonOfOverride(override, former, now));
  if (state === 'INIT') {
    host.out.event({ kind: 'vrrp-priority', instance: instance.name, state: 'BACKUP', from, to, reason, at: now });
    return;
  }
  host.out.log('notice', `(${instance.name}) Changing effective priority from ${from} to ${to}: ${reason}`, {
    instance: instance.name,
    priority: to,
    reason,
  });
  host.out.event({ kind: 'vrrp-priority', instance: instance.name, state, from, to, reason, at: now });
  if (state === 'BACKUP' && instance.wanted === 'BACKUP') instance.moveTimer(instance.skew - skew);
}

function reasonOfOverride(override: VrrpChange | null, former: VrrpChange | undefined, now: MonotonicMs): string {
  if (override !== null) return reasonOf(override);
  return former === undefined ? 'the operator' : endOf(former, now);
}

/** Own fault sources in words, in the order in which an operator would look at them (reference: behaviour A5). */
export function faultsOf(instance: Instance): string[] {
  const { configuration } = instance;
  const faults: string[] = [];
  const missingOrDown = (name: string): string | undefined => {
    if (instance.host.network.isUp(name)) return undefined;
    return `interface ${name} is ${instance.host.network.link(name) ? 'down' : 'missing'}`;
  };
  const add = (fault: string | undefined): void => {
    if (fault !== undefined && !faults.includes(fault)) faults.push(fault);
  };
  if (configuration.unicastFaultNoPeer && configuration.unicastWithoutPeers)
    add('there is no unicast_peer, and unicast_fault_no_peer forbids multicast');
  const { interface: own, virtualInterface: virtual } = configuration;
  if (own !== '' && !configuration.dontTrackPrimary) add(missingOrDown(own));
  const link = instance.host.network.link(own);
  if (configuration.unicastPeers.length === 0 && link !== undefined && (link.flags & IFF_MULTICAST) === 0)
    add(`interface ${own} has no multicast`);
  // Nobody but us makes it, and without it there is nothing to advertise from or no place for the addresses.
  if (virtual?.name !== undefined) add(missingOrDown(virtual.name));
  for (const name of carryingInterfaces(configuration, instance.host.staticInterfaces)) add(missingOrDown(name));
  const deaf = instance.host.deaf.get(configuration.name);
  if (deaf !== undefined) add(deaf);
  add(updateSource(instance));
  for (const fault of instance.assessment.faults) add(fault);
  return faults;
}

/** Finds the address to send from; @returns the fault if there is none. */
function updateSource(instance: Instance): string | undefined {
  const { configuration, host } = instance;
  const { interface: name, family, sourceAddress: configured } = configuration;
  if (configured !== undefined) {
    instance.sourceAddress = configured;
    if (!configuration.trackSourceAddress || host.network.holds(name, configured)) return undefined;
    return `source address ${configured} is missing`;
  }
  const isVirtual = (address: string): boolean => host.isVirtual(name, address);
  const found = host.network.sourceAddress(name, family, isVirtual, instance.sourceAddress);
  // The owner's own address is the virtual one; it sends from it whether or not it is set at the moment.
  const owned =
    configuration.priority === VRRP.priorityOwner
      ? configuration.virtualAddresses.find(
          ({ interface: on }) => on === name || on === configuration.virtualInterface?.name,
        )
      : undefined;
  const next = found ?? owned?.address;
  // A master that just lost its address still has to resign, from the address the others know.
  const before = instance.sourceAddress;
  if (next !== undefined || instance.state !== 'MASTER') instance.sourceAddress = next;
  if (next !== undefined && before !== undefined && next !== before)
    host.out.log('notice', `(${instance.name}) source address ${before} is gone, advertisements come from ${next} now`);
  if (next !== undefined) return undefined;
  // One cause, one fault: a missing interface has no addresses either.
  if (host.network.link(name) === undefined && !configuration.dontTrackPrimary) return undefined;
  if (family === 'inet') return `interface ${name} has no IPv4 address to send from`;
  const state = host.network.linkLocalState(name);
  if (state === 'tentative')
    return `interface ${name} has no usable link-local IPv6 address to send from: duplicate address detection takes a second or two`;
  if (state === 'duplicate')
    return `interface ${name} has no usable link-local IPv6 address to send from: another machine has the same (duplicate address detection failed)`;
  return `interface ${name} has no usable link-local IPv6 address to send from`;
}

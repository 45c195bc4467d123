/** bfd_instance: drafts to model. */
import type { BfdInstanceDraft } from '../drafts.ts';
import type { BfdInstanceConfiguration } from '../model.ts';
import { locate } from '../statement.ts';
import type { Context } from '../schema/context.ts';

const defaultInterval = 10;
const defaultIdle = 1000;
const defaultMultiplier = 5;
const defaultTtl = 255;
const defaultHopLimit = 64;

function familyOf(address: string): 'inet' | 'inet6' {
  return address.includes(':') ? 'inet6' : 'inet';
}

/** Whether changes of a session go to VRRP, so that instances can track it. */
export function notifiesVrrp(draft: BfdInstanceDraft): boolean {
  return draft.vrrp === true || draft.checker !== true;
}

function sound(draft: BfdInstanceDraft, neighbor: string, earlier: readonly BfdInstanceDraft[], context: Context) {
  const name = `bfd_instance ${draft.name}`;
  if (draft.source !== undefined && familyOf(draft.source) !== familyOf(neighbor)) {
    context.error(
      draft.statement,
      1,
      'CFG_FAMILY',
      `${name}: source_ip ${draft.source} and neighbor_ip ${neighbor} are of different families; it is ignored`,
      'write both as IPv4 or both as IPv6',
    );
    return false;
  }
  const same = earlier.find((other) => other.neighbor === neighbor);
  if (same) {
    context.duplicate(draft.neighborAt ?? draft.statement, 1, `a session with ${neighbor}`, same.statement);
    return false;
  }
  return true;
}

/** Takes the sessions that cannot be out of the draft, so that nothing can track them, and completes the others. */
export function checkBfd(context: Context): BfdInstanceConfiguration[] {
  const kept: BfdInstanceDraft[] = [];
  const instances: BfdInstanceConfiguration[] = [];
  const { bfdInstances } = context.draft;
  for (const draft of bfdInstances) {
    const { neighbor } = draft;
    if (neighbor === undefined || !sound(draft, neighbor, kept, context)) continue;
    kept.push(draft);
    instances.push(instanceOf(draft, neighbor, context));
  }
  bfdInstances.splice(0, bfdInstances.length, ...kept);
  return instances;
}

function instanceOf(draft: BfdInstanceDraft, neighborAddress: string, context: Context): BfdInstanceConfiguration {
  const family = familyOf(neighborAddress);
  const ttl = draft.ttl ?? (family === 'inet' ? defaultTtl : defaultHopLimit);
  let maxHops = draft.maxHops ?? 0;
  if (maxHops > ttl) {
    context.error(
      draft.maxHopsAt ?? draft.statement,
      1,
      'CFG_CLAMPED',
      `bfd_instance ${draft.name}: max_hops ${maxHops} is above the TTL of ${ttl}; ${ttl} is used`,
    );
    maxHops = ttl;
  }
  return {
    name: draft.name,
    neighborAddress,
    family,
    ...(draft.source !== undefined && { sourceAddress: draft.source }),
    minRx: draft.minRx ?? defaultInterval,
    minTx: draft.minTx ?? defaultInterval,
    idleTx: draft.idleTx ?? defaultIdle,
    multiplier: draft.multiplier ?? defaultMultiplier,
    passive: draft.passive ?? false,
    ttl,
    maxHops,
    multihop: draft.multihop ?? false,
    weight: draft.weight ?? 0,
    reverse: draft.reverse ?? false,
    vrrp: notifiesVrrp(draft),
    checker: draft.checker === true || draft.vrrp !== true,
    at: locate(draft.statement),
  };
}

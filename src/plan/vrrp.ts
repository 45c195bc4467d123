/** Instances: what changes, whether mastership moves and why, and what is written into the network for it. */
import type {
  Configuration,
  VirtualAddress,
  VirtualRoute,
  VirtualRule,
  VrrpInstanceConfiguration,
} from '../config/model.ts';
import { printInstance } from '../config/print/instance.ts';
import type { PrintedLine } from '../config/print/printed.ts';
import { printRoute, printRule } from '../config/print/routes.ts';
import { statementText } from '../config/print/text.ts';
import { instanceIdentity } from '../vrrp/reload.ts';
import { placeVirtualRouters } from '../vrrp/virtual-interfaces.ts';
import { settingChanges } from './settings.ts';
import type { InstanceSituation, MastershipChange, PlanItem, SettingChange } from './types.ts';

const kind = 'vrrp_instance';
const highestPriority = 254;
const owner = 255;

/** What routers of one virtual router must have alike, or they do not hear each other. */
const shared: ReadonlySet<string> = new Set([
  'version',
  'advert_int',
  'authentication',
  'auth_type',
  'auth_pass',
  'auth_hmac',
  'key',
  'active_key',
  'virtual_ipaddress',
]);

interface Pair {
  readonly before: VrrpInstanceConfiguration;
  readonly after: VrrpInstanceConfiguration;
}

export function* vrrpItems(
  before: Configuration,
  after: Configuration,
  situations: readonly InstanceSituation[] | undefined,
): Generator<PlanItem | undefined> {
  const placedBefore = placeVirtualRouters(before);
  const placedAfter = placeVirtualRouters(after);
  const { added, kept, removed } = match(placedBefore.vrrp.instances, placedAfter.vrrp.instances);
  const written = new Map(after.vrrp.instances.map((instance) => [instance.name, instance]));
  const formerly = new Map(before.vrrp.instances.map((instance) => [instance.name, instance]));
  const situationOf = (name: string): InstanceSituation | undefined => situations?.find((one) => one.name === name);
  for (const instance of removed) yield* removal(instance, added, situationOf(instance.name));
  for (const instance of added) yield* arrival(instance, removed);
  for (const { after: next, before: old } of kept) {
    yield undefined;
    const settings = settingChanges(linesOf(formerly.get(old.name) ?? old), linesOf(written.get(next.name) ?? next));
    const renamed: SettingChange[] =
      old.name === next.name ? [] : [{ within: '', before: `${kind} ${old.name}`, after: `${kind} ${next.name}` }];
    if (settings.length + renamed.length === 0) continue;
    const situation = situationOf(old.name);
    const moves = [...mastershipOf(next, situation)];
    const consequences = moves.flatMap(({ outcome, reason }) => (outcome === 'stays' ? [] : [reason]));
    yield {
      type: 'change',
      change: { what: 'changed', kind, name: next.name, settings: [...renamed, ...settings], consequences },
    };
    for (const mastership of moves) yield { type: 'mastership', mastership };
    yield* advice(next, settings);
    if (situation?.state === 'MASTER') yield* networkWrites(old, next);
  }
  yield* interfaceWrites(
    placedBefore.interfaces.map(({ name }) => name),
    placedAfter.interfaces.map(({ name }) => name),
  );
  yield* staticWrites(before, after);
  if (situations === undefined && before.vrrp.instances.length > 0)
    yield {
      type: 'warning',
      text: 'the VRRP process does not say what its instances do: addresses of masters are not in this plan',
    };
}

function linesOf(instance: VrrpInstanceConfiguration): readonly PrintedLine[] {
  return printInstance(instance).block ?? [];
}

/** As a reload matches them: by virtual router, not by name. */
function match(
  before: readonly VrrpInstanceConfiguration[],
  after: readonly VrrpInstanceConfiguration[],
): { kept: Pair[]; added: VrrpInstanceConfiguration[]; removed: VrrpInstanceConfiguration[] } {
  const left = [...before];
  const kept: Pair[] = [];
  const added: VrrpInstanceConfiguration[] = [];
  for (const next of after) {
    const same = left.filter((old) => instanceIdentity(old) === instanceIdentity(next));
    const found = same.find(({ name }) => name === next.name) ?? same[0];
    if (found === undefined) added.push(next);
    else {
      left.splice(left.indexOf(found), 1);
      kept.push({ before: found, after: next });
    }
  }
  return { kept, added, removed: left };
}

function* removal(
  instance: VrrpInstanceConfiguration,
  added: readonly VrrpInstanceConfiguration[],
  situation: InstanceSituation | undefined,
): Generator<PlanItem> {
  const successor = added.find(({ name }) => name === instance.name);
  const master = situation?.state === 'MASTER';
  const why =
    successor === undefined
      ? 'it is no longer configured'
      : `it becomes another virtual router (${differences(instance, successor).join(', ')})`;
  const reason = `gives up mastership with priority 0: ${why}`;
  const consequences = master ? [reason] : [];
  yield { type: 'change', change: { what: 'removed', kind, name: instance.name, settings: [], consequences } };
  if (!master) return;
  yield { type: 'mastership', mastership: { instance: instance.name, outcome: 'given-up', reason } };
  yield* networkWrites(instance, undefined);
}

function* arrival(
  instance: VrrpInstanceConfiguration,
  removed: readonly VrrpInstanceConfiguration[],
): Generator<PlanItem> {
  const anew = removed.some(({ name }) => name === instance.name);
  const reason = `${anew ? 'begins anew' : 'begins'} with priority ${instance.priority}: master if nobody with a higher one is heard`;
  yield { type: 'change', change: { what: 'added', kind, name: instance.name, settings: [], consequences: [reason] } };
  yield { type: 'mastership', mastership: { instance: instance.name, outcome: 'begins', reason } };
}

/** What makes it another virtual router to a reload. */
function differences(before: VrrpInstanceConfiguration, after: VrrpInstanceConfiguration): string[] {
  const settings = settingChanges(linesOf(before), linesOf(after));
  const identifying =
    /^(virtual_router_id|interface|native_ipv6|mcast_dst_ip|mcast_src_ip|unicast_src_ip|use_vmac|use_ipvlan)\b/;
  const found = settings.flatMap(({ after: now, before: then }) =>
    identifying.test(now ?? then ?? '') ? [`${then ?? 'nothing'} -> ${now ?? 'nothing'}`] : [],
  );
  return found.length === 0 ? ['unicast or multicast'] : found;
}

function* mastershipOf(
  next: VrrpInstanceConfiguration,
  situation: InstanceSituation | undefined,
): Generator<MastershipChange> {
  if (situation === undefined) return;
  const { basePriority, effectivePriority, overridden, rival, state } = situation;
  const instance = next.name;
  const shift = effectivePriority - basePriority;
  const priority = next.priority === owner ? owner : Math.min(highestPriority, Math.max(1, next.priority + shift));
  const stays: MastershipChange = { instance, outcome: 'stays', reason: `it stays ${state}` };
  // What is set beside the file counts behind the reload as before it.
  if (rival === undefined || priority === effectivePriority || overridden === true) {
    yield stays;
    return;
  }
  const other = `${rival.address} has ${rival.priority}`;
  if (state === 'MASTER' && rival.priority > priority)
    yield {
      instance,
      outcome: 'may-be-lost',
      reason: `priority ${effectivePriority} becomes ${priority}, and ${other}: it takes over unless it has nopreempt`,
    };
  else if (state === 'BACKUP' && priority > rival.priority && !next.nopreempt)
    yield {
      instance,
      outcome: 'may-be-taken',
      reason: `priority ${effectivePriority} becomes ${priority}, and ${other}: it takes over${next.preemptDelay > 0 ? ` after preempt_delay ${next.preemptDelay / 1000}` : ''}`,
    };
  else yield stays;
}

function* advice(instance: VrrpInstanceConfiguration, settings: readonly SettingChange[]): Generator<PlanItem> {
  const found = settings.flatMap(({ after, before, within }) => {
    const word = within.split(' ')[0] || (after ?? before ?? '').split(' ')[0] || '';
    return shared.has(word) ? [word] : [];
  });
  if (found.length === 0) return;
  yield {
    type: 'warning',
    text: `instance ${instance.name}: ${[...new Set(found)].join(', ')} must be the same on the other routers: change them soon after`,
  };
}

function addressText({ address, interface: name, prefixLength }: VirtualAddress): string {
  return `${address}/${prefixLength}${name === '' ? '' : ` on ${name}`}`;
}
const routeText = (route: VirtualRoute): string => statementText(printRoute(route));
const ruleText = (rule: VirtualRule): string => statementText(printRule(rule));

function* networkWrites(
  before: VrrpInstanceConfiguration,
  after: VrrpInstanceConfiguration | undefined,
): Generator<PlanItem> {
  const addresses = (one: VrrpInstanceConfiguration | undefined): string[] =>
    one === undefined ? [] : [...one.virtualAddresses, ...one.excludedVirtualAddresses].map(addressText);
  yield* difference('address', addresses(before), addresses(after));
  yield* difference('route', before.virtualRoutes.map(routeText), (after?.virtualRoutes ?? []).map(routeText));
  yield* difference('rule', before.virtualRules.map(ruleText), (after?.virtualRules ?? []).map(ruleText));
}

function* interfaceWrites(before: readonly string[], after: readonly string[]): Generator<PlanItem> {
  yield* difference('interface', before, after);
}

function* staticWrites({ vrrp: before }: Configuration, { vrrp: after }: Configuration): Generator<PlanItem> {
  yield* difference('address', before.staticAddresses.map(addressText), after.staticAddresses.map(addressText));
  yield* difference('route', before.staticRoutes.map(routeText), after.staticRoutes.map(routeText));
  yield* difference('rule', before.staticRules.map(ruleText), after.staticRules.map(ruleText));
}

function* difference(what: string, before: readonly string[], after: readonly string[]): Generator<PlanItem> {
  const olds = new Set(before);
  const news = new Set(after);
  for (const subject of news) if (!olds.has(subject)) yield { type: 'write', write: { kind: `add ${what}`, subject } };
  for (const subject of olds)
    if (!news.has(subject)) yield { type: 'write', write: { kind: `delete ${what}`, subject } };
}

/**
 * The difference between the IPVS table as it is and as it should be, as few writes as the kernel allows. Existing
 * entries are edited, never deleted and added again: running connections hang on the entry.
 */
import { destinationKeyText, serviceKeyText } from './keys.ts';
import { sameDestinationIdentity, sameDestinationSettings, sameServiceSettings } from './service.ts';
import type { Destination, IpvsOperation, Service, ServiceKey } from './types.ts';

/**
 * Services by key text, each destination once. Of two services of one key the first decides the settings and both give
 * destinations; of two equal destinations the first counts (the original adds in order and lets "exists" pass).
 */
export function mergeServices(services: readonly Service[]): Map<string, Service> {
  const merged = new Map<string, Service>();
  for (const service of services) {
    const text = serviceKeyText(service.key);
    const first = merged.get(text);
    merged.set(text, first ? mergeTwins(first, service) : withoutTwins(service));
  }
  return merged;
}

/** Two services of one key, see mergeServices(). */
export function mergeTwins(first: Service, second: Service): Service {
  return withoutTwins({ ...first, destinations: [...first.destinations, ...second.destinations] });
}

/** The service with each of its servers once. */
export function withoutTwins(service: Service): Service {
  const destinations = uniqueDestinations(service.destinations);
  return destinations === service.destinations ? service : { ...service, destinations };
}

/** Up to here comparing all pairs is cheaper than a set of texts; most services have a handful of servers. */
const FEW_DESTINATIONS = 32;

function hasTwins(destinations: readonly Destination[]): boolean {
  if (destinations.length > FEW_DESTINATIONS) {
    return new Set(destinations.map(destinationKeyText)).size !== destinations.length;
  }
  for (let index = 1; index < destinations.length; index++) {
    const destination = destinations[index];
    for (let before = 0; before < index; before++) {
      const other = destinations[before];
      if (other && destination && sameDestinationIdentity(other, destination)) return true;
    }
  }
  return false;
}

/** The list itself if no destination is in it twice. */
function uniqueDestinations(destinations: readonly Destination[]): readonly Destination[] {
  if (!hasTwins(destinations)) return destinations;
  const seen = new Map<string, Destination>();
  for (const destination of destinations) {
    const text = destinationKeyText(destination);
    if (!seen.has(text)) seen.set(text, destination);
  }
  return [...seen.values()];
}

/** Cheap answer for the usual case: the same servers in the same order, whatever their settings. */
function sameServers(a: readonly Destination[], b: readonly Destination[]): boolean {
  if (a === b) return true;
  if (a.length !== b.length) return false;
  for (let index = 0; index < a.length; index++) {
    const one = a[index];
    const other = b[index];
    if (one !== other && !(one && other && sameDestinationIdentity(one, other))) return false;
  }
  return true;
}

function planDestinations(
  key: ServiceKey,
  actual: readonly Destination[],
  desired: readonly Destination[],
  operations: IpvsOperation[],
  removals: IpvsOperation[],
): void {
  if (sameServers(actual, desired)) {
    for (let index = 0; index < desired.length; index++) {
      const known = actual[index];
      const destination = desired[index];
      if (known !== destination && known && destination && !sameDestinationSettings(known, destination))
        operations.push({ op: 'edit-destination', key, destination });
    }
    return;
  }
  const present = finder(actual);
  let edits: IpvsOperation[] | undefined;
  let kept = 0;
  for (const destination of desired) {
    const known = present(destination);
    if (known === undefined) {
      operations.push({ op: 'add-destination', key, destination });
      continue;
    }
    kept++;
    if (!sameDestinationSettings(known, destination)) (edits ??= []).push({ op: 'edit-destination', key, destination });
  }
  for (const edit of edits ?? []) operations.push(edit);
  if (kept === actual.length) return;
  const wanted = finder(desired);
  for (const destination of actual)
    if (wanted(destination) === undefined) removals.push({ op: 'delete-destination', key, destination });
}

/** Finds the same server in a list in which none is twice. */
function finder(destinations: readonly Destination[]): (destination: Destination) => Destination | undefined {
  if (destinations.length > FEW_DESTINATIONS) {
    const byText = new Map(destinations.map((destination) => [destinationKeyText(destination), destination]));
    return (destination) => byText.get(destinationKeyText(destination));
  }
  return (destination) => {
    for (const other of destinations) if (sameDestinationIdentity(other, destination)) return other;
    return undefined;
  };
}

/**
 * The writes that turn `actual` into `desired`.
 * @param actual the table as dumped or believed, foreign services included
 * @param desired what we want to be there; an existing service of the same key becomes ours
 * @param owned key texts (serviceKeyText) of services that are ours: those no longer desired are deleted, all others of
 *   `actual` are left alone
 * @returns operations in the order to write them; none if nothing differs
 */
export function planServices(
  actual: readonly Service[],
  desired: readonly Service[],
  owned: ReadonlySet<string>,
): IpvsOperation[] {
  return planTables(mergeServices(actual), mergeServices(desired), owned);
}

/**
 * planServices for tables that mergeServices already made. Servers go last: no service is without one on the way from one
 * set to another, and the kernel, which keeps what was deleted for two minutes, searches all of that for every server that
 * is added (ip_vs_trash_get_dest in net/netfilter/ipvs/ip_vs_ctl.c).
 */
export function planTables(
  actual: ReadonlyMap<string, Service>,
  desired: ReadonlyMap<string, Service>,
  owned: ReadonlySet<string>,
): IpvsOperation[] {
  const operations: IpvsOperation[] = [];
  const removals: IpvsOperation[] = [];
  for (const [text, service] of desired) {
    const present = actual.get(text);
    if (present !== service) planService(present, service, operations, removals);
  }
  // The kernel drops a service's servers with it: one write each.
  for (const [text, service] of actual) {
    if (owned.has(text) && !desired.has(text)) removals.push({ op: 'delete-service', key: service.key });
  }
  for (const removal of removals) operations.push(removal);
  return operations;
}

/**
 * The writes for one service.
 * @param operations takes additions and edits
 * @param removals takes the servers that go
 */
export function planService(
  present: Service | undefined,
  service: Service,
  operations: IpvsOperation[],
  removals: IpvsOperation[],
): void {
  const { destinations, key } = service;
  if (present === undefined) {
    operations.push({ op: 'add-service', service });
    for (const destination of destinations) operations.push({ op: 'add-destination', key, destination });
    return;
  }
  if (!sameServiceSettings(present, service)) operations.push({ op: 'edit-service', service });
  planDestinations(key, present.destinations, destinations, operations, removals);
}

/** The service with the servers behind its own that `present` has and it does not want; itself if there are none. */
export function outgrown(present: Service | undefined, service: Service): Service {
  if (present === undefined || sameServers(present.destinations, service.destinations)) return service;
  const wanted = finder(service.destinations);
  const more = present.destinations.filter((destination) => wanted(destination) === undefined);
  return more.length === 0 ? service : { ...service, destinations: [...service.destinations, ...more] };
}

/** Changes `table` (by key text) as a successful operation changes the kernel's. Daemons and timeouts are not in it. */
export function applyToTable(table: Map<string, Service>, operation: IpvsOperation): void {
  switch (operation.op) {
    case 'add-service':
      table.set(serviceKeyText(operation.service.key), { ...operation.service, destinations: [] });
      return;
    case 'edit-service': {
      const text = serviceKeyText(operation.service.key);
      table.set(text, { ...operation.service, destinations: table.get(text)?.destinations ?? [] });
      return;
    }
    case 'delete-service':
      table.delete(serviceKeyText(operation.key));
      return;
    case 'add-destination':
    case 'edit-destination':
    case 'delete-destination': {
      const text = serviceKeyText(operation.key);
      const service = table.get(text);
      if (!service) return;
      const { destination } = operation;
      const destinations =
        operation.op === 'add-destination'
          ? [...service.destinations, destination]
          : operation.op === 'edit-destination'
            ? service.destinations.map((other) => (sameDestinationIdentity(other, destination) ? destination : other))
            : service.destinations.filter((other) => !sameDestinationIdentity(other, destination));
      table.set(text, { ...service, destinations });
      return;
    }
    case 'flush':
      table.clear();
      return;
    case 'start-daemon':
    case 'stop-daemon':
    case 'set-timeouts':
      return;
  }
}

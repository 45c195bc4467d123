/** Virtual and real servers: what changes, and what is written into IPVS for it if all servers are well. */
import { servicesOf } from '../check/desired.ts';
import { realServerKeys, virtualServerKeys } from '../check/identity.ts';
import { realServerLabel, virtualServerLabels } from '../check/labels.ts';
import type { CheckConfiguration, Configuration, VirtualServerConfiguration } from '../config/model.ts';
import type { PrintedLine } from '../config/print/printed.ts';
import { printRealServer, printVirtualServer } from '../config/print/servers.ts';
import { serviceKeyText } from '../ipvs/keys.ts';
import { planServices } from '../ipvs/plan.ts';
import type { IpvsOperation, Service, ServiceKey } from '../ipvs/types.ts';
import { sameSettings } from './same.ts';
import { settingChanges } from './settings.ts';
import type { ItemChange, KernelWrite, PlanItem, SettingChange } from './types.ts';

const kind = 'virtual_server';
const serverKind = 'real_server';

interface Known {
  readonly label: string;
  readonly configuration: VirtualServerConfiguration;
}

function byKey(check: CheckConfiguration): Map<string, Known> {
  const labels = virtualServerLabels(check);
  const keys = virtualServerKeys(check);
  return new Map(
    check.virtualServers.map((configuration, index) => [
      keys[index] ?? '',
      { label: labels[index] ?? '', configuration },
    ]),
  );
}

/** @param withWrites false: nobody wants to know what is written into IPVS */
export function* serviceItems(
  before: Configuration,
  after: Configuration,
  withWrites: boolean,
): Generator<PlanItem | undefined> {
  const olds = byKey(before.check);
  const news = byKey(after.check);
  const table = ipvsOf(before, after);
  for (const [key, next] of news) {
    const old = olds.get(key);
    if (old === undefined) {
      const servers = next.configuration.realServers.length;
      yield* changes({
        what: 'added',
        kind,
        name: next.label,
        settings: [],
        consequences: [
          `with ${servers} ${servers === 1 ? 'real server' : 'real servers'}, checked before anything is known of them`,
        ],
      });
    } else {
      if (sameSettings(old.configuration, next.configuration) && table.sameGroup(old, next)) {
        yield undefined;
        continue;
      }
      yield* changedService(old, next);
    }
    if (withWrites) yield* writes(table.before(old), table.after(next));
  }
  for (const [key, old] of olds) {
    if (news.has(key)) continue;
    const drain = old.configuration.realServers.some(({ drainTimeout }) => drainTimeout !== undefined);
    const consequences = drain ? ['its connections are drained first'] : ['its connections end'];
    yield* changes({ what: 'removed', kind, name: old.label, settings: [], consequences });
    if (withWrites) yield* writes(table.before(old), []);
  }
}

function* changes(change: ItemChange): Generator<PlanItem> {
  yield { type: 'change', change };
}

/** A virtual server in IPVS, every server in the pool with its weight. Marks of groups are the engine's: any will do. */
function ipvsOf(
  before: Configuration,
  after: Configuration,
): {
  before: (known: Known | undefined) => readonly Service[];
  after: (known: Known) => readonly Service[];
  sameGroup: (old: Known, next: Known) => boolean;
} {
  const groups = (check: CheckConfiguration) => new Map(check.groups.map((group) => [group.name, group]));
  const oldGroups = groups(before.check);
  const newGroups = groups(after.check);
  const marks = new Map<string, number>();
  const services = ({ configuration }: Known, known: typeof oldGroups, byMark: boolean): readonly Service[] => {
    const { identity, realServers } = configuration;
    const name = identity.kind === 'group' ? identity.name : undefined;
    if (byMark && name !== undefined && !marks.has(name)) marks.set(name, marks.size + 1);
    return servicesOf(
      configuration,
      name === undefined ? undefined : known.get(name),
      realServers.map((server) => ({ server, weight: server.weight })),
      byMark && name !== undefined ? marks.get(name) : undefined,
    );
  };
  const groupOf = ({ configuration: { identity } }: Known): string | undefined =>
    identity.kind === 'group' ? identity.name : undefined;
  return {
    before: (known) => (known ? services(known, oldGroups, before.global.firewall.ipvsTable !== undefined) : []),
    after: (known) => services(known, newGroups, after.global.firewall.ipvsTable !== undefined),
    sameGroup: (old, next) =>
      (groupOf(old) === undefined && groupOf(next) === undefined) ||
      (sameSettings(oldGroups.get(groupOf(old) ?? ''), newGroups.get(groupOf(next) ?? '')) &&
        before.global.firewall.ipvsTable === after.global.firewall.ipvsTable),
  };
}

/** What a virtual server is printed as without its servers. */
function ownLines({ configuration }: Known): readonly PrintedLine[] {
  return printVirtualServer({ ...configuration, realServers: [] }).block ?? [];
}

/** Ten thousand of them may change at once: nothing is printed of what is the same. */
function* changedService(old: Known, next: Known): Generator<PlanItem> {
  const settings = sameSettings(old.configuration, next.configuration, ['realServers'])
    ? []
    : settingChanges(ownLines(old), ownLines(next));
  if (settings.length > 0) yield* changes({ what: 'changed', kind, name: next.label, settings, consequences: [] });
  const keysOld = realServerKeys(old.configuration);
  const left = new Map(old.configuration.realServers.map((server, index) => [keysOld[index] ?? '', server]));
  const keysNew = realServerKeys(next.configuration);
  for (const [index, server] of next.configuration.realServers.entries()) {
    const key = keysNew[index] ?? '';
    const former = left.get(key);
    left.delete(key);
    if (former !== undefined && sameSettings(former, server)) continue;
    const base = { kind: serverKind, name: realServerLabel(next.configuration, server), of: next.label };
    if (former === undefined) {
      const waits = server.checkers.some((checker) => 'alpha' in checker && checker.alpha === true);
      const consequences = waits ? ['out of the pool until its checks have passed (alpha)'] : [];
      yield* changes({ ...base, what: 'added', settings: [], consequences });
      continue;
    }
    const different = settingChanges(printRealServer(former).block ?? [], printRealServer(server).block ?? []);
    if (different.length > 0)
      yield* changes({ ...base, what: 'changed', settings: different, consequences: consequencesOf(different) });
  }
  for (const [index, server] of old.configuration.realServers.entries()) {
    if (!left.has(keysOld[index] ?? '')) continue;
    const drained = server.drainTimeout !== undefined;
    const consequences = [
      drained ? `drained for at most ${server.drainTimeout / 1000} s` : 'its connections end, or go on without it',
    ];
    const name = realServerLabel(old.configuration, server);
    yield* changes({ what: 'removed', kind: serverKind, name, of: next.label, settings: [], consequences });
  }
}

/** Checks that ask something else know nothing yet, and go on with what the server was. */
function consequencesOf(settings: readonly SettingChange[]): string[] {
  const checks = settings.some(({ after = '', before = '', within }) =>
    /_CHECK|_GET/.test(`${within} ${before} ${after}`),
  );
  return checks ? ['checks that changed begin anew'] : [];
}

function* writes(before: readonly Service[], after: readonly Service[]): Generator<PlanItem> {
  const owned = new Set(before.map(({ key }) => serviceKeyText(key)));
  for (const operation of planServices(before, after, owned)) yield { type: 'write', write: writeOf(operation) };
}

/** As in the log and the status. */
function keyLabel(key: ServiceKey): string {
  return key.kind === 'fwmark' ? `FWM ${key.mark} ${key.family}` : `[${key.address}]:${key.protocol}:${key.port}`;
}

function writeOf(operation: IpvsOperation): KernelWrite {
  switch (operation.op) {
    case 'add-service':
    case 'edit-service':
      return { kind: operation.op.replace('-', ' '), subject: keyLabel(operation.service.key) };
    case 'delete-service':
      return { kind: 'delete service', subject: keyLabel(operation.key) };
    case 'add-destination':
    case 'edit-destination':
    case 'delete-destination': {
      const { destination, key, op } = operation;
      const weight = op === 'delete-destination' ? '' : `, weight ${destination.weight}`;
      const subject = `[${destination.address}]:${destination.port} of ${keyLabel(key)}${weight}`;
      return { kind: op.replace('-', ' '), subject };
    }
    default:
      return { kind: operation.op, subject: '' };
  }
}

/** connection_limit: drafts to model. */
import { addToAddress, compareAddresses } from '../../core/ip-address.ts';
import type { ConnectionLimitDraft, LimitedServiceDraft } from '../drafts.ts';
import type { BanSet, ConnectionLimit, LimitedService, VirtualServerGroup, VirtualServerIdentity } from '../model.ts';
import type { Context } from '../schema/context.ts';
import { locate } from '../statement.ts';
import { commandOf } from './scripts.ts';

const defaultInterval = 10_000;
const defaultBanTime = 3_600_000;

/** What a name of ours makes of a name of the configuration. */
function plainName(name: string): string {
  const plain = name.replaceAll(/[^A-Za-z0-9_]/g, '_').slice(0, 24);
  return /^[A-Za-z_]/.test(plain) ? plain : `_${plain}`;
}

/** Whether an address and port are among those of a virtual server. */
function serves(services: readonly LimitedService[], { address, family, port }: LimitedService): boolean {
  return services.some((service) => {
    const last = addToAddress(service.address, service.count - 1) ?? service.address;
    return (
      service.family === family &&
      (service.port === 0 || port === 0 || service.port === port) &&
      compareAddresses(service.address, address) <= 0 &&
      compareAddresses(address, last) <= 0
    );
  });
}

/** Every address that some virtual server has; undefined if one is known by a firewall mark only. */
function servicesOf(
  seen: readonly VirtualServerIdentity[],
  groups: readonly VirtualServerGroup[],
): LimitedService[] | undefined {
  const services: LimitedService[] = [];
  for (const identity of seen) {
    if (identity.kind === 'fwmark') return undefined;
    if (identity.kind === 'address') services.push({ ...identity, count: 1 });
  }
  for (const { entries } of groups) {
    for (const entry of entries) {
      if (entry.kind === 'fwmark') return undefined;
      services.push(entry);
    }
  }
  return services;
}

class LimitCheck {
  readonly draft: ConnectionLimitDraft;
  readonly groups: readonly VirtualServerGroup[];
  /** Every address of a virtual server; undefined: they cannot be told. */
  readonly known: readonly LimitedService[] | undefined;
  readonly context: Context;

  constructor(
    draft: ConnectionLimitDraft,
    groups: readonly VirtualServerGroup[],
    known: readonly LimitedService[] | undefined,
    context: Context,
  ) {
    this.draft = draft;
    this.groups = groups;
    this.known = known;
    this.context = context;
  }

  get name(): string {
    return `connection_limit ${this.draft.name}`;
  }

  /** Undefined: all; none left of those that were named: an empty list. */
  services(): readonly LimitedService[] | undefined {
    const { allServices, services } = this.draft;
    const { known } = this;
    if (services === undefined || allServices) return undefined;
    return services.flatMap((service) => {
      if (service.kind === 'group') return this.group(service);
      const { address, family, port } = service;
      const found: LimitedService = { address, family, port, count: 1 };
      if (known !== undefined && !serves(known, found)) {
        this.context.report(
          'advice',
          service.statement,
          service.word,
          'CFG_NO_SUCH_SERVICE',
          `${this.name}: there is no virtual server ${address} ${port}; its connections count if somebody else makes it`,
          'write the address and port of a virtual_server',
        );
      }
      return [found];
    });
  }

  group(service: Extract<LimitedServiceDraft, { kind: 'group' }>): readonly LimitedService[] {
    const group = this.groups.find(({ name }) => name === service.name);
    const addresses = (group?.entries ?? []).filter((entry) => entry.kind === 'address');
    const ignored = (problem: string, remedy: string): void =>
      this.context.error(service.statement, service.word, 'CFG_UNKNOWN_REFERENCE', `${this.name}: ${problem}`, remedy);
    if (group === undefined)
      ignored(
        `${service.name} is neither an address nor a virtual_server_group; it is ignored`,
        'write "<ip> <port>" or the name of a group',
      );
    else if (addresses.length < group.entries.length)
      ignored(
        `connections by the firewall marks of ${service.name} cannot be told from others; they do not count`,
        'name the addresses, or all',
      );
    return addresses.map(({ address, count, family, port }) => ({ address, count, family, port }));
  }

  releaseBelow(maxEstablished: number): number | undefined {
    const { releaseBelow, releaseBelowAt, statement } = this.draft;
    if (releaseBelow === undefined || releaseBelow <= maxEstablished) return releaseBelow;
    this.context.error(
      releaseBelowAt ?? statement,
      1,
      'CFG_CLAMPED',
      `${this.name}: release_below ${releaseBelow} is above max_established; ${maxEstablished} is used`,
    );
    return maxEstablished;
  }

  /** The action is that of rules of ours; where there is none, another line decides. */
  set(): BanSet {
    const { action, actionAt, set = { kind: 'nftables', name: plainName(this.draft.name) } } = this.draft;
    if (set.kind !== 'nftables' && action !== undefined && actionAt)
      this.context.report(
        'advice',
        actionAt,
        0,
        'CFG_NO_CONSEQUENCE',
        `${this.name}: the set is somebody else's, and so is the rule that looks into it; action ${action} does nothing`,
        'remove the line, or write "set nftables NAME"',
      );
    return set;
  }

  /** Keywords that need another one. */
  withoutMeaning(): void {
    const { appendAt, blacklistFile } = this.draft;
    if (appendAt && blacklistFile === undefined)
      this.context.error(
        appendAt,
        0,
        'CFG_NO_CONSEQUENCE',
        `${this.name}: append needs a file to append to; it is ignored`,
        'add "blacklist_file <path>"',
      );
  }

  build(): ConnectionLimit | undefined {
    const { draft, context } = this;
    const { maxEstablished, statement } = draft;
    if (maxEstablished === undefined) {
      const remedy = 'add "max_established <number>"';
      context.error(statement, 1, 'CFG_INCOMPLETE', `${this.name} has no max_established and is ignored`, remedy);
      return undefined;
    }
    const services = this.services();
    if (services?.length === 0) {
      context.error(statement, 1, 'CFG_INCOMPLETE', `${this.name}: no usable virtual server is left; it is ignored`);
      return undefined;
    }
    this.withoutMeaning();
    const { blacklistFile } = draft;
    const { global } = context.draft;
    const releaseBelow = this.releaseBelow(maxEstablished);
    const notify = commandOf(draft.notify);
    return {
      name: draft.name,
      ...(services && { services }),
      maxEstablished,
      clientPrefix: draft.clientPrefix ?? { inet: 32, inet6: 128 },
      interval: draft.interval ?? defaultInterval,
      banTime: draft.banTime ?? defaultBanTime,
      ...(releaseBelow !== undefined && { releaseBelow }),
      allow: draft.allow,
      ...(blacklistFile !== undefined && { blacklistFile }),
      append: draft.appendAt !== undefined && blacklistFile !== undefined,
      set: this.set(),
      action: draft.action ?? 'drop',
      enforceInKernel: draft.enforceAt !== undefined,
      ...(notify && { notify }),
      smtpAlert: draft.smtpAlert ?? global.smtpAlertChecker ?? global.smtpAlert ?? false,
      at: locate(statement),
    };
  }
}

/** Two limits cannot share a set: each would take out what the other has put in. */
function keyOf(set: BanSet): string {
  switch (set.kind) {
    case 'nftables':
      return `nftables ${set.name}`;
    case 'nftables-existing':
      return `nftables ${set.tableFamily} ${set.table} ${set.inet ?? ''} ${set.inet6 ?? ''}`;
    case 'ipset':
      return `ipset ${set.inet}`;
  }
}

/**
 * Completes the limits; those that cannot be used are left out and reported.
 * @param seen what each virtual server is, also of those that were let go
 */
export function checkLimits(
  context: Context,
  groups: readonly VirtualServerGroup[],
  seen: readonly VirtualServerIdentity[],
): ConnectionLimit[] {
  if (context.draft.connectionLimits.length === 0) return [];
  const known = servicesOf(seen, groups);
  const limits: ConnectionLimit[] = [];
  const sets = new Map<string, ConnectionLimitDraft>();
  for (const draft of context.draft.connectionLimits) {
    const limit = new LimitCheck(draft, groups, known, context).build();
    if (!limit) continue;
    const key = keyOf(limit.set);
    const first = sets.get(key);
    if (first) {
      const at = draft.setAt ?? draft.statement;
      context.duplicate(at, 1, `the set ${key} of connection_limit ${draft.name}`, first.setAt ?? first.statement);
      continue;
    }
    sets.set(key, draft);
    limits.push(limit);
  }
  return limits;
}

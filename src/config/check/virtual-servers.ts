/** Virtual servers, their pools and groups: drafts to model, with the rules of the original (reference: behaviour B4, B5). */
import { smallPool } from '../../core/endpoint.ts';
import type { RealServerDraft, VirtualServerDraft } from '../drafts.ts';
import type {
  AddressFamily,
  CheckDefaults,
  CheckerConfiguration,
  ForwardingMethod,
  IpvsProtocol,
  RealServerConfiguration,
  VirtualServerConfiguration,
  VirtualServerGroup,
  VirtualServerIdentity,
} from '../model.ts';
import { locate, type Statement } from '../statement.ts';
import type { Context } from '../schema/context.ts';
import { checkDefaults, checkerConfiguration } from './checkers.ts';
import { commandOf } from './scripts.ts';

/** Given to a service for all ports that has no persistence_timeout. */
const portlessPersistence = 360_000;

/** Completes the groups. */
export function checkGroups(context: Context): Map<string, VirtualServerGroup> {
  const groups = new Map<string, VirtualServerGroup>();
  for (const draft of context.draft.virtualServerGroups) {
    if (draft.entries.length === 0) {
      context.error(
        draft.statement,
        1,
        'CFG_EMPTY_GROUP',
        `virtual_server_group ${draft.name} has no entries and is ignored`,
        'add "<ip> <port>"',
      );
      continue;
    }
    const entries: VirtualServerGroup['entries'][number][] = [];
    for (const entry of draft.entries) {
      if (entry.kind === 'fwmark') {
        entries.push({ kind: 'fwmark', mark: entry.mark, ...(entry.family && { family: entry.family }) });
        continue;
      }
      const { family, first, count, port } = entry;
      entries.push({ kind: 'address', family, address: first, count, port });
    }
    groups.set(draft.name, { name: draft.name, entries, at: locate(draft.statement) });
  }
  return groups;
}

type Mutable<T> = { -readonly [K in keyof T]: T[K] };

/** Of tens of thousands of servers, so many are the same list. */
const noCheckers: RealServerConfiguration['checkers'] = [];
const noDefaults: CheckDefaults = {};
const noFlags: VirtualServerConfiguration['schedulerFlags'] = [];

/** Completes one virtual server. */
export class ServerCheck {
  readonly draft: VirtualServerDraft;
  readonly context: Context;
  readonly groups: ReadonlyMap<string, VirtualServerGroup>;

  constructor(draft: VirtualServerDraft, groups: ReadonlyMap<string, VirtualServerGroup>, context: Context) {
    this.draft = draft;
    this.context = context;
    this.groups = groups;
  }

  /** As the file writes it; only messages need it. */
  get name(): string {
    return this.draft.statement.words.slice(0, 3).join(' ');
  }

  error(statement: Statement, code: string, message: string, remedy?: string): void {
    this.context.error(statement, 0, code, `${this.name}: ${message}`, remedy);
  }

  /** Family of the service; undefined: of each entry of its group. */
  family(): AddressFamily | undefined {
    const { identity, ipFamily, realServers, sorryServer } = this.draft;
    if (identity.kind === 'address') return identity.family;
    if (ipFamily) return ipFamily;
    if (identity.kind === 'fwmark') return realServers[0]?.family ?? sorryServer?.family ?? 'inet';
    const families = new Set(
      (this.groups.get(identity.name)?.entries ?? []).flatMap((entry) => (entry.family ? [entry.family] : [])),
    );
    if (families.size === 1) return [...families][0];
    return families.size === 0 ? realServers[0]?.family : undefined;
  }

  /** A mark or group says its family after the fact: a netmask of IPv4 is none for IPv6. */
  granularity(family: AddressFamily | undefined): string | undefined {
    const { persistenceGranularity: granularity, persistenceGranularityAt, statement } = this.draft;
    if (granularity === undefined || family === undefined) return granularity;
    if (granularity.includes('.') === (family === 'inet')) return granularity;
    this.error(
      persistenceGranularityAt ?? statement,
      'CFG_FAMILY',
      `persistence_granularity ${granularity} is not for the family of the service and is ignored`,
      family === 'inet6' ? 'write "ip_family inet6" before it, and a prefix length' : 'write a netmask',
    );
    return undefined;
  }

  /** True of a group whose entries are firewall marks. */
  onlyMarks(): boolean {
    const { identity } = this.draft;
    return (
      identity.kind === 'group' &&
      this.groups.get(identity.name)?.entries.every((entry) => entry.kind === 'fwmark') === true
    );
  }

  protocol(): IpvsProtocol {
    const { identity, protocol, protocolAt, statement } = this.draft;
    if (identity.kind === 'fwmark') {
      if (protocolAt)
        this.error(
          protocolAt,
          'CFG_FWMARK_PROTOCOL',
          'a service by firewall mark has no protocol; it is ignored',
          'remove the line',
        );
      return protocol ?? 'udp';
    }
    if (protocol !== undefined) return protocol;
    if (!this.onlyMarks())
      this.error(
        statement,
        'CFG_NO_PROTOCOL',
        'protocol is not set; UDP is used',
        'add "protocol TCP" or "protocol UDP"',
      );
    return 'udp';
  }

  identity(protocol: IpvsProtocol, family: AddressFamily | undefined): VirtualServerIdentity {
    const { identity } = this.draft;
    if (identity.kind === 'address') {
      const { address, family: own, port } = identity;
      return { kind: 'address', address, family: own, port, protocol };
    }
    if (identity.kind === 'group') return { ...identity, protocol, ...(this.onlyMarks() && { onlyMarks: true }) };
    return { kind: 'fwmark', mark: identity.mark, family: family ?? 'inet' };
  }

  /** One packet scheduling is for datagrams. */
  onePacket(protocol: IpvsProtocol): boolean {
    const { onePacketAt, identity } = this.draft;
    if (!onePacketAt) return false;
    if (identity.kind === 'fwmark' || protocol === 'udp') return true;
    this.error(onePacketAt, 'CFG_OPS', 'ops is for UDP and firewall marks; it is ignored');
    return false;
  }

  persistenceTimeout(): number | undefined {
    const { identity, persistenceTimeout, persistenceGranularity, statement } = this.draft;
    if (persistenceTimeout !== undefined) return persistenceTimeout;
    if (persistenceGranularity !== undefined) return portlessPersistence;
    if (identity.kind !== 'address' || identity.port !== 0) return undefined;
    this.error(
      statement,
      'CFG_NO_PORT',
      `a service for all ports must be persistent; persistence_timeout ${portlessPersistence / 1000} is used`,
      'name a port, or add persistence_timeout',
    );
    return portlessPersistence;
  }

  /** Port of a member after the rules: without NAT a packet keeps its port. */
  memberPort(statement: Statement, port: number, forwarding: ForwardingMethod, what: string): number {
    const { identity } = this.draft;
    if (identity.kind === 'group') {
      if (forwarding.method !== 'NAT' && port !== 0) this.compareGroupPorts(statement, port, identity.name, what);
      return port;
    }
    if (identity.kind === 'fwmark') {
      if (forwarding.method === 'NAT' || port === 0) return port;
      this.context.error(
        statement,
        2,
        'CFG_PORT',
        `${this.name}: ${what} has a port, but with ${forwarding.method} and a firewall mark packets keep theirs; it is ignored`,
        'remove the port',
      );
      return 0;
    }
    if (port === 0) return identity.port;
    if (forwarding.method === 'NAT' || port === identity.port) return port;
    this.context.error(
      statement,
      2,
      'CFG_PORT',
      `${this.name}: ${what} has port ${port}, but with ${forwarding.method} packets keep theirs; ${identity.port} is used`,
      `write port ${identity.port}, or "lvs_method NAT"`,
    );
    return identity.port;
  }

  compareGroupPorts(statement: Statement, port: number, group: string, what: string): void {
    const entries = this.groups.get(group)?.entries ?? [];
    if (entries.some((entry) => (entry.kind === 'address' ? entry.port !== port : true))) {
      this.context.error(
        statement,
        2,
        'CFG_PORT',
        `${this.name}: ${what} has port ${port}, but without NAT packets keep the port of each entry of ${group}`,
      );
    }
  }

  realServer(draft: RealServerDraft, forwarding: ForwardingMethod): RealServerConfiguration {
    const { context, draft: service } = this;
    const method = draft.forwarding ?? forwarding;
    const port = this.memberPort(draft.statement, draft.port, method, `real_server ${draft.address}`);
    const checkers: CheckerConfiguration[] = [];
    for (const checker of draft.checkers) {
      // Checks go to the port that is written, also where packets keep theirs.
      const written = draft.port === 0 ? port : draft.port;
      const configuration = checkerConfiguration({ checker, server: draft, service, port: written }, context);
      if (configuration) checkers.push(configuration);
    }
    const { global } = context.draft;
    const built: Mutable<RealServerConfiguration> = {
      address: draft.address,
      family: draft.family,
      port,
      weight: draft.weight ?? service.weight ?? 1,
      forwarding: method,
      inhibitOnFailure: draft.inhibitOnFailure ?? service.inhibitOnFailure ?? false,
      upperThreshold: draft.upperThreshold ?? 0,
      lowerThreshold: draft.lowerThreshold ?? 0,
      smtpAlert: draft.smtpAlert ?? global.smtpAlertChecker ?? global.smtpAlert ?? true,
      // A list that grew has room for 17.
      checkers: checkers.length === 0 ? noCheckers : checkers.slice(),
      at: locate(draft.statement),
    };
    const notifyUp = commandOf(draft.notifyUp);
    const notifyDown = commandOf(draft.notifyDown);
    if (notifyUp) built.notifyUp = notifyUp;
    if (notifyDown) built.notifyDown = notifyDown;
    const defaults = checkDefaults(draft, context);
    if (defaults) built.checkDefaults = defaults;
    if (draft.snmpName !== undefined) built.snmpName = draft.snmpName;
    const drainTimeout = draft.drainTimeout ?? service.drainTimeout;
    if (drainTimeout !== undefined) built.drainTimeout = drainTimeout;
    return built;
  }

  /** The pool without members of a wrong family and without repetitions. */
  realServers(forwarding: ForwardingMethod, family: AddressFamily | undefined): RealServerConfiguration[] {
    const seen = this.draft.realServers.length > smallPool ? new Map<string, Statement>() : undefined;
    const kept: Statement[] = [];
    const servers: RealServerConfiguration[] = [];
    for (const draft of this.draft.realServers) {
      // Tunnels carry one family in the other.
      if (family !== undefined && draft.family !== family && (draft.forwarding ?? forwarding).method !== 'TUN') {
        this.error(
          draft.statement,
          'CFG_FAMILY',
          `real_server ${draft.address} is of another family than the service and is ignored`,
          'only tunnels (lvs_method TUN) can mix families',
        );
        continue;
      }
      const server = this.realServer(draft, forwarding);
      const first = seen
        ? seen.get(`${server.address} ${server.port}`)
        : kept[servers.findIndex((other) => other.address === server.address && other.port === server.port)];
      if (first) {
        this.context.duplicate(draft.statement, 1, `${this.name}: real_server ${server.address} ${server.port}`, first);
        continue;
      }
      seen?.set(`${server.address} ${server.port}`, draft.statement);
      kept.push(draft.statement);
      servers.push(server);
    }
    // A list that grew has room for 17.
    return servers.slice();
  }

  sorryServer(forwarding: ForwardingMethod, family: AddressFamily | undefined): RealServerConfiguration | undefined {
    const { sorryServer, sorryServerForwarding, sorryServerInhibit } = this.draft;
    if (!sorryServer) return undefined;
    const method = sorryServerForwarding ?? forwarding;
    if (family !== undefined && sorryServer.family !== family && method.method !== 'TUN') {
      this.error(
        sorryServer.statement,
        'CFG_FAMILY',
        `sorry_server ${sorryServer.address} is of another family than the service and is ignored`,
      );
      return undefined;
    }
    return {
      address: sorryServer.address,
      family: sorryServer.family,
      port: this.memberPort(sorryServer.statement, sorryServer.port, method, `sorry_server ${sorryServer.address}`),
      weight: 1,
      forwarding: method,
      inhibitOnFailure: sorryServerInhibit ?? false,
      upperThreshold: 0,
      lowerThreshold: 0,
      smtpAlert: false,
      checkers: [],
      at: locate(sorryServer.statement),
    };
  }

  /** A real server that is the sorry server too can be inhibited in one way only: its own setting decides. */
  sameInhibit(
    sorry: RealServerConfiguration | undefined,
    servers: readonly RealServerConfiguration[],
  ): RealServerConfiguration | undefined {
    const same = sorry && servers.find((server) => server.address === sorry.address && server.port === sorry.port);
    if (!sorry || !same || same.inhibitOnFailure === sorry.inhibitOnFailure) return sorry;
    this.error(
      this.draft.sorryServer?.statement ?? this.draft.statement,
      'CFG_SORRY_SERVER',
      `real_server ${same.address} is the sorry_server too, but only one of them is inhibited; the setting of the real_server counts for both`,
      same.inhibitOnFailure ? 'add sorry_server_inhibit' : 'remove sorry_server_inhibit',
    );
    return { ...sorry, inhibitOnFailure: same.inhibitOnFailure };
  }

  /** Quorum within the weight that there is, hysteresis below the quorum. */
  quorum(servers: readonly RealServerConfiguration[]): { quorum: number; hysteresis: number } {
    const { draft } = this;
    const total = servers.reduce((sum, server) => sum + server.weight, 0);
    let quorum = draft.quorum ?? 1;
    let hysteresis = draft.hysteresis ?? 0;
    if (quorum > total) {
      this.error(
        draft.quorumAt ?? draft.statement,
        'CFG_QUORUM',
        `quorum ${quorum} is more than all real servers weigh together, ${total}; ${total} is used`,
        'lower the quorum, or raise weights',
      );
      quorum = total;
    }
    if (hysteresis >= quorum && hysteresis > 0) {
      this.error(
        draft.hysteresisAt ?? draft.statement,
        'CFG_QUORUM',
        `hysteresis ${hysteresis} must be less than the quorum ${quorum}; ${Math.max(0, quorum - 1)} is used`,
      );
      hysteresis = Math.max(0, quorum - 1);
    }
    return { quorum, hysteresis };
  }

  /** Checks can wait for an address of this machine, not for a firewall mark. */
  haSuspend(): boolean {
    const { haSuspendAt, identity } = this.draft;
    if (!haSuspendAt) return false;
    const marks =
      identity.kind === 'fwmark' ||
      (identity.kind === 'group' &&
        this.groups.get(identity.name)?.entries.some((entry) => entry.kind === 'fwmark') === true);
    if (!marks) return true;
    this.error(
      haSuspendAt,
      'CFG_HA_SUSPEND',
      'ha_suspend needs an address to look for, not a firewall mark; it is ignored',
    );
    return false;
  }

  build(): VirtualServerConfiguration | undefined {
    const { draft, context } = this;
    const { global } = context.draft;
    if (draft.realServers.length === 0) {
      this.error(
        draft.statement,
        'CFG_NO_REAL_SERVER',
        'there is no real_server; the service is ignored',
        'add "real_server <ip> <port> { ... }"',
      );
      return undefined;
    }
    if (draft.identity.kind === 'group' && !this.groups.has(draft.identity.name)) {
      context.error(
        draft.statement,
        2,
        'CFG_UNKNOWN_REFERENCE',
        `${this.name}: there is no virtual_server_group ${draft.identity.name}; the service is ignored`,
        'define the group',
      );
      return undefined;
    }
    if (draft.scheduler === undefined)
      this.error(
        draft.statement,
        'CFG_NO_SCHEDULER',
        'lvs_sched is not set; wlc is used',
        'add "lvs_sched wlc" or another',
      );
    if (draft.forwarding === undefined)
      this.error(
        draft.statement,
        'CFG_NO_METHOD',
        'lvs_method is not set; NAT is used',
        'add "lvs_method NAT", DR or TUN',
      );
    const forwarding = draft.forwarding ?? { method: 'NAT' };
    const family = this.family();
    const protocol = this.protocol();
    const persistenceTimeout = this.persistenceTimeout();
    const realServers = this.realServers(forwarding, family);
    if (realServers.length === 0) {
      this.error(draft.statement, 'CFG_NO_REAL_SERVER', 'no usable real_server is left; the service is ignored');
      return undefined;
    }
    const sorryServer = this.sameInhibit(this.sorryServer(forwarding, family), realServers);
    const { hysteresis, quorum } = this.quorum(realServers);
    const defaults = checkDefaults(draft, context);
    // Nearly all have a family and say something of their checks: what is added behind takes a second piece of memory.
    const built: Mutable<VirtualServerConfiguration> = {
      identity: this.identity(protocol, family),
      scheduler: draft.scheduler ?? 'wlc',
      schedulerFlags: draft.schedulerFlags.length === 0 ? noFlags : draft.schedulerFlags,
      onePacket: this.onePacket(protocol),
      forwarding,
      defaultWeight: draft.weight ?? 1,
      inhibitOnFailure: draft.inhibitOnFailure ?? false,
      hashed: draft.hashed ?? false,
      alpha: draft.alpha ?? false,
      omega: draft.omega ?? false,
      haSuspend: this.haSuspend(),
      quorum,
      hysteresis,
      smtpAlert: draft.smtpAlert ?? global.smtpAlertChecker ?? global.smtpAlert ?? false,
      sorryServerInhibit: sorryServer?.inhibitOnFailure ?? false,
      realServers,
      at: locate(draft.statement),
      family: family ?? 'inet',
      checkDefaults: defaults ?? noDefaults,
    };
    if (defaults === undefined) delete built.checkDefaults;
    if (family === undefined) delete built.family;
    const quorumUp = commandOf(draft.quorumUp);
    const quorumDown = commandOf(draft.quorumDown);
    if (draft.drainTimeout !== undefined) built.drainTimeout = draft.drainTimeout;
    if (draft.persistenceEngine !== undefined) built.persistenceEngine = draft.persistenceEngine;
    if (persistenceTimeout !== undefined) built.persistenceTimeout = persistenceTimeout;
    const granularity = this.granularity(family);
    if (granularity !== undefined) built.persistenceGranularity = granularity;
    if (quorumUp) built.quorumUp = quorumUp;
    if (quorumDown) built.quorumDown = quorumDown;
    if (sorryServer) built.sorryServer = sorryServer;
    if (draft.snmpName !== undefined) built.snmpName = draft.snmpName;
    return built;
  }
}

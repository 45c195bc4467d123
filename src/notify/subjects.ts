/**
 * Finds what an event is about in the configuration. After a reload the events of things that were removed come in
 * too, so the configuration before it is looked at second.
 */
import { realServerLabel, virtualServerLabels } from '../check/labels.ts';
import type {
  Configuration,
  ConnectionLimit,
  RealServerConfiguration,
  VirtualServerConfiguration,
  VrrpInstanceConfiguration,
  VrrpSyncGroupConfiguration,
} from '../config/model.ts';

/** A thing of the configuration; `removed` if only the previous configuration has it. */
export interface Subject<Thing> {
  readonly configuration: Thing;
  readonly removed: boolean;
}

export interface VirtualServerSubject {
  readonly virtualServer: VirtualServerConfiguration;
  readonly removed: boolean;
}

export interface RealServerSubject {
  readonly virtualServer: VirtualServerConfiguration;
  readonly realServer: RealServerConfiguration;
  readonly removed: boolean;
}

interface Index {
  readonly instances: ReadonlyMap<string, VrrpInstanceConfiguration>;
  readonly groups: ReadonlyMap<string, VrrpSyncGroupConfiguration>;
  readonly groupOfInstance: ReadonlyMap<string, string>;
  readonly virtualServers: ReadonlyMap<string, VirtualServerConfiguration>;
  readonly connectionLimits: ReadonlyMap<string, ConnectionLimit>;
}

function index(configuration: Configuration): Index {
  const { vrrp, check, connectionLimits = [] } = configuration;
  let virtualServers: ReadonlyMap<string, VirtualServerConfiguration> | undefined;
  return {
    instances: new Map(vrrp.instances.map((instance) => [instance.name, instance])),
    groups: new Map(vrrp.syncGroups.map((group) => [group.name, group])),
    groupOfInstance: new Map(vrrp.syncGroups.flatMap((group) => group.members.map((member) => [member, group.name]))),
    // Made at the first event of one: there may be ten thousand.
    get virtualServers() {
      if (virtualServers === undefined) {
        const labels = virtualServerLabels(check);
        virtualServers = new Map(check.virtualServers.map((server, position) => [labels[position] ?? '', server]));
      }
      return virtualServers;
    },
    connectionLimits: new Map(connectionLimits.map((limit) => [limit.name, limit])),
  };
}

/** A reload looks at the configuration before it once more. */
const indexes = new WeakMap<Configuration, Index>();

function indexOf(configuration: Configuration): Index {
  const known = indexes.get(configuration);
  if (known !== undefined) return known;
  const made = index(configuration);
  indexes.set(configuration, made);
  return made;
}

export class Subjects {
  readonly current: Configuration;
  readonly #indexes: readonly Index[];

  constructor(current: Configuration, previous: Configuration = current) {
    this.current = current;
    this.#indexes = previous === current ? [indexOf(current)] : [indexOf(current), indexOf(previous)];
  }

  instance(name: string): Subject<VrrpInstanceConfiguration> | undefined {
    return this.#find((from) => from.instances.get(name));
  }

  group(name: string): Subject<VrrpSyncGroupConfiguration> | undefined {
    return this.#find((from) => from.groups.get(name));
  }

  /** Name of the sync group an instance belongs to now. */
  groupOf(instance: string): string | undefined {
    return this.#indexes[0]?.groupOfInstance.get(instance);
  }

  /** @param label as in events: `[addr]:proto:port`, `FWM n`, `[group]:N`. */
  virtualServer(label: string): VirtualServerSubject | undefined {
    const found = this.#find((from) => from.virtualServers.get(label));
    return found && { virtualServer: found.configuration, removed: found.removed };
  }

  connectionLimit(name: string): Subject<ConnectionLimit> | undefined {
    return this.#find((from) => from.connectionLimits.get(name));
  }

  /** A server in the pool of `service`, or its sorry server. */
  realServer(service: string, label: string): RealServerSubject | undefined {
    for (const [position, from] of this.#indexes.entries()) {
      const virtualServer = from.virtualServers.get(service);
      if (virtualServer === undefined) continue;
      const sorry = virtualServer.sorryServer;
      const candidates = sorry === undefined ? virtualServer.realServers : [...virtualServer.realServers, sorry];
      const realServer = candidates.find((server) => realServerLabel(virtualServer, server) === label);
      if (realServer !== undefined) return { virtualServer, realServer, removed: position > 0 };
    }
    return undefined;
  }

  #find<Thing>(get: (from: Index) => Thing | undefined): Subject<Thing> | undefined {
    for (const [position, from] of this.#indexes.entries()) {
      const configuration = get(from);
      if (configuration !== undefined) return { configuration, removed: position > 0 };
    }
    return undefined;
  }
}

/**
 * The objects that the daemon shows on D-Bus (reference: runtime 13): one for the VRRP process and one for each instance,
 * below a root that names network namespace and instance of the daemon where it has such names.
 */
import type { Configuration, VrrpInstanceConfiguration } from '../../config/model.ts';
import type { VrrpState } from '../../core/events.ts';

export const interfaceNames = {
  vrrp: 'org.keepalived.Vrrp1.Vrrp',
  instance: 'org.keepalived.Vrrp1.Instance',
  properties: 'org.freedesktop.DBus.Properties',
  introspectable: 'org.freedesktop.DBus.Introspectable',
  peer: 'org.freedesktop.DBus.Peer',
} as const;

/** Numbers and words of the property State and the signal VrrpStatusChange. */
const states: Record<VrrpState, readonly [number, string]> = {
  INIT: [0, 'Init'],
  BACKUP: [1, 'Backup'],
  MASTER: [2, 'Master'],
  FAULT: [3, 'Fault'],
  STOP: [98, 'Stop'],
  DELETED: [97, 'Deleted'],
};

export function stateNumber(state: VrrpState): number {
  return states[state][0];
}

/** The value of the property State, signature `(us)`. */
export function stateValue(state: VrrpState): readonly [number, string] {
  return states[state];
}

/** One instance on the bus. */
export interface InstanceObject {
  readonly path: string;
  readonly name: string;
  /** A removal is told as such, not as a fault. */
  readonly notifyDeleted: boolean;
  state: VrrpState;
  /** It stands for an instance of the same name elsewhere, whose end is still to be told. */
  readonly replaces: boolean;
}

const root = '/org/keepalived/Vrrp1';

/** An element of an object path: letters, digits and underscores; anything else becomes an underscore. */
function element(text: string): string {
  return text.replace(/[^A-Za-z0-9]/g, '_');
}

export class ObjectTree {
  readonly vrrpPath: string;
  readonly #byPath = new Map<string, InstanceObject>();
  readonly #byName = new Map<string, InstanceObject>();

  /**
   * @param namespace network namespace that the daemon was given by name
   * @param previous the tree before a reload: an instance that keeps name and path keeps its state
   * @param states of the instances, where they are known and there is no tree before
   */
  constructor(
    configuration: Configuration,
    namespace: string | undefined,
    previous?: ObjectTree,
    states: ReadonlyMap<string, VrrpState> = new Map(),
  ) {
    const { global, vrrp } = configuration;
    const parts = [namespace, global.instance].filter((part) => part !== undefined).map(element);
    const base = [root, ...parts].join('/');
    this.vrrpPath = `${base}/Vrrp`;
    for (const instance of vrrp.instances) {
      const path = `${base}/Instance/${instancePath(instance, global.dbus.noInterfaceName)}`;
      const before = previous?.instance(instance.name);
      const object: InstanceObject = {
        path,
        name: instance.name,
        notifyDeleted: instance.notify.notifyDeleted,
        state:
          (before === undefined ? states.get(instance.name) : before.path === path ? before.state : undefined) ??
          'INIT',
        replaces: before !== undefined && before.path !== path,
      };
      this.#byPath.set(object.path, object);
      this.#byName.set(object.name, object);
    }
  }

  get instances(): readonly InstanceObject[] {
    return [...this.#byName.values()];
  }

  instance(name: string): InstanceObject | undefined {
    return this.#byName.get(name);
  }

  at(path: string): InstanceObject | undefined {
    return this.#byPath.get(path);
  }

  /** Names of what lies directly below a path, for introspection. */
  childrenOf(path: string): readonly string[] {
    const prefix = path === '/' ? '/' : `${path}/`;
    const below = [...this.#byPath.keys(), this.vrrpPath].filter((each) => each.startsWith(prefix));
    return [...new Set(below.map((each) => each.slice(prefix.length).split('/')[0] ?? ''))];
  }
}

/** IFACE/VRID/IPv4 or IPv6. */
function instancePath(instance: VrrpInstanceConfiguration, noInterfaceName: string): string {
  const where = instance.interface === '' ? noInterfaceName : instance.interface;
  return `${element(where)}/${instance.virtualRouterId}/${instance.family === 'inet6' ? 'IPv6' : 'IPv4'}`;
}

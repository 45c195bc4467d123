/**
 * The service on D-Bus (reference: runtime 13): shows the states of the instances, tells of their changes, and takes
 * the few commands of the original. A bus that is not there, or goes, disturbs nothing: it is tried again.
 */
import { readFile } from 'node:fs/promises';
import type { Configuration } from '../../config/model.ts';
import type { DaemonEvent, VrrpState } from '../../core/events.ts';
import type { Log } from '../../log/log.ts';
import { notifiedState } from '../notified-state.ts';
import { Reconnection } from '../reconnection.ts';
import { answerCall, type DbusAction, type MethodCall } from './answer.ts';
import { BusConnection, type Reply } from './bus-connection.ts';
import { interfaceNames, ObjectTree, stateNumber, stateValue, type InstanceObject } from './object-tree.ts';

/** What callers may ask of the daemon. */
export type DbusActions = (action: DbusAction) => void;

const machineIdFiles = ['/etc/machine-id', '/var/lib/dbus/machine-id'];

export class DbusService {
  readonly #name: string;
  readonly #namespace: string | undefined;
  readonly #act: DbusActions;
  readonly #log: Log;
  #tree: ObjectTree;
  #connection: BusConnection | undefined;
  #machineId: string | undefined;
  readonly #reconnection: Reconnection;
  #owns = false;
  #closed: (() => void) | undefined;

  /**
   * @param namespace network namespace that the daemon was given by name
   * @param states of the instances, as far as they are known
   */
  constructor(
    configuration: Configuration,
    namespace: string | undefined,
    states: ReadonlyMap<string, VrrpState>,
    act: DbusActions,
    log: Log,
  ) {
    this.#name = configuration.global.dbus.serviceName;
    this.#namespace = namespace;
    this.#act = act;
    this.#log = log;
    this.#tree = new ObjectTree(configuration, namespace, undefined, states);
    this.#reconnection = new Reconnection('D-Bus', () => void this.#connect(), log);
  }

  /** The name it has or tries to get: a reload that changes it needs another service. */
  get name(): string {
    return this.#name;
  }

  /** Begins to look for the bus. Never waits for it. */
  open(): void {
    void machineId().then((id) => (this.#machineId = id));
    void this.#connect();
  }

  /** Takes every event of the daemon; those of instances become signals. */
  handle(event: DaemonEvent): void {
    if (event.kind !== 'vrrp-instance') return;
    const object = this.#tree.instance(event.instance);
    if (object === undefined) return;
    // The end of the instance that had this name was told when its object went; the new one begins in INIT.
    if (object.replaces && object.state === 'INIT' && event.from !== 'INIT') return;
    this.#changed(object, event.to);
  }

  /** A reload: objects come and go. Call it before the children have the configuration, so that their events find theirs. */
  reconfigure(configuration: Configuration): void {
    const before = this.#tree;
    this.#tree = new ObjectTree(configuration, this.#namespace, before);
    for (const object of before.instances)
      if (this.#tree.at(object.path) === undefined) this.#changed(object, 'DELETED');
    this.#signal(this.#tree.vrrpPath, interfaceNames.vrrp, 'VrrpReloaded');
  }

  /** After the last event. Settles when the name is given back, or soon. */
  close(): Promise<void> {
    this.#signal(this.#tree.vrrpPath, interfaceNames.vrrp, 'VrrpStopped');
    this.#reconnection.close();
    const connection = this.#connection;
    if (connection === undefined) return Promise.resolve();
    return new Promise((resolve) => {
      this.#closed = resolve;
      connection.close();
    });
  }

  async #connect(): Promise<void> {
    try {
      const connection = await BusConnection.open(this.#name, {
        called: (call) => this.#called(call),
        owns: (owner) => this.#ownerChanged(owner),
        lost: (reason) => this.#lost(reason),
      });
      if (!this.#reconnection.isClosed) this.#connection = connection;
      else connection.close();
    } catch (error) {
      this.#lost((error as Error).message);
    }
  }

  #ownerChanged(owner: boolean): void {
    if (this.#reconnection.isClosed) return;
    this.#reconnection.answered();
    if (owner === this.#owns && !this.#reconnection.isTroubled) return;
    this.#owns = owner;
    if (!owner) {
      this.#reconnection.complain(`the name ${this.#name} belongs to another program; waiting for it`);
      return;
    }
    this.#reconnection.recovered();
    this.#log.info(`Acquired the name ${this.#name} on the system bus`);
    this.#signal(this.#tree.vrrpPath, interfaceNames.vrrp, 'VrrpStarted');
  }

  #lost(reason: string | undefined): void {
    this.#connection = undefined;
    this.#owns = false;
    this.#closed?.();
    this.#reconnection.lost(`${reason ?? 'closed'}; trying again until the bus is there`);
  }

  #called(call: MethodCall): Reply {
    const answer = answerCall(call, this.#tree, this.#machineId);
    if (answer.type === 'return' && answer.action !== undefined) {
      this.#log.info(`${wordsOf(answer.action)} on DBus request`);
      this.#act(answer.action);
    }
    return answer;
  }

  #changed(object: InstanceObject, state: InstanceObject['state']): void {
    object.state = state;
    const told = notifiedState(state, object.notifyDeleted);
    if (told === undefined) return;
    this.#signal(object.path, interfaceNames.instance, 'VrrpStatusChange', 'u', [stateNumber(told)]);
    // Clients that keep properties (every GDBusProxy does) would go on showing the old state.
    const changed = [['State', ['(us)', stateValue(state)]]];
    this.#signal(object.path, interfaceNames.properties, 'PropertiesChanged', 'sa{sv}as', [
      interfaceNames.instance,
      changed,
      [],
    ]);
  }

  #signal(path: string, interfaceName: string, member: string, signature = '', body: readonly unknown[] = []): void {
    if (this.#owns) this.#connection?.signal(path, interfaceName, member, signature, body);
  }
}

function wordsOf(action: DbusAction): string {
  switch (action.type) {
    case 'dump':
      return action.words;
    case 'reload':
      return 'Reloading the configuration';
    case 'send-gratuitous':
      return `Sending garps on ${action.instance}`;
  }
}

async function machineId(): Promise<string | undefined> {
  for (const file of machineIdFiles) {
    const text = await readFile(file, 'ascii').catch(() => '');
    const id = text.trim();
    if (/^[0-9a-f]{32}$/.test(id)) return id;
  }
  return undefined;
}

/**
 * The addresses of this machine, seen and written: follows links and addresses, and makes the engine's addresses exist
 * with the fewest writes. What was written counts as present from the moment of the write, before the kernel's
 * notification of it is read: otherwise an older notification would make it look deleted by somebody else.
 */
import { DaemonError } from '../core/errors.ts';
import { AddressWriter } from '../kernel/rtnetlink-addresses.ts';
import { InterfaceMonitor } from '../kernel/rtnetlink-monitor.ts';
import type { Log } from '../log/log.ts';
import { IFA_F } from '../network/constants.ts';
import { addressKey, desiredAddressKey, planAddresses } from '../network/plan-addresses.ts';
import { takenAlong } from '../network/secondaries.ts';
import type { AddressChange, AddressIdentity, DesiredAddress, KernelAddress, Link } from '../network/types.ts';
import type { DesiredInstanceAddresses } from '../vrrp/types.ts';
import { KeptSecondaries } from './kept-secondaries.ts';

/** The kernel gives numbers from 1 upwards; this one it takes and never has (linux/if_link.h: an int). */
const noInterface = 0x7fff_ffff;
const mostRehearsed = 4;

type AddressAddition = Extract<AddressChange, { readonly change: 'add' }>;

export interface AddressListener {
  links(): void;
  addresses(): void;
}

export class AddressKeeper {
  readonly #log: Log;
  readonly #listener: AddressListener;
  #monitor: InterfaceMonitor | undefined;
  #writer: AddressWriter | undefined;
  /** Writes whose notification may not have been read yet, by address key. */
  readonly #written = new Map<string, AddressChange>();
  /** What was added and not taken away again, by address key: interfaces get other names. */
  readonly #set = new Map<string, AddressAddition>();
  readonly #keptSecondaries: KeptSecondaries;
  /** Last write asked for; settles always. */
  #idle: Promise<void> = Promise.resolve();

  constructor(log: Log, listener: AddressListener) {
    this.#log = log;
    this.#listener = listener;
    this.#keptSecondaries = new KeptSecondaries(log);
  }

  /** Reads links and addresses and begins to follow them. @throws SystemError */
  async open(): Promise<void> {
    this.#writer = AddressWriter.open();
    this.#monitor = await InterfaceMonitor.open({
      onProblem: (error) => this.#log.warning(`following interfaces and addresses: ${error.message}`),
    });
    this.#monitor.onLinks(() => {
      this.#leaveRenamed();
      this.#listener.links();
    });
    this.#monitor.onAddresses(() => this.#listener.addresses());
  }

  get links(): readonly Link[] {
    return this.#monitor?.links ?? [];
  }

  /** All addresses, our own latest writes included. */
  get addresses(): readonly KernelAddress[] {
    const heard = this.#monitor?.addresses ?? [];
    if (this.#written.size === 0) return heard;
    const keyOf = this.#keys();
    const rest = heard.filter((address) => !this.#written.has(keyOf(address.interfaceIndex, address)));
    const added = [...this.#written.values()].flatMap((change) =>
      change.change === 'add' ? [expectedAddress(change.address, change.interfaceIndex)] : [],
    );
    return [...rest, ...added];
  }

  /** Keys (addressKey) of all addresses. */
  get keys(): ReadonlySet<string> {
    const keyOf = this.#keys();
    return new Set(this.addresses.map((address) => keyOf(address.interfaceIndex, address)));
  }

  /** Names of the interfaces as they are now, by their numbers. */
  #names(): ReadonlyMap<number, string> {
    return new Map(this.links.map(({ index, name }) => [index, name]));
  }

  /** Names addresses by the interfaces as they are now. */
  #keys(): (interfaceIndex: number, address: AddressIdentity) => string {
    const nameOf = this.#names();
    return (interfaceIndex, address) => addressKey(nameOf.get(interfaceIndex) ?? '', address);
  }

  /** Writes the difference between what these instances want and what is there. The kernel has acted when this returns. */
  reconcile(wanted: readonly DesiredInstanceAddresses[]): void {
    const changes = this.#plan(wanted);
    if (changes.length > 0) this.#write(changes);
  }

  #write(changes: readonly AddressChange[]): void {
    const writer = this.#writer;
    if (writer === undefined) return;
    const keyOf = this.#keys();
    const keys = changes.map((change) => keyOf(change.interfaceIndex, change.address));
    const endangered = this.#endangeredBy(changes, keys, keyOf);
    changes.forEach((change, position) => {
      const key = keys[position] ?? '';
      this.#written.set(key, change);
      if (change.change === 'add') this.#set.set(key, change);
      else this.#set.delete(key);
    });
    const written = endangered.length > 0 ? this.#writeKeeping(endangered, changes, writer) : writer.apply(changes);
    const settled = written
      .then((outcomes) => {
        for (const outcome of outcomes) {
          if (outcome.result === 'failed') this.#log.error(outcome.reason ?? 'an address could not be written');
        }
      })
      .catch((error: unknown) => {
        this.#log.error(`addresses: ${error instanceof DaemonError ? error.message : String(error)}`);
      })
      .then(() => this.#forget(changes, keys));
    this.#idle = Promise.all([this.#idle, settled]).then(() => undefined);
  }

  /** Addresses of others that would go with those of ours that are removed. */
  #endangeredBy(
    changes: readonly AddressChange[],
    keys: readonly string[],
    keyOf: (interfaceIndex: number, address: AddressIdentity) => string,
  ): readonly KernelAddress[] {
    if (changes.every(({ change }) => change === 'add')) return [];
    const removed = new Set(keys.filter((_key, position) => changes[position]?.change === 'delete'));
    const deleted: KernelAddress[] = [];
    const others: KernelAddress[] = [];
    for (const address of this.addresses) {
      const key = keyOf(address.interfaceIndex, address);
      if (removed.has(key)) deleted.push(address);
      else if (!this.#set.has(key)) others.push(address);
    }
    return takenAlong(deleted, others);
  }

  #writeKeeping(
    endangered: readonly KernelAddress[],
    changes: readonly AddressChange[],
    writer: AddressWriter,
  ): ReturnType<AddressWriter['apply']> {
    const nameOf = this.#names();
    const names = new Set<string>();
    for (const { address, interfaceIndex, prefixLength } of endangered) {
      const name = nameOf.get(interfaceIndex);
      if (name === undefined) continue;
      names.add(name);
      this.#log.info(`${address}/${prefixLength} on ${name} came after an address of ours: it stays when that goes`);
    }
    return this.#keptSecondaries.during([...names], () => writer.apply(changes));
  }

  /**
   * An interface that got another name is not the one of the configuration any more, and our addresses went along with it:
   * left there, they would answer beside the next master, and nobody would find them by the configured name.
   */
  #leaveRenamed(): void {
    if (this.#set.size === 0) return;
    const nameOf = this.#names();
    const strays = [...this.#set].filter(([, { address, interfaceIndex }]) => {
      const name = nameOf.get(interfaceIndex);
      return name !== undefined && name !== address.interface;
    });
    for (const [key, { address, interfaceIndex }] of strays) {
      this.#set.delete(key);
      const name = nameOf.get(interfaceIndex) ?? '';
      this.#log.notice(`Interface ${address.interface} is called ${name} now: removing ${address.address} from it`);
    }
    if (strays.length > 0)
      this.#write(strays.map(([, { address, interfaceIndex }]) => ({ change: 'delete', interfaceIndex, address })));
  }

  /** Does all that reconcile() does, without an effect: what is written is for an interface that there never is. */
  rehearse(wanted: readonly DesiredInstanceAddresses[]): void {
    const changes = this.#plan(wanted).slice(0, mostRehearsed);
    const harmless = changes.map((change): AddressChange => ({ ...change, interfaceIndex: noInterface }));
    // The kernel's refusal is what is expected.
    this.#writer?.apply(harmless).catch(() => undefined);
  }

  #plan(wanted: readonly DesiredInstanceAddresses[]): readonly AddressChange[] {
    const desired = wanted.flatMap(({ addresses }) => addresses);
    const managed = new Set(
      wanted
        .flatMap(({ addresses, unwanted }) => [...addresses, ...unwanted])
        .map((address) => desiredAddressKey(address)),
    );
    return planAddresses(desired, this.addresses, managed, this.links);
  }

  /** Reads links and addresses anew, ahead of their notifications. @throws SystemError */
  async resync(): Promise<void> {
    await this.#monitor?.resync();
  }

  /** Waits for the writes under way and stops following. */
  async close(): Promise<void> {
    await this.#idle;
    this.#monitor?.close();
    this.#writer?.close();
  }

  /**
   * The kernel queues the notification of a write before its acknowledgement: once all that is queued has been read, the
   * monitor knows. With hundreds of addresses that is more than one turn of the loop reads.
   */
  async #forget(changes: readonly AddressChange[], keys: readonly string[]): Promise<void> {
    await this.#monitor?.catchUp();
    keys.forEach((key, position) => {
      if (this.#written.get(key) === changes[position]) this.#written.delete(key);
    });
  }
}

/** What the kernel will say of an address that was just added. */
function expectedAddress(address: DesiredAddress, interfaceIndex: number): KernelAddress {
  const { broadcast, family, label, peer, prefixLength, scope } = address;
  return {
    interfaceIndex,
    family,
    address: address.address,
    prefixLength,
    ...(family === 'inet' ? { label: label ?? address.interface } : {}),
    scope,
    flags:
      (address.noPrefixRoute ? IFA_F.NOPREFIXROUTE : 0) |
      (address.preferredLifetime === 0 ? IFA_F.DEPRECATED : 0) |
      (address.home ? IFA_F.HOMEADDRESS : 0),
    ...(broadcast === undefined ? {} : { broadcast }),
    ...(peer === undefined ? {} : { peer }),
  };
}

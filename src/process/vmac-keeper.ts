/**
 * Makes the interfaces of virtual routers (VMACs, ipvlans) exist as long as the configuration wants them: made when the
 * interface underneath is there, made anew when somebody deletes them, kept over a reload, removed at the end.
 */
import type { VirtualAddress } from '../config/model.ts';
import { LinkWriter } from '../kernel/rtnetlink-links.ts';
import type { Log } from '../log/log.ts';
import { ARPHRD, IFA_F, RT_SCOPE } from '../network/constants.ts';
import type { LinkChange, NewLink } from '../network/link-request.ts';
import type { DesiredAddress, KernelAddress, Link } from '../network/types.ts';
import type { VirtualInterface } from '../vrrp/virtual-interfaces.ts';
import type { DesiredInstanceAddresses } from '../vrrp/types.ts';
import { judgeExisting, macOctets } from './existing-interface.ts';
import type { KernelSettings } from './kernel-settings.ts';
import { settleBase, settleReversePathFilter, settleVirtualInterface } from './vmac-settings.ts';

const EOPNOTSUPP = 95;

/** The machine as the process sees it. */
export interface VmacMachine {
  readonly links: readonly Link[];
  readonly addresses: readonly KernelAddress[];
  /** Reads links and addresses anew. */
  resync(): Promise<void>;
  reconcile(wanted: readonly DesiredInstanceAddresses[]): void;
}

export class VmacKeeper {
  readonly #log: Log;
  readonly #machine: VmacMachine;
  readonly #settings: KernelSettings;
  #writer: LinkWriter | undefined;
  #wanted: readonly VirtualInterface[] = [];
  /** Index of those that are as they should be, by name. */
  readonly #ready = new Map<string, number>();
  /** What we made or took over, which is to be removed, by name. */
  readonly #ours = new Map<string, VirtualInterface>();
  /** Index of each of them that is ours, by the name that we gave it: somebody may give it another one. */
  readonly #made = new Map<string, number>();
  /** Why one cannot be made, by name: told once, tried again when something about it changes. */
  readonly #refused = new Map<string, string>();
  /** Names of the interfaces whose settings we may have changed, by index. */
  readonly #settled = new Map<number, string>();
  /** Addresses of our own on them, by name. */
  readonly #linkLocals = new Map<string, DesiredAddress>();
  #idle: Promise<void> = Promise.resolve();
  #busy = false;

  constructor(log: Log, machine: VmacMachine, settings: KernelSettings) {
    this.#log = log;
    this.#machine = machine;
    this.#settings = settings;
  }

  /** Those that exist and are as they should be, on an interface of the name that the configuration knows. */
  get ready(): readonly VirtualInterface[] {
    return this.#wanted.filter(({ name, base }) => this.#ready.has(name) && this.#link(base) !== undefined);
  }

  /** Takes a configuration; settles when what can be made is made. What is wanted no more stays until removeUnwanted(). */
  configure(wanted: readonly VirtualInterface[]): Promise<void> {
    for (const each of wanted) {
      const before = this.#wanted.find(({ name }) => name === each.name);
      if (JSON.stringify(before) !== JSON.stringify(each)) this.#ready.delete(each.name);
    }
    this.#wanted = wanted;
    this.#refused.clear();
    return this.#queue(() => this.#makeAll());
  }

  /** Behind the addresses of the routers that are gone: removes what no router has now. */
  removeUnwanted(): Promise<void> {
    const names = new Set(this.#wanted.map(({ name }) => name));
    return this.#queue(() => this.#remove([...this.#ours.keys()].filter((name) => !names.has(name))));
  }

  /** Links changed: makes what is missing and can be made. */
  interfacesChanged(): void {
    this.#followNames();
    this.#keepAddresses();
    if (!this.#busy && this.#wanted.some((each) => this.#isMissing(each))) void this.#queue(() => this.#makeAll());
  }

  /** The link-local address of an IPv6 VMAC follows that of its base interface. */
  addressesChanged(): void {
    this.#keepAddresses();
  }

  /** Removes everything and restores the settings. */
  async close(): Promise<void> {
    this.#wanted = [];
    await this.#queue(() => this.#remove([...this.#ours.keys()]));
    await this.#settings.restore();
    this.#writer?.close();
  }

  #queue(work: () => Promise<void>): Promise<void> {
    this.#idle = this.#idle.then(async () => {
      this.#busy = true;
      try {
        await work();
      } catch (error) {
        this.#log.error(`interfaces of virtual routers: ${(error as Error).message}`);
      }
      this.#busy = false;
    });
    return this.#idle;
  }

  #link(name: string): Link | undefined {
    return this.#machine.links.find((link) => link.name === name);
  }

  #isMissing({ name, base }: VirtualInterface): boolean {
    const index = this.#link(name)?.index;
    if (index !== undefined && this.#ready.get(name) === index) return false;
    this.#ready.delete(name);
    const under = this.#link(base);
    return under !== undefined && this.#refused.get(name) !== refusalKey(under, this.#link(name));
  }

  async #makeAll(): Promise<void> {
    const missing = this.#wanted.filter((each) => this.#isMissing(each));
    for (const { name, base, instance } of this.#wanted) {
      if (this.#link(base) === undefined && !this.#refused.has(name)) {
        this.#refused.set(name, '');
        this.#log.notice(`(${instance}) ${name} is made as soon as there is an interface ${base}`);
      }
    }
    if (missing.length === 0) return;
    await this.#removeRenamed();
    await this.#settle(missing);
    for (const each of missing) {
      const under = this.#link(each.base);
      if (under !== undefined) await this.#make(each, under);
    }
    await this.#machine.resync();
    for (const { name } of missing) {
      const made = this.#link(name);
      if (made === undefined || !this.#ours.has(name)) continue;
      this.#ready.set(name, made.index);
      this.#made.set(name, made.index);
    }
    this.#keepAddresses();
  }

  /** Under another name ours would keep the hardware address that the one made anew needs. */
  async #removeRenamed(): Promise<void> {
    for (const [name, index] of this.#made) {
      const link = this.#machine.links.find((each) => each.index === index);
      if (link === undefined || link.name === name) continue;
      this.#made.delete(name);
      const instance = this.#ours.get(name)?.instance ?? '';
      this.#log.notice(`(${instance}) ${name} was renamed to ${link.name} by somebody: it is removed and made anew`);
      await this.#apply([{ change: 'delete', index }]);
    }
  }

  async #settle(missing: readonly VirtualInterface[]): Promise<void> {
    const own = new Set(this.#wanted.map(({ name }) => name));
    const vmacs = missing.filter(({ kind, family }) => kind === 'vmac' && family === 'inet');
    if (vmacs.length === 0) return;
    const others = this.#machine.links.map(({ name }) => name).filter((name) => !own.has(name));
    this.#followNames();
    for (const { index, name } of this.#machine.links) if (!own.has(name)) this.#settled.set(index, name);
    await settleReversePathFilter(this.#settings, others);
    for (const base of new Set(vmacs.map((each) => each.base))) await settleBase(this.#settings, base);
  }

  /** Somebody may have renamed an interface whose settings are to be put back. */
  #followNames(): void {
    const renamed = new Map<string, string>();
    for (const { index, name } of this.#machine.links) {
      const before = this.#settled.get(index);
      if (before === undefined || before === name) continue;
      this.#settled.set(index, name);
      renamed.set(before, name);
    }
    this.#settings.renamed(renamed);
  }

  async #make(wanted: VirtualInterface, under: Link): Promise<void> {
    const { name, instance } = wanted;
    const existing = this.#link(name);
    const verdict = judgeExisting(wanted, under, existing);
    if (verdict.fits === 'never' || under.hardwareType !== ARPHRD.ETHER) {
      const reason = verdict.fits === 'never' ? verdict.reason : `${wanted.base} is no Ethernet interface`;
      this.#refuse(wanted, under, existing, reason);
      return;
    }
    this.#ours.delete(name);
    if (existing !== undefined && verdict.fits === 'no') {
      this.#log.notice(`(${instance}) Removing old interface ${name}: ${verdict.reason}`);
      await this.#apply([{ change: 'delete', index: existing.index }]);
    }
    if (existing === undefined || verdict.fits === 'no') {
      const link = newLink(wanted, under, this.#machine.links);
      const [refusal] = await this.#apply([{ change: 'create', link }]);
      if (refusal !== undefined) {
        const unknown = refusal.errno === EOPNOTSUPP ? `this kernel has no ${link.kind}: ` : '';
        this.#refuse(wanted, under, undefined, unknown + refusal.reason);
        return;
      }
    }
    this.#ours.set(name, wanted);
    this.#refused.delete(name);
    await this.#finish(wanted, under, existing !== undefined && verdict.fits === 'yes');
  }

  /** Settings before it is up: no address and no packet from it that does not belong there. */
  async #finish(wanted: VirtualInterface, under: Link, reused: boolean): Promise<void> {
    const { name, instance } = wanted;
    await this.#apply([{ change: 'no-generated-addresses', name }]);
    await settleVirtualInterface(this.#settings, wanted);
    const changes: LinkChange[] = [{ change: 'up', name }];
    if (wanted.kind === 'vmac' && wanted.netlinkNotify)
      changes.push({ change: 'group', name: under.name, group: under.group ?? 0 });
    const [refusal] = await this.#apply(changes);
    if (refusal !== undefined) {
      this.#log.error(`(${instance}) ${name} cannot be set up: ${refusal.reason}`);
      return;
    }
    const what = wanted.kind === 'vmac' ? 'VMAC' : 'IPVLAN';
    this.#log.info(`(${instance}): Success ${reused ? 'reusing' : 'creating'} ${what} interface ${name}`);
  }

  #refuse(wanted: VirtualInterface, under: Link, existing: Link | undefined, reason: string): void {
    this.#refused.set(wanted.name, refusalKey(under, existing));
    this.#log.error(`(${wanted.instance}) interface ${wanted.name} cannot be made on ${wanted.base}: ${reason}`);
  }

  async #remove(names: readonly string[]): Promise<void> {
    for (const name of names) {
      const wanted = this.#ours.get(name);
      this.#ours.delete(name);
      this.#ready.delete(name);
      this.#linkLocals.delete(name);
      const index = this.#made.get(name) ?? this.#link(name)?.index;
      this.#made.delete(name);
      if (wanted === undefined || index === undefined) continue;
      const [refusal] = await this.#apply([{ change: 'delete', index }]);
      const what = wanted.kind === 'vmac' ? 'VMAC' : 'IPVLAN';
      if (refusal === undefined) this.#log.info(`(${wanted.instance}) Success removing ${what} interface ${name}`);
      else this.#log.warning(`(${wanted.instance}) ${name} cannot be removed: ${refusal.reason}`);
    }
    const bases = new Set([...this.#ours.values(), ...this.#wanted].map(({ base }) => base));
    await this.#settings.restore((setting) => {
      const [, , name = ''] = setting.split('/');
      return !setting.endsWith('/rp_filter') && !bases.has(name);
    });
    if (bases.size === 0) await this.#settings.restore();
  }

  #apply(changes: readonly LinkChange[]): ReturnType<LinkWriter['apply']> {
    this.#writer ??= LinkWriter.open();
    return this.#writer.apply(changes);
  }

  /** Writes the addresses that belong to the interfaces themselves, not to their routers' state. */
  #keepAddresses(): void {
    for (const each of this.ready) {
      const wish = this.#ownAddress(each);
      const before = this.#linkLocals.get(each.name);
      if (wish === undefined) continue;
      this.#linkLocals.set(each.name, wish);
      const unwanted = before !== undefined && before.address !== wish.address ? [before] : [];
      this.#machine.reconcile([{ instance: each.instance, addresses: [wish], unwanted }]);
    }
  }

  #ownAddress(wanted: VirtualInterface): DesiredAddress | undefined {
    if (wanted.kind === 'ipvlan') {
      const { address } = wanted;
      return address && ownAddress(wanted.name, address.address, address.family, address.prefixLength);
    }
    if (!wanted.needsLinkLocal) return undefined;
    const address =
      wanted.sourceAddress ?? this.#linkLocalOf(wanted.base) ?? this.#linkLocals.get(wanted.name)?.address;
    // Not preferred: what the machine itself sends keeps coming from elsewhere.
    return address === undefined
      ? undefined
      : { ...ownAddress(wanted.name, address, 'inet6', 64), preferredLifetime: 0 };
  }

  #linkLocalOf(base: string): string | undefined {
    const index = this.#link(base)?.index;
    return this.#machine.addresses.find(
      ({ interfaceIndex, address, flags }) =>
        interfaceIndex === index &&
        /^fe[89ab]/.test(address) &&
        (flags & (IFA_F.TENTATIVE | IFA_F.DADFAILED | IFA_F.DEPRECATED)) === 0,
    )?.address;
  }
}

/** What a refusal was about: as long as it is the same, trying again is of no use. */
function refusalKey(under: Link, existing: Link | undefined): string {
  return `${under.index} ${existing?.index ?? ''}`;
}

function newLink(wanted: VirtualInterface, under: Link, links: readonly Link[]): NewLink {
  const group = typeof wanted.group === 'number' ? wanted.group : (under.group ?? 0);
  const vrf = links.find(({ index, kind }) => index === under.masterIndex && kind === 'vrf');
  const common = {
    name: wanted.name,
    lowerIndex: under.index,
    group,
    ...(vrf && { masterIndex: vrf.index }),
  };
  return wanted.kind === 'vmac'
    ? { ...common, kind: 'macvlan', hardwareAddress: macOctets(wanted.macAddress) }
    : { ...common, kind: 'ipvlan', flags: wanted.mode };
}

function ownAddress(
  name: string,
  address: string,
  family: VirtualAddress['family'],
  prefixLength: number,
): DesiredAddress {
  return {
    address,
    family,
    prefixLength,
    interface: name,
    scope: family === 'inet6' ? RT_SCOPE.LINK : RT_SCOPE.UNIVERSE,
    noPrefixRoute: false,
    noDad: true,
    home: false,
    manageTemporaryAddresses: false,
    autoJoin: false,
    useVmac: false,
    track: false,
    at: { file: '', line: 0, column: 0 },
  };
}

/** What is known about the machine when it is examined. Plain data: whoever gathers it decides nothing. */
import type { Diagnostic } from '../config/diagnostics.ts';
import type { AddressFamily, Configuration } from '../config/model.ts';
import type { ServiceKey } from '../ipvs/types.ts';
import type { KernelAddress, Link } from '../network/types.ts';
import type { Milliseconds } from '../core/time.ts';
import type { Ruleset } from './firewall/ruleset.ts';
import type { AddressAnswer, HeardRouter } from './wire/heard.ts';

/** Where a packet to an address would go now. */
export type RouteFact =
  | {
      readonly destination: string;
      readonly reached: true;
      /** It is an address of this machine. */
      readonly local: boolean;
      readonly interface: string;
      /** Absent: the destination is on the link. */
      readonly gateway?: string;
      /** Of the route, where it has one of its own. */
      readonly mtu?: number;
    }
  | { readonly destination: string; readonly reached: false; readonly reason: string };

/** What is known of the kernel's modules. */
export interface ModuleFacts {
  /** Names with underscores. */
  readonly loaded: readonly string[];
  /** Built into the kernel, or there to be loaded; absent: there is no /lib/modules for this kernel here. */
  readonly available?: readonly string[];
}

export interface IpvsFacts {
  /** Services that the kernel has; absent: they could not be read. */
  readonly services?: readonly ServiceKey[];
}

/** What a process may do. */
export interface RightsFacts {
  /** Bits of capabilities(7), by the numbers of linux/capability.h. */
  readonly effective: bigint;
  /** Whose rights: those of the running daemon, or those of this command. */
  readonly of: 'daemon' | 'this command';
  /** /proc/sys/net can be written. */
  readonly settingsWritable: boolean;
  /** RLIMIT_RTPRIO, soft. */
  readonly realTimeLimit?: number;
}

/** A program that the configuration names, and what speaks against running it. */
export interface ScriptFact {
  /** Resolved path, or the word as written. */
  readonly path: string;
  readonly user: string;
  /** It has root's rights. */
  readonly root: boolean;
  readonly insecure?: string;
  readonly secureWith?: string;
}

export interface ProcessFact {
  readonly pid: number;
  readonly parent: number;
  /** /proc/PID/comm */
  readonly name: string;
  /** In the same network namespace. */
  readonly here: boolean;
}

/** A socket that waits for connections. */
export interface ListenerFact {
  readonly family: AddressFamily;
  readonly address: string;
  readonly port: number;
}

/** What came by while it was listened. */
export interface WireFacts {
  readonly listenedFor: Milliseconds;
  readonly interfaces: readonly string[];
  readonly routers: readonly HeardRouter[];
  /** Questions of address resolution that were put, and what was answered. */
  readonly asked: readonly { readonly address: string; readonly interface: string }[];
  readonly answers: readonly AddressAnswer[];
}

export interface DaemonFacts {
  readonly pid?: number;
  /** Of its instances, by name; absent: it was not asked. */
  readonly states?: Readonly<Record<string, string>>;
}

export interface DoctorFacts {
  readonly configuration: Configuration;
  readonly diagnostics: readonly Diagnostic[];
  /** `uname -r` */
  readonly kernelRelease: string;
  /** Values below /proc/sys by their path; what the kernel does not have is absent. */
  readonly settings: Readonly<Record<string, string>>;
  readonly links: readonly Link[];
  readonly addresses: readonly KernelAddress[];
  readonly routes: readonly RouteFact[];
  readonly modules: ModuleFacts;
  /** Absent: IPVS is not in the kernel. */
  readonly ipvs?: IpvsFacts;
  readonly rights: RightsFacts;
  readonly firewall: { readonly rulesets: readonly Ruleset[]; readonly troubles: readonly string[] };
  readonly scripts: readonly ScriptFact[];
  readonly processes: readonly ProcessFact[];
  readonly listeners: readonly ListenerFact[];
  /** Whether the kernel's clock is disciplined (adjtimex(2)); absent: it does not say. */
  readonly clockSynchronised?: boolean;
  /** Absent: it was not listened. */
  readonly wire?: WireFacts;
  /** The daemon that runs; absent: none does. */
  readonly daemon?: DaemonFacts;
}

/** A setting as a number; undefined: the kernel does not have it, or it is none. */
export function numberSetting({ settings }: Pick<DoctorFacts, 'settings'>, path: string): number | undefined {
  const text = settings[path];
  return text === undefined || !/^-?\d+$/.test(text) ? undefined : Number(text);
}

/** A setting of an interface as the kernel applies it where it takes the larger of the interface's and that of all. */
export function interfaceSetting(
  facts: Pick<DoctorFacts, 'settings'>,
  name: string,
  setting: string,
): { readonly own: number | undefined; readonly all: number | undefined; readonly effective: number } {
  const own = numberSetting(facts, `net/ipv4/conf/${name}/${setting}`);
  const all = numberSetting(facts, `net/ipv4/conf/all/${setting}`);
  return { own, all, effective: Math.max(own ?? 0, all ?? 0) };
}

export function linkNamed({ links }: Pick<DoctorFacts, 'links'>, name: string): Link | undefined {
  return links.find((link) => link.name === name);
}

export function routeTo({ routes }: Pick<DoctorFacts, 'routes'>, destination: string): RouteFact | undefined {
  return routes.find((route) => route.destination === destination);
}

/** Whether an address is on this machine now. */
export function isHere({ addresses }: Pick<DoctorFacts, 'addresses'>, address: string): boolean {
  return addresses.some((present) => present.address === address);
}

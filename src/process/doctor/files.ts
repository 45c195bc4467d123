/** What the files of this machine say. All calls are synchronous: only this thread may be in another network namespace. */
import { accessSync, constants, existsSync, readFileSync, readdirSync, readlinkSync } from 'node:fs';
import { release } from 'node:os';
import path from 'node:path';
import type { Configuration } from '../../config/model.ts';
import { commandsOf } from '../../doctor/commands.ts';
import type { ListenerFact, ModuleFacts, ProcessFact, RightsFacts, ScriptFact } from '../../doctor/facts.ts';
import { readListeners } from '../../doctor/listeners.ts';
import { isInteresting } from '../../doctor/topics/ipvs-owners.ts';
import { nodeHostFacts } from '../host-facts.ts';

const settingsRoot = '/proc/sys';

export function readText(file: string): string | undefined {
  try {
    return readFileSync(file, 'latin1');
  } catch {
    return undefined;
  }
}

/** Settings that the topics look at, for these interfaces; those that the kernel does not have are left out. */
export function readSettings(interfaces: readonly string[]): Record<string, string> {
  const paths = [
    ...['all', 'default', ...interfaces].flatMap((name) =>
      ['rp_filter', 'arp_ignore', 'accept_local'].map((setting) => `net/ipv4/conf/${name}/${setting}`),
    ),
    ...interfaces.map((name) => `net/ipv6/conf/${name}/accept_ra`),
    ...[
      'net/ipv4/ip_forward',
      'net/ipv6/conf/all/forwarding',
      'net/ipv4/ip_nonlocal_bind',
      'net/ipv6/ip_nonlocal_bind',
    ],
    ...['expire_nodest_conn', 'expire_quiescent_template', 'conn_reuse_mode', 'conntrack'].map(
      (setting) => `net/ipv4/vs/${setting}`,
    ),
    ...['net/netfilter/nf_conntrack_max', 'net/netfilter/nf_conntrack_count', 'kernel/sched_rt_runtime_us'],
  ];
  const settings: Record<string, string> = {};
  for (const each of paths) {
    const text = readText(path.join(settingsRoot, each))?.trim();
    if (text !== undefined) settings[each] = text;
  }
  return settings;
}

/** "kernel/net/netfilter/ipvs/ip_vs_rr.ko.xz" to "ip_vs_rr". */
function moduleName(file: string): string {
  return path
    .basename(file)
    .replace(/\.ko(\.\w+)?$/, '')
    .replaceAll('-', '_');
}

export function readModules(): ModuleFacts {
  const lines = (text: string | undefined): string[] => (text ?? '').split('\n').filter((line) => line !== '');
  const directory = path.join('/lib/modules', release());
  const loaded = lines(readText('/proc/modules')).map((line) => line.split(' ', 1)[0] ?? '');
  const index = readText(path.join(directory, 'modules.dep'));
  if (index === undefined) return { loaded };
  const loadable = lines(index).map((line) => moduleName(line.split(':', 1)[0] ?? ''));
  const builtin = lines(readText(path.join(directory, 'modules.builtin'))).map(moduleName);
  return { loaded, available: [...loadable, ...builtin] };
}

/** @param daemon its process id, if it runs: what it may do is what counts */
export function readRights(daemon: number | undefined): RightsFacts {
  const pid = daemon === undefined ? 'self' : String(daemon);
  const effective = /^CapEff:\s*([0-9a-f]+)/m.exec(readText(`/proc/${pid}/status`) ?? '')?.[1] ?? '0';
  const limit = /^Max realtime priority\s+(\d+)/m.exec(readText(`/proc/${pid}/limits`) ?? '')?.[1];
  return {
    effective: BigInt(`0x${effective}`),
    of: daemon === undefined ? 'this command' : 'daemon',
    settingsWritable: isWritable(path.join(settingsRoot, 'net/ipv4/ip_forward')),
    ...(limit !== undefined && { realTimeLimit: Number(limit) }),
  };
}

function isWritable(file: string): boolean {
  try {
    accessSync(file, constants.W_OK);
    return true;
  } catch {
    return false;
  }
}

function namespaceOf(pid: string): string | undefined {
  try {
    return readlinkSync(`/proc/${pid}/ns/net`);
  } catch {
    return undefined;
  }
}

/** Processes that may have a hand in addresses and services. */
export function readProcesses(): ProcessFact[] {
  const own = namespaceOf('thread-self');
  return readdirSync('/proc').flatMap((pid): ProcessFact[] => {
    if (!/^\d+$/.test(pid)) return [];
    const name = readText(`/proc/${pid}/comm`)?.trim();
    if (name === undefined || !isInteresting(name)) return [];
    const parent = /^PPid:\s*(\d+)/m.exec(readText(`/proc/${pid}/status`) ?? '')?.[1];
    return [{ pid: Number(pid), parent: Number(parent ?? 0), name, here: namespaceOf(pid) === own }];
  });
}

export function readAllListeners(): ListenerFact[] {
  return (['tcp', 'udp'] as const).flatMap((protocol) => [
    ...readListeners(readText(`/proc/thread-self/net/${protocol}`) ?? '', 'inet'),
    ...readListeners(readText(`/proc/thread-self/net/${protocol}6`) ?? '', 'inet6'),
  ]);
}

/** Programs of the configuration, judged as script security judges them, whether it is on or not. */
export function readScripts(configuration: Configuration): ScriptFact[] {
  const host = nodeHostFacts();
  return commandsOf(configuration).flatMap(({ argv, user = 'root' }): ScriptFact[] => {
    const account = host.user?.(user) ?? { uid: 0, gid: 0 };
    const found = host.script?.(argv[0] ?? '', account);
    if (!found?.found) return [];
    const { insecure, path: file, secureWith } = found;
    return [
      {
        path: file,
        user,
        root: account.uid === 0,
        ...(insecure !== undefined && { insecure }),
        ...(secureWith !== undefined && { secureWith }),
      },
    ];
  });
}

/** Whether IPVS is in the kernel; asking otherwise would load it. */
export function hasIpvs(): boolean {
  return existsSync('/proc/thread-self/net/ip_vs');
}

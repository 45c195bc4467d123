/** A machine without faults, to which each table adds one. */
import type { DoctorFacts, WireFacts } from '../../../src/doctor/facts.ts';
import type { TopicFinding } from '../../../src/doctor/finding.ts';
import type { HeardRouter } from '../../../src/doctor/wire/heard.ts';
import type { KernelAddress, Link } from '../../../src/network/types.ts';
import { load, type TestOptions } from '../config/memory.ts';

/** IFF_UP, IFF_BROADCAST, IFF_RUNNING, IFF_MULTICAST (linux/if.h). */
const upAndRunning = 0x1 | 0x2 | 0x40 | 0x1000;

export function link(name: string, changes: Partial<Link> = {}): Link {
  return {
    index: { lo: 1, eth0: 2, eth1: 3 }[name] ?? 9,
    name,
    flags: upAndRunning,
    mtu: 1500,
    hardwareType: 1,
    hardwareAddress: Uint8Array.of(2, 0, 0, 0, 0, { eth0: 2, eth1: 3 }[name] ?? 9),
    up: true,
    ...changes,
  };
}

export function address(text: string, interfaceIndex = 2, prefixLength = text.includes(':') ? 64 : 24): KernelAddress {
  return {
    interfaceIndex,
    family: text.includes(':') ? 'inet6' : 'inet',
    address: text,
    prefixLength,
    scope: 0,
    flags: 0,
  };
}

/** Facts of eth0 (192.0.2.1, fe80::1) and eth1 (10.1.0.1), Linux 6.1, root, nothing else. */
export function machine(text: string, changes: Partial<DoctorFacts> = {}, options: TestOptions = {}): DoctorFacts {
  const { configuration, diagnostics } = load(text, { mode: 'run', ...options });
  if (!configuration) throw new Error(diagnostics.map(({ message }) => message).join('; '));
  return {
    configuration,
    diagnostics,
    kernelRelease: '6.1.0-18-amd64',
    settings: {},
    links: [link('lo', { flags: 0x49, mtu: 65536 }), link('eth0'), link('eth1')],
    addresses: [address('192.0.2.1'), address('fe80::1'), address('10.1.0.1', 3)],
    routes: [],
    modules: { loaded: [] },
    ipvs: { services: [] },
    rights: { effective: (1n << 41n) - 1n, of: 'this command', settingsWritable: true },
    firewall: { rulesets: [], troubles: [] },
    scripts: [],
    processes: [],
    listeners: [],
    ...changes,
  };
}

/** "code severity" of what is not well. */
export function verdicts(findings: readonly TopicFinding[]): string[] {
  return findings.filter(({ severity }) => severity !== 'ok').map(({ code, severity }) => `${code} ${severity}`);
}

export function router(lines = '', name = 'VI_1', id = 51, on = 'eth0'): string {
  return `vrrp_instance ${name} {\ninterface ${on}\nvirtual_router_id ${id}\npriority 100\nadvert_int 1\nvirtual_ipaddress {\n192.0.2.${id}/24\n}\n${lines}\n}\n`;
}

export function balanced(method: string, lines = '', serverLines = '', protocol = 'TCP'): string {
  return `virtual_server 192.0.2.100 80 {\nlvs_sched rr\nlvs_method ${method}\nprotocol ${protocol}\n${lines}\nreal_server 10.1.0.2 80 {\n${serverLines}\n}\n}\n`;
}

export function wire(changes: Partial<WireFacts> = {}): WireFacts {
  return { listenedFor: 4300, interfaces: ['eth0'], routers: [], asked: [], answers: [], ...changes };
}

/** A master at 192.0.2.2 that was heard five times. */
export function heard(changes: Partial<HeardRouter> = {}): HeardRouter {
  return {
    instance: 'VI_1',
    interface: 'eth0',
    family: 'inet',
    virtualRouterId: 51,
    source: '192.0.2.2',
    destination: '224.0.0.18',
    hardwareAddress: '02:00:00:00:00:99',
    own: false,
    count: 5,
    first: 0,
    last: 4000,
    version: 2,
    priority: 150,
    interval: 1000,
    addresses: ['192.0.2.51'],
    remarks: [],
    delivered: 5,
    ...changes,
  };
}

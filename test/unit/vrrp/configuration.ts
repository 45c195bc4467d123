/** What a test of VRRP is configured with and finds: instances with an address, scripts, links, addresses of the kernel. */
import { createHmac } from 'node:crypto';
import type {
  VirtualAddress,
  VrrpConfiguration,
  VrrpInstanceConfiguration,
  VrrpScript,
  VrrpSyncGroupConfiguration,
} from '../../../src/config/model.ts';
import type { KernelAddress, Link } from '../../../src/network/types.ts';
import type { VrrpDigests } from '../../../src/vrrp/types.ts';
import { addressModel, at, groupModel, instanceModel } from '../../support/models.ts';

export const digests: VrrpDigests = {
  hmacMd5: (key, data) => createHmac('md5', key).update(data).digest(),
  hmacSha256: (key, data) => createHmac('sha256', key).update(data).digest(),
};

export function address(text: string, interfaceName = 'eth0', prefixLength?: number): VirtualAddress {
  return addressModel({
    address: text,
    interface: interfaceName,
    ...(prefixLength !== undefined && { prefixLength }),
  });
}

/** VI_1 with one address of its family. */
export function instance(changes: Partial<VrrpInstanceConfiguration> = {}): VrrpInstanceConfiguration {
  const virtualAddresses = [address(changes.family === 'inet6' ? 'fe80::51' : '192.0.2.51')];
  return instanceModel({ name: 'VI_1', virtualAddresses, ...changes });
}

export function syncGroup(
  name: string,
  members: readonly string[],
  changes: Partial<VrrpSyncGroupConfiguration> = {},
): VrrpSyncGroupConfiguration {
  return groupModel({ name, members, ...changes });
}

export function script(name: string, changes: Partial<VrrpScript> = {}): VrrpScript {
  return {
    name,
    command: { argv: ['/bin/true'] },
    interval: 1000,
    timeout: 1000,
    weight: 0,
    reverse: false,
    rise: 1,
    fall: 1,
    initFail: false,
    at,
    ...changes,
  };
}

export function vrrpConfiguration(changes: Partial<VrrpConfiguration> = {}): VrrpConfiguration {
  return {
    instances: [],
    syncGroups: [],
    scripts: [],
    trackFiles: [],
    trackProcesses: [],
    trackGroups: [],
    garpGroups: [],
    staticAddresses: [],
    staticRoutes: [],
    staticRules: [],
    interfaceDelays: [],
    linkbeatInterfaces: [],
    ...changes,
  };
}

/** IFF_UP | IFF_BROADCAST | IFF_RUNNING | IFF_MULTICAST */
const FLAGS_UP = 0x1043;

/** eth0 has index 2, eth1 index 3... */
export function link(name: string, up = true, machine = 1): Link {
  const number = Number.parseInt(name.replace(/\D/g, ''), 10);
  return {
    index: number + 2,
    name,
    flags: up ? FLAGS_UP : 0x1002,
    mtu: 1500,
    hardwareType: 1,
    hardwareAddress: Uint8Array.of(2, 0, 0, 0, number, machine),
    up,
  };
}

export function kernelAddress(text: string, interfaceIndex: number, prefixLength = 24): KernelAddress {
  return {
    interfaceIndex,
    family: text.includes(':') ? 'inet6' : 'inet',
    address: text,
    prefixLength,
    scope: 0,
    flags: 0x80,
  };
}

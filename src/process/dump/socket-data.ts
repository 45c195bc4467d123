/** The section of sockets for advertisements: who shares which. */
import type { AdvertisementPlace, VrrpDumpInput } from './input.ts';
import { textOf } from './texts.ts';

/** The block of one socket; a socket that is not open has the number -1. */
export function socketDataText({ transport, descriptor = -1 }: AdvertisementPlace, input: VrrpDumpInput): string {
  const { authenticationHeader, cast, family, instances, interface: name } = transport;
  const ids = new Map(input.configuration.vrrp.instances.map((each) => [each.name, each.virtualRouterId]));
  const source = transport.source ?? input.instances.find((status) => instances.includes(status.name))?.sourceAddress;
  return textOf([
    ` fd_in ${descriptor} fd_out = ${descriptor}`,
    `   Interface = ${name === '' ? '(none)' : name}`,
    `   Family = ${family === 'inet' ? 'IPv4' : 'IPv6'}`,
    `   Protocol = ${authenticationHeader ? 'AH' : 'VRRP'}`,
    `   Type = ${cast === 'unicast' ? 'Unicast' : 'Multicast'}`,
    ...(cast === 'unicast' && source !== undefined ? [`   Address = ${source}`] : []),
    `   Rx buf size = ${transport.receiveBufferOctets ?? 0}`,
    '   VRRP instances',
    ...instances.map((instance) => `     ${instance} vrid ${ids.get(instance) ?? 0}`),
  ]);
}

/** Reads /proc/net/tcp, tcp6, udp and udp6: who waits at which address (Documentation/networking/proc_net_tcp). */
import type { AddressFamily } from '../config/model.ts';
import { formatIpAddress } from '../core/ip-address.ts';
import type { ListenerFact } from './facts.ts';

/** include/net/tcp_states.h: TCP_LISTEN; a datagram socket without a peer is TCP_CLOSE. */
const waiting: ReadonlySet<string> = new Set(['0A', '07']);

/** Sockets that are bound to an address of their own; those of all addresses bind to none. */
export function readListeners(table: string, family: AddressFamily): ListenerFact[] {
  return table.split('\n').flatMap((line): ListenerFact[] => {
    const [, local = '', , state = ''] = line.trim().split(/\s+/);
    const [hexadecimal = '', port = ''] = local.split(':');
    const octets = octetsOf(hexadecimal, family);
    if (!waiting.has(state) || !octets || octets.every((octet) => octet === 0)) return [];
    return [{ family, address: formatIpAddress(octets), port: Number.parseInt(port, 16) }];
  });
}

/** Words of 32 bits, each in the machine's own (little-endian) order. */
function octetsOf(hexadecimal: string, family: AddressFamily): Uint8Array | undefined {
  const length = family === 'inet' ? 4 : 16;
  if (hexadecimal.length !== 2 * length || !/^[0-9A-F]*$/i.test(hexadecimal)) return undefined;
  const octets = new Uint8Array(length);
  for (let index = 0; index < length; index++) {
    const word = index & ~3;
    octets[word + 3 - (index & 3)] = Number.parseInt(hexadecimal.slice(2 * index, 2 * index + 2), 16);
  }
  return octets;
}

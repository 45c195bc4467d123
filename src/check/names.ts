/** By which names people call virtual and real servers. */
import { canonicalAddress } from '../core/ip-address.ts';
import { serviceTargetOf } from '../live/targets.ts';
import { serviceText } from '../live/words.ts';
import type { RealServerState } from './real-server.ts';
import type { VirtualServerState } from './virtual-server.ts';

/** What somebody asks for: read once, then compared with ten thousand services without making a text of any. */
export class WantedNames {
  readonly #names: ReadonlySet<string>;
  /** Addresses that were written with a port, and these. */
  readonly #ports = new Map<string, Set<number>>();
  readonly #marks: ReadonlySet<number>;
  /** Some are written as live changes write services: `10.0.0.1:53/udp`, `fwmark:5/inet6`, `web/tcp`. */
  readonly #hasServices: boolean;
  /** A server's label is made each time it is asked for. */
  readonly #hasLabels: boolean;

  constructor(names: readonly string[]) {
    // However an address is written, it is the same one.
    this.#names = new Set(names.flatMap((name) => [name, canonicalAddress(name) ?? name]));
    this.#marks = new Set(names.flatMap((name) => Number(/^fwmark[ :](\d+)$/.exec(name)?.[1] ?? [])));
    this.#hasServices = names.some((name) => name.includes('/'));
    this.#hasLabels = names.some((name) => name.startsWith('['));
    for (const name of names) {
      const { address, port } = /^\[?(?<address>[^\]]+)\]?:(?<port>\d{1,5})$/.exec(name)?.groups ?? {};
      const canonical = address === undefined ? undefined : canonicalAddress(address);
      if (canonical === undefined) continue;
      const ports = this.#ports.get(canonical) ?? new Set<number>();
      this.#ports.set(canonical, ports.add(Number(port)));
    }
  }

  #hasEndpoint(address: string, port: number): boolean {
    return this.#names.has(address) || this.#ports.get(address)?.has(port) === true;
  }

  /** By the label, the name in the configuration, address with and without port, name of the group, mark. */
  hasService({ configuration: { identity, snmpName }, label }: VirtualServerState): boolean {
    if (this.#names.has(label) || (snmpName !== undefined && this.#names.has(snmpName))) return true;
    if (this.#hasServices && this.#names.has(serviceText(serviceTargetOf(identity)))) return true;
    switch (identity.kind) {
      case 'address':
        return this.#hasEndpoint(identity.address, identity.port);
      case 'fwmark':
        return this.#marks.has(identity.mark);
      case 'group':
        return this.#names.has(identity.name);
    }
  }

  /** By the label, and address with and without port. */
  hasServer(server: RealServerState): boolean {
    const { address, port } = server.configuration;
    return this.#hasEndpoint(address, port) || (this.#hasLabels && this.#names.has(server.label));
  }
}

/** What is asked for of a virtual server: all of it, some of its servers, or nothing. */
export function wantedServers(
  virtualServer: VirtualServerState,
  names: WantedNames | undefined,
): readonly RealServerState[] | undefined {
  if (names === undefined || names.hasService(virtualServer)) return virtualServer.servers;
  let some: RealServerState[] | undefined;
  for (const server of virtualServer.servers) if (names.hasServer(server)) (some ??= []).push(server);
  return some;
}

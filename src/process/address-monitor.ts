/** -a: a log line for every address that comes or goes, whoever brings or takes it. */
import type { KernelAddress, Link } from '../network/types.ts';

interface Seen {
  readonly address: string;
  readonly interface: string;
}

export class AddressMonitor {
  readonly #tell: (line: string) => void;
  #seen: ReadonlyMap<string, Seen> = new Map();

  constructor(tell: (line: string) => void) {
    this.#tell = tell;
  }

  /** Takes all addresses as they are now; at first all of them are news. */
  changed(addresses: readonly KernelAddress[], links: readonly Link[]): void {
    const names = new Map(links.map(({ index, name }) => [index, name]));
    const seen = new Map(
      addresses.map(({ address, interfaceIndex, prefixLength }) => {
        const name = names.get(interfaceIndex) ?? String(interfaceIndex);
        return [`${interfaceIndex} ${address}/${prefixLength}`, { address, interface: name }];
      }),
    );
    for (const [key, { address, interface: name }] of this.#seen)
      if (!seen.has(key)) this.#tell(`Netlink reflector reports IP ${address} removed from ${name}`);
    for (const [key, { address, interface: name }] of seen)
      if (!this.#seen.has(key)) this.#tell(`Netlink reflector reports IP ${address} added to ${name}`);
    this.#seen = seen;
  }
}

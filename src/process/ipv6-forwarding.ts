/**
 * Whether this machine forwards IPv6 on an interface: unsolicited neighbour advertisements say so (RFC 4861 section 4.4).
 * Read every 5 s, as the original does, so that nobody waits for a file when addresses are to be announced.
 */
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import type { VrrpConfiguration } from '../config/model.ts';
import type { Milliseconds } from '../core/time.ts';

const interfaceSettings = '/proc/sys/net/ipv6/conf';
const pollInterval: Milliseconds = 5000;

export class Ipv6Forwarding {
  readonly #directory: string;
  #interfaces: readonly string[] = [];
  readonly #forwarding = new Set<string>();
  #timer: NodeJS.Timeout | undefined;

  /** @param directory where the settings of the interfaces are */
  constructor(directory = interfaceSettings) {
    this.#directory = directory;
  }

  /** Follows the interfaces that have IPv6 addresses to announce; settles when each was read once. */
  async follow({ instances }: Pick<VrrpConfiguration, 'instances'>): Promise<void> {
    const addresses = instances.flatMap((each) => [...each.virtualAddresses, ...each.excludedVirtualAddresses]);
    const names = addresses.filter(({ family }) => family === 'inet6').map((address) => address.interface);
    // A name is no path.
    this.#interfaces = [...new Set(names)].filter((name) => name !== '' && !name.includes('/') && name !== '..');
    this.#forwarding.clear();
    this.close();
    if (this.#interfaces.length === 0) return;
    this.#timer = setInterval(() => void this.#read(), pollInterval);
    await this.#read();
  }

  /** An interface may have come. */
  interfacesChanged(): void {
    if (this.#timer !== undefined) void this.#read();
  }

  /** As it was read last; an interface that is not there does not forward. */
  readonly forwards = (name: string): boolean => this.#forwarding.has(name);

  close(): void {
    clearInterval(this.#timer);
    this.#timer = undefined;
  }

  async #read(): Promise<void> {
    await Promise.all(
      this.#interfaces.map(async (name) => {
        const value = await readFile(path.join(this.#directory, name, 'forwarding'), 'latin1').catch(() => '0');
        if (value.trim() === '0') this.#forwarding.delete(name);
        else this.#forwarding.add(name);
      }),
    );
  }
}

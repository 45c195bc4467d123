/** Which virtual servers want a service of the kernel: almost always one, but two may share a mark. */
import type { Service, ServiceKey } from '../ipvs/types.ts';
import { mergeServices, serviceKeyText } from './desired.ts';
import type { VirtualServerState } from './virtual-server.ts';

export class ServiceOwners {
  /** The first in configuration order: it decides the parameters. */
  readonly #first = new Map<string, VirtualServerState>();
  /** All others, in that order. */
  readonly #more = new Map<string, VirtualServerState[]>();

  /** In configuration order. */
  add(virtualServer: VirtualServerState): void {
    for (const key of virtualServer.serviceKeys()) {
      const text = serviceKeyText(key);
      const first = this.#first.get(text);
      if (first === undefined) this.#first.set(text, virtualServer);
      else if (first !== virtualServer) {
        const more = this.#more.get(text);
        if (more === undefined) this.#more.set(text, [virtualServer]);
        else if (!more.includes(virtualServer)) more.push(virtualServer);
      }
    }
  }

  /** Servers behind a service. */
  servers(key: ServiceKey): number {
    return this.#first.get(serviceKeyText(key))?.configuration.realServers.length ?? 0;
  }

  /** What these services should be now; a key that nobody wants is left out. */
  services(keys: readonly ServiceKey[]): readonly Service[] {
    const services: Service[] = [];
    for (const key of keys) {
      const text = serviceKeyText(key);
      const first = this.#first.get(text);
      if (first === undefined) continue;
      const wanted = first.services();
      const [only] = wanted;
      const more = this.#more.get(text);
      if (more === undefined && only !== undefined && wanted.length === 1) {
        services.push(only);
        continue;
      }
      const all = [first, ...(more ?? [])].flatMap((virtualServer) => virtualServer.services());
      for (const service of mergeServices(all.filter((each) => serviceKeyText(each.key) === text)))
        services.push(service);
    }
    return services;
  }
}

/** In this many rounds of the list all of its services are asked for one after the other, twice, with room to spare. */
const rounds = 4;

/**
 * The services that a reload touched, each with the one virtual server that wants it: whoever asks for them in their order
 * needs no table of all services, which takes a text for each.
 */
export class ExpectedServices {
  readonly #keys: readonly ServiceKey[];
  readonly #owners: readonly VirtualServerState[];
  #next = 0;
  #patience: number;

  /** @param owners of each key, at the same place: nobody else wants it, and they want nothing else */
  constructor(keys: readonly ServiceKey[], owners: readonly VirtualServerState[]) {
    this.#keys = keys;
    this.#owners = owners;
    this.#patience = rounds * keys.length;
  }

  /** Servers behind the service at this place; undefined: another key stands there. */
  serversAt(place: number, key: ServiceKey): number | undefined {
    return this.#keys[place] === key ? this.#owners[place]?.configuration.realServers.length : undefined;
  }

  /** What these services should be now; undefined: other ones are among them, or they do not come in their order. */
  services(keys: readonly ServiceKey[]): readonly Service[] | undefined {
    const services: Service[] = [];
    for (const key of keys) {
      const owner = this.#find(key);
      if (owner === undefined) return undefined;
      // Nobody that is in this list wants more than one.
      const only = owner.services()[0];
      if (only !== undefined) services.push(only);
    }
    return services;
  }

  #find(key: ServiceKey): VirtualServerState | undefined {
    const keys = this.#keys;
    while (this.#patience > 0) {
      this.#patience--;
      const place = this.#next;
      this.#next = place + 1 < keys.length ? place + 1 : 0;
      if (keys[place] === key) return this.#owners[place];
    }
    return undefined;
  }
}

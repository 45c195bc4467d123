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
    return this.#first.get(serviceKeyText(key))?.servers.length ?? 0;
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

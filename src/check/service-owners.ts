/** Which virtual servers want a service of the kernel: almost always one, but two may share a mark. */
import type { Service, ServiceKey } from '../ipvs/types.ts';
import { mergeServices, serviceKeyText } from './desired.ts';
import type { VirtualServerState } from './virtual-server.ts';

export class ServiceOwners {
  /** In configuration order: the first decides the parameters. */
  readonly #owners = new Map<string, VirtualServerState[]>();

  /** In configuration order; works out the services of the virtual server, if that is not done. */
  add(virtualServer: VirtualServerState): void {
    for (const { key } of virtualServer.services()) {
      const text = serviceKeyText(key);
      const known = this.#owners.get(text);
      if (known === undefined) this.#owners.set(text, [virtualServer]);
      else known.push(virtualServer);
    }
  }

  /** What these services should be now; a key that nobody wants is left out. */
  services(keys: readonly ServiceKey[]): readonly Service[] {
    return keys.flatMap((key) => {
      const text = serviceKeyText(key);
      const wanted = this.#owners.get(text)?.flatMap((virtualServer) => virtualServer.services()) ?? [];
      return mergeServices(wanted.filter((service) => serviceKeyText(service.key) === text));
    });
  }
}

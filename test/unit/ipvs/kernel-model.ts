/**
 * The IPVS table of a kernel, with the answers net/netfilter/ipvs/ip_vs_ctl.c gives: EEXIST (17) for what is there, ESRCH
 * (3) for a missing service, ENOENT (2) for a missing server or an unknown scheduler. Servers are listed oldest first.
 */
import type { IpvsOutcome } from '../../../src/ipvs/outcome.ts';
import { isMissingDestination, judgeOutcome } from '../../../src/ipvs/outcome.ts';
import type { Destination, IpvsOperation, Service, ServiceKey } from '../../../src/ipvs/types.ts';

const ENOENT = 2;
const ESRCH = 3;
const EEXIST = 17;

const nameOf = (key: ServiceKey): string =>
  JSON.stringify(key.kind === 'fwmark' ? [key.family, key.mark] : [key.protocol, key.address, key.port]);
const serverName = ({ address, port }: Destination): string => JSON.stringify([address, port]);

export class IpvsKernelModel {
  readonly #services = new Map<string, { settings: Service; servers: Map<string, Destination> }>();
  readonly schedulers = new Set(['rr', 'wrr', 'wlc', 'sh', 'mh']);
  /** Every operation written. */
  readonly log: IpvsOperation[] = [];

  constructor(services: readonly Service[] = []) {
    for (const service of services) {
      this.#services.set(nameOf(service.key), {
        settings: service,
        servers: new Map(service.destinations.map((destination) => [serverName(destination), destination])),
      });
    }
  }

  dump(): Service[] {
    return [...this.#services.values()].map(({ settings, servers }) => ({
      ...settings,
      destinations: [...servers.values()],
    }));
  }

  /** @returns the error number, 0 if done */
  write(operation: IpvsOperation): number {
    this.log.push(operation);
    switch (operation.op) {
      case 'add-service':
      case 'edit-service': {
        const present = this.#services.get(nameOf(operation.service.key));
        if (operation.op === 'add-service' ? present : !present) return present ? EEXIST : ESRCH;
        if (!this.schedulers.has(operation.service.scheduler)) return ENOENT;
        this.#services.set(nameOf(operation.service.key), {
          settings: operation.service,
          servers: present?.servers ?? new Map<string, Destination>(),
        });
        return 0;
      }
      case 'delete-service':
        return this.#services.delete(nameOf(operation.key)) ? 0 : ESRCH;
      case 'add-destination':
      case 'edit-destination':
      case 'delete-destination': {
        const service = this.#services.get(nameOf(operation.key));
        if (!service) return ESRCH;
        const name = serverName(operation.destination);
        if (service.servers.has(name) === (operation.op === 'add-destination')) {
          return operation.op === 'add-destination' ? EEXIST : ENOENT;
        }
        if (operation.op === 'delete-destination') service.servers.delete(name);
        else service.servers.set(name, operation.destination);
        return 0;
      }
      case 'flush':
        this.#services.clear();
        return 0;
      default:
        return 0;
    }
  }

  /** As kernel/ipvs-table.ts: refusals judged, a missing server added. */
  apply(operations: Iterable<IpvsOperation>): IpvsOutcome[] {
    return Array.from(operations, (operation) => {
      const errno = this.write(operation);
      if (operation.op === 'edit-destination' && isMissingDestination(operation, errno)) {
        this.write({ ...operation, op: 'add-destination' });
        return { operation, result: 'added', errno: 0 };
      }
      return judgeOutcome(operation, errno, `error ${errno}`);
    });
  }
}

/** What services carry, read from the kernel whenever somebody asks: in conversations of their own, so that no write waits. */
import type { KernelTraffic } from '../check/report.ts';
import { trafficUnknown } from '../check/report.ts';
import { serviceKeyText } from '../ipvs/keys.ts';
import type { DestinationTraffic, ServiceKey, Traffic } from '../ipvs/types.ts';
import { DUMP_CONVERSATIONS } from '../kernel/ipvs-table.ts';
import type { IpvsTable } from '../kernel/ipvs-table.ts';

/** What all services carry, by their key texts. @throws the kernel's refusal */
export async function readServices(table: IpvsTable): Promise<ReadonlyMap<string, Traffic>> {
  const all = await table.dumpServiceTraffic();
  return new Map(all.map(({ key, traffic }) => [serviceKeyText(key), traffic]));
}

/** What these services carry, by their key texts; those that are gone are left out. @throws the kernel's refusal */
export async function readServicesOf(
  table: IpvsTable,
  keys: readonly ServiceKey[],
): Promise<ReadonlyMap<string, Traffic>> {
  const found = new Map<string, Traffic>();
  for (const key of keys) {
    const traffic = await table.readServiceTraffic(key);
    if (traffic !== undefined) found.set(serviceKeyText(key), traffic);
  }
  return found;
}

/** The servers of these services, by the services' key texts; services that are gone are left out. */
export async function readDestinations(
  table: IpvsTable,
  keys: readonly ServiceKey[],
): Promise<ReadonlyMap<string, readonly DestinationTraffic[]>> {
  const found = new Map<string, readonly DestinationTraffic[]>();
  const left = keys.values();
  const converse = async (conversation: number): Promise<void> => {
    for (const key of left) {
      const destinations = await table.dumpDestinationTraffic(key, conversation);
      if (destinations !== undefined) found.set(serviceKeyText(key), destinations);
    }
  };
  const conversations = Math.min(DUMP_CONVERSATIONS, keys.length);
  await Promise.all(Array.from({ length: conversations }, (_, index) => converse(index)));
  return found;
}

/** What is known of services and of the servers of some of them. */
export function kernelTraffic(
  services: ReadonlyMap<string, Traffic> | undefined,
  destinations: ReadonlyMap<string, readonly DestinationTraffic[]> = new Map(),
): KernelTraffic {
  if (services === undefined) return trafficUnknown;
  return { service: (key) => services.get(key), destinations: (key) => destinations.get(key) };
}

/** The names of the interfaces that virtual routers have of their own. */
import type { Configuration, VrrpInstanceConfiguration } from '../config/model.ts';

/** By the name of the instance. What the file does not name gets the first free name of prefix and virtual router id. */
export function virtualInterfaceNames({
  vrrp,
  global,
}: Pick<Configuration, 'vrrp' | 'global'>): ReadonlyMap<string, string> {
  const virtual = vrrp.instances.filter(({ virtualInterface }) => virtualInterface !== undefined);
  const taken = new Set(virtual.map(({ virtualInterface }) => virtualInterface?.name));
  const names = new Map<string, string>();
  for (const instance of virtual) {
    const name = instance.virtualInterface?.name ?? freeInterfaceName(instance, global.vmacNames.prefix, taken);
    taken.add(name);
    names.set(instance.name, name);
  }
  return names;
}

/** `vrrp.51`, for IPv6 also `vrrp6.51`, then `vrrp1.51` and so on. */
export function freeInterfaceName(
  { virtualRouterId, family }: Pick<VrrpInstanceConfiguration, 'virtualRouterId' | 'family'>,
  prefix: string,
  taken: ReadonlySet<string | undefined>,
): string {
  const candidates = [`${prefix}.${virtualRouterId}`, ...(family === 'inet6' ? [`${prefix}6.${virtualRouterId}`] : [])];
  for (const name of candidates) if (!taken.has(name)) return name;
  for (let number = 1; ; number++) {
    const name = `${prefix}${number}.${virtualRouterId}`;
    if (!taken.has(name)) return name;
  }
}

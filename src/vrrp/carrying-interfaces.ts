/** The interfaces on which something that an instance needs lies: down, they are faults. */
import type { VrrpInstanceConfiguration } from '../config/model.ts';

/** Of its routes and rules that are followed. */
function* routingInterfaces({ virtualRoutes, virtualRules }: VrrpInstanceConfiguration): Generator<string> {
  for (const { interface: name, track } of virtualRoutes) if (track && name !== undefined) yield name;
  for (const { inputInterface, outputInterface, track } of virtualRules) {
    if (track && inputInterface !== undefined) yield inputInterface;
    if (track && outputInterface !== undefined) yield outputInterface;
  }
}

/**
 * Those of addresses, routes and rules that are followed, in the order in which an operator would look at them, without the
 * instance's own interface.
 * @param statics by the name of an instance those of its track groups (staticInterfaces())
 */
export function carryingInterfaces(
  configuration: VrrpInstanceConfiguration,
  statics: ReadonlyMap<string, ReadonlySet<string>>,
): ReadonlySet<string> {
  const { excludedVirtualAddresses, interface: own, name: instance, virtualAddresses } = configuration;
  const names = new Set<string>();
  for (const { interface: name, track } of [...virtualAddresses, ...excludedVirtualAddresses])
    if (track) names.add(name);
  for (const name of routingInterfaces(configuration)) names.add(name);
  for (const name of statics.get(instance) ?? []) names.add(name);
  names.delete(own);
  return names;
}

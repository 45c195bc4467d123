/** Which part of a configuration a live change is about. Equal keys are equal targets, however the file is ordered. */
import type { CheckConfiguration, VirtualServerIdentity } from '../config/model.ts';
import type { AnyChange, ServerTarget, ServiceTarget, VrrpTarget } from './types.ts';

export function serviceTargetOf(identity: VirtualServerIdentity): ServiceTarget {
  switch (identity.kind) {
    case 'address': {
      const { address, kind, port, protocol } = identity;
      return { kind, protocol, address, port };
    }
    case 'fwmark':
      return { kind: 'fwmark', family: identity.family, mark: identity.mark };
    case 'group':
      return { kind: 'group', name: identity.name, protocol: identity.protocol };
  }
}

/** Equal exactly for equal services. */
export function serviceKey(service: ServiceTarget): string {
  switch (service.kind) {
    case 'address':
      return `${service.protocol} [${service.address}]:${service.port}`;
    case 'fwmark':
      return `fwmark ${service.family} ${service.mark}`;
    case 'group':
      // Blanks cannot be in a protocol, so a name with any letters gives no other key.
      return `group ${service.protocol} ${service.name}`;
  }
}

/** Equal exactly for equal endpoints. */
export function endpointKey({ address, port }: { readonly address: string; readonly port: number }): string {
  return `[${address}]:${port}`;
}

export function serverTargetKey({ service, ...endpoint }: ServerTarget): string {
  return `server ${endpointKey(endpoint)} ${serviceKey(service)}`;
}

export function vrrpTargetKey({ kind, name }: VrrpTarget): string {
  return `${kind} ${name}`;
}

/** What a change is on. */
export function objectKey({ target }: Pick<AnyChange, 'target'>): string {
  return 'service' in target ? serverTargetKey(target) : vrrpTargetKey(target);
}

/** Of preemption, which is set beside the priority. */
export function preemptionKey(target: VrrpTarget): string {
  return `preemption of ${vrrpTargetKey(target)}`;
}

/** Changes of one key take each other's place. */
export function targetKey({ setting, target }: AnyChange): string {
  const ofPreemption = setting.kind === 'preempt' || setting.kind === 'nopreempt';
  return ofPreemption && 'name' in target ? preemptionKey(target) : objectKey({ target });
}

/** Of a configuration what can be a target. */
export interface Targetable {
  readonly check: CheckConfiguration;
  readonly vrrp: {
    readonly instances: readonly { readonly name: string }[];
    readonly syncGroups: readonly { readonly name: string; readonly members: readonly string[] }[];
  };
}

/** Keys of everything in a configuration that a live change can be about. */
export function targetsIn({ check, vrrp }: Targetable): ReadonlySet<string> {
  return new Set([
    ...serverTargets(check).map(serverTargetKey),
    ...vrrp.instances.map(({ name }) => vrrpTargetKey({ kind: 'instance', name })),
    ...vrrp.syncGroups.map(({ name }) => vrrpTargetKey({ kind: 'group', name })),
  ]);
}

/** All real servers, in configuration order; one that is written twice stands here twice. */
export function serverTargets({ virtualServers }: CheckConfiguration): ServerTarget[] {
  return virtualServers.flatMap(({ identity, realServers }) => {
    const service = serviceTargetOf(identity);
    return realServers.map(({ address, port }) => ({ service, address, port }));
  });
}

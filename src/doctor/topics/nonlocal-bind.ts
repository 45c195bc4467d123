/** Programs that bind to a virtual address itself cannot start where the address is not. */
import { isHere, numberSetting } from '../facts.ts';
import type { DoctorFacts, ListenerFact } from '../facts.ts';
import { instancePlace, listed } from '../finding.ts';
import type { TopicFinding } from '../finding.ts';

const path = { inet: 'net/ipv4/ip_nonlocal_bind', inet6: 'net/ipv6/ip_nonlocal_bind' } as const;

export function examineNonlocalBind(facts: DoctorFacts): TopicFinding[] {
  return (['inet', 'inet6'] as const).flatMap((family): TopicFinding[] => {
    if (numberSetting(facts, path[family]) !== 0) return [];
    const bound: ListenerFact[] = [];
    const where: string[] = [];
    for (const instance of facts.configuration.vrrp.instances) {
      const virtual = [...instance.virtualAddresses, ...instance.excludedVirtualAddresses];
      const here = facts.listeners.filter(
        (listener) => listener.family === family && virtual.some(({ address }) => address === listener.address),
      );
      if (here.length === 0) continue;
      bound.push(...here);
      where.push(instancePlace(instance));
    }
    const [first] = bound;
    if (!first) return [];
    const ports = listed(
      bound.map(({ address, port }) => (family === 'inet6' ? `[${address}]:${port}` : `${address}:${port}`)),
    );
    return [
      {
        code: 'nonlocal-bind',
        severity: 'warning',
        what: `a program listens on ${ports}, a virtual address, and ip_nonlocal_bind is 0`,
        why: isHere(facts, first.address)
          ? 'where this machine is BACKUP the program cannot start, and after a failover there is nobody to answer'
          : 'once it is restarted while this machine is BACKUP it does not start again',
        where,
        settings: [{ path: path[family], value: '1' }],
      },
    ];
  });
}

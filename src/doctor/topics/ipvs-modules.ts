/** IPVS and the schedulers that the configuration names: in the kernel, loadable, or missing. */
import type { DoctorFacts } from '../facts.ts';
import { well } from '../finding.ts';
import type { TopicFinding } from '../finding.ts';
import { namedServices } from '../services.ts';
import { mayDo } from './rights.ts';

export function examineIpvsModules(facts: DoctorFacts): TopicFinding[] {
  const services = namedServices(facts.configuration);
  if (services.length === 0) return [];
  const { ipvs, modules } = facts;
  const has = (module: string): boolean =>
    modules.loaded.includes(module) || modules.available?.includes(module) === true;
  if (!ipvs) return [withoutIpvs(facts, has('ip_vs'))];
  const wanted = new Map<string, { module: string; what: string; where: string[] }>();
  const want = (module: string, what: string, place: string): void => {
    const entry = wanted.get(module) ?? { module, what, where: [] };
    entry.where.push(place);
    wanted.set(module, entry);
  };
  for (const { place, server } of services) {
    want(`ip_vs_${server.scheduler.replaceAll('-', '_')}`, `scheduler ${server.scheduler}`, place);
    if (server.persistenceEngine !== undefined)
      want(`ip_vs_pe_${server.persistenceEngine}`, `persistence engine ${server.persistenceEngine}`, place);
  }
  if (!modules.available) return [];
  const missing = [...wanted.values()].filter(({ module }) => !has(module));
  if (missing.length === 0) return [well('ipvs-modules', 'IPVS and its schedulers are in the kernel')];
  return missing.map(({ module, what, where }): TopicFinding => ({
    code: 'scheduler-missing',
    severity: 'error',
    what: `${what} is not in this kernel (module ${module})`,
    why: 'the kernel refuses the service, and nobody is balanced',
    where: where.slice(0, 4),
    remedies: [
      `modprobe ${module}, after installing the whole set of modules of this kernel`,
      'or name another lvs_sched',
    ],
  }));
}

function withoutIpvs(facts: DoctorFacts, available: boolean): TopicFinding {
  const { modules } = facts;
  if (available && mayDo(facts, 'sysModule')) {
    return well('ipvs-modules', 'ip_vs is not loaded; the daemon loads it when it starts');
  }
  const inContainer = available || !modules.available;
  return {
    code: 'ipvs-missing',
    severity: 'error',
    what: inContainer ? 'ip_vs is not loaded and cannot be loaded from here' : 'this kernel has no ip_vs',
    why: 'there is nothing that balances: the daemon ends when it starts',
    remedies: inContainer
      ? ['modprobe ip_vs (on the host, if this is a container)', 'echo ip_vs > /etc/modules-load.d/ip_vs.conf']
      : [
          'install the whole set of modules of this kernel (Debian and Ubuntu: linux-modules-extra, not the cloud kernel)',
        ],
  };
}

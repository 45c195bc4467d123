/** What a container or a unit file takes away: capabilities, /proc/sys, real-time scheduling. */
import { placeVirtualRouters } from '../../vrrp/virtual-interfaces.ts';
import { numberSetting } from '../facts.ts';
import type { DoctorFacts } from '../facts.ts';
import { listed, well } from '../finding.ts';
import type { TopicFinding } from '../finding.ts';

/** linux/capability.h */
const CAPABILITY = { netAdmin: 12n, netRaw: 13n, sysModule: 16n, sysNice: 23n } as const;

export function mayDo({ rights }: Pick<DoctorFacts, 'rights'>, capability: keyof typeof CAPABILITY): boolean {
  return (rights.effective & (1n << CAPABILITY[capability])) !== 0n;
}

export function examineRights(facts: DoctorFacts): TopicFinding[] {
  const findings = [...capabilities(facts), ...settings(facts), ...realTime(facts)];
  return findings.length > 0 ? findings : [well('rights', 'the rights that the daemon needs are there')];
}

function capabilities(facts: DoctorFacts): TopicFinding[] {
  const { configuration, rights } = facts;
  const vrrp = configuration.vrrp.instances.length > 0;
  const services = configuration.check.virtualServers.length > 0;
  const missing: string[] = [];
  if ((vrrp || services) && !mayDo(facts, 'netAdmin')) missing.push('CAP_NET_ADMIN');
  if (vrrp && !mayDo(facts, 'netRaw')) missing.push('CAP_NET_RAW');
  if (missing.length === 0) return [];
  const capability = listed(missing);
  return [
    {
      code: 'capability-missing',
      severity: 'error',
      what: `${rights.of === 'daemon' ? 'the running daemon' : 'this command'} has no ${capability}`,
      why: `without CAP_NET_ADMIN no address and no service can be set, without CAP_NET_RAW no advertisement sent or heard`,
      remedies:
        rights.of === 'daemon'
          ? missing.map(
              (name) =>
                `docker run --cap-add ${name.slice('CAP_'.length)} ... (Kubernetes: securityContext.capabilities.add)`,
            )
          : ['run keepalivectl doctor as root, where the daemon runs'],
    },
  ];
}

function settings({ configuration, rights }: DoctorFacts): TopicFinding[] {
  if (rights.settingsWritable) return [];
  const vmacs = placeVirtualRouters(configuration).interfaces.filter(({ kind }) => kind === 'vmac');
  const names = vmacs.map(({ instance }) => `vrrp_instance ${instance}`);
  return [
    {
      code: 'settings-read-only',
      severity: vmacs.length > 0 ? 'error' : 'warning',
      what: '/proc/sys/net cannot be written here',
      why:
        vmacs.length > 0
          ? 'a VMAC needs rp_filter, arp_ignore and accept_local set; without them it neither hears nor answers'
          : 'settings that the daemon makes (promote_secondaries, rp_filter) are refused without any other sign',
      ...(names.length > 0 && { where: [...new Set(names)] }),
      remedies: ['run the container with --privileged, or mount /proc/sys read-write (-v /proc/sys:/proc/sys)'],
    },
  ];
}

function realTime(facts: DoctorFacts): TopicFinding[] {
  const { configuration, rights } = facts;
  const { bfdScheduling, checkerScheduling, vrrpScheduling } = configuration.global;
  const wanted = [vrrpScheduling, checkerScheduling, bfdScheduling].flatMap(({ realTimePriority }) =>
    realTimePriority === undefined ? [] : [realTimePriority],
  );
  if (wanted.length === 0) return [];
  const highest = Math.max(...wanted);
  const why = 'the process then waits with everybody else, and a busy machine misses advertisements';
  if (numberSetting(facts, 'kernel/sched_rt_runtime_us') === 0) {
    return [
      {
        code: 'real-time-off',
        severity: 'warning',
        what: 'a real-time priority is configured, and the kernel gives real-time processes no time (sched_rt_runtime_us is 0)',
        why,
        settings: [{ path: 'kernel/sched_rt_runtime_us', value: '950000' }],
      },
    ];
  }
  if (mayDo(facts, 'sysNice') || (rights.realTimeLimit ?? 0) >= highest) return [];
  return [
    {
      code: 'real-time-refused',
      severity: 'warning',
      what: `real-time priority ${highest} is configured, and there is neither CAP_SYS_NICE nor a limit (RLIMIT_RTPRIO) that allows it`,
      why,
      remedies: ['docker run --cap-add SYS_NICE ...', 'systemctl edit keepalived: [Service] LimitRTPRIO=99'],
    },
  ];
}

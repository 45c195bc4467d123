/** Times that do not go together: how long it takes until something is noticed. */
import type { CheckerConfiguration, VrrpInstanceConfiguration } from '../../config/model.ts';
import type { Milliseconds } from '../../core/time.ts';
import type { DoctorFacts } from '../facts.ts';
import { instancePlace, placeText } from '../finding.ts';
import type { TopicFinding } from '../finding.ts';
import { namedServices } from '../services.ts';

/** Beyond this a dead server is a matter for the telephone. */
const longDetection: Milliseconds = 30_000;
const shownPlaces = 4;

const inSeconds = (time: Milliseconds): string => `${Math.round(time / 100) / 10} s`;

export function examineTiming(facts: DoctorFacts): TopicFinding[] {
  return [...checks(facts), ...scripts(facts), ...preemption(facts)];
}

/** From the beginning of a check that will fail to the verdict, where the server does not answer at all. */
export function timeToVerdict(checker: CheckerConfiguration): Milliseconds | undefined {
  switch (checker.type) {
    case 'FILE_CHECK':
    case 'BFD_CHECK':
      return undefined;
    case 'MISC_CHECK':
      return checker.timeout * (checker.retry + 1) + checker.delayBeforeRetry * checker.retry;
    default:
      return checker.connectTimeout * (checker.retry + 1) + checker.delayBeforeRetry * checker.retry;
  }
}

/** Checks of one kind with the same times are one finding: they come from one line of the configuration. */
function checks({ configuration }: DoctorFacts): TopicFinding[] {
  const slow = new Map<string, { verdict: Milliseconds; delayLoop: Milliseconds; type: string; where: string[] }>();
  for (const service of namedServices(configuration)) {
    for (const checker of service.realServers.flatMap(({ checkers }) => checkers)) {
      const verdict = timeToVerdict(checker);
      if (verdict === undefined || !('delayLoop' in checker)) continue;
      const { delayLoop, type } = checker;
      // Either is enough: a check that takes much longer than its interval, or a detection that nobody would wait for.
      if (verdict <= 2 * delayLoop && verdict + delayLoop <= longDetection) continue;
      const key = `${type} ${verdict} ${delayLoop}`;
      const entry = slow.get(key) ?? { verdict, delayLoop, type, where: [] };
      if (!entry.where.includes(service.place)) entry.where.push(service.place);
      slow.set(key, entry);
    }
  }
  return [...slow.values()].map(({ delayLoop, type, verdict, where }): TopicFinding => ({
    code: 'slow-detection',
    severity: 'note',
    what: `a server that does not answer is taken away up to ${inSeconds(delayLoop + verdict)} after it died (${type})`,
    why: `it is checked every ${inSeconds(delayLoop)}, and a check with its retries takes ${inSeconds(verdict)}; clients run into it all that time`,
    where: where.slice(0, shownPlaces),
    remedies: ['shorten delay_loop, connect_timeout, retry or delay_before_retry'],
  }));
}

function scripts({ configuration }: DoctorFacts): TopicFinding[] {
  return configuration.vrrp.scripts.flatMap((script): TopicFinding[] => {
    if (script.timeout <= script.interval) return [];
    return [
      {
        code: 'script-timeout',
        severity: 'note',
        what: `vrrp_script ${script.name} may run for ${inSeconds(script.timeout)} and is due every ${inSeconds(script.interval)}`,
        why: `a run that hangs makes the next ones be left out: a failure counts after up to ${inSeconds(script.timeout * script.fall)}`,
        where: [`vrrp_script ${script.name} (${placeText(script.at)})`],
        remedies: [`write "timeout ${Math.max(1, Math.floor(script.interval / 1000))}"`],
      },
    ];
  });
}

/** Master-down time (RFC 5798 section 6.1). */
function masterDownTime(instance: VrrpInstanceConfiguration): Milliseconds {
  const { advertisementInterval, downTimerAdvertisements, priority, version } = instance;
  const unit = version === 2 ? 1000 : advertisementInterval;
  return downTimerAdvertisements * advertisementInterval + ((256 - priority) * unit) / 256;
}

function preemption({ configuration }: DoctorFacts): TopicFinding[] {
  return configuration.vrrp.instances.flatMap((instance): TopicFinding[] => {
    const down = masterDownTime(instance);
    if (instance.preemptDelay > 0 && instance.preemptDelay < down) {
      return [
        {
          code: 'preempt-delay',
          severity: 'note',
          what: `preempt_delay ${inSeconds(instance.preemptDelay)} of ${instance.name} is shorter than its master-down time, ${inSeconds(down)}`,
          why: 'the delay is to let the machine settle before it takes over, and it is over before the election itself would be',
          where: [instancePlace(instance)],
          remedies: [`write "preempt_delay ${Math.ceil((3 * down) / 1000)}" or more, or remove it`],
        },
      ];
    }
    if (instance.advertisementInterval < 100 && configuration.global.vrrpScheduling.realTimePriority === undefined) {
      return [
        {
          code: 'fast-without-priority',
          severity: 'note',
          what: `${instance.name} advertises every ${instance.advertisementInterval} ms, and no vrrp_rt_priority is set`,
          why: 'on a busy machine the process is scheduled later than that, and the other router takes over',
          where: [instancePlace(instance)],
          remedies: ['add "vrrp_rt_priority 50" to global_defs'],
        },
      ];
    }
    return [];
  });
}

/** Clocks: auth_hmac takes an advertisement only if its time is near ours. */
import type { DoctorFacts } from '../facts.ts';
import { instancePlace, well } from '../finding.ts';
import type { TopicFinding } from '../finding.ts';

export function examineClocks(facts: DoctorFacts): TopicFinding[] {
  const { clockSynchronised, configuration, wire } = facts;
  const timed = configuration.vrrp.instances.filter(({ hmac }) => hmac?.antiReplay === 'time');
  const findings: TopicFinding[] = [];
  if (timed.length > 0 && clockSynchronised === false) {
    findings.push({
      code: 'clock-free',
      severity: 'warning',
      what: "this machine's clock is not synchronised, and auth_hmac compares times",
      why: 'clocks drift apart by seconds a week; beyond the window every advertisement is refused, and all routers become master',
      where: timed.map(instancePlace),
      remedies: ['timedatectl set-ntp true, or install chrony; chronyc tracking'],
    });
  }
  for (const router of wire?.routers ?? []) {
    const instance = timed.find(({ name }) => name === router.instance);
    if (router.own || !instance?.hmac || router.clockAhead === undefined) continue;
    const window = instance.hmac.timeWindow / 1000;
    const away = Math.abs(router.clockAhead);
    // The trailer has whole seconds, and the packet was on its way.
    if (away <= Math.max(1, window / 2)) continue;
    const refused = away > window;
    findings.push({
      code: 'clock-offset',
      severity: refused ? 'error' : 'warning',
      what: `the clock of ${router.source} is ${away} s ${router.clockAhead < 0 ? 'behind' : 'ahead of'} ours; auth_hmac allows ${window} s`,
      why: refused
        ? 'its advertisements are refused, and this router becomes master beside it'
        : 'when it drifts further its advertisements are refused, and both become master',
      where: [instancePlace(instance), router.interface],
      remedies: ['chronyc tracking, timedatectl (on both machines)'],
    });
  }
  if (findings.length === 0 && timed.length > 0) return [well('clocks', 'clocks are near enough for auth_hmac')];
  return findings;
}

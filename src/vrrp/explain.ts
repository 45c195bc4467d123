/** Why an instance is what it is, in one sentence, from plain facts. */
import { meansOf } from '../core/live-change.ts';
import type { Milliseconds, MonotonicMs } from '../core/time.ts';
import type { VrrpInstanceReport, VrrpTrackerReport } from './report-types.ts';
import { VRRP } from './wire/constants.ts';

/** What a sentence is made from. */
export type InstanceFacts = Omit<VrrpInstanceReport, 'explanation' | 'notFault'>;

/** What only the engine knows. */
interface Silence {
  /** What the master-down timer counts from, in words. */
  readonly silence: string;
  readonly silentSince: MonotonicMs;
  readonly downInterval: Milliseconds;
}

/** A master counts as silent when its next advertisement is so much overdue, in intervals. */
const overdue = 1.5;

/**
 * "BACKUP: 10.9.0.1 advertises 150 > 90; own 150 - 60 chk_nginx failed 3x, exit 1 'connection refused'".
 */
export function explainInstance(facts: InstanceFacts & Silence, now: MonotonicMs): string {
  const parts = [why(facts, now)];
  if (facts.state === 'MASTER') parts.push(...besideMaster(facts, now));
  if (facts.state === 'BACKUP' || facts.state === 'MASTER') {
    const own = ownPriority(facts);
    if (own !== undefined) parts.push(own);
  }
  return `${facts.state}: ${parts.join('; ')}`;
}

function why(facts: InstanceFacts & Silence, now: MonotonicMs): string {
  const { faults, reason, startupDelayUntil, state, wantedState } = facts;
  if (state === 'FAULT' && faults.length > 0) return faults.join('; ');
  if (state !== 'BACKUP' || wantedState === 'MASTER') return reason;
  if (startupDelayUntil !== undefined) return `${reason}; held back for another ${span(startupDelayUntil - now)}`;
  if (facts.listeningUntil !== undefined) return 'it was late, and listens before it speaks';
  return followed(facts, now) ?? `${waiting(facts, now)}${timeLeft(facts, now)}`;
}

/** The master that is followed, if there is one. */
function followed(facts: InstanceFacts & Silence, now: MonotonicMs): string | undefined {
  const { effectivePriority: own, masterAddress, masterPriority, nopreempt, preemptDelayUntil } = facts;
  if (masterAddress === undefined || masterPriority === 0) return undefined;
  const leftAlone = preemptDelayUntil !== undefined || nopreempt;
  if (masterPriority < own && !leftAlone) return undefined;
  const silent = now - facts.silentSince > overdue * facts.masterAdvertisementInterval;
  const silence = silent ? `, silent for ${span(now - facts.silentSince)}${timeLeft(facts, now)}` : '';
  return `${masterAddress} advertises ${relation(facts, now)}${silence}`;
}

function relation(facts: InstanceFacts, now: MonotonicMs): string {
  const { effectivePriority: own, masterPriority: theirs, preemptDelayUntil } = facts;
  if (theirs > own) return `${theirs} > ${own}`;
  if (theirs === own) return `${theirs} = ${own}, and a master of equal priority stays it`;
  if (preemptDelayUntil !== undefined)
    return `${theirs} < ${own}, left alone for another ${span(preemptDelayUntil - now)} (preempt_delay)`;
  return `${theirs} < ${own}, left alone (nopreempt)`;
}

function waiting({ silence, silentSince }: Silence, now: MonotonicMs): string {
  return `${silence} for ${span(now - silentSince)}`;
}

function timeLeft({ nextTimeout }: Pick<InstanceFacts, 'nextTimeout'>, now: MonotonicMs): string {
  return nextTimeout === undefined ? '' : `, master in ${span(nextTimeout - now)} unless somebody is`;
}

/** What is odd about a master. */
function besideMaster(
  { effectivePriority, listeningUntil, peers, sourceAddress }: InstanceFacts,
  now: MonotonicMs,
): string[] {
  const rivals = peers.filter(({ advertising }) => advertising);
  return [
    ...(listeningUntil === undefined
      ? []
      : [`it was late, and listens for another ${span(listeningUntil - now)} before it speaks`]),
    ...rivals
      .filter(({ address }) => address !== sourceAddress)
      .map(
        ({ address, priority = 0 }) =>
          `${address} advertises ${priority} ${sign(priority, effectivePriority)} ${effectivePriority} as well`,
      ),
  ];
}

function sign(a: number, b: number): string {
  return a === b ? '=' : a < b ? '<' : '>';
}

/** "own 150 - 60 chk_nginx failed 3x, exit 1"; nothing if the priority is the configured one. */
export function ownPriority({
  basePriority,
  effectivePriority,
  override,
  trackers,
}: Pick<InstanceFacts, 'basePriority' | 'effectivePriority' | 'override' | 'trackers'>): string | undefined {
  const changes = trackers.filter(({ contribution }) => contribution !== 0);
  const [only] = changes;
  if (override !== undefined && only === undefined)
    return `own ${effectivePriority}: ${override.words} by ${meansOf(override)}`;
  if (only === undefined) {
    if (basePriority === effectivePriority) return undefined;
    const yielding = basePriority === VRRP.priorityOwner ? ', another owner was heard' : '';
    return `own ${effectivePriority} instead of ${basePriority}${yielding}`;
  }
  const sum = changes.reduce((total, { contribution }) => total + contribution, basePriority);
  const beside = override === undefined ? '' : ` (${override.words} by ${meansOf(override)})`;
  const limited = `${sum === effectivePriority ? '' : `, limited to ${effectivePriority}`}${beside}`;
  if (changes.length === 1) return `own ${basePriority} ${signed(only)} ${trackerTerm(only)}${limited}`;
  const terms = changes.map((change) => `${signed(change)} (${trackerTerm(change)})`);
  return `own ${basePriority} ${terms.join(' ')} = ${sum}${limited}`;
}

function signed({ contribution }: VrrpTrackerReport): string {
  return `${contribution < 0 ? '-' : '+'} ${Math.abs(contribution)}`;
}

const names = {
  interface: 'interface ',
  script: '',
  file: 'track file ',
  process: 'process ',
  bfd: 'BFD session ',
} as const;

/** "chk_nginx failed 3x, exit 1", "interface eth1 is down". */
export function trackerTerm({ kind, name, words }: Pick<VrrpTrackerReport, 'kind' | 'name' | 'words'>): string {
  return `${names[kind]}${name} ${words}`;
}

/** Why what is bad does not mean FAULT: the weight. */
export function explainNotFault(
  facts: Pick<InstanceFacts, 'basePriority' | 'effectivePriority' | 'override' | 'state' | 'trackers'>,
): string[] {
  if (facts.state !== 'BACKUP' && facts.state !== 'MASTER') return [];
  const { basePriority, effectivePriority, override, trackers } = facts;
  return trackers
    .filter(({ fault, state, weight }) => state === 'bad' && !fault && weight !== 0)
    .map((tracker) => {
      const { contribution, weight } = tracker;
      const sum =
        contribution === 0
          ? `its weight ${weight} is not added`
          : `priority ${basePriority} ${signed(tracker)} = ${basePriority + contribution}`;
      const owner = override === undefined && basePriority === VRRP.priorityOwner;
      const consequence = owner ? `priority stays ${effectivePriority}, it owns the addresses` : sum;
      return `${trackerTerm(tracker)}: ${consequence}, not FAULT because weight is set`;
    });
}

/** A span for people: "0.4 s", "3.61 s", "20 s", "5 min". */
function span(of: Milliseconds): string {
  const seconds = Math.max(0, of) / 1000;
  if (seconds >= 600) return `${Math.floor(seconds / 60)} min`;
  return seconds >= 10 ? `${Math.floor(seconds)} s` : `${Number(seconds.toFixed(seconds < 1 ? 2 : 1))} s`;
}

/** Instances and groups for people: a line each, or everything of one. */
import { meansOf } from '../../core/live-change.ts';
import type { MonotonicMs } from '../../core/time.ts';
import type { VrrpReport } from '../../process/status-types.ts';
import type {
  VrrpGroupReport,
  VrrpInstanceReport,
  VrrpPeerReport,
  VrrpTrackerReport,
} from '../../vrrp/report-types.ts';
import type { VrrpProcessStatus } from '../../vrrp/processes.ts';
import { formatAge } from '../age.ts';
import { paint, printable, state, table, tableRows } from './layout.ts';
import type { Layout, Row } from './layout.ts';
import { count, duration, left, overrideText, plural, sinceText } from './numbers.ts';

/** A line an instance: name, state, age, why; below it what needs attention. */
export function vrrpOverview({ groups, instances, now }: VrrpReport, layout: Layout): string[] {
  const lines = instances.length === 0 ? [] : [paint('VRRP', 'strong', layout)];
  const rows = tableRows(
    instances.map((instance) => instanceRow(instance, now)),
    layout,
    2,
  );
  for (const [index, instance] of instances.entries()) {
    lines.push(...(rows[index] ?? []));
    lines.push(
      ...table(
        attentionOf(instance, now).map((text) => [{ text, style: 'warn' }]),
        layout,
        6,
      ),
    );
  }
  const apart = groups.filter(
    (group) => group.state === 'FAULT' || group.memberStates.some(({ wantedState }) => wantedState !== group.state),
  );
  const groupRows = apart.map((group) => groupRow(group, now));
  return [...lines, ...table(groupRows, layout, 2)];
}

function instanceRow(instance: VrrpInstanceReport, now: MonotonicMs): Row {
  return [instance.name, state(instance.state), formatAge(now - instance.since), why(instance)];
}

function groupRow({ explanation, name, since, state: of }: VrrpGroupReport, now: MonotonicMs): Row {
  return [`group ${name}`, state(of), formatAge(now - since), printable(explanation.slice(`${of}: `.length))];
}

function why({ explanation, state: of }: VrrpInstanceReport): string {
  return printable(explanation.slice(`${of}: `.length));
}

/** What is not as it should be, or not as one expects. */
export function attentionOf(instance: VrrpInstanceReport, now: MonotonicMs): string[] {
  const { acceptsLocalTraffic, addresses, override, preemptionOverride, state: of } = instance;
  const names = (which: typeof addresses): string => which.map(({ address }) => address).join(', ');
  const missing = addresses.filter(({ kernel, wanted }) => wanted && kernel === 'absent');
  const leftOver = addresses.filter(({ kernel, wanted }) => !wanted && kernel !== 'absent');
  const duplicate = addresses.filter(({ kernel }) => kernel === 'duplicate');
  return [
    ...[override, preemptionOverride].flatMap((change) =>
      change === undefined ? [] : [`changed by ${meansOf(change)}: ${overrideText(change, now)}`],
    ),
    ...(missing.length === 0 ? [] : [`not on the interface: ${names(missing)}`]),
    ...(leftOver.length === 0 ? [] : [`on this machine although it is not master: ${names(leftOver)}`]),
    ...(duplicate.length === 0
      ? []
      : [`another machine has it too (duplicate address detection): ${names(duplicate)}`]),
    ...(of === 'MASTER' && !acceptsLocalTraffic && addresses.length > 0
      ? ['the addresses do not accept local traffic, ping included (vrrp_strict or no_accept; "accept" changes that)']
      : []),
  ];
}

/** Everything of one instance. */
export function instanceDetails(instance: VrrpInstanceReport, report: VrrpReport, layout: Layout): string[] {
  const { now } = report;
  const { name, since, sinceTime, state: of } = instance;
  const head = `instance ${name}: ${paint(of, state(of).style ?? 'strong', layout)} ${sinceText(since, sinceTime, now)}`;
  const rows: [string, string][] = [
    ['why', why(instance)],
    ...instance.notFault.map((words): [string, string] => ['no FAULT', printable(words)]),
    ...attentionOf(instance, now).map((words): [string, string] => ['attention', words]),
    ['router', routerText(instance)],
    ['priority', priorityText(instance)],
    ...(instance.group === undefined ? [] : [['group', instance.group] as [string, string]]),
    ...timerRows(instance, now),
    ['counted', countedText(instance)],
  ];
  return [
    head,
    ...table(rows, layout, 2),
    ...section(
      'trackers',
      instance.trackers.map((tracker) => trackerRow(tracker, now)),
      layout,
    ),
    ...section(
      'peers',
      instance.peers.map((peer) => peerRow(peer, now)),
      layout,
    ),
    ...rankingLines(instance, layout),
    ...section('addresses', instance.addresses.map(addressRow), layout),
    ...section('dropped', refusalRows(instance, now), layout),
  ];
}

function section(title: string, rows: readonly Row[], layout: Layout): string[] {
  return rows.length === 0 ? [] : [`  ${title}`, ...table(rows, layout, 4)];
}

function routerText(instance: VrrpInstanceReport): string {
  const { advertisementInterval, interfaces, sourceAddress, unicastPeers, version, virtualRouterId } = instance;
  const places = interfaces.map(({ name, state: of }) => `${name} (${of})`).join(' and ');
  const to = unicastPeers.length === 0 ? '' : `, to ${unicastPeers.join(', ')}`;
  const from = sourceAddress === undefined ? ', no address to send from' : `, from ${sourceAddress}`;
  return `VRRPv${version} id ${virtualRouterId}${places === '' ? '' : ` on ${places}`}${from}${to}, every ${duration(advertisementInterval)}`;
}

function priorityText({ basePriority, effectivePriority, nopreempt, priorityExplanation }: VrrpInstanceReport): string {
  const how =
    basePriority === effectivePriority ? `${effectivePriority}` : `${effectivePriority}: ${priorityExplanation}`;
  return printable(nopreempt ? `${how} (nopreempt)` : how);
}

const timerWords = {
  advertisement: 'next advertisement in',
  'master-down': 'master, unless somebody is, in',
  listening: 'listens, and speaks in',
} as const;

function timerRows(instance: VrrpInstanceReport, now: MonotonicMs): [string, string][] {
  const { nextTimeout, preemptDelayUntil, startupDelayUntil, timer } = instance;
  const words = [
    ...(timer === undefined || nextTimeout === undefined ? [] : [`${timerWords[timer]} ${left(nextTimeout - now)}`]),
    ...(preemptDelayUntil === undefined ? [] : [`preempt_delay for another ${left(preemptDelayUntil - now)}`]),
    ...(startupDelayUntil === undefined ? [] : [`start delay for another ${left(startupDelayUntil - now)}`]),
  ];
  return words.length === 0 ? [] : [['timers', words.join('; ')]];
}

function countedText({ statistics }: VrrpInstanceReport): string {
  const { advertisementsReceived, advertisementsSent, becameMaster, priorityZeroReceived, priorityZeroSent } =
    statistics;
  return (
    `${plural(advertisementsSent, 'advertisement')} sent (${plural(priorityZeroSent, 'goodbye')}), ` +
    `${count(advertisementsReceived)} received (${plural(priorityZeroReceived, 'goodbye')}), ${plural(becameMaster, 'time')} master`
  );
}

const trackerKinds = {
  interface: 'interface',
  script: 'script',
  file: 'file',
  process: 'process',
  bfd: 'BFD',
} as const;

function trackerRow(tracker: VrrpTrackerReport, now: MonotonicMs): Row {
  const { contribution, fault, kind, name, of, reverse, since, state: is, weight, words } = tracker;
  const how = weight === 0 ? 'no weight' : `weight ${weight}`;
  const age = since === undefined ? '' : ` for ${formatAge(now - since)}`;
  const effect = fault ? 'FAULT' : contribution === 0 ? '' : `${contribution > 0 ? '+' : ''}${contribution}`;
  return [
    `${trackerKinds[kind]} ${name}`,
    state(is),
    `${how}${reverse ? ' reverse' : ''}`,
    fault ? state('FAULT') : effect,
    `${printable(words)}${age}${of === 'group' ? ' (of the group)' : ''}`,
  ];
}

function peerRow(peer: VrrpPeerReport, now: MonotonicMs): Row {
  const { accepted, address, advertisementInterval, lastHeard, lastRefusal, priority, refused } = peer;
  const every = advertisementInterval === undefined ? '' : ` every ${duration(advertisementInterval)}`;
  const dropped =
    lastRefusal === undefined
      ? ''
      : `, ${count(refused)} dropped (${printable(lastRefusal.reason)}, ${formatAge(now - lastRefusal.at)} ago)`;
  const said =
    priority === undefined ? 'nothing was taken' : priority === 0 ? 'resigned' : `priority ${priority}${every}`;
  return [address, said, `heard ${left(now - lastHeard)} ago, ${count(accepted)} taken${dropped}`];
}

/** Only where there is somebody else. */
function rankingLines({ ranking }: VrrpInstanceReport, layout: Layout): string[] {
  if (ranking.length < 2) return [];
  const order = ranking.map(({ address, priority, self }) => `${self ? 'this router' : address} ${priority}`);
  return table([['  ranking', order.join(' > ')]], layout);
}

function addressRow({
  address,
  excluded,
  interface: on,
  kernel,
  prefixLength,
  wanted,
}: VrrpInstanceReport['addresses'][number]): Row {
  const wrong = wanted === (kernel === 'absent');
  return [
    `${address}/${prefixLength}`,
    on,
    wrong ? { text: kernel, style: 'bad' } : kernel === 'absent' ? kernel : state(kernel),
    `${wanted ? 'wanted' : 'not wanted'}${excluded ? ', not advertised' : ''}`,
  ];
}

function refusalRows({ refusals }: VrrpInstanceReport, now: MonotonicMs): string[][] {
  return refusals.map(({ at, count: times, reason, source }) => [
    plural(times, 'advertisement'),
    `${printable(reason)} (last from ${source}, ${formatAge(now - at)} ago)`,
  ]);
}

/** Everything of one group. */
export function groupDetails(group: VrrpGroupReport, now: MonotonicMs, layout: Layout): string[] {
  const { explanation, memberStates, name, since, sinceTime, state: of } = group;
  return [
    `group ${name}: ${paint(of, state(of).style ?? 'strong', layout)} ${sinceText(since, sinceTime, now)}`,
    ...table([['why', printable(explanation.slice(`${of}: `.length))]], layout, 2),
    ...section(
      'members',
      memberStates.map(({ holds = '', instance, state: is, wantedState }) => [
        instance,
        state(is),
        wantedState === is ? '' : `would be ${wantedState}`,
        printable(holds),
      ]),
      layout,
    ),
  ];
}

/** What vrrp_track_process counts. */
export function trackedProcessLine({ delayed, name, running, up }: VrrpProcessStatus): string {
  if (running === undefined) return `tracked process ${name}: not counted yet`;
  const waiting = delayed === undefined ? '' : `, that counts once ${delayed}_delay has passed`;
  return `tracked process ${name}: ${up === true ? 'UP' : 'DOWN'}, ${running} running${waiting}`;
}

/** Scripts with what they said last. */
export function scriptLines({ now, scripts }: VrrpReport, layout: Layout): string[] {
  return scripts.flatMap(({ fall, lastRun, name, result, rise, since, state: doing, words }) => {
    const age = since === undefined ? '' : ` for ${formatAge(now - since)}`;
    const last = lastRun === undefined ? '' : `, last run ${left(now - lastRun)} ago`;
    const scale = rise === 1 && fall === 1 ? '' : ` (rise ${rise}, fall ${fall})`;
    const text = `${printable(words)}${last}${doing === 'idle' ? '' : `, ${doing}`}${scale}`;
    return table([[`script ${name}:`, { ...state(result), text: `${result}${age}` }, text]], layout);
  });
}

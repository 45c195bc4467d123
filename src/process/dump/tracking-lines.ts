/** What instances and groups track, whom they tell, and which of them follow something tracked. */
import type {
  ScriptCommand,
  VrrpConfiguration,
  VrrpInstanceConfiguration,
  VrrpNotify,
  VrrpSyncGroupConfiguration,
} from '../../config/model.ts';
import type { VrrpDumpInput } from './input.ts';
import { scriptText } from './texts.ts';

/** The lists of what is tracked, which instances and groups have alike. */
export type Tracking = Pick<
  VrrpInstanceConfiguration,
  'trackInterfaces' | 'trackScripts' | 'trackFiles' | 'trackProcesses' | 'trackBfd'
>;

interface Weighted {
  readonly weight: number;
  readonly reverse: boolean;
}

const weightText = ({ weight, reverse }: Weighted): string => `weight ${weight}${reverse ? ' reverse' : ''}`;

/** Lines of the notify scripts of an instance or group. */
export function notifyLines(notify: VrrpNotify, input: VrrpDumpInput): string[] {
  const scripts: readonly [string, ScriptCommand | undefined][] = [
    ['Backup', notify.backup],
    ['Master', notify.master],
    ['Fault', notify.fault],
    ['Stop', notify.stop],
    ['Deleted', notify.deleted],
    ['Generic', notify.generic],
    ['Master rx lower pri', notify.masterRxLowerPriority],
  ];
  return scripts.flatMap(([name, command]) =>
    command === undefined
      ? []
      : [`   ${name} state transition script = ${scriptText(command, input.identityOf?.(command))}`],
  );
}

/** Everything an instance or group tracks. The original heads the processes of the two differently. */
export function trackingLines(tracking: Tracking, processHeading: 'processes' | 'process'): string[] {
  const section = (heading: string, items: readonly string[]): string[] =>
    items.length === 0 ? [] : [`   Tracked ${heading} :`, ...items.map((item) => `     ${item}`)];
  return [
    ...section(
      'interfaces',
      tracking.trackInterfaces.map((tracked) => `${tracked.interface} ${weightText(tracked)}`),
    ),
    ...section(
      'scripts',
      tracking.trackScripts.map((tracked) => `${tracked.script} ${weightText(tracked)}`),
    ),
    ...section(
      'files',
      tracking.trackFiles.map((tracked) => `${tracked.file}, ${weightText(tracked)}`),
    ),
    ...section(
      processHeading,
      tracking.trackProcesses.map((tracked) => `${tracked.process}, ${weightText(tracked)}`),
    ),
    ...section(
      'BFDs',
      tracking.trackBfd.map((tracked) => `${tracked.bfd}: ${weightText(tracked)}`),
    ),
  ];
}

/** Names and weights of the instances that something tracked acts on. What their group tracks acts on every member. */
export function trackingInstances(
  vrrp: VrrpConfiguration,
  tracked: (from: Tracking) => Weighted | undefined,
): string[] {
  return vrrp.instances.flatMap((instance) => {
    const group = vrrp.syncGroups.find(({ members }) => members.includes(instance.name));
    const found = (group && inherited(group, tracked)) ?? tracked(instance);
    return found === undefined ? [] : [`     ${instance.name}, ${weightText(found)}`];
  });
}

function inherited(
  group: VrrpSyncGroupConfiguration,
  tracked: (from: Tracking) => Weighted | undefined,
): Weighted | undefined {
  return tracked(group);
}

/** One instance in keepalived.data. Exporters read it line by line: three spaces, `Key = value`; items five spaces. */
import type { ScriptCommand, VirtualAddress, VrrpInstanceConfiguration, VrrpNotify } from '../../config/model.ts';
import { dumpDate, microseconds } from '../../log/timestamps.ts';
import type { VrrpInstanceStatus } from '../../vrrp/types.ts';
import { wallTime, type InstanceDetails, type VrrpDumpInput } from './input.ts';
import { commandText, enabled, seconds, virtualAddressText, yesNo } from './texts.ts';

/** `1795298215.419797 (Sat Nov 21 21:56:55.419797 2026)` */
function moment(milliseconds: number): string {
  return `${Math.floor(milliseconds / 1000)}.${microseconds(milliseconds)} (${dumpDate(milliseconds)})`;
}

/** Down timer of RFC 5798 section 6.1 (and RFC 3768 section 6.1) in microseconds, from the effective priority. */
export function masterDownMicroseconds(configuration: VrrpInstanceConfiguration, status: VrrpInstanceStatus): number {
  const interval = status.masterAdvertisementInterval * 1000;
  const steps = status.basePriority === 255 ? 1 : 256 - status.effectivePriority;
  const skew = (steps * (configuration.version === 2 ? 1_000_000 : interval)) / 256;
  return Math.floor(configuration.downTimerAdvertisements * interval + skew);
}

/** Lines of the notify scripts of an instance or group. */
export function notifyLines(notify: VrrpNotify, input: VrrpDumpInput): string[] {
  const scripts: readonly [string, ScriptCommand | undefined][] = [
    ['Backup', notify.backup],
    ['Master', notify.master],
    ['Fault', notify.fault],
    ['Stop', notify.stop],
    ['Deleted', notify.deleted],
    ['Master rx lower pri', notify.masterRxLowerPriority],
    ['Generic', notify.generic],
  ];
  return scripts.flatMap(([name, command]) => {
    if (command === undefined) return [];
    const identity = input.identityOf?.(command);
    const runsAs = identity === undefined ? '' : `, uid:gid ${identity.uid}:${identity.gid}`;
    return [`   ${name} state transition script = ${commandText(command)}${runsAs}`];
  });
}

/** Tracked things of an instance or group. */
export function trackingLines(
  tracking: Pick<VrrpInstanceConfiguration, 'trackInterfaces' | 'trackScripts' | 'trackFiles'>,
): string[] {
  const item = (name: string, { weight, reverse }: { readonly weight: number; readonly reverse: boolean }): string =>
    `     ${name} weight ${weight}${reverse ? ' reverse' : ''}`;
  const section = (heading: string, items: readonly string[]): string[] =>
    items.length === 0 ? [] : [`   ${heading} :`, ...items];
  return [
    ...section(
      'Tracked interfaces',
      tracking.trackInterfaces.map((tracked) => item(tracked.interface, tracked)),
    ),
    ...section(
      'Tracked scripts',
      tracking.trackScripts.map((tracked) => item(tracked.script, tracked)),
    ),
    ...section(
      'Tracked files',
      tracking.trackFiles.map((tracked) => item(`${tracked.file},`, tracked)),
    ),
  ];
}

function masterLines(configuration: VrrpInstanceConfiguration, status: VrrpInstanceStatus): string[] {
  if (status.state !== 'BACKUP') return [];
  const unknown = configuration.family === 'inet' ? '0.0.0.0' : '::';
  return [
    `   Master router = ${status.masterAddress ?? unknown}`,
    `   Master priority = ${status.masterPriority}`,
    ...(configuration.version === 3
      ? [`   Master advert int = ${(status.masterAdvertisementInterval / 1000).toFixed(2)} sec`]
      : []),
  ];
}

/** The original heads the list by `none` only if no bit of a word is set, and names one of the bits. */
function flagLines(configuration: VrrpInstanceConfiguration): string[] {
  const unicast = configuration.unicastPeers.length > 0;
  const any =
    unicast ||
    configuration.nopreempt ||
    configuration.dontTrackPrimary ||
    configuration.skipCheckAdvertisedAddresses ||
    configuration.trackSourceAddress;
  if (!any) return ['   Flags: none'];
  return ['   Flags:', ...(unicast ? ['     Using unicast'] : [])];
}

function addressingLines(
  configuration: VrrpInstanceConfiguration,
  status: VrrpInstanceStatus,
  details: InstanceDetails,
): string[] {
  const source = status.sourceAddress ?? configuration.sourceAddress;
  const configured = configuration.sourceAddress === undefined ? '' : ' (from configuration)';
  const index =
    configuration.family === 'inet6' && details.interfaceIndex !== undefined
      ? `, ifindex ${details.interfaceIndex}`
      : '';
  return [
    ...(configuration.interface === '' ? [] : [`   Interface = ${configuration.interface}`]),
    ...(configuration.dontTrackPrimary ? ['   VRRP interface tracking disabled'] : []),
    ...(configuration.skipCheckAdvertisedAddresses ? ['   Skip checking advert IP addresses'] : []),
    ...(configuration.strict ? ['   Enforcing strict VRRP compliance'] : []),
    ...(source === undefined ? [] : [`   Using src_ip = ${source}${configured}`]),
    ...(configuration.unicastPeers.length > 0 ? [] : [`   Multicast address ${configuration.multicastGroup}${index}`]),
  ];
}

function gratuitousLines({ gratuitous }: VrrpInstanceConfiguration): string[] {
  return [
    `   Gratuitous ARP delay = ${seconds(gratuitous.masterDelay)}`,
    `   Gratuitous ARP repeat = ${gratuitous.masterRepeat}`,
    `   Gratuitous ARP refresh = ${seconds(gratuitous.masterRefresh)}`,
    `   Gratuitous ARP refresh repeat = ${gratuitous.masterRefreshRepeat}`,
    `   Gratuitous ARP lower priority delay = ${seconds(gratuitous.lowerPriorityDelay)}`,
    `   Gratuitous ARP lower priority repeat = ${gratuitous.lowerPriorityRepeat}`,
  ];
}

function priorityLines(configuration: VrrpInstanceConfiguration, status: VrrpInstanceStatus): string[] {
  const { advertisementInterval: interval, version } = configuration;
  return [
    `   Virtual Router ID = ${configuration.virtualRouterId}`,
    `   Priority = ${status.basePriority}`,
    `   Effective priority = ${status.effectivePriority}`,
    `   Total priority = ${status.effectivePriority}`,
    version === 2 ? `   Advert interval = ${seconds(interval)} sec` : `   Advert interval = ${interval} milli-sec`,
    ...(version === 3 && status.state === 'BACKUP'
      ? [`   Master advert interval = ${status.masterAdvertisementInterval} milli-sec`]
      : []),
    `   Accept = ${enabled(configuration.accept)}`,
    `   Preempt = ${enabled(!configuration.nopreempt)}`,
    ...(configuration.preemptDelay > 0 ? [`   Preempt delay = ${seconds(configuration.preemptDelay)} secs`] : []),
    '   Promote_secondaries = disabled',
  ];
}

function authenticationLines({ authentication, version, family }: VrrpInstanceConfiguration): string[] {
  if (version !== 2 || family !== 'inet') return [];
  const names = { PASS: 'SIMPLE_PASSWORD', AH: 'IPSEC_AH' } as const;
  return [
    `   Authentication type = ${authentication === undefined ? 'none' : names[authentication.type]}`,
    ...(authentication?.type === 'PASS' ? ['   Password = ********'] : []),
  ];
}

function addressLines(configuration: VrrpInstanceConfiguration, isSet: boolean): string[] {
  const items = (addresses: readonly VirtualAddress[]): string[] =>
    addresses.map((address) => `     ${virtualAddressText(address, isSet)}`);
  const { virtualAddresses, excludedVirtualAddresses } = configuration;
  return [
    ...(virtualAddresses.length === 0
      ? []
      : [`   Virtual IP (${virtualAddresses.length}):`, ...items(virtualAddresses)]),
    ...(excludedVirtualAddresses.length === 0 ? [] : ['   Virtual IP Excluded :', ...items(excludedVirtualAddresses)]),
  ];
}

function unicastLines(configuration: VrrpInstanceConfiguration): string[] {
  if (configuration.unicastPeers.length === 0) return [];
  return [
    `   Unicast TTL = ${configuration.unicastTtl ?? 255}`,
    `   Check unicast src : ${yesNo(configuration.checkUnicastSource)}`,
    '   Unicast Peer :',
    ...configuration.unicastPeers.map(
      (peer) => `     ${peer.address} min_ttl ${peer.minTtl ?? 0} max_ttl ${peer.maxTtl ?? 255}`,
    ),
    ...(configuration.family === 'inet'
      ? [`   Unicast checksum compatibility = ${yesNo(configuration.oldUnicastChecksum === true)}`]
      : []),
  ];
}

/** The block of one instance, from ` VRRP Instance = NAME` on, newline terminated. `State` stays among its first lines. */
export function instanceDataText(
  configuration: VrrpInstanceConfiguration,
  status: VrrpInstanceStatus,
  input: VrrpDumpInput,
): string {
  const { clock } = input;
  const details = input.details?.get(configuration.name) ?? {};
  const group = input.configuration.vrrp.syncGroups.find(({ members }) => members.includes(configuration.name));
  const { nextTimeout, receiveDescriptor, sendDescriptor } = details;
  const lines = [
    ` VRRP Instance = ${configuration.name}`,
    `   VRRP Version = ${configuration.version}`,
    ...(group === undefined ? [] : [`   Sync group = ${group.name}`]),
    ...(configuration.family === 'inet6' ? ['   Using Native IPv6'] : []),
    `   State = ${status.state}`,
    ...masterLines(configuration, status),
    ...flagLines(configuration),
    `   Wantstate = ${status.wantedState}`,
    '   Number of config faults = 0',
    `   Number of interface and track script faults = ${details.faults ?? (status.state === 'FAULT' ? 1 : 0)}`,
    '   Number of track scripts init = 0',
    `   Last transition = ${moment(wallTime(status.since, clock))}`,
    ...(status.state === 'FAULT' ? ['   Read timeout = DISABLED'] : []),
    ...(status.state !== 'FAULT' && nextTimeout !== undefined
      ? [`   Read timeout = ${moment(wallTime(nextTimeout, clock))}`]
      : []),
    `   Master down timer = ${masterDownMicroseconds(configuration, status)} usecs`,
    ...addressingLines(configuration, status, details),
    ...gratuitousLines(configuration),
    `   Down timer adverts = ${configuration.downTimerAdvertisements}`,
    `   Send advert after receive lower priority advert = ${!configuration.lowerPriorityNoAdvertisement}`,
    `   Send advert after receive higher priority advert = ${configuration.higherPrioritySendAdvertisement}`,
    ...priorityLines(configuration, status),
    ...authenticationLines(configuration),
    ...(configuration.debugLevel > 0 ? [`   Debug level = ${configuration.debugLevel}`] : []),
    ...addressLines(configuration, status.addressesSet),
    ...unicastLines(configuration),
    ...(receiveDescriptor === undefined
      ? []
      : [`   fd_in ${receiveDescriptor}, fd_out ${sendDescriptor ?? receiveDescriptor}`]),
    ...trackingLines(configuration),
    `   Using smtp notification = ${yesNo(configuration.notify.smtpAlert)}`,
    `   Notify deleted = ${configuration.notify.notifyDeleted ? 'Deleted' : 'Fault'}`,
    ...notifyLines(configuration.notify, input),
    `   Notify priority changes = ${input.configuration.global.vrrpNotifyPriorityChanges}`,
    // Ours, at the end, in the form of every other line.
    `   Reason = ${status.reason}`,
    `   Priority explained = ${status.priorityExplanation}`,
  ];
  return `${lines.join('\n')}\n`;
}

/** One instance in keepalived.data. Exporters read it line by line: three spaces, `Key = value`; items five spaces. */
import type { VirtualAddress, VrrpInstanceConfiguration } from '../../config/model.ts';
import { dumpDate, microseconds } from '../../log/timestamps.ts';
import type { Link } from '../../network/types.ts';
import type { VrrpInstanceStatus } from '../../vrrp/types.ts';
import { wallTime, type VrrpDumpInput } from './input.ts';
import { advertisingInterface } from '../../vrrp/advertising-interface.ts';
import { virtualInterfaceNames } from '../../vrrp/virtual-interface-names.ts';
import { routeText, ruleText } from './route-texts.ts';
import { enabled, placedAddressText, seconds, yesNo } from './texts.ts';
import { notifyLines, trackingLines } from './tracking-lines.ts';

/** `1795298215.419797 (Sat Nov 21 21:56:55.419797 2026)` */
function moment(milliseconds: number): string {
  return `${Math.floor(milliseconds / 1000)}.${microseconds(milliseconds)} (${dumpDate(milliseconds)})`;
}

/** Down timer of RFC 5798 section 6.1 (and RFC 3768 section 6.1) in microseconds, from the effective priority. */
export function masterDownMicroseconds(configuration: VrrpInstanceConfiguration, status: VrrpInstanceStatus): number {
  const interval = status.masterAdvertisementInterval * 1000;
  const steps = status.basePriority === 255 && status.override === undefined ? 1 : 256 - status.effectivePriority;
  const skew = (steps * (configuration.version === 2 ? 1_000_000 : interval)) / 256;
  return Math.floor(configuration.downTimerAdvertisements * interval + skew);
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

/**
 * The original heads the list by `none` only if nothing of a certain set of keywords is there, and names few of them.
 */
function flagLines(configuration: VrrpInstanceConfiguration): string[] {
  const unicast = configuration.unicastPeers.length > 0;
  const noPeer = configuration.unicastWithoutPeers;
  const any =
    unicast ||
    noPeer ||
    configuration.virtualInterface !== undefined ||
    configuration.vmacForAddresses ||
    configuration.nopreempt ||
    configuration.dontTrackPrimary ||
    configuration.skipCheckAdvertisedAddresses ||
    configuration.trackSourceAddress ||
    configuration.sourceAddress !== undefined ||
    configuration.checkUnicastSource ||
    configuration.promoteSecondaries ||
    configuration.linkbeatUsePolling;
  if (!any) return ['   Flags: none'];
  return [
    '   Flags:',
    ...(unicast ? ['     Using unicast'] : []),
    ...(noPeer ? ['     Unicast config option specified but using multicast'] : []),
  ];
}

/** The interface of its advertisements; `name` is that of its VMAC, if it has one. */
function speaksOn(configuration: VrrpInstanceConfiguration, name: string): string {
  const { virtualInterface } = configuration;
  return advertisingInterface(
    virtualInterface === undefined
      ? configuration
      : { ...configuration, virtualInterface: { ...virtualInterface, name } },
  );
}

/** A VMAC is no place to send unicast from: the base interface does it. */
const usesUnicast = ({ unicastPeers, unicastWithoutPeers }: VrrpInstanceConfiguration): boolean =>
  unicastPeers.length > 0 || unicastWithoutPeers;

function virtualInterfaceLines(configuration: VrrpInstanceConfiguration, name: string, exists: boolean): string[] {
  const virtual = configuration.virtualInterface;
  if (virtual === undefined) return [];
  if (virtual.kind === 'vmac') {
    return [
      `   Use VMAC, i/f name ${name}, is_up = ${exists}, xmit_base = ${virtual.transmitOnBase || usesUnicast(configuration)}`,
    ];
  }
  const own = virtual.address;
  const address = own === undefined ? '' : `, i/f address = ${own.address}/${own.prefixLength}`;
  return [`   Use IPVLAN, i/f ${name}, is_up = ${exists}${address}, type ${virtual.mode}`];
}

function interfaceLine(configuration: VrrpInstanceConfiguration, name: string): string[] {
  const { interface: base, virtualInterface: virtual } = configuration;
  if (virtual !== undefined) {
    const transmit =
      virtual.kind === 'vmac' && (virtual.transmitOnBase || usesUnicast(configuration)) ? ', xmit base i/f' : '';
    return [`   Interface = ${name}, ${virtual.kind} on ${base}${transmit}`];
  }
  return base === '' ? [] : [`   Interface = ${base}`];
}

function addressingLines(
  configuration: VrrpInstanceConfiguration,
  status: VrrpInstanceStatus,
  { name, links }: { readonly name: string; readonly links: readonly Link[] },
): string[] {
  const virtual = configuration.virtualInterface;
  const given = configuration.sourceAddress ?? (virtual?.kind === 'ipvlan' ? virtual.address?.address : undefined);
  const source = status.sourceAddress ?? given;
  const configured = given === undefined ? '' : ' (from configuration)';
  const link = links.find((known) => known.name === speaksOn(configuration, name));
  const index = configuration.family === 'inet6' && link !== undefined ? `, ifindex ${link.index}` : '';
  return [
    ...virtualInterfaceLines(
      configuration,
      name,
      links.some((known) => known.name === name),
    ),
    ...interfaceLine(configuration, name),
    ...(configuration.vrf === undefined ? [] : [`   VRF = ${configuration.vrf}`]),
    ...(configuration.dontTrackPrimary ? ['   VRRP interface tracking disabled'] : []),
    ...(configuration.skipCheckAdvertisedAddresses ? ['   Skip checking advert IP addresses'] : []),
    ...(configuration.strict ? ['   Enforcing strict VRRP compliance'] : []),
    `   Using src_ip = ${source ?? '(none)'}${configured}`,
    ...(configuration.unicastPeers.length > 0 ? [] : [`   Multicast address ${configuration.multicastGroup}${index}`]),
  ];
}

function gratuitousLines({ gratuitous, extraGratuitous: extra }: VrrpInstanceConfiguration): string[] {
  return [
    `   Gratuitous ARP delay = ${seconds(gratuitous.masterDelay)}`,
    `   Gratuitous ARP repeat = ${gratuitous.masterRepeat}`,
    `   Gratuitous ARP refresh = ${seconds(gratuitous.masterRefresh)}`,
    `   Gratuitous ARP refresh repeat = ${gratuitous.masterRefreshRepeat}`,
    `   Gratuitous ARP lower priority delay = ${seconds(gratuitous.lowerPriorityDelay)}`,
    `   Gratuitous ARP lower priority repeat = ${gratuitous.lowerPriorityRepeat}`,
    ...(extra === undefined
      ? []
      : [`   Gratuitous ARP for each secondary ${extra.allInterfaces ? 'i/f' : 'VMAC'} = ${seconds(extra.interval)}`]),
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
    `   Preempt = ${enabled(!status.nopreempt)}`,
    ...(configuration.preemptDelay > 0 ? [`   Preempt delay = ${seconds(configuration.preemptDelay)} secs`] : []),
    `   Promote_secondaries = ${enabled(configuration.promoteSecondaries && configuration.virtualInterface === undefined)}`,
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

function addressLines(configuration: VrrpInstanceConfiguration, isSet: boolean, name: string): string[] {
  const { virtualAddresses, excludedVirtualAddresses } = configuration;
  const items = (addresses: readonly VirtualAddress[]): string[] =>
    addresses.map((address) => `     ${placedAddressText(address, isSet, configuration, name)}`);
  return [
    ...(virtualAddresses.length === 0
      ? []
      : [`   Virtual IP (${virtualAddresses.length}):`, ...items(virtualAddresses)]),
    ...(excludedVirtualAddresses.length === 0 ? [] : ['   Virtual IP Excluded :', ...items(excludedVirtualAddresses)]),
  ];
}

function routeLines({ virtualRoutes, virtualRules }: VrrpInstanceConfiguration): string[] {
  return [
    ...(virtualRoutes.length === 0
      ? []
      : ['   Virtual Routes :', ...virtualRoutes.map((route) => `     ${routeText(route)}`)]),
    ...(virtualRules.length === 0
      ? []
      : ['   Virtual Rules :', ...virtualRules.map((rule) => `     ${ruleText(rule)}`)]),
  ];
}

function unicastLines(configuration: VrrpInstanceConfiguration): string[] {
  if (configuration.unicastPeers.length === 0) return [];
  return [
    ...(configuration.unicastTtl === undefined && configuration.family === 'inet6'
      ? []
      : [`   Unicast TTL = ${configuration.unicastTtl ?? 255}`]),
    `   Check unicast src : ${yesNo(configuration.checkUnicastSource)}`,
    '   Unicast Peer :',
    ...configuration.unicastPeers.map(
      (peer) => `     ${peer.address} min_ttl ${peer.minTtl ?? 0} max_ttl ${peer.maxTtl ?? 255}`,
    ),
    `   Unicast checksum compatibility = ${configuration.oldUnicastChecksum === true ? 'yes' : 'no'}`,
  ];
}

/** The block of one instance, from ` VRRP Instance = NAME` on, newline terminated. `State` stays among its first lines. */
export function instanceDataText(
  configuration: VrrpInstanceConfiguration,
  status: VrrpInstanceStatus,
  input: VrrpDumpInput,
): string {
  const { clock } = input;
  const group = input.configuration.vrrp.syncGroups.find(({ members }) => members.includes(configuration.name));
  const { nextTimeout } = status;
  const socket = input.sockets?.find(({ transport }) => transport.instances.includes(configuration.name))?.descriptor;
  const name = virtualInterfaceNames(input.configuration).get(configuration.name) ?? '';
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
    `   Number of interface and track script faults = ${status.state === 'FAULT' ? 1 : 0}`,
    '   Number of track scripts init = 0',
    `   Last transition = ${moment(wallTime(status.since, clock))}`,
    ...(status.state === 'FAULT' ? ['   Read timeout = DISABLED'] : []),
    ...(status.state !== 'FAULT' && nextTimeout !== undefined
      ? [`   Read timeout = ${moment(wallTime(nextTimeout, clock))}`]
      : []),
    `   Master down timer = ${masterDownMicroseconds(configuration, status)} usecs`,
    ...addressingLines(configuration, status, { name, links: input.links ?? [] }),
    ...gratuitousLines(configuration),
    `   Down timer adverts = ${configuration.downTimerAdvertisements}`,
    `   Send advert after receive lower priority advert = ${!configuration.lowerPriorityNoAdvertisement}`,
    `   Send advert after receive higher priority advert = ${configuration.higherPrioritySendAdvertisement}`,
    ...priorityLines(configuration, status),
    ...authenticationLines(configuration),
    ...(configuration.kernelReceiveBuffer === undefined
      ? []
      : [`   Kernel rx buffer size = ${configuration.kernelReceiveBuffer}`]),
    ...(configuration.debugLevel > 0 ? [`   Debug level = ${configuration.debugLevel}`] : []),
    ...addressLines(configuration, status.addressesSet, name),
    ...unicastLines(configuration),
    // One socket does both here.
    ...(socket === undefined ? [] : [`   fd_in ${socket}, fd_out ${socket}`]),
    ...routeLines(configuration),
    ...trackingLines(configuration, 'processes'),
    `   Using smtp notification = ${yesNo(configuration.notify.smtpAlert)}`,
    `   Notify deleted = ${configuration.notify.notifyDeleted ? 'Deleted' : 'Fault'}`,
    ...notifyLines(configuration.notify, input),
    `   Notify priority changes = ${configuration.notifyPriorityChanges}`,
    // Ours, at the end, in the form of every other line.
    `   Reason = ${status.reason}`,
    `   Priority explained = ${status.priorityExplanation}`,
  ];
  return `${lines.join('\n')}\n`;
}

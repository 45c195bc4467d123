/** keepalived.json: the instances as exporters, appliances and web interfaces read them (versions 1 and 2). */
import type { VirtualAddress, VrrpInstanceConfiguration, VrrpNotify, VrrpTrackProcess } from '../../config/model.ts';
import { virtualInterfaceNames } from '../../vrrp/virtual-interface-names.ts';
import type { VrrpInstanceStatus } from '../../vrrp/types.ts';
import { wallTime, type VrrpDumpInput } from './input.ts';
import { routeText, ruleText } from './route-texts.ts';
import { trailerErrors } from './trailer-errors.ts';
import { commandText, placedAddressText } from './texts.ts';

/** Numbers of the states in the dump. */
export const stateNumbers = { INIT: 0, BACKUP: 1, MASTER: 2, FAULT: 3, STOP: 98 } as const;
/** RFC 2338 authentication types. */
const authenticationTypes = { PASS: 1, AH: 2 } as const;
const secretMask = '********';

/**
 * The whole file.
 * @param version 1: an array of instances; 2: an object that has the array under `vrrp`, and the tracked processes
 */
export function vrrpJson(input: VrrpDumpInput, version: 1 | 2): string {
  const configurations = new Map(input.configuration.vrrp.instances.map((instance) => [instance.name, instance]));
  const names = virtualInterfaceNames(input.configuration);
  const instances = input.instances.flatMap((status) => {
    const configuration = configurations.get(status.name);
    if (configuration === undefined) return [];
    const data = instanceData(configuration, status, input, names.get(status.name) ?? '');
    return [{ data, stats: instanceStatistics(status) }];
  });
  if (version === 1) return JSON.stringify(instances);
  const processes = input.configuration.vrrp.trackProcesses.map((process) => processData(process, input));
  return JSON.stringify({ vrrp: instances, ...(processes.length > 0 && { track_process: processes }) });
}

const flag = (value: boolean): number => (value ? 1 : 0);
const inSeconds = (milliseconds: number): number => milliseconds / 1000;

function scripts(notify: VrrpNotify): Record<string, string> {
  const commands = {
    script_backup: notify.backup,
    script_master: notify.master,
    script_fault: notify.fault,
    script_stop: notify.stop,
    script_deleted: notify.deleted,
    script: notify.generic,
    script_master_rx_lower_pri: notify.masterRxLowerPriority,
  };
  return Object.fromEntries(
    Object.entries(commands).flatMap(([key, command]) => (command === undefined ? [] : [[key, commandText(command)]])),
  );
}

/** A key for a list only if the list has something in it. */
function list(key: string, values: readonly string[]): Record<string, readonly string[]> {
  return values.length === 0 ? {} : { [key]: values };
}

function processData(process: VrrpTrackProcess, { processes }: VrrpDumpInput): Record<string, unknown> {
  const status = processes?.find(({ name }) => name === process.name);
  return {
    process: process.process,
    ...(process.parameters.length > 0 && { parameters: process.parameters.join(' ') }),
    param_match: process.parameterMatch,
    min_processes: process.quorum,
    ...(process.quorumMax !== undefined && { max_processes: process.quorumMax }),
    current_processes: status?.running ?? 0,
    have_quorum: status?.up === true,
    weight: process.weight,
    terminate_delay: inSeconds(process.terminateDelay),
    fork_delay: inSeconds(process.forkDelay),
    fork_delay_timer_running: status?.delayed === 'fork',
    terminate_delay_timer_running: status?.delayed === 'terminate',
    full_command: process.fullCommand,
  };
}

/** @param virtualInterface name of its VMAC or ipvlan; empty: it has none */
function instanceData(
  configuration: VrrpInstanceConfiguration,
  status: VrrpInstanceStatus,
  input: VrrpDumpInput,
  virtualInterface: string,
): Record<string, unknown> {
  const { authentication, gratuitous, notify } = configuration;
  const commands = new Map(
    input.configuration.vrrp.scripts.map((script) => [script.name, commandText(script.command)]),
  );
  const addresses = (some: readonly VirtualAddress[]): string[] =>
    some.map((address) => placedAddressText(address, status.addressesSet, configuration, virtualInterface));
  const interfaceName = virtualInterface === '' ? configuration.interface : virtualInterface;
  return {
    iname: configuration.name,
    dont_track_primary: flag(configuration.dontTrackPrimary),
    skip_check_adv_addr: flag(configuration.skipCheckAdvertisedAddresses),
    strict_mode: flag(configuration.strict),
    vmac_ifname: virtualInterface,
    ...(interfaceName === '' ? {} : { ifp_ifname: interfaceName }),
    master_priority: status.masterPriority,
    last_transition: Math.round(wallTime(status.since, input.clock) * 1000) / 1e6,
    garp_delay: inSeconds(gratuitous.masterDelay),
    garp_refresh: inSeconds(gratuitous.masterRefresh),
    garp_rep: gratuitous.masterRepeat,
    garp_refresh_rep: gratuitous.masterRefreshRepeat,
    garp_lower_prio_delay: inSeconds(gratuitous.lowerPriorityDelay),
    garp_lower_prio_rep: gratuitous.lowerPriorityRepeat,
    lower_prio_no_advert: flag(configuration.lowerPriorityNoAdvertisement),
    higher_prio_send_advert: flag(configuration.higherPrioritySendAdvertisement),
    vrid: configuration.virtualRouterId,
    base_priority: status.basePriority,
    effective_priority: status.effectivePriority,
    vipset: status.addressesSet,
    promote_secondaries: configuration.promoteSecondaries && configuration.virtualInterface === undefined,
    adver_int: inSeconds(configuration.advertisementInterval),
    master_adver_int: inSeconds(status.masterAdvertisementInterval),
    accept: flag(configuration.accept),
    nopreempt: status.nopreempt,
    preempt_delay: inSeconds(configuration.preemptDelay),
    state: stateNumbers[status.state],
    wantstate: stateNumbers[status.wantedState],
    version: configuration.version,
    smtp_alert: notify.smtpAlert,
    notify_deleted: notify.notifyDeleted,
    ...scripts(notify),
    ...list('vips', addresses(configuration.virtualAddresses)),
    ...list('evips', addresses(configuration.excludedVirtualAddresses)),
    ...list('vroutes', configuration.virtualRoutes.map(routeText)),
    ...list('vrules', configuration.virtualRules.map(ruleText)),
    ...list(
      'track_ifp',
      configuration.trackInterfaces.map((tracked) => tracked.interface),
    ),
    ...list(
      'track_script',
      configuration.trackScripts.map(({ script }) => commands.get(script) ?? script),
    ),
    ...list(
      'track_process',
      configuration.trackProcesses.map(({ process }) => process),
    ),
    auth_type: authentication === undefined ? 0 : authenticationTypes[authentication.type],
    ...(authentication === undefined ? {} : { auth_data: secretMask }),
  };
}

function instanceStatistics({ refusals, statistics }: VrrpInstanceStatus): Record<string, number> {
  const trailer = trailerErrors(refusals);
  return {
    advert_rcvd: statistics.advertisementsReceived,
    advert_sent: statistics.advertisementsSent,
    become_master: statistics.becameMaster,
    release_master: statistics.releasedMaster,
    packet_len_err: statistics.lengthErrors,
    advert_interval_err: statistics.advertisementIntervalErrors,
    ip_ttl_err: statistics.ttlErrors,
    invalid_type_rcvd: statistics.invalidTypeErrors,
    addr_list_err: statistics.addressListErrors,
    invalid_authtype: statistics.invalidAuthenticationType,
    authtype_mismatch: statistics.authenticationTypeMismatch,
    auth_failure: statistics.authenticationFailure,
    auth_ext_missing: trailer.missing,
    auth_ext_malformed: trailer.malformed,
    auth_ext_unknown_key: trailer.unknownKey,
    auth_ext_invalid_hmac: trailer.digest,
    auth_ext_stale: trailer.stale,
    auth_ext_replay: trailer.replay,
    pri_zero_rcvd: statistics.priorityZeroReceived,
    pri_zero_sent: statistics.priorityZeroSent,
  };
}

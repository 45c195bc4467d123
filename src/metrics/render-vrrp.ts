/** VRRP: instances, groups, scripts, gratuitous messages. */
import type { VrrpState } from '../core/events.ts';
import type { FamilyName } from './families.ts';
import type { InstanceFigures } from './figures.ts';
import type { Collected, Exposition, Sample } from './render.ts';

/** Numbers of the states in dumps, and so in exporters. */
const stateNumbers: Readonly<Record<VrrpState, number>> = {
  INIT: 0,
  BACKUP: 1,
  MASTER: 2,
  FAULT: 3,
  STOP: 98,
  DELETED: 99,
};

/** One sample an instance. */
const perInstance: readonly (readonly [FamilyName, (instance: InstanceFigures) => number])[] = [
  ['keepalived_advertisements_received_total', ({ statistics }) => statistics.advertisementsReceived],
  ['keepalived_advertisements_sent_total', ({ statistics }) => statistics.advertisementsSent],
  ['keepalived_become_master_total', ({ statistics }) => statistics.becameMaster],
  ['keepalived_release_master_total', ({ statistics }) => statistics.releasedMaster],
  ['keepalived_packet_length_errors_total', ({ statistics }) => statistics.lengthErrors],
  ['keepalived_advertisements_interval_errors_total', ({ statistics }) => statistics.advertisementIntervalErrors],
  ['keepalived_ip_ttl_errors_total', ({ statistics }) => statistics.ttlErrors],
  ['keepalived_invalid_type_received_total', ({ statistics }) => statistics.invalidTypeErrors],
  ['keepalived_address_list_errors_total', ({ statistics }) => statistics.addressListErrors],
  ['keepalived_authentication_invalid_total', ({ statistics }) => statistics.invalidAuthenticationType],
  ['keepalived_authentication_mismatch_total', ({ statistics }) => statistics.authenticationTypeMismatch],
  ['keepalived_authentication_failure_total', ({ statistics }) => statistics.authenticationFailure],
  ['keepalived_priority_zero_received_total', ({ statistics }) => statistics.priorityZeroReceived],
  ['keepalived_priority_zero_sent_total', ({ statistics }) => statistics.priorityZeroSent],
  ['keepalived_gratuitous_arp_delay_total', ({ gratuitousDelay }) => gratuitousDelay / 1000],
  ['keepalived_vrrp_instance_state', ({ state }) => stateNumbers[state]],
  ['keepalived_vrrp_wanted_state', ({ wanted }) => stateNumbers[wanted]],
  ['keepalived_vrrp_state_age_seconds', ({ stateAge }) => stateAge / 1000],
  ['keepalived_vrrp_base_priority', ({ basePriority }) => basePriority],
  ['keepalived_vrrp_effective_priority', ({ effectivePriority }) => effectivePriority],
  ['keepalived_vrrp_master_priority', ({ masterPriority }) => masterPriority],
  ['keepalived_vrrp_advertisement_interval_seconds', ({ advertisementInterval }) => advertisementInterval / 1000],
  ['keepalived_vrrp_peers_heard', ({ peersHeard }) => peersHeard],
];

function labelsOf(instance: InstanceFigures): readonly [string, string, string] {
  return [instance.name, instance.interface, String(instance.virtualRouterId)];
}

/** The interface is that of the address; an instance without addresses has one sample with its own. */
function addressSamples(instance: InstanceFigures): readonly Sample[] {
  const { addresses, state } = instance;
  const [name, interfaceName, id] = labelsOf(instance);
  if (addresses.length === 0) return [[[name, interfaceName, id, ''], stateNumbers[state]]];
  return addresses.map(([address, on]) => [[name, on, id, address], stateNumbers[state]]);
}

function excludedSamples(instance: InstanceFigures): readonly Sample[] {
  const [name, , id] = labelsOf(instance);
  return instance.excludedAddresses.map(([address, on]) => [[name, on, id, address], stateNumbers[instance.state]]);
}

export function renderVrrp(exposition: Exposition, { common, instances }: NonNullable<Collected['vrrp']>): void {
  exposition.family('keepalived_vrrp_state', instances.flatMap(addressSamples));
  exposition.family('keepalived_vrrp_excluded_state', instances.flatMap(excludedSamples));
  for (const [name, read] of perInstance)
    exposition.family(
      name,
      instances.map((instance) => [labelsOf(instance), read(instance)]),
    );
  exposition.family(
    'keepalived_vrrp_advertisements_dropped_total',
    instances.flatMap((instance) =>
      instance.refusals.map(([code, count]): Sample => [[...labelsOf(instance), code], count]),
    ),
  );
  if (common === undefined) return;
  exposition.family(
    'keepalived_vrrp_sync_group_state',
    common.groups.map(({ name, state }) => [[name], stateNumbers[state]]),
  );
  exposition.family(
    'keepalived_script_status',
    common.scripts.map(({ good, name }) => [[name], good ? 1 : 0]),
  );
  exposition.family(
    'keepalived_script_state',
    common.scripts.map(({ name, state }) => [[name], state]),
  );
  const frames = Object.entries(common.frames);
  exposition.family(
    'keepalived_gratuitous_messages_sent_total',
    frames.map(([interfaceName, [sent]]) => [[interfaceName], sent]),
  );
  exposition.family(
    'keepalived_gratuitous_messages_failed_total',
    frames.map(([interfaceName, [, failed]]) => [[interfaceName], failed]),
  );
}

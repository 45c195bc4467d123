/**
 * Every metric there is: the one list behind the answers, the page of the manual and the tests. Names, labels and meanings
 * of those marked `exporter` are those of the most used exporter of keepalived; others begin anew.
 */

export type MetricType = 'counter' | 'gauge' | 'histogram';

export interface Family {
  readonly type: MetricType;
  /** What it is, in one sentence without a full stop. */
  readonly help: string;
  /** In the order in which they are written. */
  readonly labels: readonly string[];
  /** The exporter mehdy/keepalived-exporter has it under this name. */
  readonly exporter?: true;
}

const instance = ['iname', 'intf', 'vrid'] as const;
const address = [...instance, 'ip_address'] as const;
const server = ['service', 'server'] as const;

function counter(help: string, ...labels: readonly string[]): Family {
  return { type: 'counter', help, labels };
}

function gauge(help: string, ...labels: readonly string[]): Family {
  return { type: 'gauge', help, labels };
}

function histogram(help: string, ...labels: readonly string[]): Family {
  return { type: 'histogram', help, labels };
}

function exporter(family: Family): Family {
  return { ...family, exporter: true };
}

export const families = {
  keepalived_up: exporter(gauge('Whether the daemon answers')),
  keepalived_build_info: gauge(
    'Always 1; which program this is, and the release of keepalived it follows',
    'version',
    'level',
    'runtime',
  ),

  // VRRP, names of the exporter
  keepalived_vrrp_state: exporter(
    gauge('State of the instance: 0 INIT, 1 BACKUP, 2 MASTER, 3 FAULT; once for each virtual address', ...address),
  ),
  keepalived_vrrp_excluded_state: exporter(
    gauge('The same, once for each address of virtual_ipaddress_excluded', ...address),
  ),
  keepalived_gratuitous_arp_delay_total: exporter(
    counter('Configured delay of the second gratuitous ARPs in seconds; a counter by its history only', ...instance),
  ),
  keepalived_advertisements_received_total: exporter(counter('Advertisements received', ...instance)),
  keepalived_advertisements_sent_total: exporter(counter('Advertisements sent', ...instance)),
  keepalived_become_master_total: exporter(counter('Transitions to MASTER', ...instance)),
  keepalived_release_master_total: exporter(counter('Transitions from MASTER', ...instance)),
  keepalived_packet_length_errors_total: exporter(counter('Advertisements of a wrong length', ...instance)),
  keepalived_advertisements_interval_errors_total: exporter(
    counter('Advertisements with another interval than ours', ...instance),
  ),
  keepalived_ip_ttl_errors_total: exporter(counter('Advertisements with a TTL that is not 255', ...instance)),
  keepalived_invalid_type_received_total: exporter(counter('Messages of another type than advertisement', ...instance)),
  keepalived_address_list_errors_total: exporter(counter('Advertisements of other addresses than ours', ...instance)),
  keepalived_authentication_invalid_total: exporter(
    counter('Advertisements of an unknown authentication type', ...instance),
  ),
  keepalived_authentication_mismatch_total: exporter(
    counter('Advertisements of another authentication type than ours', ...instance),
  ),
  keepalived_authentication_failure_total: exporter(counter('Advertisements that failed authentication', ...instance)),
  keepalived_priority_zero_received_total: exporter(
    counter('Advertisements of priority 0 received: a master resigned', ...instance),
  ),
  keepalived_priority_zero_sent_total: exporter(counter('Advertisements of priority 0 sent', ...instance)),
  keepalived_script_status: exporter(gauge('Result of a vrrp_script: 1 good, 0 bad or not yet known', 'name')),
  keepalived_script_state: exporter(
    gauge('What a vrrp_script does: 0 idle, 1 running, 2 asked to end, 3 being killed', 'name'),
  ),

  // VRRP, further
  keepalived_vrrp_instance_state: gauge(
    'State of the instance, once for each instance: 0 INIT, 1 BACKUP, 2 MASTER, 3 FAULT',
    ...instance,
  ),
  keepalived_vrrp_wanted_state: gauge('State it would be in without its sync group, in the same numbers', ...instance),
  keepalived_vrrp_state_age_seconds: gauge('Time since it entered its state', ...instance),
  keepalived_vrrp_base_priority: gauge('Configured priority', ...instance),
  keepalived_vrrp_effective_priority: gauge('Priority with what trackers add and take', ...instance),
  keepalived_vrrp_master_priority: gauge('Priority of the master heard last; 0: none', ...instance),
  keepalived_vrrp_advertisement_interval_seconds: gauge('Configured interval of advertisements', ...instance),
  keepalived_vrrp_peers_heard: gauge('Other routers of this virtual router that were heard', ...instance),
  keepalived_vrrp_advertisements_dropped_total: counter(
    'Advertisements that did not count, by the reason',
    ...instance,
    'reason',
  ),
  keepalived_vrrp_sync_group_state: gauge('State of a sync group, in the numbers of instances', 'group'),
  keepalived_gratuitous_messages_sent_total: counter(
    'Gratuitous ARPs and unsolicited neighbour advertisements sent',
    'intf',
  ),
  keepalived_gratuitous_messages_failed_total: counter('The same, refused by the kernel', 'intf'),

  // Virtual servers
  keepalived_virtual_servers: gauge('Virtual servers'),
  keepalived_virtual_servers_up: gauge('Virtual servers that have their quorum'),
  keepalived_real_servers: gauge('Real servers, in all virtual servers'),
  keepalived_real_servers_up: gauge('Real servers that are up'),
  keepalived_virtual_server_up: gauge('Whether the virtual server has its quorum', 'service'),
  keepalived_virtual_server_weight: gauge('Sum of the weights of its servers that are up', 'service'),
  keepalived_virtual_server_quorum: gauge('Weight that it needs', 'service'),
  keepalived_virtual_server_real_servers: gauge('Its real servers', 'service'),
  keepalived_virtual_server_real_servers_up: gauge('Its real servers that are up', 'service'),
  keepalived_virtual_server_sorry: gauge('Whether its sorry server stands in', 'service'),
  keepalived_virtual_server_suspended: gauge('Whether its checks wait for its address (ha_suspend)', 'service'),
  keepalived_real_server_up: gauge('Whether the real server is up', ...server),
  keepalived_real_server_weight: gauge('Its weight in effect', ...server),
  keepalived_real_server_check_duration_seconds: gauge('How long its slowest check took last', ...server),
  keepalived_real_server_checks_total: counter('Checks made of it', ...server),
  keepalived_real_server_check_failures_total: counter('Checks of it that failed', ...server),

  // IPVS
  keepalived_real_server_active_connections: gauge('Its connections that IPVS calls active', ...server),
  keepalived_real_server_inactive_connections: gauge('Its other connections', ...server),
  keepalived_real_server_connections_total: counter('Connections that IPVS gave it', ...server),
  keepalived_real_server_incoming_packets_total: counter('Packets to it', ...server),
  keepalived_real_server_outgoing_packets_total: counter('Packets from it, where they pass this machine', ...server),
  keepalived_real_server_incoming_bytes_total: counter('Octets to it', ...server),
  keepalived_real_server_outgoing_bytes_total: counter('Octets from it, where they pass this machine', ...server),
  keepalived_ipvs_statistics_age_seconds: gauge('Time since the figures of IPVS were read; missing: they cannot be'),

  // Checks
  keepalived_checks: gauge('Distinct checks; identical ones are made once'),
  keepalived_checks_in_flight: gauge('Checks under way'),
  keepalived_checks_waiting: gauge('Checks that are due and held back'),
  keepalived_draining_servers: gauge('Servers taken away that keep their connections for a while'),
  keepalived_check_duration_seconds: histogram('Time that checks took, by the type of the checker', 'checker'),
  keepalived_check_failures_total: counter('Checks that failed, by the type of the checker', 'checker'),

  // BFD
  keepalived_bfd_session_state: gauge(
    'State of a BFD session (RFC 5880): 0 AdminDown, 1 Down, 2 Init, 3 Up',
    'session',
    'neighbor',
  ),
  keepalived_bfd_packets_sent_total: counter('Control packets sent', 'session', 'neighbor'),
  keepalived_bfd_packets_received_total: counter('Control packets received', 'session', 'neighbor'),
  keepalived_bfd_packets_dropped_total: counter(
    'Control packets that did not count, by the reason',
    'session',
    'neighbor',
    'reason',
  ),

  // Connection limits
  keepalived_connection_limit_banned: gauge('Clients banned at the moment', 'limit'),
  keepalived_connection_limit_listed: gauge('Addresses and prefixes of the blacklist', 'limit'),
  keepalived_connection_limit_bans_total: counter('Bans', 'limit'),
  keepalived_connection_limit_releases_total: counter('Bans that ended', 'limit'),
  keepalived_connection_limit_established: gauge('Established connections at the last count', 'limit'),
  keepalived_connection_limit_clients: gauge('Clients at the last count', 'limit'),
  keepalived_connection_limit_largest_client: gauge('Connections of the client that has most of them', 'limit'),
  keepalived_connection_limit_count_duration_seconds: gauge('How long the last count took', 'limit'),

  // Scripts
  keepalived_script_duration_seconds: histogram('Time that scripts took, by what they are for', 'kind'),
  keepalived_script_failures_total: counter('Scripts that did not end with status 0', 'kind'),

  // The daemon itself
  keepalived_loop_lateness_seconds: histogram('How much later than planned a process met its deadlines', 'process'),
  keepalived_process_up: gauge('Whether the process runs', 'process'),
  keepalived_process_deaths_total: counter('How often the process died since the daemon was started', 'process'),
  keepalived_process_cpu_seconds_total: counter('Processor time of the process', 'process'),
  keepalived_process_resident_memory_bytes: gauge('Resident memory of the process', 'process'),
  keepalived_process_start_time_seconds: gauge(
    'When the process was started, since 1970; its counters began then',
    'process',
  ),
  keepalived_reloads_total: counter('Reloads, by how they ended', 'outcome'),
  keepalived_last_reload_successful: gauge('Whether the last reload was applied; 1 before the first'),
  keepalived_last_reload_time_seconds: gauge('When the last reload ended, since 1970'),
  keepalived_last_reload_duration_seconds: gauge('How long the last reload took'),
} as const satisfies Readonly<Record<string, Family>>;

export type FamilyName = keyof typeof families;

/** Of the metric with this name. */
export function familyOf(name: FamilyName): Family {
  return families[name];
}

/** global_defs: defaults of VRRP, of IPVS and of the firewall. */
import type { GlobalDraft, SyncDaemonDraft } from '../drafts.ts';
import type { Statement } from '../statement.ts';
import { isMulticast, parseAddress, readInteger } from '../values.ts';
import { quote, type Context } from './context.ts';
import { bool, custom, flag, integer, noEffectYet, optionalText, seconds, text } from './forms.ts';
import type { Keyword } from './keyword.ts';
import { positional, readOptions, type LineOptions } from './lines.ts';

type G = GlobalDraft;
type Entries = Readonly<Record<string, Keyword<G>>>;

const secondsInt = { min: 0, max: 4294, unit: 'secs' } as const;
const atLeastOne = { min: 1, max: 4294967295, clamp: true } as const;
const missingError = { missing: 'error' } as const;
const oneDayMaximum = { min: 1, max: 86400, unit: 'secs' } as const;

function multicastGroup(family: 'inet' | 'inet6', set: (draft: G, value: string) => void) {
  return (draft: G, statement: Statement, context: Context): void => {
    const parsed = parseAddress(statement.words[1] ?? '');
    if (!parsed || parsed.family !== family || !isMulticast(parsed.address)) {
      const kind = family === 'inet' ? 'IPv4' : 'IPv6';
      context.error(
        statement,
        1,
        'CFG_INVALID_ADDRESS',
        `${statement.keyword}: ${quote(statement.words[1] ?? '')} is not an ${kind} multicast address`,
      );
      return;
    }
    set(draft, parsed.address);
  };
}

/** `{all} SECONDS`, of vrrp_garp_extra_if and its old name. */
function readExtraInterfaces(_draft: unknown, statement: Statement, context: Context): void {
  const word = statement.words[1] === 'all' ? 2 : 1;
  if (statement.words.length <= word) context.missing(statement, '{all} <secs int 1..86400>');
  else readInteger(context, statement, word, oneDayMaximum);
}

const syncDaemonOptions: LineOptions<SyncDaemonDraft> = {
  inst: {
    form: '<vrrp_instance name>',
    note: 'Instance whose state decides the role.',
    default: 'none',
    read: (draft, cursor) => {
      const name = cursor.argument('<vrrp_instance name>');
      if (name !== undefined) draft.instance = name;
    },
  },
  id: {
    form: '<0..255>',
    note: 'Identifier of the synchronisation.',
    default: 'the VRID of the instance, else 0',
    read: (draft, cursor) => {
      const value = cursor.integer('<0..255>', { min: 0, max: 255 });
      if (value !== undefined) draft.syncId = value;
    },
  },
  maxlen: {
    form: '<1..65507>',
    note: 'Longest datagram.',
    default: "the kernel's",
    read: (draft, cursor) => {
      const value = cursor.integer('<1..65507>', { min: 1, max: 65507 });
      if (value !== undefined) draft.maxLength = value;
    },
  },
  port: {
    form: '<1..65535>',
    note: 'UDP port.',
    default: '8848 (kernel)',
    read: (draft, cursor) => {
      const value = cursor.integer('<1..65535>', { min: 1, max: 65535 });
      if (value !== undefined) draft.port = value;
    },
  },
  ttl: {
    form: '<1..255>',
    note: 'TTL of multicast.',
    default: '1 (kernel)',
    read: (draft, cursor) => {
      const value = cursor.integer('<1..255>', { min: 1, max: 255 });
      if (value !== undefined) draft.ttl = value;
    },
  },
  group: {
    form: '<mcast ip>',
    note: 'Multicast group.',
    default: '224.0.0.81 (kernel)',
    read: (draft, cursor) => {
      const parsed = parseAddress(cursor.argument('<mcast ip>') ?? '');
      if (parsed && isMulticast(parsed.address)) draft.group = parsed.address;
      else cursor.error('CFG_INVALID_ADDRESS', `lvs_sync_daemon: ${quote(cursor.current)} is not a multicast address`);
    },
  },
};

function readSyncDaemon(draft: G, statement: Statement, context: Context): void {
  if (draft.lvsSyncDaemon) {
    context.duplicate(statement, 0, 'lvs_sync_daemon', draft.lvsSyncDaemon.statement);
    return;
  }
  const daemon: SyncDaemonDraft = { statement, interface: statement.words[1] ?? '' };
  let positions = 0;
  readOptions(daemon, syncDaemonOptions, statement, 1, context, (cursor) => {
    // The old form: INTERFACE INSTANCE [ID].
    positions++;
    if (positions === 1) daemon.instance = cursor.current;
    else if (positions === 2) {
      const id = readInteger(context, statement, cursor.word, { min: 0, max: 255 });
      if (id !== undefined) daemon.syncId = id;
    } else cursor.error('CFG_UNKNOWN_OPTION', `lvs_sync_daemon: unknown option ${quote(cursor.current)}`);
    return true;
  });
  draft.lvsSyncDaemon = daemon;
}

const timeoutRange = { min: 0, max: 2_678_400 } as const;

function timeoutOption(note: string, set: (timeouts: G['lvsTimeouts'], value: number) => void): LineOptions<G>[string] {
  return {
    form: '<secs 0..2678400>',
    note,
    default: "the kernel's",
    read: (draft, cursor) => {
      const value = cursor.integer('<secs>', timeoutRange);
      if (value !== undefined) set(draft.lvsTimeouts, value * 1000);
    },
  };
}

const timeoutOptions: LineOptions<G> = {
  tcp: timeoutOption('Idle limit of established TCP connections.', (timeouts, value) => (timeouts.tcp = value)),
  tcpfin: timeoutOption('Idle limit after FIN.', (timeouts, value) => (timeouts.tcpFin = value)),
  udp: timeoutOption('Idle limit of UDP.', (timeouts, value) => (timeouts.udp = value)),
};

function flushOnStop(draft: G, statement: Statement, context: Context): void {
  const word = statement.words[1];
  if (word !== undefined && word !== 'VS') {
    context.error(
      statement,
      1,
      'CFG_INVALID_WORD',
      `${statement.keyword}: ${quote(word)} is not VS`,
      'write VS, or nothing',
    );
    draft.lvsFlushOnStop = 'all';
    return;
  }
  draft.lvsFlushOnStop = word === 'VS' ? 'services' : 'all';
}

export const vrrpDefaultKeywords: Entries = {
  dynamic_interfaces: custom(
    'Allows interfaces that do not exist yet.',
    '<allow_if_changes?>',
    (draft, statement, context) => {
      draft.dynamicInterfaces = true;
      const word = statement.words[1];
      if (word !== undefined && word !== 'allow_if_changes') {
        context.error(
          statement,
          1,
          'CFG_INVALID_WORD',
          `dynamic_interfaces: unknown option ${quote(word)}`,
          'write allow_if_changes, or nothing',
        );
      }
    },
    { default: 'off' },
  ),
  default_interface: text(
    'Interface for static addresses that name none.',
    (draft, value) => (draft.defaultInterface = value),
    { form: '<ifname>', default: 'eth0', ...missingError },
  ),
  disable_local_igmp: flag("Clears the kernel's igmp_link_local_mcast_reports.", noEffectYet),
  v3_checksum_as_v2: flag(
    'VRRPv3 over IPv4 without the pseudo-header in the checksum.',
    (draft) => (draft.v3ChecksumAsV2 = true),
    { since: '2.2.8' },
  ),
  lvs_timeouts: custom(
    'Idle limits of IPVS connections.',
    '{tcp or tcpfin or udp <secs int 0..2678400>}+',
    (draft, statement, context) => void readOptions(draft, timeoutOptions, statement, 0, context),
    {
      default: "the kernel's",
      missing: 'error',
      words: timeoutOptions,
    },
  ),
  lvs_flush: flag('Empties IPVS at the start.', (draft) => (draft.lvsFlush = true)),
  lvs_flush_on_stop: custom('Empties IPVS at the stop; VS: only our services are deleted.', '<VS?>', flushOnStop, {
    default: 'off',
  }),
  lvs_flush_onstop: custom('Old spelling of lvs_flush_on_stop.', '<VS?>', flushOnStop, {
    default: 'off',
    replacement: 'lvs_flush_on_stop',
  }),
  lvs_sync_daemon: custom(
    'Synchronises IPVS connections with another director.',
    '<ifname> {inst <name>} {id <0..255>} {maxlen <1..65507>} {port <1..65535>} {ttl <1..255>} {group <mcast ip>}',
    readSyncDaemon,
    {
      default: 'none',
      missing: 'error',
      words: {
        ...positional({ '<ifname>': ['<ifname>', 'First word.', { default: 'required' }] }),
        ...syncDaemonOptions,
      },
    },
  ),
  vrrp_mcast_group4: custom(
    'Destination of IPv4 advertisements.',
    '<ipv4 mcast>',
    multicastGroup('inet', (draft, value) => (draft.multicastGroup4 = value)),
    { default: '224.0.0.18', missing: 'stops' },
  ),
  vrrp_mcast_group6: custom(
    'Destination of IPv6 advertisements.',
    '<ipv6 mcast>',
    multicastGroup('inet6', (draft, value) => (draft.multicastGroup6 = value)),
    { default: 'ff02::12', missing: 'stops' },
  ),
  vrrp_garp_master_delay: integer(
    'Delay of the second burst after becoming master.',
    secondsInt,
    (draft, value) => (draft.gratuitous.masterDelay = value * 1000),
    { default: '5' },
  ),
  vrrp_garp_master_repeat: integer(
    'Gratuitous messages per address in each burst; 0 becomes 1.',
    atLeastOne,
    (draft, value) => (draft.gratuitous.masterRepeat = value),
    { default: '5' },
  ),
  vrrp_garp_master_refresh: integer(
    'Period of bursts while master.',
    secondsInt,
    (draft, value) => (draft.gratuitous.masterRefresh = value * 1000),
    { default: '0 (off)' },
  ),
  vrrp_garp_master_refresh_repeat: integer(
    'Messages per address of such a burst; 0 becomes 1.',
    atLeastOne,
    (draft, value) => (draft.gratuitous.masterRefreshRepeat = value),
    { default: '1' },
  ),
  vrrp_garp_lower_prio_delay: integer(
    'Delay of the second burst after an advertisement of lower priority.',
    secondsInt,
    (draft, value) => (draft.gratuitous.lowerPriorityDelay = value * 1000),
    { default: 'vrrp_garp_master_delay' },
  ),
  vrrp_garp_lower_prio_repeat: integer(
    'Burst after an advertisement of lower priority; 0: none.',
    { min: 0, max: 4294967295 },
    (draft, value) => (draft.gratuitous.lowerPriorityRepeat = value),
    { default: 'vrrp_garp_master_repeat' },
  ),
  vrrp_down_timer_adverts: integer(
    'Missed advertisements before taking over.',
    { min: 1, max: 100 },
    (draft, value) => (draft.downTimerAdvertisements = value),
    { default: '3' },
  ),
  vrrp_garp_interval: seconds(
    'Least gap between gratuitous ARPs on an interface.',
    { min: 0.000001, max: 4294, decimals: 6 },
    (draft, value) => (draft.garpInterval = value),
    { default: '0' },
  ),
  vrrp_gna_interval: seconds(
    'Least gap between unsolicited neighbour advertisements.',
    { min: 0.000001, max: 4294, decimals: 6 },
    (draft, value) => (draft.gnaInterval = value),
    { default: '0' },
  ),
  vrrp_min_garp: bool(
    'One gratuitous message only: repeat 1, no second burst, no refresh.',
    (draft, value) => (draft.minGarp = value),
  ),
  vrrp_garp_extra_if: {
    ...custom<G>(
      'Periodic gratuitous messages on other VMAC interfaces with addresses.',
      '{all} <secs int 1..86400>',
      readExtraInterfaces,
      { default: '0 (off)' },
    ),
    effect: 'none-yet',
  },
  vrrp_vmac_garp_intvl: {
    ...custom<G>(
      'Old name of vrrp_garp_extra_if.',
      '{all} <secs int 1..86400>',
      (draft, statement, context) => {
        context.report(
          'deprecated',
          statement,
          0,
          'CFG_DEPRECATED',
          'vrrp_vmac_garp_intvl is deprecated',
          'write vrrp_garp_extra_if',
        );
        readExtraInterfaces(draft, statement, context);
      },
      { default: '0' },
    ),
    effect: 'none-yet',
  },
  vrrp_lower_prio_no_advert: bool(
    'A master stays silent on an advertisement of lower priority.',
    (draft, value) => (draft.lowerPriorityNoAdvertisement = value),
    { default: 'false' },
  ),
  vrrp_higher_prio_send_advert: bool(
    'A master sends once more before it yields to a higher priority.',
    (draft, value) => (draft.higherPrioritySendAdvertisement = value),
    { default: 'false' },
  ),
  vrrp_version: integer(
    'Default for IPv4 instances; IPv6 uses 3.',
    { min: 2, max: 3 },
    (draft, value) => (draft.vrrpVersion = value === 3 ? 3 : 2),
    { default: '2', form: '<2 or 3>' },
  ),
  vrrp_iptables: {
    ...custom<G>(
      'Firewall rules through iptables; nftables is used instead.',
      '<in chain?> <out chain?>',
      (_draft, statement, context) =>
        context.error(
          statement,
          0,
          'CFG_NO_IPTABLES',
          'vrrp_iptables: iptables is not used, nftables is',
          'write nftables',
        ),
      { default: 'off' },
    ),
    effect: 'none-yet',
  },
  vrrp_ipsets: {
    ...custom<G>(
      'Names of the sets that vrrp_iptables uses.',
      '<set4?> <set6?> <set_if6?> <igmp?> <mld?> <nd?>',
      (_draft, statement, context) =>
        context.error(
          statement,
          0,
          'CFG_NO_IPTABLES',
          'vrrp_ipsets: iptables is not used, nftables is',
          'remove it and write nftables',
        ),
      { default: 'keepalived keepalived6 keepalived_if6 keepalived_igmp keepalived_mld keepalived_nd' },
    ),
    effect: 'none-yet',
  },
  nftables: optionalText('Firewall rules for no_accept and VMACs, in a table of this name.', noEffectYet, {
    form: '<table?>',
    default: 'off; keepalived if no name',
  }),
  nftables_priority: integer('Priority of the base chains.', { min: -2147483648, max: 2147483647 }, noEffectYet, {
    default: '-1',
    form: '<int32>',
  }),
  nftables_ifindex: flag('Interface indexes instead of names in the sets.', noEffectYet),
  nftables_ipvs: optionalText(
    'Marks the traffic of virtual server groups so that one service serves a group.',
    noEffectYet,
    { form: '<table?>', default: 'off; keepalived_ipvs if no name' },
  ),
  nftables_ipvs_priority: integer(
    'Priority of the chain for IPVS.',
    { min: -2147483648, max: 2147483647 },
    noEffectYet,
    { default: '-1', form: '<int32>' },
  ),
  nftables_ipvs_start_fwmark: integer('First mark that is given out.', { min: 1, max: 4294967295 }, noEffectYet, {
    default: '1000',
  }),
  nftables_counters: flag('Adds counters to the rules.', noEffectYet),
  vrrp_check_unicast_src: flag(
    'Drops unicast advertisements that come from no configured peer.',
    (draft) => (draft.checkUnicastSource = true),
  ),
  vrrp_skip_check_adv_addr: bool(
    'Skips the comparison of addresses while the master stays the same.',
    (draft, value) => (draft.skipCheckAdvertisedAddresses = value),
    { default: 'false' },
  ),
  vrrp_strict: bool('Default of strict_mode.', (draft, value) => (draft.vrrpStrict = value), { default: 'false' }),
  vrrp_notify_priority_changes: bool(
    'Writes changes of priority into the FIFOs too.',
    (draft, value) => (draft.vrrpNotifyPriorityChanges = value),
    { default: 'false' },
  ),
  fifo_write_vrrp_states_on_reload: flag('Repeats unchanged states on the FIFO after a reload.', noEffectYet),
  vrrp_rx_bufs_policy: {
    ...custom<G>(
      'How receive buffers of VRRP sockets are sized; the word may be in any case.',
      'MTU or ADVERT or <bytes uint>',
      (_draft, statement, context) => {
        if (!/^(MTU|ADVERT|NO_SEND_RX)$/i.test(statement.words[1] ?? ''))
          readInteger(context, statement, 1, { min: 0, max: 4294967295 });
      },
      { default: "the kernel's", missing: 'error' },
    ),
    effect: 'none-yet',
  },
  vrrp_rx_bufs_multiplier: integer(
    'Packets per instance for MTU and ADVERT.',
    { min: 1, max: 4294967295 },
    noEffectYet,
    { default: '3', ...missingError },
  ),
  vrrp_startup_delay: seconds(
    'Holds instances in backup after the start.',
    { min: 0.001, max: 4294, decimals: 6 },
    (draft, value) => (draft.vrrpStartupDelay = value),
    { default: '0' },
  ),
  vrrp_delay_after_boot: seconds(
    'As vrrp_startup_delay, counted from the boot of the machine.',
    { min: 0.001, max: 4294, decimals: 6 },
    noEffectYet,
    { default: '0', since: '2.4.0' },
  ),
  log_unknown_vrids: flag('Logs advertisements of unknown virtual routers.', noEffectYet),
  vrrp_owner_ignore_adverts: bool(
    'Default of owner_ignore_adverts.',
    (draft, value) => (draft.ownerIgnoreAdvertisements = value),
    { default: 'false', since: '2.3.3' },
  ),
  vmac_prefix: text('Prefix of the names of VMAC interfaces.', noEffectYet, { default: 'vrrp' }),
  vmac_addr_prefix: text('Prefix of VMACs that use_vmac_addr makes.', noEffectYet, { default: 'vrrp' }),
};

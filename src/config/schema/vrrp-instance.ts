/** vrrp_instance: one virtual router on one interface. */
import {
  newTrackersDraft,
  type ConfigurationDraft,
  type HmacDraft,
  type InstanceDraft,
  type VirtualAddressDraft,
} from '../drafts.ts';
import type { Statement } from '../statement.ts';
import { isMulticast, parseAddress, parseInteger, readInteger, readSeconds } from '../values.ts';
import { readAddressLine, virtualAddressWords } from './addresses.ts';
import { firstByName } from './by-name.ts';
import { quote, type Context } from './context.ts';
import { address, block, bool, custom, flag, integer, lines, ours, readScript, seconds, text } from './forms.ts';
import { gratuitousKeywords } from './vrrp-gratuitous.ts';
import { authenticationSchema, authHmacSchema } from './vrrp-authentication.ts';
import { noteUnicast, unicastKeywords } from './vrrp-unicast.ts';
import { useIpvlan, useVmac } from './vrrp-vmac.ts';
import { BlockSchema, type Keyword } from './keyword.ts';
import { notifyKeywords, notifyScript } from './notify.ts';
import { routeKeyword } from './routes.ts';
import { ruleKeyword } from './rules.ts';
import { trackKeywords } from './trackers.ts';

type I = InstanceDraft;

/** 255 is the owner's, who is not elected. */
const highestElectedPriority = 254;

function addressLine(pick: (draft: I) => VirtualAddressDraft[]) {
  return (draft: I, statement: Statement, context: Context): void => {
    const read = readAddressLine('virtual', statement, context);
    if (read) pick(draft).push(read);
  };
}

/** Takes repeated addresses out, once the instance's own interface is known. The same one may stand on several interfaces. */
function dropRepeatedAddresses(draft: I, context: Context): void {
  const seen = new Map<string, Statement>();
  for (const list of [draft.addresses, draft.excludedAddresses]) {
    const kept = list.filter((address) => {
      const key = `${address.address} ${address.interface ?? draft.interface ?? ''}`;
      const first = seen.get(key);
      if (first) {
        const what = `address ${address.address} of vrrp_instance ${draft.name}`;
        context.duplicate(address.statement, 0, what, first);
      } else seen.set(key, address.statement);
      return !first;
    });
    list.splice(0, list.length, ...kept);
  }
}

function readState(draft: I, statement: Statement, context: Context): void {
  const word = statement.words[1] ?? '';
  if (word === 'MASTER' || word === 'BACKUP') {
    draft.state = word;
    return;
  }
  const meant = word.toUpperCase();
  context.error(
    statement,
    1,
    'CFG_INVALID_WORD',
    `state ${quote(word)} of vrrp_instance ${draft.name} is unknown; BACKUP is used`,
    meant === 'MASTER' || meant === 'BACKUP' ? `write ${meant}, in capitals` : 'write MASTER or BACKUP',
  );
  draft.state = 'BACKUP';
}

function readInterface(draft: I, statement: Statement, context: Context): void {
  const name = statement.words[1] ?? '';
  if (name === 'lo') {
    context.error(
      statement,
      1,
      'CFG_LOOPBACK',
      `vrrp_instance ${draft.name} cannot run on the loopback interface; it is ignored`,
      'name the interface that reaches the other router',
    );
    return;
  }
  draft.interface = name;
  draft.interfaceAt = statement;
}

function sourceAddress(draft: I, value: { address: string }, statement: Statement): void {
  draft.sourceAddress = value.address;
  draft.sourceAt = statement;
}

function readMulticastDestination(draft: I, statement: Statement, context: Context): void {
  const parsed = parseAddress(statement.words[1] ?? '');
  if (parsed && isMulticast(parsed.address)) draft.multicastDestination = parsed.address;
  else
    context.error(
      statement,
      1,
      'CFG_INVALID_ADDRESS',
      `mcast_dst_ip: ${quote(statement.words[1] ?? '')} is not a multicast address`,
    );
}

function readPriority(draft: I, statement: Statement, context: Context): void {
  const value = parseInteger(statement.words[1] ?? '');
  if (value !== undefined && value >= 1 && value <= 255) {
    draft.priority = value;
    return;
  }
  context.report(
    'invalid-number',
    statement,
    1,
    'CFG_INVALID_NUMBER',
    `priority ${quote(statement.words[1] ?? '')} of vrrp_instance ${draft.name} is not in the range 1 to 255; 100 is used`,
  );
  draft.priority = 100;
}

/** `debug` alone stops the original; files of its 1.2 days have it, and it can only mean: on. */
function readDebug(draft: I, statement: Statement, context: Context): void {
  if (statement.words.length < 2) {
    draft.debugLevel = 1;
    context.report(
      'warning',
      statement,
      0,
      'CFG_OLD_DEBUG',
      `debug of vrrp_instance ${draft.name} has no level; 1 is used, keepalived refuses the file`,
      'write "debug 1", or remove the line',
    );
    return;
  }
  const level = readInteger(context, statement, 1, { min: 0, max: 4 });
  if (level !== undefined) draft.debugLevel = level;
}

function readSyncInterface(draft: I, name: string, statement: Statement, context: Context): void {
  if (draft.lvsSyncDaemonAt) {
    context.duplicate(statement, 0, `lvs_sync_daemon_interface of vrrp_instance ${draft.name}`, draft.lvsSyncDaemonAt);
    return;
  }
  draft.lvsSyncDaemonAt = statement;
  draft.lvsSyncDaemonInterface = name;
  context.report(
    'deprecated',
    statement,
    0,
    'CFG_DEPRECATED',
    `lvs_sync_daemon_interface of vrrp_instance ${draft.name} is an old keyword`,
    `write "lvs_sync_daemon ${name} inst ${draft.name} id 0" in global_defs`,
  );
}

function readTimerExpired(draft: I, statement: Statement, context: Context): void {
  const priority =
    statement.words.length > 1 ? readInteger(context, statement, 1, { min: 1, max: 254 }) : highestElectedPriority;
  if (priority === undefined) return;
  draft.timerExpiredAt = statement;
  draft.timerExpiredPriority = priority;
}

function readExtraInterfaces(draft: I, statement: Statement, context: Context): void {
  const allInterfaces = statement.words[1] === 'all';
  const word = allInterfaces ? 2 : 1;
  if (statement.words.length <= word) {
    context.missing(statement, '{all} <secs int 0..86400>');
    return;
  }
  const seconds = readInteger(context, statement, word, { min: 0, max: 86400 });
  if (seconds !== undefined) draft.extraGratuitous = { interval: seconds * 1000, allInterfaces };
}

function deprecated<D>(keyword: Keyword<D>, message: string, remedy: string): Keyword<D> {
  return {
    ...keyword,
    read: (draft, statement, context) => {
      context.report('deprecated', statement, 0, 'CFG_DEPRECATED', message, remedy);
      keyword.read(draft, statement, context);
    },
  };
}

const extraInterfaces: Keyword<I> = custom(
  'Periodic gratuitous messages on interfaces of addresses that are not its own: on VMACs, or on all.',
  '{all} <secs int 0..86400>',
  readExtraInterfaces,
  { default: 'the global value' },
);
const timerExpired: Keyword<I> = custom(
  'Yields if our own timer ran late; needs nopreempt.',
  '<other prio? 1..254>',
  readTimerExpired,
  { default: 'off; 254 if no value', since: '2.2.8' },
);
const globalValue = { default: 'the global value' } as const;

export const vrrpInstanceSchema = new BlockSchema<I>('vrrp_instance', {
  use_vmac: useVmac,
  use_vmac_addr: flag(
    'Makes VMACs for other interfaces that carry addresses too.',
    (draft) => (draft.vmacForAddresses = true),
  ),
  vmac_xmit_base: flag<I>(
    'Sends and receives on the base interface.',
    (draft, _value, statement) => (draft.vmacXmitBaseAt = statement),
  ),
  use_ipvlan: useIpvlan,
  ...unicastKeywords,
  native_ipv6: flag(
    'Says that the instance is IPv6 when no address tells.',
    (draft, _value, statement) => (draft.nativeIpv6At = statement),
  ),
  state: custom('State to begin with.', 'MASTER or BACKUP', readState, {
    default: 'MASTER if priority 255, else BACKUP',
    missing: 'stops',
  }),
  interface: custom('Interface for advertisements.', '<ifname>', readInterface, {
    default: 'required unless unicast with a source',
    missing: 'stops',
  }),
  vrf: text(
    'VRF of a unicast instance without interface.',
    (draft, name, statement) => {
      draft.vrf = name;
      draft.vrfAt = statement;
    },
    { form: '<vrf ifname>', default: 'none' },
  ),
  dont_track_primary: flag(
    "Ignores faults of the instance's own interface.",
    (draft) => (draft.dontTrackPrimary = true),
  ),
  ...trackKeywords<I>('this instance'),
  mcast_src_ip: address(
    'Source of advertisements.',
    (draft, value, statement) => sourceAddress(draft, value, statement),
    { default: 'primary address' },
  ),
  unicast_src_ip: address(
    'Source of advertisements.',
    (draft, value, statement) => {
      sourceAddress(draft, value, statement);
      noteUnicast(draft, statement);
    },
    { default: 'primary address' },
  ),
  mcast_dst_ip: custom('Destination of advertisements.', '<mcast ip>', readMulticastDestination, {
    default: 'global group',
    missing: 'stops',
  }),
  track_src_ip: flag('FAULT while the configured source address is missing.', (draft) => (draft.trackSource = true)),
  virtual_router_id: integer(
    'Number of the virtual router, the same on all its members.',
    { min: 1, max: 255 },
    (draft, value) => (draft.virtualRouterId = value),
    { default: 'required', form: '<1..255>' },
  ),
  unicast_ttl: integer(
    'TTL of unicast advertisements.',
    { min: 0, max: 255 },
    (draft, value, statement) => {
      draft.unicastTtl = value;
      noteUnicast(draft, statement);
    },
    { default: '255' },
  ),
  version: integer('VRRP version.', { min: 2, max: 3 }, (draft, value) => (draft.version = value === 3 ? 3 : 2), {
    default: 'global (IPv6: 3)',
    form: '<2 or 3>',
  }),
  priority: custom('The greatest becomes master; 255 owns the addresses.', '<1..255>', readPriority, {
    default: '100; 255 if unset and state MASTER',
    missing: 'stops',
  }),
  advert_int: custom(
    'Time between advertisements.',
    '<secs float 0.01..255>',
    (draft, statement, context) => {
      const value = readSeconds(context, statement, 1, { min: 0.01, max: 255, decimals: 6 });
      if (value !== undefined) draft.advertisementInterval = value;
    },
    { default: '1', missing: 'stops' },
  ),
  virtual_ipaddress: lines(
    'Addresses that are advertised; all of one family.',
    'block of address lines',
    addressLine((draft) => draft.addresses),
    { words: virtualAddressWords },
  ),
  virtual_ipaddress_excluded: lines(
    'Addresses that are set but not advertised; any family.',
    'block of address lines',
    addressLine((draft) => draft.excludedAddresses),
    { words: virtualAddressWords },
  ),
  no_virtual_ipaddress: flag('Allows an instance without addresses.', (draft) => (draft.noVirtualAddress = true), {
    since: '2.2.8',
  }),
  promote_secondaries: flag(
    'Sets the sysctl promote_secondaries on the interface.',
    (draft) => (draft.promoteSecondaries = true),
  ),
  linkbeat_use_polling: deprecated(
    flag<I>('Old; see linkbeat_interfaces.', (draft) => (draft.linkbeatUsePolling = true)),
    'linkbeat_use_polling in a vrrp_instance is deprecated',
    'list the interface in linkbeat_interfaces',
  ),
  v3_checksum_as_v2: bool(
    'VRRPv3 without the pseudo-header in the checksum.',
    (draft, value) => (draft.v3ChecksumAsV2 = value),
    { ...globalValue, since: '2.2.8' },
  ),
  virtual_routes: routeKeyword('Routes while master.', 'virtual', (draft) => draft.routes),
  virtual_rules: ruleKeyword('Rules while master.', 'virtual', (draft) => draft.rules),
  accept: flag('Accepts packets sent to the addresses.', (draft) => (draft.accept = true), {
    default: 'true (strict: only the owner)',
  }),
  no_accept: flag('Drops packets sent to the addresses.', (draft) => (draft.accept = false), {
    default: 'see accept',
  }),
  skip_check_adv_addr: bool(
    'Skips the comparison of addresses while the master stays the same.',
    (draft, value) => (draft.skipCheckAdvertisedAddresses = value),
    globalValue,
  ),
  strict_mode: bool('Behaves strictly as the RFC says.', (draft, value) => (draft.strict = value), {
    default: 'vrrp_strict',
  }),
  preempt: flag('Takes over from a master of lower priority; cancels nopreempt.', (draft) => delete draft.nopreemptAt, {
    default: 'on',
  }),
  nopreempt: flag(
    'Leaves a master of lower priority alone; needs state BACKUP.',
    (draft, _value, statement) => (draft.nopreemptAt = statement),
  ),
  preempt_delay: seconds(
    'Wait before taking over from a master of lower priority; needs state BACKUP.',
    { min: 0, max: 1000, decimals: 6 },
    (draft, value, statement) => {
      draft.preemptDelay = value;
      draft.preemptDelayAt = statement;
    },
    { default: '0' },
  ),
  debug: custom(
    'Lines for debugging, shown with -D: 1 advertisements taken, 2 dropped, 3 sent, 4 the master-down timer.',
    '<0..4>',
    readDebug,
    { default: '0' },
  ),
  ...notifyKeywords<I>('vrrp_instance'),
  notify_deleted: custom(
    'Runs when a reload takes the instance away; alone: DELETED is reported instead of FAULT.',
    '<cmd?> <user?> <group?>',
    (draft, statement, context) => {
      draft.notify.notifyDeleted = true;
      if (statement.words.length < 2) return;
      const read = readScript(statement, context, `vrrp_instance ${draft.name}`);
      if (!read) return;
      context.draft.scripts.push(read);
      draft.notify.deleted = read;
    },
    { default: 'none (FAULT is reported)' },
  ),
  notify_master_rx_lower_pri: notifyScript(
    'vrrp_instance',
    'masterRxLowerPriority',
    'Runs when a master hears a lower priority.',
  ),
  smtp_alert: bool('Mail on changes of state.', (draft, value) => (draft.notify.smtpAlert = value), {
    default: 'smtp_alert_vrrp, else false',
  }),
  notify_priority_changes: bool(
    'Priority lines on the FIFO.',
    (draft, value) => (draft.notifyPriorityChanges = value),
    { default: 'group or global value' },
  ),
  lvs_sync_daemon_interface: text('Old; see lvs_sync_daemon of global_defs.', readSyncInterface, {
    form: '<ifname>',
    default: 'none',
  }),
  ...gratuitousKeywords,
  down_timer_adverts: integer(
    'Missed advertisements before taking over.',
    { min: 1, max: 100 },
    (draft, value) => (draft.downTimerAdvertisements = value),
    { default: 'global 3', form: '<1..100>' },
  ),
  timer_expired_backup: timerExpired,
  thread_timer_expired: deprecated(
    { ...timerExpired, note: 'Synonym of timer_expired_backup.', since: '2.3.2' },
    'thread_timer_expired is deprecated',
    'write timer_expired_backup',
  ),
  garp_extra_if: extraInterfaces,
  vmac_garp_intvl: deprecated(
    { ...extraInterfaces, note: 'Old name of garp_extra_if.' },
    'vmac_garp_intvl is deprecated',
    'write garp_extra_if',
  ),
  lower_prio_no_advert: bool(
    'No advertisement in reply to a lower priority.',
    (draft, value) => (draft.lowerPriorityNoAdvertisement = value),
    globalValue,
  ),
  higher_prio_send_advert: bool(
    'Sends once more before yielding.',
    (draft, value) => (draft.higherPrioritySendAdvertisement = value),
    globalValue,
  ),
  owner_ignore_adverts: bool(
    'An owner ignores advertisements.',
    (draft, value) => (draft.ownerIgnoreAdvertisements = value),
    { default: 'global; true if strict', since: '2.3.3' },
  ),
  step_down_on_removal: bool(
    'A virtual address removed by somebody else ends the mastership for the time of the skew; off: it is put back at once.',
    (draft, value) => (draft.stepDownOnRemoval = value),
    { ...ours, default: 'off' },
  ),
  kernel_rx_buf_size: integer(
    'Share of the receive buffer.',
    { min: 0, max: 4294967295, unit: 'bytes' },
    (draft, value) => (draft.kernelReceiveBuffer = value),
    { default: 'by policy', missing: 'error' },
  ),
  authentication: block('VRRPv2 authentication.', authenticationSchema, (draft: I, statement) => {
    draft.authenticationAt = statement;
    return draft;
  }),
  auth_hmac: block<I, HmacDraft>(
    'Authentication by HMAC-SHA-256 behind each advertisement.',
    authHmacSchema,
    (draft, statement) => (draft.hmac = { statement, keys: [] }),
    undefined,
    { since: '2.4.0' },
  ),
});

export const vrrpInstance: Keyword<ConfigurationDraft> = block(
  'A virtual router.',
  vrrpInstanceSchema,
  (parent: ConfigurationDraft, statement, context) => {
    const name = statement.words[1];
    if (name === undefined) {
      context.missing(statement, '<name> {');
      return undefined;
    }
    const first = firstByName(parent.instances, name);
    if (first) {
      context.duplicate(statement, 1, `vrrp_instance ${name}`, first.statement, 'the second is ignored, whole');
      return undefined;
    }
    return {
      statement,
      name,
      addresses: [],
      excludedAddresses: [],
      routes: [],
      rules: [],
      unicastPeers: [],
      trackers: newTrackersDraft(),
      gratuitous: {},
      notify: {},
    };
  },
  (instance, _statement, context) => {
    dropRepeatedAddresses(instance, context);
    context.draft.instances.push(instance);
  },
  { form: '<name> block' },
);

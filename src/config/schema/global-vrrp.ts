/** global_defs: VRRP, mostly defaults of the instances. */
import type { GlobalDraft } from '../drafts.ts';
import type { Statement } from '../statement.ts';
import { isMulticast, parseAddress, readInteger } from '../values.ts';
import { quote, type Context } from './context.ts';
import { bool, custom, flag, integer, seconds, text } from './forms.ts';
import type { Keyword } from './keyword.ts';

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
    // The second octet of an IPv6 group is its scope, 2 that of the link (RFC 4291 section 2.7).
    if (family === 'inet6' && !/^ff.2:/i.test(parsed.address)) {
      context.report(
        'warning',
        statement,
        1,
        'CFG_MULTICAST_SCOPE',
        `${statement.keyword}: ${parsed.address} has not the scope of a link; routers may forward advertisements to it`,
        'write an address that begins with ff02:',
      );
    }
    set(draft, parsed.address);
  };
}

/** `{all} SECONDS`, of vrrp_garp_extra_if and its old name. */
function readExtraInterfaces(draft: G, statement: Statement, context: Context): void {
  const allInterfaces = statement.words[1] === 'all';
  const word = allInterfaces ? 2 : 1;
  if (statement.words.length <= word) {
    context.missing(statement, '{all} <secs int 1..86400>');
    return;
  }
  const value = readInteger(context, statement, word, oneDayMaximum);
  if (value !== undefined) draft.extraGratuitous = { interval: value * 1000, allInterfaces };
}

export const vrrpDefaultKeywords: Entries = {
  dynamic_interfaces: custom(
    'Allows interfaces that do not exist yet.',
    '<allow_if_changes?>',
    (draft, statement, context) => {
      draft.dynamicInterfaces = true;
      const word = statement.words[1];
      if (word === 'allow_if_changes') draft.allowInterfaceTypeChanges = true;
      else if (word !== undefined) {
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
  disable_local_igmp: flag(
    "Clears the kernel's igmp_link_local_mcast_reports.",
    (draft) => (draft.disableLocalIgmp = true),
  ),
  v3_checksum_as_v2: flag(
    'VRRPv3 over IPv4 without the pseudo-header in the checksum.',
    (draft) => (draft.v3ChecksumAsV2 = true),
    { since: '2.2.8' },
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
  vrrp_garp_extra_if: custom(
    'Periodic gratuitous messages on interfaces of addresses that are not the own one of the instance: on VMACs, or on all.',
    '{all} <secs int 1..86400>',
    readExtraInterfaces,
    { default: '0 (off)' },
  ),
  vrrp_vmac_garp_intvl: custom(
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
  vrrp_rx_bufs_policy: custom(
    'How receive buffers of VRRP sockets are sized; the word may be in any case.',
    'MTU or ADVERT or <bytes uint>',
    (draft, statement, context) => {
      const word = (statement.words[1] ?? '').toUpperCase();
      if (word === 'MTU') draft.advertisementBuffers.policy = 'mtu';
      else if (word === 'ADVERT') draft.advertisementBuffers.policy = 'advertisement';
      else {
        const bytes = readInteger(context, statement, 1, { min: 0, max: 4294967295 });
        if (bytes !== undefined) draft.advertisementBuffers.policy = { bytes };
      }
    },
    { default: "the kernel's", missing: 'error' },
  ),
  vrrp_rx_bufs_multiplier: integer(
    'Packets per instance for MTU and ADVERT.',
    { min: 1, max: 4294967295 },
    (draft, value) => (draft.advertisementBuffers.multiplier = value),
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
    (draft, value) => (draft.vrrpDelayAfterBoot = value),
    { default: '0', since: '2.4.0' },
  ),
  log_unknown_vrids: flag(
    'Logs advertisements of unknown virtual routers.',
    (draft) => (draft.logUnknownVirtualRouters = true),
  ),
  vrrp_owner_ignore_adverts: bool(
    'Default of owner_ignore_adverts.',
    (draft, value) => (draft.ownerIgnoreAdvertisements = value),
    { default: 'false', since: '2.3.3' },
  ),
  vmac_prefix: text(
    'Prefix of the names of VMAC interfaces.',
    (draft, value, statement, context) => {
      if (draft.vmacPrefixAt) {
        context.duplicate(statement, 0, 'vmac_prefix', draft.vmacPrefixAt);
        return;
      }
      draft.vmacPrefix = value;
      draft.vmacPrefixAt = statement;
    },
    { default: 'vrrp' },
  ),
  vmac_addr_prefix: text(
    'Prefix of VMACs that use_vmac_addr makes.',
    (draft, value, statement, context) => {
      if (draft.vmacAddressPrefixAt) {
        context.duplicate(statement, 0, 'vmac_addr_prefix', draft.vmacAddressPrefixAt);
        return;
      }
      draft.vmacAddressPrefix = value;
      draft.vmacAddressPrefixAt = statement;
    },
    { default: 'as vmac_prefix' },
  ),
};

/** global_defs: SNMP and D-Bus. */
import type { GlobalDraft } from '../drafts.ts';
import { flag, seconds, text } from './forms.ts';
import type { Keyword } from './keyword.ts';

type Entries = Readonly<Record<string, Keyword<GlobalDraft>>>;

const missingError = { missing: 'error' } as const;

export const monitoringKeywords: Entries = {
  snmp_socket: text('Socket of the SNMP master agent; same as -A.', (draft, value) => (draft.snmp.socket = value), {
    form: '<agentx address>',
    default: "net-snmp's",
    ...missingError,
  }),
  enable_traps: flag('Sends SNMP notifications.', (draft) => (draft.snmp.traps = true)),
  enable_snmp_vrrp: flag('VRRP part of KEEPALIVED-MIB.', (draft) => (draft.snmp.vrrp = true)),
  enable_snmp_keepalived: flag('Old spelling of enable_snmp_vrrp.', (draft) => (draft.snmp.vrrp = true), {
    replacement: 'enable_snmp_vrrp',
  }),
  enable_snmp_rfc: flag('Both RFC MIBs.', ({ snmp }) => {
    snmp.rfc2787 = true;
    snmp.rfc6527 = true;
  }),
  enable_snmp_rfcv2: flag('VRRP-MIB of RFC 2787.', (draft) => (draft.snmp.rfc2787 = true)),
  enable_snmp_rfcv3: flag('VRRPV3-MIB of RFC 6527.', (draft) => (draft.snmp.rfc6527 = true)),
  enable_snmp_checker: flag('Checker part of KEEPALIVED-MIB.', (draft) => (draft.snmp.checker = true)),
  snmp_vs_stats_update_interval: seconds(
    'How long virtual server statistics are cached.',
    { min: 0.001, max: 30, decimals: 6 },
    (draft, value) => (draft.snmp.virtualServerStatisticsInterval = value),
    { default: '5', since: '2.3.0' },
  ),
  snmp_rs_stats_update_interval: seconds(
    'How long real server statistics are cached.',
    { min: 0.001, max: 30, decimals: 6 },
    (draft, value) => (draft.snmp.realServerStatisticsInterval = value),
    { default: 'as for virtual servers', since: '2.3.0' },
  ),
  enable_dbus: flag('Starts the D-Bus service.', (draft) => (draft.dbus.enabled = true)),
  dbus_service_name: text('Name to own on the bus.', (draft, value) => (draft.dbus.serviceName = value), {
    form: '<name>',
    default: 'org.keepalived.Vrrp1',
    ...missingError,
  }),
  dbus_no_interface_name: text(
    'Part of the object path for an instance without interface.',
    (draft, value) => (draft.dbus.noInterfaceName = value),
    {
      default: 'none',
      since: '2.3.0',
      ...missingError,
    },
  ),
};

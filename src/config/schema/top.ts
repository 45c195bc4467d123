/** The top level: every block, and the few keywords outside of blocks. The root of the only list of keywords. */
import type { ConfigurationDraft, GlobalDraft } from '../drafts.ts';
import { readAddressLine, staticAddressWords } from './addresses.ts';
import { bfdInstance } from './bfd.ts';
import { connectionLimit } from './connection-limit.ts';
import { block, flag, integer, lines, optionalText, text } from './forms.ts';
import { fileKeywords } from './global-files.ts';
import { firewallKeywords } from './global-firewall.ts';
import { lvsKeywords } from './global-lvs.ts';
import { mailKeywords } from './global-mail.ts';
import { monitoringKeywords } from './global-monitoring.ts';
import { processKeywords } from './global-process.ts';
import { scriptKeywords } from './global-scripts.ts';
import { vrrpDefaultKeywords } from './global-vrrp.ts';
import { garpGroup, interfaceUpDownDelays, linkbeatInterfaces } from './interfaces.ts';
import { BlockSchema, walkSchema, type SchemaEntry } from './keyword.ts';
import { languageEntries } from './language.ts';
import { metrics } from './metrics.ts';
import { routeKeyword } from './routes.ts';
import { ruleKeyword } from './rules.ts';
import { ssl } from './ssl.ts';
import { statusPage } from './status-page.ts';
import { virtualServer, virtualServerGroup } from './virtual-server.ts';
import { vrrpInstance } from './vrrp-instance.ts';
import { trackGroup, vrrpSyncGroup } from './vrrp-sync-group.ts';
import { trackFile, vrrpScript, vrrpTrackFile, vrrpTrackProcess } from './vrrp-trackables.ts';

type Root = ConfigurationDraft;

export const globalSchema = new BlockSchema<GlobalDraft>('global_defs', {
  ...mailKeywords,
  ...scriptKeywords,
  ...processKeywords,
  ...fileKeywords,
  ...monitoringKeywords,
  ...vrrpDefaultKeywords,
  ...firewallKeywords,
  ...lvsKeywords,
});

export const topSchema = new BlockSchema<Root>('', {
  linkbeat_use_polling: flag('Polls the link of all VRRP interfaces.', (draft) => (draft.global.pollLinks = true)),
  net_namespace: text(
    'Runs in a named network namespace; -s wins; cannot change on reload.',
    (draft, name, statement, context) => {
      const { global } = draft;
      if (global.netNamespaceAt) {
        context.duplicate(statement, 0, 'net_namespace', global.netNamespaceAt);
        return;
      }
      global.netNamespace = name;
      global.netNamespaceAt = statement;
    },
    { form: '<name>', default: 'none', missing: 'error' },
  ),
  net_namespace_ipvs: optionalText(
    'Network namespace of IPVS; without a name the initial one.',
    (draft, name) => (draft.global.netNamespaceIpvs = name ?? ''),
    { form: '<name?>', default: 'same as net_namespace' },
  ),
  namespace_with_ipsets: flag(
    'Uses ipsets in a namespace too; the sets of nftables, which are used here, belong to their namespace anyway.',
    (draft) => (draft.global.namespaceWithIpsets = true),
  ),
  use_pid_dir: flag('Pid files below /run/keepalived/.', (draft) => (draft.global.usePidDirectory = true)),
  instance: text(
    'Name of this daemon among several; part of the names of its files.',
    (draft, name, statement, context) => {
      const { global } = draft;
      if (global.instanceAt) {
        context.duplicate(statement, 0, 'instance', global.instanceAt);
        return;
      }
      global.instance = name;
      global.instanceAt = statement;
    },
    { form: '<name>', default: 'none', missing: 'error' },
  ),
  child_wait_time: integer(
    'Wait for children at the stop before SIGKILL.',
    { min: 0, max: 4294, unit: 'secs' },
    (draft, value) => (draft.global.childWaitTime = value * 1000),
    { default: '5' },
  ),
  global_defs: block(
    'Settings of the whole daemon; may occur several times.',
    globalSchema,
    (draft: Root) => draft.global,
  ),
  SSL: ssl,
  virtual_server_group: virtualServerGroup,
  virtual_server: virtualServer,
  connection_limit: connectionLimit,
  metrics,
  status_page: statusPage,
  track_group: trackGroup,
  static_ipaddress: lines(
    'Addresses set at the start and removed at the stop, whatever the VRRP state.',
    'block of address lines',
    (draft, statement, context) => {
      const read = readAddressLine('static', statement, context);
      if (read) draft.staticAddresses.push(read);
    },
    { words: staticAddressWords },
  ),
  static_routes: routeKeyword(
    'Routes set at the start and removed at the stop.',
    'static',
    (draft) => draft.staticRoutes,
  ),
  static_rules: ruleKeyword('Rules set at the start and removed at the stop.', 'static', (draft) => draft.staticRules),
  vrrp_sync_group: vrrpSyncGroup,
  garp_group: garpGroup,
  linkbeat_interfaces: linkbeatInterfaces,
  vrrp_instance: vrrpInstance,
  vrrp_script: vrrpScript,
  vrrp_track_process: vrrpTrackProcess,
  interface_up_down_delays: interfaceUpDownDelays,
  bfd_instance: bfdInstance,
  track_file: trackFile,
  vrrp_track_file: vrrpTrackFile,
});

/** Every keyword of the language. */
export function allKeywords(): SchemaEntry[] {
  return [...walkSchema(topSchema), ...languageEntries];
}

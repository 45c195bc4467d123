/** The whole configuration as written, filled in while it is read. */
import type { Statement } from '../statement.ts';
import type { AddressFamily } from '../model/common.ts';
import type { VirtualAddressDraft } from './addresses.ts';
import type { BfdInstanceDraft } from './bfd.ts';
import type { TlsClientDraft } from './checkers.ts';
import type { ScriptDraft } from './common.ts';
import { newGlobalDraft, type GlobalDraft } from './global.ts';
import type { InterfaceDelaysDraft, LinkbeatDraft } from './interfaces.ts';
import type { ConnectionLimitDraft } from './limits.ts';
import type { RouteDraft, RuleDraft } from './routes.ts';
import type { VirtualServerDraft, VirtualServerGroupDraft } from './servers.ts';
import type { TrackFileDraft, TrackProcessDraft, VrrpScriptDraft } from './tracking.ts';
import type { GarpGroupDraft, InstanceDraft, SyncGroupDraft } from './vrrp.ts';
import type { MetricsDraft, StatusPageDraft } from './web.ts';

/** What the first rule without a preference gets. */
const firstRulePreference = 16384;

export interface ConfigurationDraft {
  readonly global: GlobalDraft;
  readonly instances: InstanceDraft[];
  readonly syncGroups: SyncGroupDraft[];
  readonly vrrpScripts: VrrpScriptDraft[];
  readonly trackFiles: TrackFileDraft[];
  readonly trackProcesses: TrackProcessDraft[];
  readonly bfdInstances: BfdInstanceDraft[];
  readonly trackGroups: SyncGroupDraft[];
  readonly staticAddresses: VirtualAddressDraft[];
  readonly staticRoutes: RouteDraft[];
  readonly staticRules: RuleDraft[];
  /** For rules without one, downwards. */
  readonly nextRulePreference: Record<AddressFamily, number>;
  readonly interfaceDelays: InterfaceDelaysDraft[];
  readonly linkbeatInterfaces: LinkbeatDraft[];
  readonly garpGroups: GarpGroupDraft[];
  readonly virtualServers: VirtualServerDraft[];
  readonly virtualServerGroups: VirtualServerGroupDraft[];
  readonly connectionLimits: ConnectionLimitDraft[];
  metrics?: MetricsDraft;
  statusPage?: StatusPageDraft;
  tlsClient?: TlsClientDraft;
  /** Every script of the configuration, for the checks that look at all of them. */
  readonly scripts: ScriptDraft[];
  /** Interfaces named where they must exist, each with its place. */
  readonly interfaceUses: { readonly name: string; readonly statement: Statement; readonly word: number }[];
}

export function newConfigurationDraft(): ConfigurationDraft {
  return {
    global: newGlobalDraft(),
    instances: [],
    syncGroups: [],
    vrrpScripts: [],
    trackFiles: [],
    trackProcesses: [],
    bfdInstances: [],
    trackGroups: [],
    staticAddresses: [],
    staticRoutes: [],
    staticRules: [],
    nextRulePreference: { inet: firstRulePreference, inet6: firstRulePreference },
    interfaceDelays: [],
    linkbeatInterfaces: [],
    garpGroups: [],
    virtualServers: [],
    virtualServerGroups: [],
    connectionLimits: [],
    scripts: [],
    interfaceUses: [],
  };
}

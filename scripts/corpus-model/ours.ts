/** What this daemon would dump of a configuration: read, checked and printed, without running anything. */
import path from 'node:path';
import { CheckEngine } from '../../src/check/engine.ts';
import { loadConfiguration, type LoadResult } from '../../src/config/load.ts';
import type { Configuration, ScriptCommand, VrrpInstanceConfiguration } from '../../src/config/model.ts';
import type { ConfigurationFiles, HostFacts } from '../../src/config/ports.ts';
import { nodeConfigurationFiles } from '../../src/process/configuration-files.ts';
import { nodeHostFacts } from '../../src/process/host-facts.ts';
import { bfdDataText } from '../../src/process/dump/bfd-data.ts';
import { checkDataText } from '../../src/process/dump/check-data.ts';
import { globalDataText } from '../../src/process/dump/global-data.ts';
import type { NumericIdentity } from '../../src/process/dump/texts.ts';
import { vrrpDataText } from '../../src/process/dump/vrrp-data.ts';
import { emptyStatistics } from '../../src/vrrp/statistics.ts';
import type { VrrpInstanceStatus } from '../../src/vrrp/types.ts';

/** The name of the machine in dump-original.sh. */
const hostName = 'balancer';
/** Where dump-original.sh puts the folder of the configuration. */
const shownFolder = '/run/configuration';

export interface OurDumps {
  readonly vrrp: string;
  readonly check: string;
  readonly bfd: string;
  readonly parent: string;
}

/** Files of a folder under the name that the original sees it by. */
function filesOf(folder: string): ConfigurationFiles {
  const files = nodeConfigurationFiles;
  const inside = (name: string): string => name.replace(shownFolder, folder);
  return {
    absolute: (name) => path.resolve('/', name),
    read: (name) => files.read(inside(name)),
    glob: (pattern) => files.glob(inside(pattern)).map((name) => name.replace(folder, shownFolder)),
    isDirectory: (name) => files.isDirectory(inside(name)),
  };
}

/** The machine that dump-original.sh furnishes: every interface and network namespace that the file names. */
function hostFacts(): HostFacts {
  return { ...nodeHostFacts(), interfaceExists: () => true, networkNamespaceExists: () => true };
}

/** Reads a configuration as the daemon does at its start. */
export function loadOurs(file: string): LoadResult {
  const usualPath = process.env['PATH'];
  process.env['PATH'] = searchPath;
  try {
    return loadConfiguration({
      path: path.join(shownFolder, path.basename(file)),
      files: filesOf(path.dirname(path.resolve(file))),
      configId: hostName,
      environment: {},
      random: () => 0,
      host: hostFacts(),
      mode: 'run',
    });
  } finally {
    process.env['PATH'] = usualPath;
  }
}

function identities(configuration: Configuration): {
  readonly identityOf: (command: ScriptCommand) => NumericIdentity;
  readonly defaultIdentity: NumericIdentity;
} {
  const facts = nodeHostFacts();
  const resolve = (names: { readonly user?: string; readonly group?: string }): NumericIdentity | undefined => {
    const account = names.user === undefined ? undefined : facts.user?.(names.user);
    if (account === undefined) return undefined;
    return {
      uid: account.uid,
      gid: (names.group === undefined ? undefined : facts.group?.(names.group)) ?? account.gid,
    };
  };
  const defaultIdentity = resolve(configuration.global.scriptUser ?? {}) ?? { uid: 0, gid: 0 };
  return { identityOf: (command) => resolve(command) ?? defaultIdentity, defaultIdentity };
}

function initialStatus(instance: VrrpInstanceConfiguration): VrrpInstanceStatus {
  return {
    name: instance.name,
    state: 'INIT',
    wantedState: 'INIT',
    since: 0,
    reason: '',
    basePriority: instance.priority,
    effectivePriority: instance.priority,
    priorityExplanation: String(instance.priority),
    masterPriority: 0,
    masterAdvertisementInterval: instance.advertisementInterval,
    addressesSet: false,
    statistics: emptyStatistics(),
    heardPeer: false,
    nopreempt: instance.nopreempt,
    refusals: [],
  };
}

/** The path that dump-original.sh has programs looked for in. */
const searchPath = '/usr/sbin:/usr/bin:/sbin:/bin';

/** The dumps of the processes that the configuration needs. */
export function ourDumps(configuration: Configuration): OurDumps {
  const { vrrp, check, global } = configuration;
  const facts = { hostName, ...identities(configuration) };
  const engine = new CheckEngine(check, global, { random: () => 0 });
  engine.start(0);
  return {
    vrrp: vrrpDataText({
      ...facts,
      configuration,
      instances: vrrp.instances.map((instance) => initialStatus(instance)),
      clock: { now: 0, wall: 0 },
    }),
    check: checkDataText({ ...facts, configuration, status: engine.status() }),
    bfd: bfdDataText(configuration, facts),
    parent: globalDataText(global, { ...facts, process: 'parent' }),
  };
}

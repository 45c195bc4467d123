/** The files of the VRRP process that signals ask for: what goes into which (reference: runtime contract, files). */
import { hostname } from 'node:os';
import type { Configuration } from '../config/model.ts';
import { now } from '../kernel/clock.ts';
import type { KernelAddress, Link } from '../network/types.ts';
import type { VrrpEngine } from '../vrrp/engine.ts';
import { deliverDump, type DumpTarget } from './dump/dump-file.ts';
import { dumpIdentities } from './dump-identities.ts';
import { dumpFilePath, type DumpFile } from './dump-names.ts';
import type { AdvertisementPlace, VrrpDumpInput } from './dump/input.ts';
import { vrrpJson } from './dump/json.ts';
import { statisticsText } from './dump/statistics.ts';
import { vrrpDataText } from './dump/vrrp-data.ts';
import type { DumpKind } from './messages.ts';

/** What the process knows of the machine. */
export interface DumpedMachine {
  readonly links: readonly Link[];
  readonly addresses: readonly KernelAddress[];
  readonly sockets: readonly AdvertisementPlace[];
  readonly seenUp: ReadonlySet<number>;
}

/**
 * Writes the files of one signal. What they tell is asked for at once, before any waiting, so that it is of one moment.
 * @param namespace network namespace the process lives in, where one is named
 * @param target instead of the usual file
 * @throws DaemonError DUMP_NOT_WRITTEN
 */
export async function writeVrrpDump(
  kind: DumpKind,
  configuration: Configuration,
  engine: VrrpEngine,
  machine: DumpedMachine,
  namespace?: string,
  target?: DumpTarget,
): Promise<void> {
  const { global } = configuration;
  const path = (usual: DumpFile): DumpTarget =>
    target ?? dumpFilePath(usual, { global, namespace, environment: process.env });
  const input: VrrpDumpInput = {
    configuration,
    instances: engine.status(),
    groups: engine.groupStatus(),
    scripts: engine.scriptStatus(),
    processes: engine.processStatus(),
    trackFileValues: engine.trackFileValues(),
    bfdStates: engine.bfdStates(),
    clock: { now: now(), wall: Date.now() },
    links: machine.links,
    addresses: machine.addresses,
    sockets: machine.sockets,
    seenUp: machine.seenUp,
    hostName: hostname(),
  };
  switch (kind) {
    case 'data': {
      const { vrrp } = configuration;
      const identities = await dumpIdentities(global, vrrp.instances, vrrp.syncGroups, vrrp.scripts);
      return deliverDump(path('vrrpData'), vrrpDataText({ ...input, ...identities }));
    }
    case 'statistics':
    case 'statistics-and-clear':
      return deliverDump(path('statistics'), statisticsText(input.instances));
    case 'json':
      // Readers take a missing file for "nothing runs".
      if (input.instances.length === 0) return;
      return deliverDump(path('json'), vrrpJson(input, global.dumps.jsonVersion));
  }
}

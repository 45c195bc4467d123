/** The files of the VRRP process that signals ask for: what goes into which (reference: runtime contract, files). */
import { hostname } from 'node:os';
import type { Configuration } from '../config/model.ts';
import { now } from '../kernel/clock.ts';
import type { KernelAddress, Link } from '../network/types.ts';
import type { VrrpEngine } from '../vrrp/engine.ts';
import { dumpFilePath, writeDumpFile } from './dump/dump-file.ts';
import type { VrrpDumpInput } from './dump/input.ts';
import { vrrpJson } from './dump/json.ts';
import { statisticsText } from './dump/statistics.ts';
import { vrrpDataText } from './dump/vrrp-data.ts';
import type { DumpKind } from './messages.ts';

/**
 * Writes the files of one signal. The text is made at once, before any waiting, so that it is of one moment.
 * @throws DaemonError DUMP_NOT_WRITTEN
 */
export function writeVrrpDump(
  kind: DumpKind,
  configuration: Configuration,
  engine: VrrpEngine,
  network: { readonly links: readonly Link[]; readonly addresses: readonly KernelAddress[] },
): Promise<void> {
  const input: VrrpDumpInput = {
    configuration,
    instances: engine.status(),
    groups: engine.groupStatus(),
    scripts: engine.scriptStatus(),
    clock: { now: now(), wall: Date.now() },
    links: network.links,
    addresses: network.addresses,
    hostName: hostname(),
  };
  switch (kind) {
    case 'data':
      return writeDumpFile(dumpFilePath('vrrpData', process.env), vrrpDataText(input));
    case 'statistics':
    case 'statistics-and-clear':
      return writeDumpFile(dumpFilePath('statistics', process.env), statisticsText(input.instances));
    case 'json':
      return writeDumpFile(dumpFilePath('json', process.env), vrrpJson(input, 1));
  }
}

/** The file of the checker process that SIGUSR1 asks for. */
import { hostname } from 'node:os';
import type { CheckEngine } from '../check/engine.ts';
import type { Configuration } from '../config/model.ts';
import { dumpIdentities } from './dump-identities.ts';
import { checkDataText } from './dump/check-data.ts';
import { deliverDump, type DumpTarget } from './dump/dump-file.ts';
import { dumpFilePath } from './dump-names.ts';

/**
 * Writes keepalived_check.data, with the state of this moment.
 * @param namespace network namespace the process lives in, where one is named
 * @param target instead of the usual file
 * @throws DaemonError DUMP_NOT_WRITTEN
 */
export async function writeCheckDump(
  configuration: Configuration,
  engine: CheckEngine,
  namespace?: string,
  target?: DumpTarget,
): Promise<void> {
  const { global } = configuration;
  const status = engine.status();
  const identities = await dumpIdentities(global, configuration.check);
  const text = checkDataText({ ...identities, configuration, status, hostName: hostname() });
  const place = target ?? dumpFilePath('checkerData', { global, namespace, environment: process.env });
  await deliverDump(place, text);
}

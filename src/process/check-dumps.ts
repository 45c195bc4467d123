/** The file of the checker process that SIGUSR1 asks for. */
import { hostname } from 'node:os';
import type { CheckEngine } from '../check/engine.ts';
import type { Configuration } from '../config/model.ts';
import { dumpIdentities } from './dump-identities.ts';
import { checkDataText } from './dump/check-data.ts';
import { writeDumpFile } from './dump/dump-file.ts';
import { dumpFilePath } from './dump-names.ts';

/**
 * Writes keepalived_check.data, with the state of this moment.
 * @param namespace network namespace the process lives in, where one is named
 * @param file to write instead of the usual one
 * @throws DaemonError DUMP_NOT_WRITTEN
 */
export async function writeCheckDump(
  configuration: Configuration,
  engine: CheckEngine,
  namespace?: string,
  file?: string,
): Promise<void> {
  const { global } = configuration;
  const status = engine.status();
  const identities = await dumpIdentities(global, configuration.check);
  const text = checkDataText({ ...identities, configuration, status, hostName: hostname() });
  const place = file ?? dumpFilePath('checkerData', { global, namespace, environment: process.env });
  await writeDumpFile(place, text);
}

/** The file of the parent process that SIGUSR1 asks for. */
import { hostname } from 'node:os';
import type { GlobalConfiguration } from '../config/model.ts';
import { writeDumpFile } from './dump/dump-file.ts';
import { globalDataText } from './dump/global-data.ts';
import { dumpIdentities } from './dump-identities.ts';
import { dumpFilePath } from './dump-names.ts';

/**
 * Writes keepalived_parent.data.
 * @param namespace network namespace the process lives in, where one is named
 * @throws DaemonError DUMP_NOT_WRITTEN
 */
export async function writeParentDump(global: GlobalConfiguration, namespace: string | undefined): Promise<void> {
  const identities = await dumpIdentities(global);
  const text = globalDataText(global, { ...identities, hostName: hostname(), process: 'parent' });
  await writeDumpFile(dumpFilePath('parentData', { global, namespace, environment: process.env }), text);
}

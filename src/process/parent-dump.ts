/** The file of the parent process that SIGUSR1 asks for. */
import { hostname } from 'node:os';
import type { GlobalConfiguration } from '../config/model.ts';
import { deliverDump, type DumpTarget } from './dump/dump-file.ts';
import { globalDataText } from './dump/global-data.ts';
import { dumpIdentities } from './dump-identities.ts';
import { dumpFilePath } from './dump-names.ts';

/**
 * Writes keepalived_parent.data.
 * @param namespace network namespace the process lives in, where one is named
 * @param target instead of the usual file
 * @throws DaemonError DUMP_NOT_WRITTEN
 */
export async function writeParentDump(
  global: GlobalConfiguration,
  namespace: string | undefined,
  target?: DumpTarget,
): Promise<void> {
  const identities = await dumpIdentities(global);
  const text = globalDataText(global, { ...identities, hostName: hostname(), process: 'parent' });
  await deliverDump(target ?? dumpFilePath('parentData', { global, namespace, environment: process.env }), text);
}

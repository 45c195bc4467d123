/** The file of the BFD process that SIGUSR1 asks for. */
import { hostname } from 'node:os';
import type { BfdEngine } from '../bfd/engine.ts';
import type { Configuration } from '../config/model.ts';
import { now } from '../kernel/clock.ts';
import type { BfdSockets } from './bfd-sockets.ts';
import { bfdDataText } from './dump/bfd-data.ts';
import { deliverDump, type DumpTarget } from './dump/dump-file.ts';
import { dumpFilePath } from './dump-names.ts';

/**
 * Writes keepalived_bfd.data, with the state of this moment.
 * @param namespace network namespace the process lives in, where one is named
 * @param target instead of the usual file
 * @throws DaemonError DUMP_NOT_WRITTEN
 */
export async function writeBfdDump(
  configuration: Configuration,
  engine: BfdEngine,
  sockets: BfdSockets,
  namespace?: string,
  target?: DumpTarget,
): Promise<void> {
  const { global } = configuration;
  const text = bfdDataText(
    configuration,
    { hostName: hostname() },
    {
      sessions: engine.status(),
      senderOf: (session) => sockets.senderOf(session),
      listening: sockets.listeningDescriptors,
      clock: { now: now(), wall: Date.now() },
    },
  );
  await deliverDump(target ?? dumpFilePath('bfdData', { global, namespace, environment: process.env }), text);
}

/**
 * A snapshot of the configuration in several messages. One message is read in one go: of tens of thousands of servers that
 * would hold up every packet and every check of the process that receives it.
 */
import type { VirtualServerConfiguration } from '../config/model.ts';
import type { ParentToChild } from './messages.ts';

export type SnapshotMessage = Extract<ParentToChild, { type: 'configure' }>;
export type SnapshotPiece = Extract<ParentToChild, { type: 'configure-piece' }>;

/** About a quarter of a megabyte. */
const serversInPiece = 500;

/** The messages in their order, `configure` last. */
export function* snapshotPieces(snapshot: SnapshotMessage): Generator<SnapshotPiece | SnapshotMessage> {
  const { configuration } = snapshot;
  const { virtualServers } = configuration.check;
  let first = 0;
  let servers = 0;
  for (const [index, { realServers }] of virtualServers.entries()) {
    servers += realServers.length + 1;
    if (servers < serversInPiece) continue;
    yield { type: 'configure-piece', virtualServers: virtualServers.slice(first, index + 1) };
    first = index + 1;
    servers = 0;
  }
  const check = { ...configuration.check, virtualServers: virtualServers.slice(first) };
  yield first === 0 ? snapshot : { ...snapshot, configuration: { ...configuration, check } };
}

/** Puts the pieces together again. */
export class SnapshotCollector {
  #virtualServers: VirtualServerConfiguration[] = [];

  piece({ virtualServers }: SnapshotPiece): void {
    for (const virtualServer of virtualServers) this.#virtualServers.push(virtualServer);
  }

  /** The last message; the next one begins another snapshot. */
  complete(last: SnapshotMessage): SnapshotMessage {
    const before = this.#virtualServers;
    this.#virtualServers = [];
    if (before.length === 0) return last;
    const { configuration } = last;
    const check = { ...configuration.check, virtualServers: [...before, ...configuration.check.virtualServers] };
    return { ...last, configuration: { ...configuration, check } };
  }
}

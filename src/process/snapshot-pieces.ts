/**
 * A snapshot of the configuration in several messages. One message is read in one go: of tens of thousands of servers that
 * would hold up every packet and every check of the process that receives it. A process that has a snapshot gets the
 * difference to it.
 */
import type { Configuration, VirtualServerConfiguration } from '../config/model.ts';
import type { ParentToChild } from './messages.ts';
import { SnapshotAssembly } from './snapshot-assembly.ts';
import { SnapshotParts } from './snapshot-parts.ts';

export type SnapshotMessage = Extract<ParentToChild, { type: 'configure' }>;
export type SnapshotPiece = Extract<ParentToChild, { type: 'configure-piece' }>;
/** Their order among themselves is that in which they take effect. */
export type ConfigureMessage = SnapshotPiece | SnapshotMessage | Extract<ParentToChild, { type: 'configure-again' }>;

/** What is taken in one go: a millisecond. */
const serversInPiece = 1_000;

/**
 * The messages in their order, `configure` last. Only the checker process gets the virtual servers.
 * @param former the configuration that the receiver has; undefined: none
 */
export function* snapshotPieces(
  snapshot: SnapshotMessage,
  former?: Configuration,
): Generator<SnapshotPiece | SnapshotMessage> {
  const { configuration, options } = snapshot;
  // Of tens of thousands of services the other processes need none, and a protocol is not to be held up by them.
  const needsServices = options.kind === 'checker';
  const said = new SnapshotParts((needsServices && former?.check.virtualServers) || []);
  for (const service of needsServices ? configuration.check.virtualServers : []) {
    said.say(service);
    if (said.servers >= serversInPiece) yield { type: 'configure-piece', virtualServers: said.parts() };
  }
  const rest = said.parts();
  if (rest.length > 0) yield { type: 'configure-piece', virtualServers: rest };
  yield { ...snapshot, configuration: withServices(configuration, []) };
}

function withServices(
  configuration: Configuration,
  virtualServers: readonly VirtualServerConfiguration[],
): Configuration {
  return { ...configuration, check: { ...configuration.check, virtualServers } };
}

/** Puts the pieces together again; what did not change are the very objects of the snapshot before (SnapshotAssembly). */
export class SnapshotCollector {
  #assembly = new SnapshotAssembly([]);

  piece({ virtualServers }: SnapshotPiece): void {
    for (const part of virtualServers) this.#assembly.take(part);
  }

  /** The last message; the next one begins another snapshot. */
  complete(last: SnapshotMessage): SnapshotMessage {
    const { services } = this.#assembly;
    this.#assembly = new SnapshotAssembly(services);
    return { ...last, configuration: withServices(last.configuration, services) };
  }
}

/**
 * Takes one piece a turn of the event loop, however many have come together: many fit into what is read in one go. What
 * comes behind a piece waits for it.
 */
export class PiecesInTurns {
  readonly #take: (message: ConfigureMessage) => void;
  readonly #waiting: ConfigureMessage[] = [];
  #isTurnOver = false;

  constructor(take: (message: ConfigureMessage) => void) {
    this.#take = take;
  }

  add(message: ConfigureMessage): void {
    if (this.#isTurnOver) this.#waiting.push(message);
    else this.#takeNow(message);
  }

  #takeNow(message: ConfigureMessage): void {
    if (message.type === 'configure-piece') {
      this.#isTurnOver = true;
      setImmediate(() => this.#turn());
    }
    this.#take(message);
  }

  #turn(): void {
    this.#isTurnOver = false;
    while (!this.#isTurnOver) {
      const message = this.#waiting.shift();
      if (message === undefined) return;
      this.#takeNow(message);
    }
  }
}

/**
 * A snapshot of the configuration in several messages. One message is read in one go: of tens of thousands of servers that
 * would hold up every packet and every check of the process that receives it.
 */
import type {
  ForwardingMethod,
  RealServerConfiguration,
  SourceLocation,
  VirtualServerConfiguration,
} from '../config/model.ts';
import type { ParentToChild } from './messages.ts';

export type SnapshotMessage = Extract<ParentToChild, { type: 'configure' }>;
export type SnapshotPiece = Extract<ParentToChild, { type: 'configure-piece' }>;

/** About 50 kB: texts of more than 128 kB get memory of their own from V8, which is new for each of them. */
const serversInPiece = 100;

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

type Received<Part> = { -readonly [Key in keyof Part]: Part[Key] };

/**
 * A message makes new objects and strings of what is the same everywhere: tens of thousands of {"method":"NAT"} and of
 * names of one file. Here each is kept once.
 */
class SharedParts {
  readonly #files = new Map<string, string>();
  readonly #forwardings = new Map<string, ForwardingMethod>();

  /** Changes the entry, which nobody else has seen yet. */
  virtualServer(entry: Received<VirtualServerConfiguration>): void {
    this.#place(entry.at);
    for (const server of entry.realServers as readonly Received<RealServerConfiguration>[]) {
      server.forwarding = this.#forwarding(server.forwarding);
      this.#place(server.at);
      for (const { at } of server.checkers) this.#place(at);
    }
  }

  #place(at: Received<SourceLocation>): void {
    at.file = shared(this.#files, at.file, at.file);
  }

  #forwarding(forwarding: ForwardingMethod): ForwardingMethod {
    const key = forwarding.method === 'TUN' ? JSON.stringify(forwarding) : forwarding.method;
    return shared(this.#forwardings, key, forwarding);
  }
}

function shared<Value>(known: Map<string, Value>, key: string, value: Value): Value {
  const first = known.get(key);
  if (first !== undefined) return first;
  known.set(key, value);
  return value;
}

/** Puts the pieces together again. */
export class SnapshotCollector {
  #virtualServers: VirtualServerConfiguration[] = [];
  #shared = new SharedParts();

  piece({ virtualServers }: SnapshotPiece): void {
    for (const virtualServer of virtualServers) {
      this.#shared.virtualServer(virtualServer);
      this.#virtualServers.push(virtualServer);
    }
  }

  /** The last message; the next one begins another snapshot. */
  complete(last: SnapshotMessage): SnapshotMessage {
    const before = this.#virtualServers;
    this.#virtualServers = [];
    this.#shared = new SharedParts();
    if (before.length === 0) return last;
    const { configuration } = last;
    const check = { ...configuration.check, virtualServers: [...before, ...configuration.check.virtualServers] };
    return { ...last, configuration: { ...configuration, check } };
  }
}

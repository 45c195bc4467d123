/**
 * Servers that the operator drains: how many connections they still have, asked of the kernel from time to time and told
 * when there are none left. They stay in their services; who takes them away is the operator.
 */
import type { LogLine } from '../core/events.ts';
import type { Milliseconds, MonotonicMs } from '../core/time.ts';
import { destinationKeyText } from '../ipvs/keys.ts';
import type { ServiceKey } from '../ipvs/types.ts';
import { durationText } from '../live/duration.ts';
import { destinationOf, serviceKeyText } from './desired.ts';
import { connectionsOf, type ServiceConnections } from './draining.ts';
import type { RealServerState } from './real-server.ts';

/** While connections are left, and when there are none: persistence may bring some back. */
const pollInterval: Milliseconds = 1000;
const slowPollInterval: Milliseconds = 10_000;

export class DrainWatch {
  #servers: readonly RealServerState[] = [];
  /** Undefined while a question is under way, or there is none. */
  #nextPoll: MonotonicMs | undefined;

  /** These drain now, and no others. */
  follow(servers: readonly RealServerState[], now: MonotonicMs): void {
    this.#servers = servers;
    if (servers.length === 0) this.#nextPoll = undefined;
    else if (servers.some(({ connections }) => connections === undefined)) this.#nextPoll = now + pollInterval;
  }

  nextTimeout(): MonotonicMs | undefined {
    return this.#nextPoll;
  }

  /** The services whose connections are to be read now; none if it is not time. */
  toRead(now: MonotonicMs): readonly ServiceKey[] {
    if (this.#nextPoll === undefined || this.#nextPoll > now) return [];
    this.#nextPoll = undefined;
    return this.#servers.flatMap(({ virtualServer }) => virtualServer.services().map(({ key }) => key));
  }

  /** Takes what the kernel answered, also to questions of others. @returns what there is to tell */
  read(answers: readonly ServiceConnections[], now: MonotonicMs): LogLine[] {
    if (this.#servers.length === 0) return [];
    const byKey = new Map(answers.map(({ key, destinations }) => [serviceKeyText(key), destinations]));
    const lines = this.#servers.flatMap((server) => {
      const before = server.connections;
      const after = count(server, byKey);
      if (after === undefined) return [];
      server.counted(after);
      return told(server, before, after, now);
    });
    const busy = this.#servers.some(({ connections }) => connections !== 0);
    // Theirs was another question if this one has a time.
    this.#nextPoll ??= now + (busy ? pollInterval : slowPollInterval);
    return lines;
  }

  clear(): void {
    this.follow([], 0);
  }
}

/** @returns undefined if one of its services was not read */
function count(
  { configuration, virtualServer }: RealServerState,
  answers: ReadonlyMap<string, ServiceConnections['destinations']>,
): number | undefined {
  let sum = 0;
  for (const { key } of virtualServer.services()) {
    if (!answers.has(serviceKeyText(key))) return undefined;
    const wanted = destinationKeyText(destinationOf(configuration, 0, key));
    const found = answers.get(serviceKeyText(key))?.find((destination) => destinationKeyText(destination) === wanted);
    if (found !== undefined) sum += connectionsOf(found);
  }
  return sum;
}

function told(
  { label, override, virtualServer }: RealServerState,
  before: number | undefined,
  after: number,
  now: MonotonicMs,
): LogLine[] {
  const name = `server ${label} of VS ${virtualServer.label}`;
  if (after === 0 && before !== 0) {
    const span =
      before === undefined ? 'it had none' : `the last one ended after ${durationText(now - (override?.since ?? now))}`;
    return [{ level: 'notice', message: `Drained: ${name} has no connections left, ${span}` }];
  }
  if (after === 0 || before !== 0) return [];
  const persistent = (virtualServer.configuration.persistenceTimeout ?? 0) > 0;
  const why = persistent
    ? ': its clients of persistence_timeout come back unless sysctl net.ipv4.vs.expire_quiescent_template is 1'
    : '';
  const message = `${after} new ${after === 1 ? 'connection' : 'connections'} on drained ${name}${why}`;
  return [{ level: 'warning', message }];
}

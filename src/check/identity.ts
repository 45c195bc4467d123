/**
 * When two things are the same: checks that may share one probe, and the servers and services that a reload keeps.
 * Everything here makes a string that is equal exactly when the things are.
 */
import type {
  BfdCheckerConfiguration,
  CheckConfiguration,
  FileCheckerConfiguration,
  RealServerConfiguration,
  VirtualServerConfiguration,
  VirtualServerIdentity,
} from '../config/model.ts';
import { hasTwins } from '../core/endpoint.ts';
import type { ActingChecker } from './acting.ts';
import { virtualServerLabel } from './labels.ts';

/**
 * JSON as it comes: every configuration is built by the same code, so equal values have their fields in the same order.
 * (Were they not, checks would only be made twice, or a reload would ask again.) Absent and undefined are equal.
 */
const canonical = (value: object): string => JSON.stringify(value);

/**
 * Equal for checks that are the same in all respects, schedule included: one probe serves them all.
 * @param owner key of the server that the check belongs to; tells apart checks that are not to be shared
 */
export function checkIdentity(
  checker: ActingChecker | FileCheckerConfiguration | BfdCheckerConfiguration,
  owner: string,
): string {
  const { at: _at, ...parameters } = checker;
  const identity = canonical(parameters);
  return 'shareProbe' in checker && checker.shareProbe === false ? `${identity} of ${owner}` : identity;
}

/**
 * Equal for checks that ask the same question (type, target, binding, timeout, urls), whatever their schedule: what is
 * known from one holds for the other over a reload.
 */
export function probeIdentity(checker: ActingChecker): string {
  const {
    at: _at,
    delayLoop: _delayLoop,
    warmup: _warmup,
    retry: _retry,
    delayBeforeRetry: _delayBeforeRetry,
    alpha: _alpha,
    logAllFailures: _logAllFailures,
    shareProbe: _shareProbe,
    ...question
  } = checker;
  return canonical(question);
}

/**
 * One key for each virtual server: protocol, address and port; or mark and family; or group name and its ordinal among
 * the virtual servers of the group. A repeated key (a configuration that names a service twice) gets a number.
 */
export function virtualServerKeys(configuration: CheckConfiguration): readonly string[] {
  const ordinals = virtualServerOrdinals(configuration);
  return configuration.virtualServers.map(({ identity }, index) => virtualServerKey(identity, ordinals?.[index] ?? 0));
}

/** @param ordinal see virtualServerOrdinals() */
export function virtualServerKey(identity: VirtualServerIdentity, ordinal: number): string {
  const label = virtualServerLabel(identity, ordinal);
  if (identity.kind === 'group') return label;
  const key = identity.kind === 'fwmark' ? `${label} ${identity.family}` : label;
  return ordinal === 0 ? key : `${key} #${ordinal}`;
}

/**
 * How many virtual servers of the same group, or of the same address, protocol and port, or mark and family, stand before
 * each one; undefined: before none.
 */
export function virtualServerOrdinals({ virtualServers }: CheckConfiguration): readonly number[] | undefined {
  const seen = new SeenIdentities();
  let ordinals: number[] | undefined;
  for (let index = 0; index < virtualServers.length; index++) {
    const identity = virtualServers[index]?.identity;
    const ordinal = identity === undefined ? 0 : seen.before(identity);
    if (ordinal === 0) continue;
    ordinals ??= new Array<number>(virtualServers.length).fill(0);
    ordinals[index] = ordinal;
  }
  return ordinals;
}

/** Most virtual servers are told apart by their addresses, for which no text has to be made. */
class SeenIdentities {
  /** Addresses by protocol and port. */
  readonly #addresses = new Map<string, Set<string>>();
  /** How many there were of what is not told apart so. */
  readonly #counts = new Map<string, number>();
  #protocol = '';
  #port = -1;
  #ofPort = new Set<string>();

  /** How many of the same there were before. */
  before(identity: VirtualServerIdentity): number {
    if (identity.kind === 'address' && this.#isNew(identity)) return 0;
    const key = identity.kind === 'group' ? `[${identity.name}]` : virtualServerKey(identity, 0);
    const count = this.#counts.get(key) ?? (identity.kind === 'address' ? 1 : 0);
    this.#counts.set(key, count + 1);
    return count;
  }

  #isNew({ address, port, protocol }: Extract<VirtualServerIdentity, { kind: 'address' }>): boolean {
    if (port !== this.#port || protocol !== this.#protocol) {
      const service = `${protocol} ${port}`;
      this.#ofPort = this.#addresses.get(service) ?? new Set();
      this.#addresses.set(service, this.#ofPort);
      this.#port = port;
      this.#protocol = protocol;
    }
    const { size } = this.#ofPort;
    return this.#ofPort.add(address).size > size;
  }
}

/** One key for each real server of a virtual server: address and port. */
export function realServerKeys({ realServers }: VirtualServerConfiguration): readonly string[] {
  const ordinals = serverOrdinals(realServers);
  return realServers.map((server, index) => serverKey(server, ordinals?.[index] ?? 0));
}

/** How many servers of the same address and port stand before each one; undefined: before none. */
export function serverOrdinals(servers: readonly RealServerConfiguration[]): readonly number[] | undefined {
  if (!hasTwins(servers)) return undefined;
  const seen = new Map<string, number>();
  return servers.map((server) => {
    const key = serverKey(server, 0);
    const ordinal = seen.get(key) ?? 0;
    seen.set(key, ordinal + 1);
    return ordinal;
  });
}

/** @param ordinal how many servers of the same address and port stand before it */
export function serverKey({ address, port }: RealServerConfiguration, ordinal: number): string {
  const key = `[${address}]:${port}`;
  return ordinal === 0 ? key : `${key} #${ordinal}`;
}

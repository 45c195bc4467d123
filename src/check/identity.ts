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
} from '../config/model.ts';
import { hasTwins } from '../core/endpoint.ts';
import type { ActingChecker } from './acting.ts';
import { virtualServerLabels } from './labels.ts';

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

/** Names of the virtual servers of a configuration, in its order. */
export interface VirtualServerNames {
  /** As in the log: see virtualServerLabels(). */
  readonly labels: readonly string[];
  /** Each of another text: see virtualServerKeys(). */
  readonly keys: readonly string[];
}

/** Labels and keys, which for most virtual servers are the same text. */
export function virtualServerNames(configuration: CheckConfiguration): VirtualServerNames {
  const labels = virtualServerLabels(configuration);
  const keys = uniqueKeys(
    configuration.virtualServers.map(({ identity }, index) => {
      const label = labels[index] ?? '';
      return identity.kind === 'fwmark' ? `${label} ${identity.family}` : label;
    }),
  );
  return { labels, keys };
}

/**
 * One key for each virtual server: protocol, address and port; or mark and family; or group name and its ordinal among
 * the virtual servers of the group. A repeated key (a configuration that names a service twice) gets a number.
 */
export function virtualServerKeys(configuration: CheckConfiguration): readonly string[] {
  return virtualServerNames(configuration).keys;
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

function uniqueKeys(keys: readonly string[]): readonly string[] {
  const seen = new Map<string, number>();
  return keys.map((key) => {
    const count = seen.get(key) ?? 0;
    seen.set(key, count + 1);
    return count === 0 ? key : `${key} #${count}`;
  });
}

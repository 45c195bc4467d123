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

/**
 * One key for each virtual server: protocol, address and port; or mark and family; or group name and its ordinal among
 * the virtual servers of the group. A repeated key (a configuration that names a service twice) gets a number.
 */
export function virtualServerKeys(configuration: CheckConfiguration): readonly string[] {
  const labels = virtualServerLabels(configuration);
  return uniqueKeys(
    configuration.virtualServers.map(({ identity }, index) => {
      const label = labels[index] ?? '';
      return identity.kind === 'fwmark' ? `${label} ${identity.family}` : label;
    }),
  );
}

/** One key for each real server of a virtual server: address and port. */
export function realServerKeys(virtualServer: VirtualServerConfiguration): readonly string[] {
  return uniqueKeys(virtualServer.realServers.map(serverKey));
}

/** True if the two name the same endpoint: a sorry server may also be one of the real servers. */
export function sameServer(a: RealServerConfiguration, b: RealServerConfiguration): boolean {
  return serverKey(a) === serverKey(b);
}

function serverKey(server: RealServerConfiguration): string {
  return `[${server.address}]:${server.port}`;
}

function uniqueKeys(keys: readonly string[]): readonly string[] {
  const seen = new Map<string, number>();
  return keys.map((key) => {
    const count = seen.get(key) ?? 0;
    seen.set(key, count + 1);
    return count === 0 ? key : `${key} #${count}`;
  });
}

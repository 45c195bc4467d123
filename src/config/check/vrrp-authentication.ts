/** authentication and auth_hmac of an instance: drafts to model (reference: behaviour A2). */
import type { HmacAuthentication, VrrpAuthentication } from '../model.ts';
import type { InstanceReports } from './vrrp-reports.ts';

/** Bounds of the time window that is not configured, in milliseconds. */
const shortestWindow = 5_000;
const longestWindow = 300_000;
const windowIntervals = 3;

/** VRRPv2 authentication, undefined if there is none or none can be. */
export function authenticationOf(
  reports: InstanceReports,
  version: 2 | 3,
  strict: boolean,
  hmac: HmacAuthentication | undefined,
): VrrpAuthentication | undefined {
  const { authenticationAt: at, authenticationType: type, password } = reports.draft;
  if (!at || type === undefined) return undefined;
  if (hmac) {
    reports.error(at, 'CFG_AUTHENTICATION', 'auth_hmac replaces authentication, which is ignored', 'remove the block');
    return undefined;
  }
  if (version === 3 || strict) {
    reports.error(
      at,
      'CFG_AUTHENTICATION',
      `${version === 3 ? 'VRRPv3' : 'strict mode'} has no authentication; it is ignored`,
      'remove the block',
    );
    return undefined;
  }
  if (password === undefined || password === '') {
    reports.error(
      at,
      'CFG_AUTHENTICATION',
      'authentication without a password is ignored',
      'add "auth_pass <password>"',
    );
    return undefined;
  }
  return { type, password };
}

/**
 * auth_hmac, undefined if there is none or no key to send with.
 * @param interval of advertisements, in milliseconds
 */
export function hmacOf(reports: InstanceReports, interval: number, strict: boolean): HmacAuthentication | undefined {
  const { hmac } = reports.draft;
  if (!hmac) return undefined;
  const { activeKey } = hmac;
  if (activeKey === undefined || !hmac.keys.some(({ id }) => id === activeKey)) {
    const problem = activeKey === undefined ? 'has no active_key' : `has no key ${activeKey}, which is its active_key`;
    reports.error(
      hmac.activeKeyAt ?? hmac.statement,
      'CFG_HMAC_KEY',
      `auth_hmac ${problem}; it is ignored, advertisements are not authenticated by it`,
      'add "key <1..255> <32 to 64 octets>" and "active_key" with its number',
    );
    return undefined;
  }
  if (strict && hmac.mode !== undefined && hmac.mode !== 'enforce') {
    reports.error(
      hmac.statement,
      'CFG_STRICT',
      `in strict mode auth_hmac is enforced; mode ${hmac.mode} is ignored`,
      'remove the mode',
    );
  }
  return {
    keys: hmac.keys.map(({ id, key, file }) => ({ id, key, ...(file !== undefined && { file }) })),
    activeKey,
    timeWindow: hmac.timeWindow ?? Math.min(Math.max(windowIntervals * interval, shortestWindow), longestWindow),
    antiReplay: hmac.antiReplay ?? 'time',
    mode: strict ? 'enforce' : (hmac.mode ?? 'enforce'),
  };
}

/** The counters of an instance before anything was counted. */
import type { VrrpStatistics } from './types.ts';

export function emptyStatistics(): VrrpStatistics {
  return {
    advertisementsReceived: 0,
    advertisementsSent: 0,
    becameMaster: 0,
    releasedMaster: 0,
    lengthErrors: 0,
    ttlErrors: 0,
    invalidTypeErrors: 0,
    advertisementIntervalErrors: 0,
    addressListErrors: 0,
    checksumErrors: 0,
    versionErrors: 0,
    invalidAuthenticationType: 0,
    authenticationTypeMismatch: 0,
    authenticationFailure: 0,
    priorityZeroReceived: 0,
    priorityZeroSent: 0,
  };
}

/** keepalived.stats: the counters of every instance in the layout that exporters read line by line. */
import type { VrrpInstanceStatus } from '../../vrrp/types.ts';
import { trailerErrors } from './trailer-errors.ts';

/** The whole file. */
export function statisticsText(instances: readonly VrrpInstanceStatus[]): string {
  return instances.map((instance) => instanceStatistics(instance)).join('');
}

function instanceStatistics({ name, refusals, statistics }: VrrpInstanceStatus): string {
  const trailer = trailerErrors(refusals);
  const lines = [
    `VRRP Instance: ${name}`,
    '  Advertisements:',
    `    Received: ${statistics.advertisementsReceived}`,
    `    Sent: ${statistics.advertisementsSent}`,
    `  Became master: ${statistics.becameMaster}`,
    `  Released master: ${statistics.releasedMaster}`,
    '  Packet Errors:',
    `    Length: ${statistics.lengthErrors}`,
    `    TTL: ${statistics.ttlErrors}`,
    `    Invalid Type: ${statistics.invalidTypeErrors}`,
    `    Advertisement Interval: ${statistics.advertisementIntervalErrors}`,
    `    Address List: ${statistics.addressListErrors}`,
    '  Authentication Errors:',
    `    Invalid Type: ${statistics.invalidAuthenticationType}`,
    `    Type Mismatch: ${statistics.authenticationTypeMismatch}`,
    `    Failure: ${statistics.authenticationFailure}`,
    '  Authentication Extension Errors:',
    `    Missing: ${trailer.missing}`,
    `    Malformed: ${trailer.malformed}`,
    `    Unknown Key: ${trailer.unknownKey}`,
    `    Invalid HMAC: ${trailer.digest}`,
    `    Stale: ${trailer.stale}`,
    `    Replay: ${trailer.replay}`,
    '  Priority Zero:',
    `    Received: ${statistics.priorityZeroReceived}`,
    `    Sent: ${statistics.priorityZeroSent}`,
  ];
  return `${lines.join('\n')}\n`;
}

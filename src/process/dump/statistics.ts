/** keepalived.stats: the counters of every instance in the layout that exporters read line by line. */
import type { VrrpInstanceStatus } from '../../vrrp/types.ts';

/** The whole file. */
export function statisticsText(instances: readonly VrrpInstanceStatus[]): string {
  return instances.map((instance) => instanceStatistics(instance)).join('');
}

function instanceStatistics({ name, statistics }: VrrpInstanceStatus): string {
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
    // Counters of the HMAC trailer, which no packet of ours carries.
    '  Authentication Extension Errors:',
    '    Missing: 0',
    '    Malformed: 0',
    '    Unknown Key: 0',
    '    Invalid HMAC: 0',
    '    Stale: 0',
    '    Replay: 0',
    '  Priority Zero:',
    `    Received: ${statistics.priorityZeroReceived}`,
    `    Sent: ${statistics.priorityZeroSent}`,
  ];
  return `${lines.join('\n')}\n`;
}

/** PING_CHECK: an ICMP echo request is answered within the timeout. */
import { randomInt } from 'node:crypto';
import type { PingCheckerConfiguration } from '../../config/model.ts';
import { encodeEchoRequest, isEchoReply } from '../icmp-echo.ts';
import type { ProbeHandle, ProbeResult } from '../types.ts';
import { startDatagramProbe } from './datagram.ts';

/** Starts one attempt; see Probe. */
export function startPingProbe(checker: PingCheckerConfiguration, done: (result: ProbeResult) => void): ProbeHandle {
  const family = checker.address.includes(':') ? 'inet6' : 'inet';
  // Each attempt is another one, so that a late answer to the last is none to this.
  const echo = { family, identifier: randomInt(0x10000), sequence: randomInt(0x10000) } as const;
  return startDatagramProbe(
    checker,
    {
      protocol: 'icmp',
      request: (isRaw) => encodeEchoRequest({ ...echo, isRaw }),
      received: (data, isRaw) =>
        isEchoReply(data, { ...echo, isRaw }) ? { ok: true, detail: 'echo answered' } : undefined,
      silence: { ok: false, phase: 'body', detail: `no echo within ${checker.connectTimeout / 1000} s` },
    },
    done,
  );
}

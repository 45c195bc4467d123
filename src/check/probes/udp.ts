/** UDP_CHECK: a datagram is sent; an ICMP error or a wrong reply is a failure, silence only where a reply is required. */
import type { UdpCheckerConfiguration } from '../../config/model.ts';
import { faultInReply, udpPayload } from '../udp-reply.ts';
import type { ProbeHandle, ProbeResult } from '../types.ts';
import { startDatagramProbe } from './datagram.ts';

/** Starts one attempt; see Probe. */
export function startUdpProbe(checker: UdpCheckerConfiguration, done: (result: ProbeResult) => void): ProbeHandle {
  const seconds = checker.connectTimeout / 1000;
  return startDatagramProbe(
    checker,
    {
      protocol: 'udp',
      request: () => udpPayload(checker),
      received: (data) => {
        const fault = faultInReply(checker, data);
        if (fault !== undefined) return { ok: false, phase: 'verdict', detail: fault };
        return { ok: true, detail: `reply of ${data.length} octets` };
      },
      silence: checker.requireReply
        ? { ok: false, phase: 'body', detail: `no reply within ${seconds} s` }
        : { ok: true, detail: `no error within ${seconds} s` },
    },
    done,
  );
}

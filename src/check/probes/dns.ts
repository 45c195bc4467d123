/** DNS_CHECK: a query over UDP; any answer without error will do, what it says is not looked at (reference: behaviour B3). */
import { randomInt } from 'node:crypto';
import type { DnsCheckerConfiguration } from '../../config/model.ts';
import { dnsResponseCode, encodeDnsQuery, responseCodeText } from '../dns-message.ts';
import type { ProbeHandle, ProbeResult } from '../types.ts';
import { startDatagramProbe } from './datagram.ts';

/** Starts one attempt; see Probe. */
export function startDnsProbe(checker: DnsCheckerConfiguration, done: (result: ProbeResult) => void): ProbeHandle {
  const id = randomInt(0x10000);
  const question = `${checker.queryType} of ${checker.queryName}`;
  const query = encodeDnsQuery(id, checker.queryName, checker.queryType);
  if (typeof query === 'string') {
    const immediate = setImmediate(done, { ok: false, phase: 'setup', detail: query, duration: 0 });
    return { cancel: () => clearImmediate(immediate) };
  }
  const seconds = checker.connectTimeout / 1000;
  return startDatagramProbe(
    checker,
    {
      protocol: 'udp',
      request: () => query,
      received: (data) => {
        const code = dnsResponseCode(data, id);
        if (code === undefined) return undefined;
        if (code === 0) return { ok: true, detail: `${question} answered` };
        return { ok: false, phase: 'verdict', detail: `${question}: ${responseCodeText(code)} (rcode = ${code})` };
      },
      silence: { ok: false, phase: 'body', detail: `${question}: no answer within ${seconds} s` },
    },
    done,
  );
}

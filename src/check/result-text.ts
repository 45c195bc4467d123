/** Results of probes in words, for log, reasons and status. */
import type { Milliseconds } from '../core/time.ts';
import type { ProbeResult } from './types.ts';

/** "connect: connection refused (0.3 ms)". */
export function probeFailureText(result: ProbeResult): string {
  const time = `${roundedMilliseconds(result.duration)} ms`;
  return result.ok ? `${result.detail} (${time})` : `${result.phase}: ${result.detail} (${time})`;
}

/** "retry 1 of 3 in 2 s". */
export function retryText(used: number, allowed: number, delay: Milliseconds): string {
  return `retry ${used} of ${allowed} in ${delay / 1000} s`;
}

function roundedMilliseconds(value: Milliseconds): string {
  return value < 10 ? value.toFixed(1) : Math.round(value).toString();
}

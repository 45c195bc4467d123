/** Results of probes in words, for log, reasons and status. */
import type { Milliseconds } from '../core/time.ts';
import type { ProbeResult, ProbeStep } from './types.ts';

/**
 * "connect: connection refused (0.3 ms)"; "headers: no answer within 5 s; connected after 0.4 ms (5000 ms)": how far it came
 * and when is the difference between a slow network, a slow handshake and a slow page.
 */
export function probeFailureText(result: ProbeResult): string {
  const time = `${roundedMilliseconds(result.duration)} ms`;
  if (result.ok) return `${result.detail} (${time})`;
  return `${result.phase}: ${result.detail}${stepsText(result.steps)} (${time})`;
}

function stepsText(steps: readonly ProbeStep[] = []): string {
  if (steps.length === 0) return '';
  return `; ${steps.map(({ reached, at }) => `${reached} after ${roundedMilliseconds(at)} ms`).join(', ')}`;
}

/** "retry 1 of 3 in 2 s". */
export function retryText(used: number, allowed: number, delay: Milliseconds): string {
  return `retry ${used} of ${allowed} in ${delay / 1000} s`;
}

function roundedMilliseconds(value: Milliseconds): string {
  return value < 10 ? value.toFixed(1) : Math.round(value).toString();
}

/** Results of probes in words, for log, reasons and status. */
import type { Milliseconds } from '../core/time.ts';
import type { HealthCheck } from './health-check.ts';
import type { CheckProgress } from './schedule.ts';
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

/** The check and whom it is for, for log lines: `TCP_CHECK of [192.0.2.1]:tcp:80`. */
export function describeCheck(check: HealthCheck): string {
  return `${check.checker.type} of ${check.subscribers[0]?.label ?? 'no server'}`;
}

/** Why a check concluded what it did. */
export function conclusionText(check: HealthCheck, before: CheckProgress, result: ProbeResult): string {
  if (result.ok) return result.detail;
  const { retry } = check.checker;
  const retried = before.hasRun && before.state === 'UP' && retry > 0;
  const text = probeFailureText(result);
  return retried ? `${text}, failed after ${retry} ${retry === 1 ? 'retry' : 'retries'}` : text;
}

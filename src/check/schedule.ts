/**
 * What one finished probe means for its check, and when the next one runs: retries, the walk over the urls of an HTTP
 * check, recovery. Functions of the state before; no clock.
 */
import type { HttpCheckerConfiguration } from '../config/model.ts';
import type { HealthState } from '../core/events.ts';
import type { Milliseconds, MonotonicMs } from '../core/time.ts';
import type { ActingChecker } from './acting.ts';

/** Start or reload to the earliest first probe. The random part of the warm-up comes on top. */
export const bootstrapDelay: Milliseconds = 1000;

/** Where a check stands between two probes. */
export interface CheckProgress {
  readonly state: HealthState;
  /** A run has concluded: `state` is knowledge, not assumption. */
  readonly hasRun: boolean;
  /** Failures in a row that were forgiven. Starts full, so that the very first failure counts. */
  readonly retriesUsed: number;
  /** Url of the next probe (HTTP checks). */
  readonly urlIndex: number;
  /** A url that took the server down: only it is asked until it passes. */
  readonly failedUrl?: number;
}

export interface RunOutcome {
  readonly progress: CheckProgress;
  /** The run came to a conclusion; absent: retry, or more urls to ask. */
  readonly concluded?: HealthState;
  /** End of this probe to the start of the next; for MISC_CHECK from start to start. */
  readonly delay: Milliseconds;
}

/** When the next probe runs after one that ran from `started` to `ended`. */
export function nextStart(
  checker: ActingChecker,
  started: MonotonicMs,
  ended: MonotonicMs,
  delay: Milliseconds,
): MonotonicMs {
  return checker.type === 'MISC_CHECK' ? Math.max(ended, started + delay) : ended + delay;
}

/** A check that has never run; `state` is what is assumed until it has. */
export function initialProgress(checker: ActingChecker, state: HealthState): CheckProgress {
  return { state, hasRun: false, retriesUsed: checker.retry, urlIndex: 0 };
}

/** The progress of a check after a probe that passed or failed. */
export function afterProbe(checker: ActingChecker, progress: CheckProgress, passed: boolean): RunOutcome {
  if (checker.type === 'HTTP_GET' || checker.type === 'SSL_GET') {
    return passed ? passedUrl(checker, progress) : failedUrl(checker, progress);
  }
  return passed ? passedSingle(checker, progress) : failedSingle(checker, progress);
}

/** Checks of one probe a run: one success is enough to be up. */
function passedSingle(checker: ActingChecker, progress: CheckProgress): RunOutcome {
  return {
    progress: isSettledUp(progress) ? progress : { ...progress, state: 'UP', hasRun: true, retriesUsed: 0 },
    concluded: 'UP',
    delay: checker.delayLoop,
  };
}

/** Nothing changes by another success, and nothing is made anew: thousands a second of them would have to be collected. */
function isSettledUp({ state, hasRun, retriesUsed }: CheckProgress): boolean {
  return state === 'UP' && hasRun && retriesUsed === 0;
}

function failedSingle(checker: ActingChecker, progress: CheckProgress): RunOutcome {
  const assumedUp = progress.state === 'UP' || !progress.hasRun;
  if (assumedUp && progress.retriesUsed < checker.retry) {
    return { progress: retryOnceMore(progress), delay: checker.delayBeforeRetry };
  }
  return {
    progress: { ...progress, state: 'DOWN', hasRun: true, retriesUsed: 0 },
    concluded: 'DOWN',
    delay: checker.delayLoop,
  };
}

function retryOnceMore(progress: CheckProgress): CheckProgress {
  return { ...progress, retriesUsed: progress.retriesUsed + 1 };
}

/**
 * One url passed. The check passes when all have, one after the other with delay_loop between; when the url that took
 * the server down passes, all are asked again from the first.
 */
function passedUrl(checker: HttpCheckerConfiguration, progress: CheckProgress): RunOutcome {
  const isOnlyUrl = checker.urls.length <= 1 && progress.failedUrl === undefined;
  if (isOnlyUrl && isSettledUp(progress)) return { progress, concluded: 'UP', delay: checker.delayLoop };
  const { failedUrl: recovered, ...rest } = progress;
  if (recovered !== undefined) {
    const next = { ...rest, urlIndex: 0, retriesUsed: 0 };
    return { progress: next, delay: delayAfterPass(checker, next) };
  }
  const urlIndex = progress.urlIndex + 1;
  if (urlIndex < checker.urls.length) {
    const retriesUsed = progress.hasRun ? 0 : checker.retry;
    const next = { ...progress, urlIndex, retriesUsed };
    return { progress: next, delay: delayAfterPass(checker, next) };
  }
  const next: CheckProgress = { ...progress, state: 'UP', hasRun: true, urlIndex: 0, retriesUsed: 0 };
  return { progress: next, concluded: 'UP', delay: checker.delayLoop };
}

function delayAfterPass(checker: HttpCheckerConfiguration, next: CheckProgress): Milliseconds {
  const comingUp = !next.hasRun || next.state === 'DOWN';
  return checker.fastRecovery && comingUp ? 0 : checker.delayLoop;
}

function failedUrl(checker: HttpCheckerConfiguration, progress: CheckProgress): RunOutcome {
  const whileDown = Math.max(checker.delayBeforeRetry, checker.delayLoop);
  if (progress.state === 'UP' || !progress.hasRun) {
    if (progress.retriesUsed < checker.retry) {
      return { progress: retryOnceMore(progress), delay: checker.delayBeforeRetry };
    }
    const next: CheckProgress = {
      ...progress,
      state: 'DOWN',
      hasRun: true,
      retriesUsed: 0,
      failedUrl: progress.urlIndex,
    };
    return { progress: next, concluded: 'DOWN', delay: whileDown };
  }
  // On the way up another url fails: it is the one to watch from now on.
  return { progress: { ...progress, failedUrl: progress.urlIndex }, concluded: 'DOWN', delay: whileDown };
}

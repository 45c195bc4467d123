/** The keywords that a checker inherits from its real server, and that from its virtual server. */
import type { CheckTimesDraft } from '../drafts.ts';
import { integer, seconds, text } from './forms.ts';
import type { Keyword } from './keyword.ts';

/** No upper limit beyond what 64 bits of microseconds hold. */
const anySeconds = { min: 0, max: Infinity, decimals: 6 } as const;

/** retry and the times. `retryMinimum`: 1 on servers, 0 on checkers. */
export function timeKeywords<D extends CheckTimesDraft>(
  retryMinimum: 0 | 1,
  inherits: string,
): Readonly<Record<'retry' | 'delay_before_retry' | 'warmup' | 'delay_loop', Keyword<D>>> {
  return {
    retry: integer(
      'Failures lived with before the server is down.',
      { min: retryMinimum, max: 4294967295 },
      (draft: D, value) => (draft.retry = value),
      { default: inherits },
    ),
    delay_before_retry: seconds(
      'Wait before a retry.',
      anySeconds,
      (draft: D, value) => (draft.delayBeforeRetry = value),
      { default: inherits },
    ),
    warmup: seconds(
      'Longest random delay of the first check.',
      anySeconds,
      (draft: D, value) => (draft.warmup = value),
      { default: inherits },
    ),
    delay_loop: seconds(
      'Interval between checks.',
      { ...anySeconds, min: 0.000001 },
      (draft: D, value) => (draft.delayLoop = value),
      { default: inherits, form: '<secs float above 0>' },
    ),
  };
}

export function connectTimeoutKeyword<D extends CheckTimesDraft>(note: string, inherits: string): Keyword<D> {
  return seconds(note, { min: 0.000001, max: 4294, decimals: 6 }, (draft: D, value) => (draft.connectTimeout = value), {
    default: inherits,
    form: '<secs float>',
  });
}

export function virtualHostKeyword<D extends CheckTimesDraft>(note: string, inherits: string): Keyword<D> {
  return text(note, (draft: D, value) => (draft.virtualHost = value), {
    form: '<host>',
    default: inherits,
    missing: 'error',
  });
}

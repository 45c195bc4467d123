/** Waiting that has an end. */
import type { Milliseconds } from '../core/time.ts';

/** Settles with `what`, or after `longest` without it. Rejects if `what` does before that. */
export async function waitAtMost(longest: Milliseconds, what: Promise<unknown>): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, longest);
  });
  try {
    await Promise.race([what, late]);
  } finally {
    clearTimeout(timer);
  }
}

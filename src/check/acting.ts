/** The checkers that the engine asks for probes; the others follow something. */
import type { CheckerConfiguration, ScheduledCheckerConfiguration } from '../config/model.ts';

/** Checked by probes at their times. FILE_CHECK and BFD_CHECK follow something instead, see file-check.ts and bfd-check.ts. */
export type ActingChecker = ScheduledCheckerConfiguration;

export function isActing(checker: CheckerConfiguration): checker is ActingChecker {
  return checker.type !== 'FILE_CHECK' && checker.type !== 'BFD_CHECK';
}

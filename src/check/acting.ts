/** The checkers that the engine acts on; the others are read and checked, and a server lives without them. */
import type { CheckerConfiguration, ScheduledCheckerConfiguration } from '../config/model.ts';

/** Checked by probes at their times. FILE_CHECK is followed instead, see file-check.ts. */
export type ActingChecker = ScheduledCheckerConfiguration;

export function isActing(checker: CheckerConfiguration): checker is ActingChecker {
  return checker.type !== 'FILE_CHECK' && checker.type !== 'BFD_CHECK';
}

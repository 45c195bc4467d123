/** What a reload would make worse. */
import { severityOf, type Diagnostic } from './diagnostics.ts';

/** Notes, warnings and deprecations do not speak against a reload. */
function isError(diagnostic: Diagnostic): boolean {
  return severityOf(diagnostic) === 'error';
}

function keyOf({ class: kind, code, message }: Diagnostic): string {
  // Lines move when a file is edited: numbers of lines in the text of a message must not make an old error look new.
  return `${kind}\0${code}\0${message.replace(/; the same .*$/, '').replace(/\blines? \d+(?: to \d+)?/g, 'line')}`;
}

/**
 * Errors of `after` that `before` did not have, compared by class, code and message, not by line. A second occurrence of
 * an error that was there once is new.
 */
export function newErrors(before: readonly Diagnostic[], after: readonly Diagnostic[]): Diagnostic[] {
  const known = new Map<string, number>();
  for (const diagnostic of before) {
    if (isError(diagnostic)) known.set(keyOf(diagnostic), (known.get(keyOf(diagnostic)) ?? 0) + 1);
  }
  return after.filter((diagnostic) => {
    if (!isError(diagnostic)) return false;
    const key = keyOf(diagnostic);
    const left = known.get(key) ?? 0;
    if (left === 0) return true;
    known.set(key, left - 1);
    return false;
  });
}

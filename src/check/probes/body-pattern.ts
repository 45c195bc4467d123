/**
 * The regular expression over a body. Patterns are written for PCRE2; JavaScript's engine runs them, with its
 * linear-time engine taking over from a pattern that backtracks without end (a page could be made to do that).
 */
import v8 from 'node:v8';
import { DaemonError } from '../../core/errors.ts';
import type { HttpUrlConfiguration } from '../../config/model.ts';

v8.setFlagsFromString('--enable-experimental-regexp-engine-on-excessive-backtracks');

/** PCRE2 options that JavaScript has a flag for. */
const flagOfOption: Readonly<Record<string, string>> = { caseless: 'i', multiline: 'm', dotall: 's', utf: 'u' };
/** Options that change nothing here: they speed up, or allow what JavaScript allows anyway. */
const harmlessOptions = new Set([
  'no_auto_possess',
  'no_dotstar_anchor',
  'no_start_optimize',
  'never_backslash_c',
  'auto_callout',
]);

export interface BodyPattern {
  /** Offset of the first match that starts within the offsets asked for; undefined: none. */
  matchIn(body: Buffer): number | undefined;
}

/**
 * Compiles the pattern of a url.
 * @throws DaemonError CHECK_REGEX if it cannot be run
 */
export function compileBodyPattern(url: HttpUrlConfiguration): BodyPattern {
  const source = url.regex ?? '';
  const flags = new Set(['g']);
  for (const option of url.regexOptions) {
    const flag = flagOfOption[option];
    if (flag !== undefined) flags.add(flag);
    else if (option === 'anchored') flags.add('y');
    else if (!harmlessOptions.has(option))
      throw new DaemonError('CHECK_REGEX', `regex option ${option} is not supported`);
  }
  const inline = /^\(\?([ims]+)\)/.exec(source);
  for (const flag of inline?.[1] ?? '') flags.add(flag);
  const unicode = flags.has('u');
  const pattern = source.slice(inline?.[0].length ?? 0);
  const expression = compile(unicode ? pattern : octetsOf(pattern), [...flags].join(''), url.regex ?? '');
  const first = url.regexMinOffset ?? 0;
  const last = url.regexMaxOffset ?? Number.POSITIVE_INFINITY;
  return {
    matchIn(body) {
      const text = body.toString(unicode ? 'utf8' : 'latin1');
      expression.lastIndex = first;
      const at = first > text.length ? undefined : expression.exec(text)?.index;
      return at === undefined || at > last ? undefined : at;
    },
  };
}

/** Without `utf` PCRE2 matches octets: pattern and body are both taken as such, so offsets are octets too. */
function octetsOf(pattern: string): string {
  return Buffer.from(pattern, 'utf8').toString('latin1');
}

function compile(pattern: string, flags: string, written: string): RegExp {
  try {
    return new RegExp(pattern, flags);
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw new DaemonError('CHECK_REGEX', `regex "${written}" cannot be run: ${why}`, { cause: error });
  }
}

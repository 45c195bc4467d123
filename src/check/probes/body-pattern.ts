/**
 * The regular expression over a body. Patterns are written for PCRE2; JavaScript's engine runs them, with its
 * linear-time engine taking over from a pattern that backtracks without end (a page could be made to do that). What that
 * engine cannot run (caseless, back references, look-around) is run under a time limit.
 */
import v8 from 'node:v8';
import vm from 'node:vm';
import { DaemonError } from '../../core/errors.ts';
import type { HttpUrlConfiguration } from '../../config/model.ts';
import type { Milliseconds } from '../../core/time.ts';

/** Not before there is a pattern: flags are part of what V8's code cache must agree with. */
let linearTimeAllowed = false;

function allowLinearTime(): void {
  if (linearTimeAllowed) return;
  linearTimeAllowed = true;
  v8.setFlagsFromString('--enable-experimental-regexp-engine-on-excessive-backtracks');
  // Only adds the flag "l", by which a pattern can be asked whether that engine can run it.
  v8.setFlagsFromString('--enable-experimental-regexp-engine');
}

/** All checks wait while a pattern runs. Patterns that mean no harm search a page of megabytes in less. */
const searchLimit: Milliseconds = 100;

/** Up to this length linear time is short; the limit costs 0.2 ms a search. */
const shortText = 65_536;

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
  /**
   * Offset of the first match that starts within the offsets asked for; undefined: none. `endless`: the search took too
   * long and was given up.
   */
  matchIn(body: Buffer): number | 'endless' | undefined;
}

/**
 * Compiles the pattern of a url.
 * @throws DaemonError CHECK_REGEX if it cannot be run
 */
export function compileBodyPattern(url: HttpUrlConfiguration): BodyPattern {
  allowLinearTime();
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
  const octets = unicode ? pattern : octetsOf(pattern);
  const expression = compile(octets, [...flags].join(''), url.regex ?? '');
  const linear = runsInLinearTime(octets, flags);
  const first = url.regexMinOffset ?? 0;
  const last = url.regexMaxOffset ?? Number.POSITIVE_INFINITY;
  return {
    matchIn(body) {
      const text = body.toString(unicode ? 'utf8' : 'latin1');
      expression.lastIndex = first;
      if (first > text.length) return undefined;
      const at = linear && text.length <= shortText ? expression.exec(text)?.index : searchWithin(expression, text);
      return typeof at === 'number' && at > last ? undefined : at;
    },
  };
}

function runsInLinearTime(pattern: string, flags: ReadonlySet<string>): boolean {
  try {
    new RegExp(pattern, `${[...flags].join('')}l`);
    return true;
  } catch {
    return false;
  }
}

interface Search {
  expression: RegExp | undefined;
  text: string;
}

const search: Search = { expression: undefined, text: '' };
/** A context is half a megabyte of objects: made for the first search. */
let searchContext: vm.Context | undefined;
let searchScript: vm.Script | undefined;

/** From lastIndex on, within the limit. */
function searchWithin(expression: RegExp, text: string): number | 'endless' | undefined {
  search.expression = expression;
  search.text = text;
  searchContext ??= vm.createContext(search);
  searchScript ??= new vm.Script('expression.exec(text)?.index');
  try {
    return searchScript.runInContext(searchContext, { timeout: searchLimit }) as number | undefined;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ERR_SCRIPT_EXECUTION_TIMEOUT') return 'endless';
    throw error;
  } finally {
    search.expression = undefined;
    search.text = '';
  }
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

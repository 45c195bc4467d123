/** Whether what was written and what is printed are the same value, in whatever spelling. */
import { splitScriptWords } from '../script-words.ts';
import { parseBoolean, parsePrefix } from '../values.ts';
import type { PrintedLine } from './printed.ts';

interface Written {
  readonly words: readonly string[];
  /** The whole statement as written. */
  readonly raw: string;
}

/** One spelling for each number, boolean, address and name. */
function canonical(word: string): string {
  if (/^[+-]?[0-9.]+$/.test(word) && Number.isFinite(Number(word))) return String(Number(word));
  const truth = parseBoolean(word);
  if (truth !== undefined) return String(truth);
  const prefix = parsePrefix(word);
  if (prefix) return `${prefix.address}/${prefix.prefixLength}`;
  return word.toLowerCase();
}

/** Arguments of a command, and whom it runs as. */
function commandWords(words: readonly string[]): readonly string[] {
  const [command = '', ...account] = words;
  const inner = splitScriptWords(command);
  return [...(inner.ok ? inner.words : [command]), '', ...account];
}

function sameCommand(line: PrintedLine, written: Written): boolean {
  const outer = splitScriptWords(written.raw);
  if (!outer.ok) return false;
  const given = commandWords(outer.words.slice(1));
  // Who runs it may come from elsewhere: what is written is the beginning of what is printed.
  const printed = commandWords(line.words);
  return given.every((word, index) => word === printed[index]);
}

/** A word that is left out, or filled in, is no difference; another value is. */
export function sameWords(line: PrintedLine, written: Written): boolean {
  if (line.quoting === 'script') return sameCommand(line, written);
  const printed = line.words.map(canonical);
  const given = written.words.map(canonical);
  if (printed.length === 1 && given.length === 0)
    return printed[0] === 'true' || parseBoolean(printed[0] ?? '') === undefined;
  if (printed.length === 0) return true;
  // A mask by the names of its bits, and a MAC address whose last octet is added.
  if (line.keyword === 'umask' && /^i/.test(given[0] ?? '')) return true;
  const [fewer, more] = given.length <= printed.length ? [given, printed] : [printed, given];
  return fewer.every((word) => more.some((other) => other === word || other.startsWith(`${word}:`)));
}

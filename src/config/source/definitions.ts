/** `$NAME=` definitions and their references (reference: configuration grammar, section 8). */
import { maximumExpandedLine, maximumSubstitutions } from './origin.ts';

const DOLLAR = 36;

export function isNameStart(code: number): boolean {
  return (code >= 65 && code <= 90) || (code >= 97 && code <= 122) || code === 95;
}

export function isNamePart(code: number): boolean {
  return isNameStart(code) || (code >= 48 && code <= 57);
}

/** Position behind the name that begins at `start`, or `start` if there is none. */
export function endOfName(text: string, start: number, end: number): number {
  if (start >= end || !isNameStart(text.charCodeAt(start))) return start;
  let position = start + 1;
  while (position < end && isNamePart(text.charCodeAt(position))) position++;
  return position;
}

export interface Assignment {
  readonly name: string;
  /** Where the value begins. */
  readonly valueStart: number;
}

/** Recognises `$NAME=` at text[start]; blanks behind the equals sign are dropped. */
export function parseAssignment(text: string, start: number, end: number): Assignment | undefined {
  if (text.charCodeAt(start) !== DOLLAR) return undefined;
  const nameEnd = endOfName(text, start + 1, end);
  if (nameEnd === start + 1 || nameEnd >= end || text[nameEnd] !== '=') return undefined;
  let valueStart = nameEnd + 1;
  while (valueStart < end && (text[valueStart] === ' ' || text[valueStart] === '\t')) valueStart++;
  return { name: text.slice(start + 1, nameEnd), valueStart };
}

interface Reference {
  readonly name: string;
  readonly parameters: string;
  readonly end: number;
}

/** Reads the reference whose dollar stands at `at`: `${NAME params}`, or `$NAME` before a blank, comma, `)` or the end. */
function parseReference(text: string, at: number): Reference | undefined {
  if (text[at + 1] === '{') {
    const nameEnd = endOfName(text, at + 2, text.length);
    if (nameEnd === at + 2) return undefined;
    let close = nameEnd;
    while (close < text.length && (isNamePart(text.charCodeAt(close)) || text[close] === ' ' || text[close] === '\t')) {
      close++;
    }
    if (text[close] !== '}') return undefined;
    return { name: text.slice(at + 2, nameEnd), parameters: text.slice(nameEnd, close).trim(), end: close + 1 };
  }
  const nameEnd = endOfName(text, at + 1, text.length);
  if (nameEnd === at + 1) return undefined;
  const next = text[nameEnd];
  if (next !== undefined && next !== ' ' && next !== '\t' && next !== ',' && next !== ')') return undefined;
  return { name: text.slice(at + 1, nameEnd), parameters: '', end: nameEnd };
}

export interface SubstitutionContext {
  /** Directory of the file being read. */
  readonly directory: string;
  readonly configId: string;
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** Uniform in [0, 1). */
  readonly random: () => number;
  /** Called for a parameter that makes no sense. */
  readonly complain: (message: string) => void;
}

export type Substitution =
  | { readonly kind: 'unchanged' }
  /** `following`: further lines of a multi-line definition. */
  | { readonly kind: 'changed'; readonly text: string; readonly following: readonly string[] }
  | { readonly kind: 'too-long' }
  | { readonly kind: 'endless'; readonly name: string };

const unchanged: Substitution = { kind: 'unchanged' };

export class Definitions {
  readonly #values = new Map<string, readonly string[]>();

  define(name: string, lines: readonly string[]): void {
    this.#values.set(name, lines);
  }

  /** Replaces every reference in a line; names that are not defined stay as typed. Values are looked up when used. */
  substitute(line: string, context: SubstitutionContext): Substitution {
    let text = line;
    let at = text.indexOf('$');
    let replaced = 0;
    let following: readonly string[] = [];
    while (at >= 0) {
      const reference = parseReference(text, at);
      const value = reference && this.#value(reference, context);
      // A value of several lines has a meaning only at the end of a line.
      const usable = value && (value.length === 1 || text.slice(reference.end).trim() === '');
      if (!usable) {
        at = text.indexOf('$', at + 1);
        continue;
      }
      if (++replaced > maximumSubstitutions) return { kind: 'endless', name: reference.name };
      if (value.length > 1) following = [...value.slice(1), ...following];
      text = text.slice(0, at) + (value[0] ?? '') + text.slice(reference.end);
      if (text.length > maximumExpandedLine || following.length > maximumExpandedLine) return { kind: 'too-long' };
      // A repetition: what it repeats is looked up in each of its rounds, with the lines that follow.
      if (value.length === 1 && isRepetition(text, at)) break;
      at = text.indexOf('$', at);
    }
    return replaced > 0 ? { kind: 'changed', text, following } : unchanged;
  }

  #value(reference: Reference, context: SubstitutionContext): readonly string[] | undefined {
    const defined = this.#values.get(reference.name);
    if (defined) return defined;
    switch (reference.name) {
      case '_PWD':
        return [context.directory];
      case '_INSTANCE':
        return [context.configId];
      case '_HASH':
        return ['#'];
      case '_BANG':
        return ['!'];
      case '_ENV':
        return [
          Object.hasOwn(context.environment, reference.parameters)
            ? (context.environment[reference.parameters] ?? '')
            : '',
        ];
      case '_RANDOM':
        return [String(randomInRange(reference.parameters, context))];
      default:
        return undefined;
    }
  }
}

/** A value that begins a line with `~SEQ` or `~LST`. */
function isRepetition(text: string, at: number): boolean {
  return (text.startsWith('~SEQ', at) || text.startsWith('~LST', at)) && text.slice(0, at).trim() === '';
}

function randomInRange(parameters: string, context: SubstitutionContext): number {
  const words = parameters.split(/[ \t]+/).filter((word) => word !== '');
  const [low = '0', high = '32767'] = words;
  if (words.length > 2 || !/^\d{1,9}$/.test(low) || !/^\d{1,9}$/.test(high)) {
    context.complain(`\${_RANDOM ${parameters}} needs at most two numbers, the least and the greatest`);
    return 0;
  }
  const minimum = Number(low);
  const maximum = Number(high);
  if (minimum > maximum) {
    context.complain(`\${_RANDOM ${parameters}}: the least number is greater than the greatest`);
    return minimum;
  }
  return minimum + Math.floor(context.random() * (maximum - minimum + 1));
}

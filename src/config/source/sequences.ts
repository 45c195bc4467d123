/** `~SEQ` and `~LST` (reference: configuration grammar, section 9). */

/** What a repetition does: for every round, the values that its variables get. Rounds are made on demand, they may be many. */
export interface Repetition {
  readonly rounds: Iterable<readonly (readonly [name: string, value: string])[]>;
  readonly count: number;
  /** Position of the text to repeat. */
  readonly textStart: number;
}

export type ParsedRepetition =
  | { readonly kind: 'none' }
  | { readonly kind: 'error'; readonly message: string }
  | { readonly kind: 'repetition'; readonly repetition: Repetition };

const header = /^~(SEQx?|LST)[ \t]*\(/;
const namePattern = /^[A-Za-z_][A-Za-z0-9_]*$/;

/**
 * Reads a repetition at the start of a line.
 * @param substitute replaces references in the arguments (`~SEQ(i, $FIRST, $LAST)`)
 */
export function parseRepetition(line: string, substitute: (text: string) => string): ParsedRepetition {
  const match = header.exec(line);
  if (!match) return { kind: 'none' };
  const form = match[1] ?? '';
  const argumentStart = match[0].length;
  const close = line.indexOf(')', argumentStart);
  if (close < 0) return { kind: 'error', message: `the ")" of ~${form} is missing` };
  const text = substitute(line.slice(argumentStart, close));
  const textStart = close + 1;
  return form === 'LST' ? parseList(text, textStart) : parseSequence(text, form === 'SEQx', textStart);
}

/** Numbers as C reads them with base 0: decimal, 0x hexadecimal, leading-zero octal. */
function parseCNumber(text: string): number | undefined {
  const match = /^([+-]?)(0[xX][0-9a-fA-F]+|0[0-7]*|[1-9][0-9]*)$/.exec(text);
  if (!match) return undefined;
  const digits = match[2] ?? '';
  const value = /^0[0-7]+$/.test(digits) ? parseInt(digits, 8) : Number(digits);
  if (value > Number.MAX_SAFE_INTEGER) return undefined;
  return match[1] === '-' ? -value : value;
}

function parseSequence(text: string, hexadecimal: boolean, textStart: number): ParsedRepetition {
  const [name = '', ...rest] = text.split(',').map((word) => word.trim());
  if (!namePattern.test(name)) return { kind: 'error', message: `"${name}" is not a name for the variable of ~SEQ` };
  const numbers = rest.map(parseCNumber);
  if (rest.length < 1 || rest.length > 3 || numbers.some((number) => number === undefined)) {
    return {
      kind: 'error',
      message: '~SEQ needs (NAME, END), (NAME, START, END) or (NAME, START, STEP, END), all numbers',
    };
  }
  const end = numbers.at(-1) ?? 0;
  const start = numbers.length > 1 ? (numbers[0] ?? 0) : end < 0 ? -1 : 1;
  const step = numbers.length > 2 ? (numbers[1] ?? 0) : end < start ? -1 : 1;
  if (step === 0 || (end - start) * step < 0) {
    return { kind: 'error', message: `~SEQ cannot go from ${start} to ${end} in steps of ${step}` };
  }
  if (hexadecimal && (start < 0 || end < 0)) return { kind: 'error', message: '~SEQx has no negative numbers' };
  const count = Math.floor((end - start) / step) + 1;
  const rounds = {
    *[Symbol.iterator]() {
      for (let round = 0; round < count; round++) {
        const value = start + round * step;
        yield [[name, hexadecimal ? value.toString(16) : String(value)]] as const;
      }
    },
  };
  return { kind: 'repetition', repetition: { rounds, count, textStart } };
}

/** Splits at commas that stand outside braces; undefined if braces do not pair. */
function splitOutsideBraces(text: string): string[] | undefined {
  const parts: string[] = [];
  let depth = 0;
  let from = 0;
  for (let position = 0; position < text.length; position++) {
    const char = text[position];
    if (char === '{') depth++;
    else if (char === '}') depth--;
    else if (char === ',' && depth === 0) {
      parts.push(text.slice(from, position).trim());
      from = position + 1;
    }
    if (depth < 0 || depth > 1) return undefined;
  }
  if (depth !== 0) return undefined;
  parts.push(text.slice(from).trim());
  return parts;
}

function unbrace(part: string): string[] | undefined {
  if (!part.startsWith('{')) return [part];
  if (!part.endsWith('}')) return undefined;
  return part
    .slice(1, -1)
    .split(',')
    .map((word) => word.trim());
}

function parseList(text: string, textStart: number): ParsedRepetition {
  const parts = splitOutsideBraces(text)?.map(unbrace);
  const [names, ...values] = parts ?? [];
  if (!names || values.length === 0 || values.some((value) => value === undefined)) {
    return { kind: 'error', message: '~LST needs (NAME, VALUE, ...) or ({NAME,...}, {VALUE,...}, ...)' };
  }
  const badName = names.find((name) => !namePattern.test(name));
  if (badName !== undefined) return { kind: 'error', message: `"${badName}" is not a name for a variable of ~LST` };
  const tooMany = values.find((value) => value && value.length > names.length);
  if (tooMany) {
    return { kind: 'error', message: `~LST has ${names.length} names but a group of ${tooMany.length} values` };
  }
  const rounds = values.map((value) => names.map((name, index) => [name, value?.[index] ?? ''] as const));
  return { kind: 'repetition', repetition: { rounds, count: rounds.length, textStart } };
}

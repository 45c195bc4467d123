/**
 * Reads the text exposition format strictly, from its description (prometheus.io, "Exposition formats", text-based format):
 * what a scraper would refuse throws here.
 */

export interface ReadSample {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
}

export interface ReadFamily {
  readonly type: string;
  readonly help: string;
  readonly samples: ReadSample[];
}

const namePattern = /^[a-zA-Z_:][a-zA-Z0-9_:]*/;
const labelNamePattern = /^[a-zA-Z_][a-zA-Z0-9_]*/;

function take(text: string, pattern: RegExp, what: string): [found: string, rest: string] {
  const found = pattern.exec(text)?.[0];
  if (found === undefined) throw new Error(`${what} expected at: ${text}`);
  return [found, text.slice(found.length)];
}

function unescaped(text: string): string {
  return text.replaceAll(/\\(.)/g, (whole, character: string) => {
    if (character === 'n') return '\n';
    if (character === '\\' || character === '"') return character;
    throw new Error(`unknown escape ${whole}`);
  });
}

export function readSample(line: string): ReadSample {
  const [name, behindName] = take(line, namePattern, 'a name');
  let rest = behindName;
  const labels: Record<string, string> = {};
  if (rest.startsWith('{')) {
    rest = rest.slice(1);
    while (!rest.startsWith('}')) {
      const [label, behind] = take(rest, labelNamePattern, 'a label');
      const [quoted, further] = take(behind, /^="(?:[^"\\\n]|\\.)*"/, 'a quoted value');
      if (label in labels) throw new Error(`label ${label} twice: ${line}`);
      labels[label] = unescaped(quoted.slice(2, -1));
      rest = further.startsWith(',') ? further.slice(1) : further;
    }
    rest = rest.slice(1);
  }
  const number = /^ (\S+)$/.exec(rest)?.[1];
  if (number === undefined) throw new Error(`a value expected at: ${rest}`);
  const value = number === '+Inf' ? Infinity : number === '-Inf' ? -Infinity : Number(number);
  if (Number.isNaN(value) && number !== 'NaN') throw new Error(`no number: ${number}`);
  return { name, labels, value };
}

/** Families by name. Throws for two heads of one family, samples outside of theirs, and two samples with the same labels. */
export function readExposition(text: string): Map<string, ReadFamily> {
  if (text !== '' && !text.endsWith('\n')) throw new Error('the last line does not end');
  const families = new Map<string, ReadFamily>();
  const seen = new Set<string>();
  let help: [name: string, text: string] | undefined;
  let current: [name: string, family: ReadFamily] | undefined;
  for (const line of text.split('\n').slice(0, -1)) {
    const head = /^# (HELP|TYPE) (\S+) (.*)$/.exec(line);
    if (head !== null) {
      const [, kind, name = '', rest = ''] = head;
      if (kind === 'HELP') {
        help = [name, rest];
        continue;
      }
      if (help?.[0] !== name) throw new Error(`TYPE without HELP: ${line}`);
      if (families.has(name)) throw new Error(`family ${name} twice`);
      if (!['counter', 'gauge', 'histogram'].includes(rest)) throw new Error(`unknown type: ${line}`);
      current = [name, { type: rest, help: help[1], samples: [] }];
      families.set(...current);
      continue;
    }
    const sample = readSample(line);
    if (current === undefined) throw new Error(`a sample before any family: ${line}`);
    const [name, family] = current;
    const names = family.type === 'histogram' ? [`${name}_bucket`, `${name}_sum`, `${name}_count`] : [name];
    if (!names.includes(sample.name)) throw new Error(`a sample outside of its family: ${line}`);
    const identity = JSON.stringify([sample.name, Object.entries(sample.labels).sort()]);
    if (seen.has(identity)) throw new Error(`the same sample twice: ${line}`);
    seen.add(identity);
    family.samples.push(sample);
  }
  return families;
}

/** Two dumps of one configuration, field by field. */

/** One line of a dump and where it stands. */
export interface Field {
  readonly section: string;
  /** Heading of the block: `VRRP Instance = VI_1`; empty in a section without blocks. */
  readonly block: string;
  /** What stands before ` = `, or the beginning of a line that has none; with the list that the line belongs to. */
  readonly key: string;
  readonly line: string;
}

/** A field that is not the same on both sides; absent on the side that does not have it. */
export interface FieldDifference {
  readonly section: string;
  readonly block: string;
  readonly key: string;
  readonly original?: string;
  readonly ours?: string;
}

export interface Comparison {
  /** Fields of the original. */
  readonly fields: number;
  readonly differences: readonly FieldDifference[];
}

const sectionHeading = /^------< (.*) >------$/;
/** Sections whose lines with one blank are fields, not headings. */
const flatSections = new Set(['Global definitions', 'SSL definitions', 'Gratuitous ARP delays', 'Static Addresses']);
const blockHeadings = /^ (?:VS (?:VIP|FWMARK|GROUP) = | {2}RIP = |Virtual Server Group = )/;

/** Splits a dump into its fields. */
export function fieldsOf(text: string): Field[] {
  const fields: Field[] = [];
  let section = '';
  let block = '';
  let list = '';
  for (const line of text.split('\n')) {
    if (line.trim() === '' || / ------< .* >------$/.test(line)) continue;
    const heading = sectionHeading.exec(line)?.[1];
    if (heading !== undefined) {
      section = heading.startsWith('GARP delay group') ? 'Gratuitous ARP delays' : heading;
      block = list = '';
      continue;
    }
    if (section === 'LVS Topology' ? blockHeadings.test(line) : !flatSections.has(section) && /^ \S/.test(line)) {
      block = headingOf(block, line);
      list = '';
    }
    const item = /^ {5,}/.test(line) || (flatSections.has(section) && /^ {2,}/.test(line));
    if (!item) list = keyOf(line);
    fields.push({ section, block, key: item ? `${list} / ${keyOf(line)}` : list, line });
  }
  return fields;
}

/** A real server is named with the virtual server it stands below. */
function headingOf(before: string, line: string): string {
  const text = line.trim();
  if (!text.startsWith('RIP = ')) return text.replace(/^(VRRP Sync Group = .*), [A-Z]+$/, '$1');
  const server = /^RIP = ([^,]*), RPORT = (\d+)/.exec(text);
  return `${before.split(' > ')[0] ?? ''} > ${server?.[1] ?? ''} ${server?.[2] ?? ''}`;
}

function keyOf(line: string): string {
  const text = line.trim();
  const equals = text.indexOf(' = ');
  if (equals >= 0) return text.slice(0, equals);
  return text.endsWith(' =') ? text.slice(0, -2) : (/^[A-Za-z' ]+/.exec(text)?.[0] ?? '').trim();
}

/** Compares block by block; lines of a block count in their order. */
export function compareFields(original: readonly Field[], ours: readonly Field[]): Comparison {
  const differences: FieldDifference[] = [];
  const oursByBlock = byBlock(ours);
  const originalByBlock = byBlock(original);
  for (const [name, fields] of originalByBlock) differences.push(...differencesOf(fields, oursByBlock.get(name) ?? []));
  for (const [name, fields] of oursByBlock)
    if (!originalByBlock.has(name)) differences.push(...differencesOf([], fields));
  return { fields: original.length, differences };
}

function byBlock(fields: readonly Field[]): Map<string, Field[]> {
  const blocks = new Map<string, Field[]>();
  for (const field of fields) {
    const name = `${field.section}\n${field.block}`;
    const found = blocks.get(name);
    if (found === undefined) blocks.set(name, [field]);
    else found.push(field);
  }
  return blocks;
}

function differencesOf(original: readonly Field[], ours: readonly Field[]): FieldDifference[] {
  const { onlyFirst, onlySecond } = difference(original, ours);
  const left = [...onlySecond];
  const found = onlyFirst.map((field): FieldDifference => {
    const index = left.findIndex(({ key }) => key === field.key);
    const other = index < 0 ? undefined : left.splice(index, 1)[0];
    const { section, block, key } = field;
    return { section, block, key, original: field.line.trim(), ...(other && { ours: other.line.trim() }) };
  });
  return [...found, ...left.map(({ section, block, key, line }) => ({ section, block, key, ours: line.trim() }))];
}

/** What is left of two lists without a longest common part; equal beginnings and ends are cut off first. */
function difference(
  first: readonly Field[],
  second: readonly Field[],
): { readonly onlyFirst: Field[]; readonly onlySecond: Field[] } {
  let start = 0;
  while (start < first.length && first[start]?.line === second[start]?.line) start++;
  let end = 0;
  while (
    end < Math.min(first.length, second.length) - start &&
    first[first.length - 1 - end]?.line === second[second.length - 1 - end]?.line
  )
    end++;
  const a = first.slice(start, first.length - end);
  const b = second.slice(start, second.length - end);
  const width = b.length + 1;
  const common = new Uint32Array((a.length + 1) * width);
  for (let i = a.length - 1; i >= 0; i--) {
    for (let j = b.length - 1; j >= 0; j--) {
      common[i * width + j] =
        a[i]?.line === b[j]?.line
          ? (common[(i + 1) * width + j + 1] ?? 0) + 1
          : Math.max(common[(i + 1) * width + j] ?? 0, common[i * width + j + 1] ?? 0);
    }
  }
  const onlyFirst: Field[] = [];
  const onlySecond: Field[] = [];
  let i = 0;
  let j = 0;
  for (; i < a.length && j < b.length;) {
    if (a[i]?.line === b[j]?.line) {
      i++;
      j++;
    } else if ((common[(i + 1) * width + j] ?? 0) >= (common[i * width + j + 1] ?? 0)) {
      onlyFirst.push(...a.slice(i, ++i));
    } else {
      onlySecond.push(...b.slice(j, ++j));
    }
  }
  return { onlyFirst: [...onlyFirst, ...a.slice(i)], onlySecond: [...onlySecond, ...b.slice(j)] };
}

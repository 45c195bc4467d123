/** The reference pages of docs/reference, made from the one list of keywords: a page a block, and an index. */
import { BlockSchema, type KeywordFacts, type LineWords } from '../src/config/schema/keyword.ts';
import { languageEntries } from '../src/config/schema/language.ts';
import { topSchema } from '../src/config/schema/top.ts';

/** What the pages need of a keyword, whatever it is read into. */
export interface DocumentedKeyword extends KeywordFacts {
  readonly shape: 'statement' | 'block' | 'values';
  readonly nested?: unknown;
  readonly words?: LineWords;
  readonly wordGroups?: Readonly<Record<string, LineWords>>;
}

interface DocumentedBlock {
  readonly name: string;
  readonly keywords: ReadonlyMap<string, DocumentedKeyword>;
}

export interface Page {
  readonly file: string;
  /** `real_server`, or the keyword of a block of lines. */
  readonly title: string;
  /** Keywords from the top level down to it; several if the block stands in several places. */
  readonly paths: string[];
  readonly keyword: DocumentedKeyword;
  readonly block: DocumentedBlock | undefined;
}

const command = 'npm run docs';
const made = `<!-- Made by \`${command}\` from src/config/schema; edit that. -->\n`;

export function isBlock(value: unknown): value is DocumentedBlock {
  return value instanceof BlockSchema;
}

/** Every page, blocks before what stands inside them. */
export function collectPages(): Page[] {
  const pages = new Map<unknown, Page>();
  const titles = new Map<string, number>();
  const visit = (block: DocumentedBlock, path: string): void => {
    for (const [name, keyword] of block.keywords) {
      const inner = path === '' ? name : `${path}/${name}`;
      const nested = isBlock(keyword.nested) ? keyword.nested : undefined;
      // Blocks of lines inside a block are told on its page.
      if (!nested && (path !== '' || keyword.shape === 'statement')) continue;
      const known = nested && pages.get(nested);
      if (known) {
        known.paths.push(inner);
        continue;
      }
      titles.set(name, (titles.get(name) ?? 0) + 1);
      pages.set(nested ?? keyword, { file: '', title: name, paths: [inner], keyword, block: nested });
      if (nested) visit(nested, inner);
    }
  };
  visit(topSchema, '');
  return [...pages.values()].map((page) => {
    const parts = (page.paths[0] ?? '').split('/');
    const name = (titles.get(page.title) ?? 0) > 1 ? parts.slice(-2).join('-') : page.title;
    return { ...page, title: name.replace('-', ' / '), file: `${name}.md` };
  });
}

/** Text for a cell: bars would end it, angle brackets outside of code would be taken for HTML. */
function cell(text: string): string {
  const escaped = text
    .split('`')
    .map((part, index) => (index % 2 === 1 ? part : part.replaceAll('<', '&lt;').replaceAll('>', '&gt;')));
  return escaped.join('`').replaceAll('|', '\\|').replaceAll('\n', ' ');
}

function code(text: string): string {
  return text === '' ? '' : `\`${text.replaceAll('|', '\\|')}\``;
}

/** With a full stop. */
export function sentence(text: string): string {
  const trimmed = text.trim();
  return /[.!?]$/.test(trimmed) ? trimmed : `${trimmed}.`;
}

function meaning(facts: KeywordFacts, link: string | undefined): string {
  const parts = [cell(sentence(facts.note))];
  if (facts.since !== undefined)
    parts.push(/^\d/.test(facts.since) ? `Since keepalived ${facts.since}.` : `In keepalived ${facts.since}.`);
  if (facts.own === true) parts.push('*Not in keepalived.*');
  if (facts.replacement !== undefined) parts.push(`**Old:** write ${cell(facts.replacement)}.`);
  if (facts.effect === 'none-yet') parts.push('*Accepted, without effect in this version.*');
  if (link !== undefined) parts.push(link);
  return parts.join(' ');
}

function row(name: string, facts: KeywordFacts, link?: string): string {
  const form = facts.form === '(none)' || facts.form === '-' ? '' : code(facts.form);
  const fallback = facts.default === undefined ? '' : cell(facts.default);
  return `| ${code(name)} | ${form} | ${fallback} | ${meaning(facts, link)} |`;
}

function table(head: string, rows: readonly string[]): string {
  return [`| ${head} | arguments | default | meaning |`, '|---|---|---|---|', ...rows, ''].join('\n');
}

function wordRows(words: LineWords): string[] {
  return Object.entries(words).map(([word, facts]) => row(word, facts));
}

/** Sections about the words inside the lines or arguments of one keyword. */
function wordSections(name: string, keyword: DocumentedKeyword, level: string): string[] {
  const sections: string[] = [];
  const words = keyword.words ?? {};
  if (Object.keys(words).length > 0) {
    const title = keyword.shape === 'values' ? `Lines of \`${name}\`` : `Words behind \`${name}\``;
    sections.push(`${level} ${title}`, '', table('word', wordRows(words)));
  }
  for (const [group, inner] of Object.entries(keyword.wordGroups ?? {})) {
    sections.push(`${level} Words behind \`${group}\` in \`${name}\``, '', table('word', wordRows(inner)));
  }
  return sections;
}

function sameWords(a: DocumentedKeyword, b: DocumentedKeyword): boolean {
  return JSON.stringify([a.words, a.wordGroups]) === JSON.stringify([b.words, b.wordGroups]);
}

function anchor(title: string): string {
  return title
    .toLowerCase()
    .replace(/[^a-z0-9_ -]/g, '')
    .replaceAll(' ', '-');
}

/** How the block is opened: `virtual_server <ip> <port?> or fwmark <int> or group <name> {`. */
function opening(page: Page): string {
  const name = (page.paths[0] ?? '').split('/').at(-1) ?? '';
  const form = page.keyword.form.replace(/,? ?block( of .*)?$/, '').trim();
  return ['```', `${[name, form].filter((part) => part !== '').join(' ')} {`, '    ...', '}', '```', ''].join('\n');
}

function where(page: Page, fileOf: (path: string) => string | undefined): string {
  const places = page.paths.map((path) => {
    const parents = path.split('/').slice(0, -1);
    const name = page.paths.length > 1 ? `\`${path.split('/').at(-1) ?? ''}\` ` : '';
    if (parents.length === 0) return `${name}at the [top level](README.md)`;
    const links = parents.map((parent, index) => {
      const file = fileOf(parents.slice(0, index + 1).join('/'));
      return file === undefined ? `\`${parent}\`` : `[${parent}](${file})`;
    });
    return `${name}in ${links.reverse().join(', in ')}`;
  });
  return `Stands ${places.join(', ')}.`;
}

function blockPage(page: Page, fileOf: (path: string) => string | undefined): string {
  const parts = [made, `# ${page.title}`, '', sentence(page.keyword.note), '', opening(page), where(page, fileOf), ''];
  if (!page.block) return [...parts, ...wordSections(page.title, page.keyword, '##')].join('\n');
  const path = page.paths[0] ?? '';
  const rows: string[] = [];
  const sections: string[] = [];
  const described: { readonly name: string; readonly keyword: DocumentedKeyword }[] = [];
  for (const [name, keyword] of page.block.keywords) {
    const file = isBlock(keyword.nested) ? fileOf(`${path}/${name}`) : undefined;
    if (file !== undefined) {
      rows.push(row(name, keyword, `See [${file.replace('.md', '')}](${file}).`));
      continue;
    }
    const own = wordSections(name, keyword, '##');
    if (own.length === 0) {
      rows.push(row(name, keyword));
      continue;
    }
    const same = described.find((other) => sameWords(other.keyword, keyword));
    const title = (same?.keyword ?? keyword).shape === 'values' ? 'Lines of' : 'Words behind';
    rows.push(row(name, keyword, `See [below](#${anchor(`${title} ${same?.name ?? name}`)}).`));
    if (same) continue;
    described.push({ name, keyword });
    sections.push(...own);
  }
  return [...parts, table('keyword', rows), ...sections].join('\n');
}

const notation = [
  '## How to read the pages',
  '',
  '| written | means |',
  '|---|---|',
  '| `<name>` | a word of your own |',
  '| `<1..255>`, `<int 0..10>` | a whole number in that range |',
  '| `<secs float>` | seconds, with a fraction if need be |',
  '| `<bool?>` | `on`, `true`, `yes`, `off`, `false` or `no`; nothing means on |',
  '| `?` inside the brackets | may be left out |',
  '| `{...}` | may be left out |',
  '| `A or B` | one of them |',
  '| `block` | `{`, keywords or lines, `}` |',
  '| no arguments | the keyword alone; what follows it is not read |',
  '',
  'A keyword without a version is as old as keepalived 2.2.7. A default such as "the global value" says where a setting',
  'comes from that the block leaves out.',
  '',
].join('\n');

function indexPage(pages: readonly Page[], fileOf: (path: string) => string | undefined): string {
  const blocks = pages.map((page) => {
    const depth = (page.paths[0] ?? '').split('/').length - 1;
    return `${'  '.repeat(depth)}- [${page.title}](${page.file}): ${cell(sentence(page.keyword.note))}`;
  });
  const top = [...topSchema.keywords]
    .filter(([name]) => fileOf(name) === undefined)
    .map(([name, facts]) => row(name, facts));
  const language = languageEntries.map(({ keyword, facts }) => row(keyword, facts));
  const places = new Map<string, Set<string>>();
  const add = (keyword: string, link: string): void => {
    if (keyword.startsWith('<')) return;
    places.set(keyword, (places.get(keyword) ?? new Set()).add(link));
  };
  for (const page of pages) {
    const link = `[${page.title}](${page.file})`;
    for (const [name, keyword] of page.block?.keywords ?? []) {
      add(name, link);
      for (const words of [keyword.words ?? {}, ...Object.values(keyword.wordGroups ?? {})])
        for (const word of Object.keys(words)) add(word, link);
    }
    if (page.block) continue;
    for (const words of [page.keyword.words ?? {}, ...Object.values(page.keyword.wordGroups ?? {})])
      for (const word of Object.keys(words)) add(word, link);
  }
  for (const [name] of topSchema.keywords)
    add(name, fileOf(name) === undefined ? 'top level' : `[${name}](${fileOf(name) ?? ''})`);
  const byName = (a: string, b: string): number => (a.toLowerCase() < b.toLowerCase() ? -1 : 1);
  const alphabet = [...places.keys()]
    .sort(byName)
    .map((name) => `| ${code(name)} | ${[...(places.get(name) ?? [])].join(', ')} |`);
  return [
    made,
    '# Configuration reference',
    '',
    'Every keyword of the configuration, a page for each block. The messages about a configuration are explained in',
    '[configuration-diagnostics.md](../configuration-diagnostics.md).',
    '',
    '## Blocks',
    '',
    ...blocks,
    '',
    '## Keywords outside of blocks',
    '',
    table('keyword', top),
    '## Anywhere',
    '',
    'Done line by line, before keywords are looked for.',
    '',
    table('written', language),
    notation,
    '## Every keyword',
    '',
    '| keyword | stands in |',
    '|---|---|',
    ...alphabet,
    '',
  ].join('\n');
}

/** All pages by their file name in docs/reference. */
export function referencePages(): ReadonlyMap<string, string> {
  const pages = collectPages();
  const files = new Map(pages.flatMap((page) => page.paths.map((path) => [path, page.file] as const)));
  const fileOf = (path: string): string | undefined => files.get(path);
  return new Map([
    ['README.md', indexPage(pages, fileOf)],
    ...pages.map((page) => [page.file, blockPage(page, fileOf)] as const),
  ]);
}

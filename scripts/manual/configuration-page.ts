/** keepalived.conf(5), made from the one list of keywords (src/config/schema). */
import type { KeywordFacts, LineWords } from '../../src/config/schema/keyword.ts';
import { languageEntries } from '../../src/config/schema/language.ts';
import { topSchema } from '../../src/config/schema/top.ts';
import { ownVersion as version } from '../../src/cli/version.ts';
import { collectPages, isBlock, sentence } from '../reference-pages.ts';
import type { DocumentedKeyword, Page } from '../reference-pages.ts';
import { bold, entry, escapeText, example, italic, page, paragraph, prose, section, subsection } from './roff.ts';

function term(name: string, facts: KeywordFacts): string {
  const form = facts.form === '(none)' || facts.form === '-' ? '' : ` ${italic(facts.form)}`;
  return `${bold(name)}${form}`;
}

function explanation(facts: KeywordFacts): string {
  return [
    sentence(facts.note),
    ...(facts.default === undefined ? [] : [`Default: ${sentence(facts.default)}`]),
    ...(facts.since === undefined
      ? []
      : [/^\d/.test(facts.since) ? `Since keepalived ${facts.since}.` : `In keepalived ${facts.since}.`]),
    ...(facts.replacement === undefined ? [] : [`Old: write ${sentence(facts.replacement)}`]),
    ...(facts.effect === 'none-yet' ? ['Accepted, without effect in this version.'] : []),
  ].join(' ');
}

function words(entries: LineWords): string[] {
  return Object.entries(entries).flatMap(([word, facts]) => entry(term(word, facts), explanation(facts)));
}

/** The keyword, and below it the words of its lines or arguments. */
function keywordEntry(name: string, keyword: DocumentedKeyword, paths: ReadonlySet<string>, path: string): string[] {
  const elsewhere = isBlock(keyword.nested) && paths.has(`${path}/${name}`) ? ` See ${`${path}/${name}`} below.` : '';
  const groups = [keyword.words ?? {}, ...Object.values(keyword.wordGroups ?? {})].filter(
    (group) => Object.keys(group).length > 0,
  );
  return [
    ...entry(term(name, keyword), explanation(keyword) + elsewhere),
    ...groups.flatMap((group) => ['.RS', ...words(group), '.RE']),
  ];
}

function blockSection({ paths, keyword, block }: Page, known: ReadonlySet<string>): string[] {
  const path = paths[0] ?? '';
  return [
    ...subsection(paths.map((place) => escapeText(place)).join(', ')),
    prose(sentence(keyword.note)),
    ...[...(block?.keywords ?? [])].flatMap(([name, inner]) => keywordEntry(name, inner, known, path)),
    ...words(keyword.words ?? {}),
    ...Object.values(keyword.wordGroups ?? {}).flatMap(words),
  ];
}

const syntax: readonly string[] = [
  'Keywords and their arguments stand on lines of their own; a block begins with `{` at the end of its line and ends with `}`. What follows `#` or `!` is a comment, outside of double quotes. Times are in seconds, with fractions where the form says float.',
  'In the forms below `<name>` is a word of your own, `<1..255>` a whole number in that range, `<bool?>` one of on, true, yes, off, false, no (nothing means on); `?` inside the brackets and `{...}` mark what may be left out.',
  'A keyword without a version is as old as keepalived 2.2.7. What is wrong with a file, line by line and with the remedy, is said by `keepalived -t`; every default filled in is shown by `keepalivectl config show`.',
];

export function configurationPage(): string {
  const pages = collectPages();
  const known = new Set(pages.flatMap(({ paths }) => paths));
  // Other names of a block are among the keywords: the note of each says so.
  const first = new Set(pages.map(({ paths }) => paths[0]));
  const outside = [...topSchema.keywords].filter(([name]) => !first.has(name));
  return page(
    { name: 'keepalived.conf', section: 5, purpose: 'configuration of keepalived', version },
    section('SYNOPSIS', italic('/etc/keepalived/keepalived.conf')),
    section('DESCRIPTION', ...syntax.flatMap(paragraph)),
    ...[
      example(
        ...['vrrp_instance VI_1 {', '    state MASTER', '    interface eth0', '    virtual_router_id 51'],
        ...['    priority 150', '    virtual_ipaddress {', '        192.0.2.1/24', '    }', '}'],
      ),
    ],
    section(
      'ANYWHERE',
      ...languageEntries.flatMap(({ keyword, facts }) => entry(term(keyword, facts), explanation(facts))),
    ),
    section('OUTSIDE OF BLOCKS', ...outside.flatMap(([name, facts]) => entry(term(name, facts), explanation(facts)))),
    section('BLOCKS', ...pages.flatMap((one) => blockSection(one, known))),
    section('SEE ALSO', '\\fBkeepalived\\fR(8),\n\\fBkeepalivectl\\fR(1),\n\\fBgenhash\\fR(1),\n\\fBipvsadm\\fR(8)'),
  );
}

/** What may stand anywhere and belongs to the reading of files, not to a block: listed here, done in source/. */
import type { SchemaEntry } from './keyword.ts';

const entries: readonly (readonly [
  keyword: string,
  form: string,
  note: string,
  extra?: { default?: string; since?: string },
])[] = [
  ['include', '<glob>', 'Reads other files; problems are only noted, unless include_check says more.'],
  ['includer', '<glob>', 'A file that cannot be read is fatal.'],
  ['includem', '<glob>', 'As includer; a name without wildcard must exist.'],
  ['includew', '<glob>', 'As includem; a wildcard must match something.'],
  ['includeb', '<glob>', 'As includer; every brace alternative must match something.'],
  ['includea', '<glob>', 'All of these checks.'],
  [
    '@<id>',
    '<rest of line>',
    'The rest of the line counts only on the machine with this id.',
    { default: 'config-id: the host name' },
  ],
  ['@^<id>', '<rest of line>', 'The rest of the line counts on all other machines.'],
  ['$<name>=', '<text>', 'Definition; a trailing backslash begins one of several lines.'],
  ['${<name>}', '-', 'Puts a definition in, anywhere in a line.'],
  ['${_ENV <var>}', '-', 'Environment variable.', { default: 'empty', since: '2.4.0' }],
  ['${_RANDOM}', '{<min> {<max>}}', 'Random whole number.', { default: '0 32767' }],
  ['${_PWD}', '-', 'Directory of the file being read.'],
  ['${_INSTANCE}', '-', 'The config-id, not the instance keyword.'],
  ['${_HASH}', '-', 'A #; begins a comment outside of double quotes.'],
  ['${_BANG}', '-', 'A !; begins a comment outside of double quotes.'],
  [
    '~SEQ',
    '(<var>, {<start>, {<step>,}} <end>) <rest>',
    'Repeats the rest of the line for numbers.',
    { default: 'start 1 step 1' },
  ],
  ['~SEQx', 'as ~SEQ', 'The same, written in hexadecimal.'],
  ['~LST', '(<var>, <v>...) or ({<vars>},{<values>}...) <rest>', 'Repeats the rest of the line for values.'],
];

export const languageEntries: readonly SchemaEntry[] = entries.map(([keyword, form, note, extra]) => ({
  path: '<anywhere>',
  keyword,
  facts: { form, note, ...extra },
}));

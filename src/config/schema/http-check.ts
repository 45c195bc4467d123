/** HTTP_GET and SSL_GET. */
import type { CheckerDraft, UrlDraft } from '../drafts.ts';
import { splitScriptWords } from '../script-words.ts';
import { parseDigits } from '../values.ts';
import type { Statement } from '../statement.ts';
import { virtualHostKeyword } from './check-times.ts';
import { checkerBlock, commonKeywords, connectionKeywords } from './checkers.ts';
import { quote, type Context } from './context.ts';
import { block, bool, custom, flag, integer, optionalText, text } from './forms.ts';
import { BlockSchema, type Keyword } from './keyword.ts';

type C = CheckerDraft;

const regexOptions = new Set(
  (
    'allow_empty_class alt_bsux auto_callout caseless dollar_endonly dotall dupnames extended firstline match_unset_backref ' +
    'multiline never_ucp never_utf no_auto_capture no_auto_possess no_dotstar_anchor no_start_optimize ucp ungreedy utf ' +
    'never_backslash_c alt_circumflex alt_verbnames use_offset_limit'
  ).split(' '),
);

/** `200`, `200-299`, any number of them. */
function readStatusCodes(draft: UrlDraft, statement: Statement, context: Context): void {
  const ranges: { from: number; to: number }[] = [];
  for (let word = 1; word < statement.words.length; word++) {
    const shown = statement.words[word] ?? '';
    const [low = '', high = low, ...more] = shown.split('-');
    const from = parseDigits(low);
    const to = parseDigits(high);
    if (more.length > 0 || from < 100 || to > 599 || from > to) {
      context.error(
        statement,
        word,
        'CFG_INVALID_NUMBER',
        `status_code: ${quote(shown)} is not a status or range from 100 to 599`,
        'write for example 200 or 200-299',
      );
    } else {
      ranges.push({ from, to });
    }
  }
  if (ranges.length > 0) draft.statusCodes = [...(draft.statusCodes ?? []), ...ranges];
}

function readDigest(draft: UrlDraft, digest: string, statement: Statement, context: Context): void {
  if (/^[0-9a-fA-F]{32}$/.test(digest)) {
    draft.digest = digest.toLowerCase();
    return;
  }
  context.error(
    statement,
    1,
    'CFG_INVALID_DIGEST',
    `digest ${quote(digest)} is not 32 hexadecimal digits and is ignored`,
    'take what genhash prints behind "MD5SUM ="',
  );
}

function readRegex(draft: UrlDraft, statement: Statement, context: Context): void {
  const read = splitScriptWords(statement.raw);
  if (!read.ok) {
    context.report(
      'unmatched-quote',
      statement,
      1,
      'CFG_SCRIPT_QUOTE',
      'regex: a quote is not closed; the line is ignored',
    );
    return;
  }
  const pattern = read.words[1];
  if (pattern !== undefined) draft.regex = pattern;
}

function readRegexOptions(draft: UrlDraft, statement: Statement, context: Context): void {
  const options = statement.words.slice(1);
  options.forEach((option, index) => {
    if (!regexOptions.has(option))
      context.error(statement, index + 1, 'CFG_INVALID_WORD', `regex_options: ${quote(option)} is unknown`);
  });
  draft.regexOptions = options.filter((option) => regexOptions.has(option));
}

/** Both sizes, or nothing: the original takes what it can make of them and says so in its log only. */
function readStack(draft: UrlDraft, statement: Statement, context: Context): void {
  const sizes = [1, 2].map((word) => parseDigits(statement.words[word] ?? ''));
  const [start = -1, max = -1] = sizes;
  if (start > 0 && max >= start) {
    draft.regexStack = { start, max };
    return;
  }
  context.report(
    'note',
    statement,
    start > 0 ? 2 : 1,
    'CFG_INVALID_NUMBER',
    'regex_stack needs a size to start with and one not below it to end with; it is ignored',
    'write for example "regex_stack 32768 1048576"',
  );
}

const offset = { min: 0, max: 4294967295 } as const;

const urlKeywords: Readonly<Record<string, Keyword<UrlDraft>>> = {
  path: text('Path to ask for.', (draft, value) => (draft.path = value), {
    default: 'required; the url is dropped without',
  }),
  digest: text('MD5 of the body; see genhash.', readDigest, { form: '<32 hex>', default: 'none' }),
  status_code: custom('Good statuses.', '{<100..599> or <a>-<b>}+', readStatusCodes, { default: '200-299' }),
  virtualhost: text('Host header.', (draft, value) => (draft.virtualHost = value), {
    form: '<host>',
    default: 'inherited',
    missing: 'error',
  }),
  regex: custom('The body must match.', '<pcre2 pattern>', readRegex, { default: 'none', missing: 'error' }),
  regex_no_match: flag('The body must not match.', (draft) => (draft.regexNoMatch = true)),
  regex_options: custom(
    'Options of PCRE2 by their names in lower case.',
    `{${[...regexOptions].join(' ')}}+`,
    readRegexOptions,
    { default: 'none' },
  ),
  regex_min_offset: integer(
    'Matches that begin before do not count.',
    offset,
    (draft, value) => (draft.regexMinOffset = value),
    { default: '0' },
  ),
  regex_max_offset: integer(
    'Matches that begin behind do not count.',
    offset,
    (draft, value) => (draft.regexMaxOffset = value),
    { default: 'unlimited' },
  ),
  regex_stack: custom(
    'Sizes of the stack of PCRE2, in octets; the expressions here need none, their time is limited instead.',
    '<start> <max>',
    readStack,
    { default: "the library's" },
  ),
};

const tlsCompliant = { default: 'false', since: '2.2.8' } as const;
const sslUrlKeywords: Readonly<Record<string, Keyword<UrlDraft>>> = {
  ...urlKeywords,
  tls_compliant: bool(
    'Ends TLS in an orderly way for this url.',
    (draft, value) => (draft.tlsCompliant = value),
    tlsCompliant,
  ),
};

function urlBlock(keywords: Readonly<Record<string, Keyword<UrlDraft>>>): Keyword<C> {
  return block<C, UrlDraft>(
    'One path to test; at least one is needed.',
    new BlockSchema<UrlDraft>('url', keywords),
    (_checker, statement) => ({ statement }),
    (url, statement, context, checker) => {
      if (url.path === undefined) {
        context.error(statement, 0, 'CFG_INCOMPLETE', 'url has no path and is ignored', 'add "path /"');
        return;
      }
      checker.urls?.push(url);
    },
  );
}

const protocols = ['1.0', '1.0C', '1.0c', '1.1'];

function readProtocol(draft: C, statement: Statement, context: Context): void {
  const word = statement.words[1] ?? '';
  if (!protocols.includes(word)) {
    context.error(
      statement,
      1,
      'CFG_INVALID_WORD',
      `http_protocol: ${quote(word)} is unknown`,
      'write 1.0, 1.0C or 1.1',
    );
    return;
  }
  draft.httpProtocol = word === '1.1' ? '1.1' : word === '1.0' ? '1.0' : '1.0C';
}

const retryRange = { min: 0, max: 4294967295 } as const;

function httpKeywords(url: Keyword<C>): Readonly<Record<string, Keyword<C>>> {
  return {
    ...connectionKeywords<C>(),
    ...commonKeywords<C>('1', '3'),
    nb_get_retry: integer(
      'Old name of retry.',
      retryRange,
      (draft, value, statement, context) => {
        draft.retry = value;
        context.report('deprecated', statement, 0, 'CFG_DEPRECATED', 'nb_get_retry is deprecated', 'write retry');
      },
      { form: '<uint>' },
    ),
    virtualhost: virtualHostKeyword<C>('Host header.', 'inherited'),
    http_protocol: custom(
      'Version in the request; 1.0C and 1.1 add Connection: close.',
      '1.0 or 1.0C or 1.0c or 1.1',
      readProtocol,
      { default: '1.0', missing: 'error' },
    ),
    enable_sni: bool('Sends the name of the server with TLS.', (draft, value) => (draft.enableSni = value), {
      default: 'false',
    }),
    sni_name: optionalText(
      'Name for SNI; its presence enables it.',
      (draft, value) => {
        draft.enableSni = true;
        if (value !== undefined) draft.sniName = value;
      },
      { form: '<host?>', default: 'virtualhost', since: 'after 2.4.3' },
    ),
    fast_recovery: bool(
      'Up after the first success of all urls, without the usual delays between them.',
      (draft, value) => (draft.fastRecovery = value),
      { default: 'false' },
    ),
    url,
  };
}

function hasUrls(draft: C, statement: Statement, context: Context): boolean {
  if ((draft.urls ?? []).length > 0) return true;
  context.error(statement, 0, 'CFG_INCOMPLETE', `${draft.type} has no url and is ignored`, 'add "url { path / }"');
  return false;
}

const options = { close: hasUrls, urls: true } as const;

export const httpGet = checkerBlock(
  'HTTP_GET',
  'The server is up if it answers HTTP requests as expected.',
  new BlockSchema<C>('HTTP_GET', httpKeywords(urlBlock(urlKeywords))),
  options,
);

export const sslGet = checkerBlock(
  'SSL_GET',
  'As HTTP_GET, over TLS; certificates are not verified.',
  new BlockSchema<C>('SSL_GET', {
    ...httpKeywords(urlBlock(sslUrlKeywords)),
    tls_compliant: bool(
      'Ends TLS in an orderly way for every url.',
      (draft, value) => (draft.tlsCompliant = value),
      tlsCompliant,
    ),
  }),
  options,
);

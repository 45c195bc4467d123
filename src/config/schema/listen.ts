/** The keyword `listen` of everything that is served over HTTP (ours). */
import type { ListenDraft } from '../drafts.ts';
import type { ListenPlace } from '../model.ts';
import type { Statement } from '../statement.ts';
import { parseAddress, parseDigits } from '../values.ts';
import { quote, type Context } from './context.ts';
import { custom, ours } from './forms.ts';
import type { Keyword } from './keyword.ts';
import { lineOptionBuilders, readOptions, type LineOptions } from './lines.ts';

const form = '<ip>:<port> | unix <path> mode <octal?> group <name?>';
/** struct sockaddr_un, less the zero octet at the end. */
const longestPath = 107;
const defaultMode = 0o600;

interface UnixDraft {
  mode: number;
  group?: string;
}

const { value } = lineOptionBuilders<UnixDraft>();

const unixOptions: LineOptions<UnixDraft> = {
  mode: {
    ...value(
      '<octal>',
      'Permissions of the socket: who may write to it may connect.',
      (_draft, cursor) => {
        const word = cursor.argument('<octal>');
        if (word === undefined || /^0?[0-7]{1,3}$/.test(word)) return word;
        cursor.error('CFG_INVALID_WORD', `listen: ${quote(word)} are no permissions`, 'write "mode 0660"');
        return undefined;
      },
      (draft, word) => (draft.mode = Number.parseInt(word, 8)),
      '0600',
    ),
    ...ours,
  },
  group: {
    ...value(
      '<name>',
      'Group of the socket.',
      (_draft, cursor) => cursor.argument('<name>'),
      (draft, name) => (draft.group = name),
      'that of the daemon',
    ),
    ...ours,
  },
};

/** `10.0.0.1:80`, `[2001:db8::1]:80`. */
function tcpPlace(word: string): ListenPlace | undefined {
  const colon = word.lastIndexOf(':');
  const port = colon < 0 ? -1 : parseDigits(word, colon + 1);
  if (port < 1 || port > 65_535) return undefined;
  const host = word.slice(0, colon);
  const bracketed = host.startsWith('[') && host.endsWith(']');
  const parsed = parseAddress(bracketed ? host.slice(1, -1) : host);
  // Without brackets nobody can tell where an IPv6 address ends.
  if (!parsed || (parsed.family === 'inet6') !== bracketed) return undefined;
  return { kind: 'tcp', ...parsed, port };
}

function unixPlace(statement: Statement, context: Context): ListenPlace | undefined {
  const path = statement.words[2] ?? '';
  if (!path.startsWith('/') || path.length > longestPath) {
    context.error(
      statement,
      2,
      'CFG_INVALID_WORD',
      `listen: ${quote(path)} is no full path of at most ${longestPath} characters; the line is ignored`,
      'write "listen unix /run/keepalived/NAME.sock"',
    );
    return undefined;
  }
  const draft: UnixDraft = { mode: defaultMode };
  if (!readOptions(draft, unixOptions, statement, 2, context)) return undefined;
  return { kind: 'unix', path, ...draft };
}

/** The same place, whoever may connect to it. */
function samePlace(one: ListenPlace, other: ListenPlace): boolean {
  if (one.kind === 'unix') return other.kind === 'unix' && one.path === other.path;
  return other.kind === 'tcp' && one.address === other.address && one.port === other.port;
}

/** @param otherwise where it listens without this keyword, in words */
export function listenKeyword<D>(listOf: (draft: D) => ListenDraft[], otherwise: string): Keyword<D> {
  return custom<D>(
    'Where to listen, once for each place. An address need not be on the machine yet.',
    form,
    (draft, statement, context) => {
      const [, word = ''] = statement.words;
      const place = word === 'unix' ? unixPlace(statement, context) : tcpPlace(word);
      if (!place) {
        if (word !== 'unix')
          context.error(
            statement,
            1,
            'CFG_INVALID_ADDRESS',
            `listen: ${quote(word)} is no address with a port; the line is ignored`,
            'write for instance 127.0.0.1:9165, [::1]:9165 or unix /run/keepalived/NAME.sock',
          );
        return;
      }
      const list = listOf(draft);
      const first = list.find((other) => samePlace(other.place, place));
      if (first) context.duplicate(statement, 1, 'listen at this place', first.statement);
      else list.push({ statement, place });
    },
    { ...ours, missing: 'error', default: otherwise, words: unixOptions },
  );
}

/** status_page (ours): a page about the running daemon, for browsers. */
import type { ConfigurationDraft, PageUserDraft, StatusPageDraft } from '../drafts.ts';
import type { PageUser } from '../model.ts';
import { looksLikeHash, parsePasswordHash } from '../password-hash.ts';
import type { Statement } from '../statement.ts';
import { quote, type Context } from './context.ts';
import { block, custom, integer, ours, text } from './forms.ts';
import { BlockSchema, type Keyword } from './keyword.ts';
import { listenKeyword } from './listen.ts';

const authForm = 'none or basic <user> <password> or file <path>';
const hashRemedy = 'make one with "keepalivectl hash-password"';

function addUser(draft: StatusPageDraft, user: PageUser, statement: Statement, context: Context): void {
  const first = draft.users.find(({ name }) => name === user.name);
  if (first) {
    context.duplicate(statement, 2, `user ${quote(user.name)} of status_page`, first.statement);
    return;
  }
  const added: PageUserDraft = { ...user, statement };
  draft.users.push(added);
}

/** Undefined: what stands there is a hash that cannot be used; the user then cannot look. */
function passwordOf(written: string): PageUser['password'] | undefined {
  return looksLikeHash(written) ? parsePasswordHash(written) : { kind: 'plain', text: written };
}

function unusable(
  draft: StatusPageDraft,
  statement: Statement,
  problem: string,
  remedy: string,
  context: Context,
): void {
  draft.unusable ??= statement;
  context.error(statement, 1, 'CFG_PASSWORD', `auth: ${problem}; the line is ignored`, remedy);
}

function readBasic(draft: StatusPageDraft, statement: Statement, context: Context): void {
  const [, , name = '', written = ''] = statement.words;
  const password = passwordOf(written);
  // A colon ends the name where a browser sends both (RFC 7617).
  if (name === '' || name.includes(':'))
    unusable(
      draft,
      statement,
      'the name of a user has at least one character and no ":"',
      `write "auth ${authForm}"`,
      context,
    );
  else if (written === '')
    unusable(draft, statement, `user ${quote(name)} has no password`, 'write one behind the name', context);
  else if (password === undefined)
    unusable(draft, statement, `the hash of user ${quote(name)} is none that can be used`, hashRemedy, context);
  else addUser(draft, { name, password }, statement, context);
}

/** Lines `user:hash`; empty ones and those that begin with # are comments. What is wrong with a line is said without it. */
function readUsers(draft: StatusPageDraft, statement: Statement, context: Context): void {
  const path = statement.words[2] ?? '';
  const found = context.host.secretFile?.(path);
  if (found?.ok !== true) {
    const detail = found === undefined ? 'files cannot be read here' : found.detail;
    unusable(draft, statement, `the file ${path} cannot be read (${detail})`, 'write the full path of a file', context);
    return;
  }
  if (found.insecure !== undefined) {
    unusable(draft, statement, found.insecure, `chmod 600 ${path}`, context);
    return;
  }
  for (const [index, line] of found.text.split(/\r?\n/).entries()) {
    if (line.trim() === '' || line.startsWith('#')) continue;
    const colon = line.indexOf(':');
    const name = line.slice(0, Math.max(0, colon));
    const password = parsePasswordHash(line.slice(colon + 1).trim());
    if (name === '' || password === undefined)
      unusable(draft, statement, `line ${index + 1} of ${path} is not "user:hash"`, hashRemedy, context);
    else addUser(draft, { name, password, file: path }, statement, context);
  }
}

function readAuthentication(draft: StatusPageDraft, statement: Statement, context: Context): void {
  switch (statement.words[1]) {
    case 'none':
      draft.openAt = statement;
      return;
    case 'basic':
      readBasic(draft, statement, context);
      return;
    case 'file':
      readUsers(draft, statement, context);
      return;
    default:
      unusable(
        draft,
        statement,
        `${quote(statement.words[1] ?? '')} is not one of none, basic, file`,
        `write "auth ${authForm}"`,
        context,
      );
  }
}

/** `/`, `/balancer/`: segments of characters that nobody has to escape. */
const pathForm = /^\/([A-Za-z0-9._~-]+\/)*$/;
const hostForm = /^[A-Za-z0-9]([A-Za-z0-9.-]*[A-Za-z0-9])?$/;

const statusPageSchema = new BlockSchema<StatusPageDraft>('status_page', {
  listen: listenKeyword((draft) => draft.listen, '127.0.0.1:8404'),
  auth: custom(
    'Who may look: users with passwords, from here or from a file with a line "user:hash" for each; none: everybody who can connect. Without this line only this machine itself can.',
    authForm,
    readAuthentication,
    {
      ...ours,
      missing: 'error',
      default: 'nobody is asked at a loopback address or unix socket; elsewhere nothing is served',
    },
  ),
  base_path: text(
    'Path of the page, for a reverse proxy that puts it below one; a slash at both ends.',
    (draft, path, statement, context) => {
      const full = `${path.startsWith('/') ? '' : '/'}${path}${path.endsWith('/') ? '' : '/'}`;
      if (pathForm.test(full) && !/^\/(metrics|\.{1,2})\//.test(full) && !full.includes('/../')) draft.basePath = full;
      else
        context.error(
          statement,
          1,
          'CFG_INVALID_WORD',
          `base_path: ${quote(path)} cannot be the path of the page; the line is ignored`,
          'write for instance /keepalived/',
        );
    },
    { ...ours, form: '<path>', default: '/', missing: 'error' },
  ),
  allow_host: text(
    'A name under which the page may be asked for without authentication, beside addresses and the names of this machine: a page of somebody else must not read it by a name of its own. Several are allowed.',
    (draft, name, statement, context) => {
      if (hostForm.test(name)) draft.hosts.push(name.toLowerCase());
      else
        context.error(
          statement,
          1,
          'CFG_INVALID_WORD',
          `allow_host: ${quote(name)} is not the name of a host; the line is ignored`,
          'write the name without port and path',
        );
    },
    { ...ours, form: '<name>', default: 'none', missing: 'error' },
  ),
  max_viewers: integer(
    'Pages that are kept up to date at the same time; further ones are told to ask again later.',
    { min: 1, max: 1000, clamp: true },
    (draft, value) => (draft.maximumViewers = value),
    { ...ours, default: '32' },
  ),
});

export const statusPage: Keyword<ConfigurationDraft> = block<ConfigurationDraft, StatusPageDraft>(
  'Serves a page about the running daemon, read-only, by a process without privileges.',
  statusPageSchema,
  (draft, statement, context) => {
    if (!draft.statusPage) return { statement, listen: [], users: [], hosts: [] };
    context.duplicate(statement, 0, 'status_page', draft.statusPage.statement);
    return undefined;
  },
  (block, _statement, context) => {
    context.draft.statusPage = block;
  },
  ours,
);

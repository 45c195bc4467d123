/** status_page: draft to model. */
import type { StatusPageDraft } from '../drafts.ts';
import type { ListenPlace, StatusPageConfiguration } from '../model.ts';
import type { Context } from '../schema/context.ts';
import { locate, type Statement } from '../statement.ts';

/** The port that HAProxy's examples have for such a page. */
const defaultPlace: ListenPlace = { kind: 'tcp', family: 'inet', address: '127.0.0.1', port: 8404 };
const defaultViewers = 32;

/** Whether nobody but this machine can connect. */
function isOwn(place: ListenPlace): boolean {
  return place.kind === 'unix' || /^(127\.|::1$)/.test(place.address);
}

class StatusPageCheck {
  readonly draft: StatusPageDraft;
  readonly context: Context;

  constructor(draft: StatusPageDraft, context: Context) {
    this.draft = draft;
    this.context = context;
  }

  /** Where others can connect and nobody would be asked, nothing is served. */
  served(place: ListenPlace, statement: Statement): boolean {
    const { context, draft } = this;
    if (isOwn(place)) return true;
    if (draft.users.length > 0) {
      context.report(
        'note',
        statement,
        1,
        'CFG_CLEAR_TEXT',
        'listen: passwords and everything on the page cross the network in clear text',
        'listen at 127.0.0.1 and put a server with TLS in front of it',
      );
      return true;
    }
    if (draft.openAt !== undefined) return true;
    context.error(
      statement,
      1,
      'CFG_NO_AUTHENTICATION',
      'status_page: others can connect there, and nobody would be asked for a password; nothing is served there',
      'add "auth basic <user> <password>" or "auth file <path>", listen at 127.0.0.1, or write "auth none" if everybody may look',
    );
    return false;
  }

  build(): StatusPageConfiguration | undefined {
    const { context, draft } = this;
    const { basePath = '/', hosts, maximumViewers = defaultViewers, openAt, statement, unusable, users } = draft;
    if (openAt !== undefined && users.length > 0) {
      context.error(
        openAt,
        1,
        'CFG_NO_CONSEQUENCE',
        'auth none: there are users with passwords, and they are asked; the line is ignored',
        'remove the line, or the users',
      );
    }
    // A mistake in a password must not open the page.
    if (users.length === 0 && unusable !== undefined && openAt === undefined) {
      context.error(
        statement,
        0,
        'CFG_INCOMPLETE',
        'status_page: none of the users can be used; it is not served',
        'mend the lines with auth',
      );
      return undefined;
    }
    const written = draft.listen.length === 0 ? [{ place: defaultPlace, statement }] : draft.listen;
    const listen = written.filter((each) => this.served(each.place, each.statement)).map(({ place }) => place);
    if (listen.length === 0) return undefined;
    return {
      listen,
      users: users.map(({ statement: _statement, ...user }) => user),
      open: openAt !== undefined && users.length === 0,
      basePath,
      hosts,
      maximumViewers,
      at: locate(statement),
    };
  }
}

export function checkStatusPage(context: Context): StatusPageConfiguration | undefined {
  const { statusPage } = context.draft;
  return statusPage && new StatusPageCheck(statusPage, context).build();
}

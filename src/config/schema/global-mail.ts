/** global_defs: mail. */
import type { GlobalDraft } from '../drafts.ts';
import type { Statement } from '../statement.ts';
import { readInteger } from '../values.ts';
import { quote, type Context } from './context.ts';
import { bool, custom, flag, integer, lines, optionalText, text } from './forms.ts';
import type { Keyword } from './keyword.ts';

type G = GlobalDraft;
type Entries = Readonly<Record<string, Keyword<G>>>;

const secondsMaximum = 4294;
const missingError = { missing: 'error' } as const;

function readSmtpServer(draft: G, statement: Statement, context: Context): void {
  const [, host = '', portWord] = statement.words;
  let port = 25;
  if (portWord !== undefined) {
    const read = readInteger(context, statement, 2, { min: 1, max: 65535 });
    if (read === undefined) return;
    port = read;
  }
  if (!/^[A-Za-z0-9][A-Za-z0-9.:_-]*$/.test(host)) {
    context.error(
      statement,
      1,
      'CFG_INVALID_ADDRESS',
      `smtp_server: ${quote(host)} is neither an address nor a host name`,
    );
    return;
  }
  draft.mailServer = { host, port };
}

export const mailKeywords: Entries = {
  router_id: text(
    'Name of this machine in mail subjects, SNMP and traps.',
    (draft, value) => (draft.routerId = value),
    { default: 'local host name', ...missingError },
  ),
  notification_email_from: text('Sender of the mails.', (draft, value) => (draft.mailFrom = value), {
    form: '<email>',
    default: 'user@hostname',
    ...missingError,
  }),
  smtp_server: custom(
    'Mail server; mail is sent only if there are recipients too.',
    '<ip or host> <port?>',
    readSmtpServer,
    { default: 'unset (port 25)', missing: 'stops' },
  ),
  smtp_helo_name: optionalText(
    'HELO name of the mails.',
    (draft, value) => {
      if (value !== undefined) draft.mailHelo = value;
    },
    { form: '<string>', default: 'local host name' },
  ),
  smtp_connect_timeout: integer(
    'Limit for connecting and for each reply of the mail server.',
    { min: 1, max: secondsMaximum, unit: 'secs' },
    (draft, value) => (draft.mailTimeout = value * 1000),
    { default: '30' },
  ),
  notification_email: lines(
    'Recipients, any number of words on any number of lines.',
    'block of addresses',
    (draft, statement) => draft.mailRecipients.push(...statement.words),
    {
      words: { '<email>': { form: '<address>+', note: 'Any number of words per line, each a recipient.' } },
      begin: (_draft, statement, context) => {
        if ((statement.block ?? []).length > 0) return;
        context.error(statement, 0, 'CFG_EMPTY_BLOCK', 'notification_email lists no address');
      },
    },
  ),
  smtp_alert: bool('Default of all smtp_alert settings.', (draft, value) => (draft.smtpAlert = value)),
  smtp_alert_vrrp: bool('Default for VRRP instances and groups.', (draft, value) => (draft.smtpAlertVrrp = value)),
  smtp_alert_checker: bool('Default for virtual and real servers.', (draft, value) => (draft.smtpAlertChecker = value)),
  no_email_faults: flag('No mail for transitions to FAULT.', (draft) => (draft.noFaultMail = true)),
  no_checker_emails: bool('No mail written by single checkers.', (draft, value) => (draft.noCheckerMail = value)),
};

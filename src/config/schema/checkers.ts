/** The checkers of a real server, but for HTTP_GET and SSL_GET. */
import type { CheckerDraft, RealServerDraft } from '../drafts.ts';
import type { Statement } from '../statement.ts';
import { parseInteger } from '../values.ts';
import { connectTimeoutKeyword, timeKeywords } from './check-times.ts';
import { quote, type Context } from './context.ts';
import { address, block, bool, choice, custom, flag, integer, noEffectYet, readScript, text } from './forms.ts';
import { BlockSchema, type Keyword } from './keyword.ts';
import { readUser } from './vrrp-trackables.ts';

type C = CheckerDraft;

/** What every checker knows: retries, times, alpha, log_all_failures. */
export function commonKeywords<D extends C>(retry: string, pause: string): Readonly<Record<string, Keyword<D>>> {
  const times = timeKeywords<D>(0, 'inherited');
  const withDefault = (keyword: Keyword<D> | undefined, value: string) => keyword && { ...keyword, default: value };
  return {
    ...times,
    retry: withDefault(times['retry'], `inherited, else ${retry}`) ?? flag('', noEffectYet),
    delay_before_retry: withDefault(times['delay_before_retry'], `inherited, else ${pause}`) ?? flag('', noEffectYet),
    warmup: withDefault(times['warmup'], 'inherited (delay_loop)') ?? flag('', noEffectYet),
    alpha: bool('Starts in the failed state.', (draft: D, value) => (draft.alpha = value), { default: 'inherited' }),
    log_all_failures: bool('Logs each failure.', (draft: D, value) => (draft.logAllFailures = value), {
      default: 'checker_log_all_failures',
    }),
  };
}

const port = { min: 1, max: 65535 } as const;
const portForm = { form: '<1..65535>' } as const;

/** Where a checker connects and from where. */
export function connectionKeywords<D extends C>(): Readonly<Record<string, Keyword<D>>> {
  return {
    connect_ip: address('Address to test.', (draft: D, value) => (draft.address = value.address), {
      default: 'real server ip',
    }),
    connect_port: integer('Port to test.', port, (draft: D, value) => (draft.port = value), {
      default: 'real server port',
      ...portForm,
    }),
    bindto: address(
      'Source address.',
      (draft: D, value, statement) => {
        draft.bindAddress = value.address;
        draft.bindAddressAt = statement;
      },
      { default: 'none' },
    ),
    bind_port: integer('Source port.', port, (draft: D, value) => (draft.bindPort = value), {
      default: 'none',
      ...portForm,
    }),
    bind_if: text(
      'Interface to go out by; needed for link-local targets.',
      (draft: D, value) => (draft.bindInterface = value),
      { form: '<ifname>', default: 'none' },
    ),
    connect_timeout: connectTimeoutKeyword<D>('Limit of connecting, and of each read and write.', 'inherited (5)'),
    fwmark: integer(
      'Mark of the packets of the check.',
      { min: 0, max: 4294967295 },
      (draft: D, value) => (draft.fwmark = value),
      { default: '0' },
    ),
  };
}

/** The block of one checker type. */
export function checkerBlock(
  type: string,
  note: string,
  schema: BlockSchema<C>,
  options: {
    readonly effect?: 'none-yet';
    readonly close?: (draft: C, statement: Statement, context: Context) => boolean;
    readonly urls?: boolean;
  } = {},
): Keyword<RealServerDraft> {
  return {
    ...block<RealServerDraft, C>(
      note,
      schema,
      (_server, statement) => ({ type, statement, ...(options.urls === true && { urls: [] }) }),
      (draft, statement, context, server) => {
        if (options.close?.(draft, statement, context) !== false) server.checkers.push(draft);
      },
    ),
    ...(options.effect && { effect: options.effect }),
  };
}

/** A checker that lacks what it cannot be without is reported and left out. */
function incomplete(context: Context, statement: Statement, lack: string, line: string): false {
  context.error(statement, 0, 'CFG_INCOMPLETE', `${lack} and is ignored`, `add "${line}"`);
  return false;
}

const later = { effect: 'none-yet' } as const;

export const tcpCheck = checkerBlock(
  'TCP_CHECK',
  'The server is up if a TCP connection can be made.',
  new BlockSchema<C>('TCP_CHECK', { ...connectionKeywords(), ...commonKeywords('1', '1') }),
);

export const pingCheck = checkerBlock(
  'PING_CHECK',
  'The server is up if it answers an ICMP echo request.',
  new BlockSchema<C>('PING_CHECK', { ...connectionKeywords(), ...commonKeywords('1', '1') }),
  later,
);

const hexPayload = /^([0-9a-fA-F]{1,2})+$/;
const hexReply = /^([0-9a-fA-FxX]{1,2})+$/;
const length = { min: 0, max: 65535 } as const;

function hexText(note: string, pattern: RegExp, form: string, defaultValue: string, optional: boolean): Keyword<C> {
  return {
    ...custom<C>(
      note,
      form,
      (_draft, statement, context) => {
        const word = statement.words[1];
        if (word === undefined) {
          if (!optional) context.missing(statement, form);
        } else if (!pattern.test(word)) {
          context.error(
            statement,
            1,
            'CFG_INVALID_WORD',
            `${statement.keyword}: ${quote(word)} is not a string of hexadecimal digits`,
          );
        }
      },
      { default: defaultValue },
    ),
    ...later,
  };
}

export const udpCheck = checkerBlock(
  'UDP_CHECK',
  'Sends a datagram; an ICMP error or a wrong reply means down.',
  new BlockSchema<C>('UDP_CHECK', {
    ...connectionKeywords(),
    ...commonKeywords('1', '1'),
    payload: hexText('What is sent.', hexPayload, '<hex string>', "32 octets of 'keepalived check - ' repeated", false),
    require_reply: hexText(
      'A reply is needed; it must begin with this pattern, X stands for any digit.',
      hexReply,
      '<hex string? with X wildcards>',
      'off',
      true,
    ),
    min_reply_length: integer('Shortest good reply.', length, noEffectYet, { default: '0' }),
    max_reply_length: integer('Longest good reply.', length, noEffectYet, { default: '255' }),
  }),
  later,
);

const dnsTypes = ['A', 'NS', 'CNAME', 'SOA', 'MX', 'TXT', 'AAAA', 'RRSIG', 'DNSKEY'] as const;

export const dnsCheck = checkerBlock(
  'DNS_CHECK',
  'The server is up if it answers a DNS query.',
  new BlockSchema<C>('DNS_CHECK', {
    ...connectionKeywords(),
    ...commonKeywords('3', 'delay_loop'),
    type: choice('Type of the query.', dnsTypes, noEffectYet, {
      default: 'SOA',
      ignoreCase: true,
      form: `${dnsTypes.join(' ')} (any case)`,
    }),
    name: text('Name to ask for.', noEffectYet, { form: '<domain>', default: 'root' }),
  }),
  later,
);

const smtpHost = new BlockSchema<C>('host', { ...connectionKeywords(), ...commonKeywords('1', '1') });

export const smtpCheck = checkerBlock(
  'SMTP_CHECK',
  'The server is up if it says what a mail server says.',
  new BlockSchema<C>('SMTP_CHECK', {
    helo_name: text('Name given with HELO.', noEffectYet, { default: 'smtpchecker.keepalived.org', missing: 'error' }),
    ...connectionKeywords(),
    ...commonKeywords('1', '1'),
    host: {
      ...block<C, C>('Old way to give target and source.', smtpHost, (draft) => draft),
      replacement: 'its contents in SMTP_CHECK',
    },
  }),
  later,
);

export const miscCheck = checkerBlock(
  'MISC_CHECK',
  'The server is up if a program ends with 0.',
  new BlockSchema<C>('MISC_CHECK', {
    ...commonKeywords('0', '1'),
    misc_path: custom(
      'Program and arguments.',
      '<cmd>',
      (draft, statement, context) => {
        if (draft.script) {
          context.duplicate(statement, 0, 'misc_path', draft.script.statement);
          return;
        }
        const read = readScript(statement, context, 'MISC_CHECK', false);
        if (read) draft.script = read;
      },
      { default: 'required', missing: 'error' },
    ),
    misc_timeout: integer('SIGTERM on expiry, SIGKILL 2 s later.', { min: 0, max: 4294, unit: 'secs' }, noEffectYet, {
      default: 'delay_loop',
    }),
    misc_dynamic: flag('Exit code 2 to 255 sets the weight to the code less 2.', noEffectYet),
    user: custom('Account of the program.', '<user> <group?>', readUser, { default: 'script_user', missing: 'error' }),
  }),
  {
    ...later,
    close: (draft, statement, context) => {
      if (!draft.script) {
        return incomplete(context, statement, 'MISC_CHECK has no misc_path', 'misc_path <command>');
      }
      if (draft.user !== undefined) draft.script.user = draft.user;
      if (draft.group !== undefined) draft.script.group = draft.group;
      context.draft.scripts.push(draft.script);
      return true;
    },
  },
);

export const fileCheck = checkerBlock(
  'FILE_CHECK',
  'Follows the number in a track_file.',
  new BlockSchema<C>('FILE_CHECK', {
    track_file: text('The track_file.', (draft, value) => (draft.reference = value), {
      form: '<name>',
      default: 'required',
    }),
    weight: {
      ...custom<C>(
        'Multiplier of the number.',
        '<int -2147483647..2147483647> <reverse or noreverse?>',
        (_draft, statement, context) => {
          const word = statement.words[1] ?? '';
          const value = parseInteger(word);
          if (value === undefined || Math.abs(value) > 2147483647) {
            context.report(
              'invalid-number',
              statement,
              1,
              'CFG_INVALID_NUMBER',
              `weight: ${quote(word)} is not a number in range`,
            );
          }
          const option = statement.words[2];
          if (option !== undefined && option !== 'reverse' && option !== 'noreverse') {
            context.error(
              statement,
              2,
              'CFG_UNKNOWN_OPTION',
              `weight: unknown option ${quote(option)}`,
              'write reverse or noreverse',
            );
          }
        },
        { default: "the track_file's", missing: 'error' },
      ),
      ...later,
    },
  }),
  {
    ...later,
    close: (draft, statement, context) =>
      draft.reference !== undefined ||
      incomplete(context, statement, 'FILE_CHECK names no track_file', 'track_file <name>'),
  },
);

export const bfdCheck = checkerBlock(
  'BFD_CHECK',
  'Follows the state of a bfd_instance.',
  new BlockSchema<C>('BFD_CHECK', {
    name: text('The bfd_instance.', (draft, value) => (draft.reference = value), {
      form: '<bfd_instance name>',
      default: 'required',
      missing: 'error',
    }),
    alpha: bool('Starts failed until the session is up.', (draft, value) => (draft.alpha = value), {
      default: 'inherited',
    }),
  }),
  {
    ...later,
    close: (draft, statement, context) =>
      draft.reference !== undefined ||
      incomplete(context, statement, 'BFD_CHECK names no bfd_instance', 'name <bfd_instance>'),
  },
);

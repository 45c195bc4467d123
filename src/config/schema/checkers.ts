/** The checkers of a real server, but for HTTP_GET and SSL_GET. */
import type { CheckerDraft, RealServerDraft } from '../drafts.ts';
import type { DnsQueryType } from '../model.ts';
import type { Statement } from '../statement.ts';
import { parseInteger } from '../values.ts';
import { connectTimeoutKeyword, timeKeywords } from './check-times.ts';
import { quote, type Context } from './context.ts';
import { address, block, bool, choice, custom, flag, integer, ours, readScript, text } from './forms.ts';
import { BlockSchema, type Keyword } from './keyword.ts';
import { readUser } from './vrrp-trackables.ts';

type C = CheckerDraft;

/** What every checker knows: retries, times, alpha, log_all_failures. */
export function commonKeywords<D extends C>(retry: string, pause: string): Readonly<Record<string, Keyword<D>>> {
  const times = timeKeywords<D>(0, 'inherited');
  const withDefault = (keyword: Keyword<D>, value: string): Keyword<D> => ({ ...keyword, default: value });
  return {
    ...times,
    retry: withDefault(times.retry, `inherited, else ${retry}`),
    delay_before_retry: withDefault(times.delay_before_retry, `inherited, else ${pause}`),
    warmup: withDefault(times.warmup, 'inherited (delay_loop)'),
    alpha: bool('Starts in the failed state.', (draft: D, value) => (draft.alpha = value), { default: 'inherited' }),
    log_all_failures: bool('Logs each failure.', (draft: D, value) => (draft.logAllFailures = value), {
      default: 'checker_log_all_failures',
    }),
    share_probe: bool(
      'One probe serves all checks that are equal in every parameter; off: this one has its own.',
      (draft: D, value) => (draft.shareProbe = value),
      { ...ours, default: 'on' },
    ),
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
  type: C['type'],
  note: string,
  schema: BlockSchema<C>,
  options: {
    readonly close?: (draft: C, statement: Statement, context: Context) => boolean;
    readonly urls?: boolean;
    /** The checks that the block stands for, if not one. */
    readonly split?: (draft: C) => readonly C[];
  } = {},
): Keyword<RealServerDraft> {
  return block<RealServerDraft, C>(
    note,
    schema,
    (_server, statement) => ({ type, statement, ...(options.urls === true && { urls: [] }) }),
    (draft, statement, context, server) => {
      if (options.close?.(draft, statement, context) === false) return;
      if (options.split) server.checkers.push(...options.split(draft));
      else server.checkers.push(draft);
    },
  );
}

/** A checker that lacks what it cannot be without is reported and left out. */
function incomplete(context: Context, statement: Statement, lack: string, line: string): false {
  context.error(statement, 0, 'CFG_INCOMPLETE', `${lack} and is ignored`, `add "${line}"`);
  return false;
}

export const tcpCheck = checkerBlock(
  'TCP_CHECK',
  'The server is up if a TCP connection can be made.',
  new BlockSchema<C>('TCP_CHECK', { ...connectionKeywords(), ...commonKeywords('1', '1') }),
);

export const pingCheck = checkerBlock(
  'PING_CHECK',
  'The server is up if it answers an ICMP echo request.',
  new BlockSchema<C>('PING_CHECK', { ...connectionKeywords(), ...commonKeywords('1', '1') }),
);

/** Octets as hexadecimal digits, blanks between them allowed (in quotes); a digit alone is an octet of its own. */
const hexOctets = /^[ \t]*([0-9a-f]{1,2}[ \t]*)+$/i;
const hexPattern = /^[ \t]*([0-9a-fx]{1,2}[ \t]*)+$/i;

/** Two lower-case digits an octet, without blanks. */
function joinOctets(word: string): string {
  return word
    .toLowerCase()
    .split(/[ \t]+/)
    .flatMap((part) => part.match(/.{1,2}/g) ?? [])
    .map((octet) => octet.padStart(2, '0'))
    .join('');
}

function notHexadecimal(statement: Statement, context: Context): void {
  context.error(
    statement,
    1,
    'CFG_INVALID_WORD',
    `${statement.keyword}: ${quote(statement.words[1] ?? '')} is not a string of hexadecimal digits`,
  );
}

function readPayload(draft: C, statement: Statement, context: Context): void {
  const word = statement.words[1] ?? '';
  if (hexOctets.test(word)) draft.payload = joinOctets(word);
  else notHexadecimal(statement, context);
}

function readReply(draft: C, statement: Statement, context: Context): void {
  const word = statement.words[1];
  if (word !== undefined && !hexPattern.test(word)) {
    notHexadecimal(statement, context);
    return;
  }
  draft.requireReply = true;
  if (word !== undefined) draft.replyPattern = joinOctets(word);
}

const length = { min: 0, max: 65535 } as const;

/** Lengths that no reply can have are reported; the check stays, and fails, as in the original. */
function possibleLengths(draft: C, statement: Statement, context: Context): boolean {
  const { minReplyLength = 0, maxReplyLength = 255 } = draft;
  if (minReplyLength > maxReplyLength) {
    context.error(
      statement,
      0,
      'CFG_REPLY_LENGTH',
      `UDP_CHECK: no reply can have at least ${minReplyLength} and at most ${maxReplyLength} octets; every reply is taken for a failure`,
      'raise max_reply_length',
    );
  }
  return true;
}

export const udpCheck = checkerBlock(
  'UDP_CHECK',
  'Sends a datagram; an ICMP error or a wrong reply means down.',
  new BlockSchema<C>('UDP_CHECK', {
    ...connectionKeywords(),
    ...commonKeywords('1', '1'),
    payload: custom('What is sent.', '<hex string>', readPayload, {
      default: "32 octets of 'keepalived check - ' repeated",
      missing: 'error',
    }),
    require_reply: custom(
      'A reply is needed; it must begin with this pattern, X stands for any digit.',
      '<hex string? with X wildcards>',
      readReply,
      { default: 'off' },
    ),
    min_reply_length: integer('Shortest good reply.', length, (draft, value) => (draft.minReplyLength = value), {
      default: '0',
    }),
    max_reply_length: integer('Longest good reply.', length, (draft, value) => (draft.maxReplyLength = value), {
      default: '255',
    }),
  }),
  { close: possibleLengths },
);

const dnsTypes: readonly DnsQueryType[] = ['A', 'NS', 'CNAME', 'SOA', 'MX', 'TXT', 'AAAA', 'RRSIG', 'DNSKEY'];

export const dnsCheck = checkerBlock(
  'DNS_CHECK',
  'The server is up if it answers a DNS query.',
  new BlockSchema<C>('DNS_CHECK', {
    ...connectionKeywords(),
    ...commonKeywords('3', 'delay_loop'),
    type: choice('Type of the query.', dnsTypes, (draft, value) => (draft.queryType = value), {
      default: 'SOA',
      ignoreCase: true,
      form: `${dnsTypes.join(' ')} (any case)`,
    }),
    name: text('Name to ask for.', (draft, value) => (draft.queryName = value), { form: '<domain>', default: 'root' }),
  }),
);

const smtpHost = new BlockSchema<C>('host', { ...connectionKeywords(), ...commonKeywords('1', '1') });

/** With `host` blocks each of them is a check, which takes from around it what it does not say itself. */
function smtpChecks(draft: C): readonly C[] {
  const { hosts, ...around } = draft;
  return hosts?.map((host) => ({ ...around, ...host })) ?? [draft];
}

export const smtpCheck = checkerBlock(
  'SMTP_CHECK',
  'The server is up if it says what a mail server says.',
  new BlockSchema<C>('SMTP_CHECK', {
    helo_name: text('Name given with HELO.', (draft, value) => (draft.heloName = value), {
      default: 'smtpchecker.keepalived.org',
      missing: 'error',
    }),
    ...connectionKeywords(),
    ...commonKeywords('1', '1'),
    host: {
      ...block<C, C>(
        'Old way to give target and source; each is a check of its own.',
        smtpHost,
        ({ type }, statement) => ({ type, statement }),
        (host, _statement, _context, checker) => (checker.hosts ??= []).push(host),
      ),
      replacement: 'an SMTP_CHECK with its contents',
    },
  }),
  { split: smtpChecks },
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
    misc_timeout: integer(
      'SIGTERM on expiry, SIGKILL 2 s later.',
      { min: 0, max: 4294, unit: 'secs' },
      (draft, value) => (draft.miscTimeout = value * 1000),
      { default: 'delay_loop' },
    ),
    misc_dynamic: flag('Exit code 2 to 255 sets the weight to the code less 2.', (draft) => (draft.miscDynamic = true)),
    user: custom('Account of the program.', '<user> <group?>', readUser, { default: 'script_user', missing: 'error' }),
  }),
  {
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

function readFileWeight(draft: C, statement: Statement, context: Context): void {
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
    return;
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
    return;
  }
  draft.weight = value;
  draft.reverse = option === 'reverse';
}

export const fileCheck = checkerBlock(
  'FILE_CHECK',
  'Follows the number in a track_file.',
  new BlockSchema<C>('FILE_CHECK', {
    track_file: text('The track_file.', (draft, value) => (draft.reference = value), {
      form: '<name>',
      default: 'required',
    }),
    weight: custom(
      'Multiplier of the number.',
      '<int -2147483647..2147483647> <reverse or noreverse?>',
      readFileWeight,
      {
        default: "the track_file's",
        missing: 'error',
      },
    ),
  }),
  {
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
    close: (draft, statement, context) =>
      draft.reference !== undefined ||
      incomplete(context, statement, 'BFD_CHECK names no bfd_instance', 'name <bfd_instance>'),
  },
);

/** real_server: one member of the pool of a virtual server. */
import type { RealServerDraft, VirtualServerDraft } from '../drafts.ts';
import type { Statement } from '../statement.ts';
import { parseAddress, readInteger } from '../values.ts';
import { connectTimeoutKeyword, timeKeywords, virtualHostKeyword } from './check-times.ts';
import { bfdCheck, dnsCheck, fileCheck, miscCheck, pingCheck, smtpCheck, tcpCheck, udpCheck } from './checkers.ts';
import { invalidAddress, block, bool, custom, integer, ours, script, seconds, text } from './forms.ts';
import { forwardingForm, readForwarding } from './forwarding.ts';
import { httpGet, sslGet } from './http-check.ts';
import { BlockSchema, type Keyword } from './keyword.ts';
import type { Context } from './context.ts';

type R = RealServerDraft;

/** Linux: the kernel keeps weights as int. */
export const maximumWeight = 2147483647;

/** Of drain_timeout. */
export const drainRange = { min: 0, max: 4294, decimals: 3 } as const;

const ownValue = { default: "the virtual server's" } as const;
const owner = (draft: R) => `real_server ${draft.address} ${draft.port}`;

export const realServerSchema = new BlockSchema<R>('real_server', {
  weight: integer(
    'Share of the load; 0: no new connections.',
    { min: 0, max: maximumWeight },
    (draft, value) => (draft.weight = value),
    { default: "the virtual server's (1)" },
  ),
  lvs_method: custom(
    'How packets reach this server.',
    forwardingForm,
    (draft, statement, context) => {
      const method = readForwarding(statement, context);
      if (method) draft.forwarding = method;
    },
    { ...ownValue, missing: 'stops' },
  ),
  uthreshold: integer(
    'Connections at which no new ones come.',
    { min: 0, max: 4294967295 },
    (draft, value) => (draft.upperThreshold = value),
    { default: '0' },
  ),
  lthreshold: integer(
    'Connections below which new ones come again.',
    { min: 0, max: 4294967295 },
    (draft, value) => (draft.lowerThreshold = value),
    { default: '0' },
  ),
  inhibit_on_failure: bool(
    'Weight 0 rather than removal.',
    (draft, value) => (draft.inhibitOnFailure = value),
    ownValue,
  ),
  drain_timeout: seconds(
    'A server taken away by a reload gets no new connections and goes when the last has ended, or after this time; 0: at once.',
    drainRange,
    (draft, value) => (draft.drainTimeout = value),
    { ...ours, ...ownValue },
  ),
  notify_up: script(
    'Runs when the server comes up.',
    owner,
    (draft) => draft.notifyUp,
    (draft, value) => (draft.notifyUp = value),
    { default: 'none' },
  ),
  notify_down: script(
    'Runs when the server goes down.',
    owner,
    (draft) => draft.notifyDown,
    (draft, value) => (draft.notifyDown = value),
    { default: 'none' },
  ),
  alpha: bool('Starts down until checked.', (draft, value) => (draft.alpha = value), ownValue),
  ...timeKeywords<R>(1, "the virtual server's"),
  connect_timeout: connectTimeoutKeyword<R>('Default of its checkers.', "the virtual server's"),
  smtp_alert: bool('Mail on changes of state.', (draft, value) => (draft.smtpAlert = value), {
    default: 'smtp_alert_checker, else true',
  }),
  virtualhost: virtualHostKeyword<R>('Default Host header of its checkers.', "the virtual server's"),
  snmp_name: text('Name shown by SNMP.', (draft, value) => (draft.snmpName = value), {
    default: 'none',
    missing: 'error',
  }),
  MISC_CHECK: miscCheck,
  SMTP_CHECK: smtpCheck,
  TCP_CHECK: tcpCheck,
  PING_CHECK: pingCheck,
  UDP_CHECK: udpCheck,
  HTTP_GET: httpGet,
  SSL_GET: sslGet,
  DNS_CHECK: dnsCheck,
  FILE_CHECK: fileCheck,
  BFD_CHECK: bfdCheck,
});

export interface ServerTarget {
  address: string;
  family: 'inet' | 'inet6';
  port: number;
  statement: Statement;
}

/** `<ip> <port?>` behind a keyword; undefined after reporting. */
export function readTarget(statement: Statement, context: Context): ServerTarget | undefined {
  const word = statement.words[1];
  if (word === undefined) {
    context.missingStops(statement, '<ip> <port>');
    return undefined;
  }
  const parsed = parseAddress(word);
  if (!parsed) {
    invalidAddress(statement, 1, context);
    return undefined;
  }
  let port = 0;
  if (statement.words.length > 2) {
    const read = readInteger(context, statement, 2, { min: 0, max: 65535 });
    if (read === undefined) return undefined;
    port = read;
  }
  const { address, family } = parsed;
  return { address, family, port, statement };
}

function open(_server: VirtualServerDraft, statement: Statement, context: Context): R | undefined {
  const target = readTarget(statement, context);
  if (target === undefined) return undefined;
  const { address, family, port } = target;
  return { address, family, port, statement, checkers: [] };
}

export const realServer: Keyword<VirtualServerDraft> = block(
  'A member of the pool.',
  realServerSchema,
  open,
  (draft, _statement, _context, server) => server.realServers.push(draft),
  { form: '<ip> <port?> block' },
);

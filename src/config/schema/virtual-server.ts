/** virtual_server: an IPVS service and its pool; virtual_server_group: the addresses of one. */
import type { ConfigurationDraft, VirtualServerDraft, VirtualServerGroupDraft } from '../drafts.ts';
import type { Statement } from '../statement.ts';
import { parseAddress, parseDigits, readInteger } from '../values.ts';
import { connectTimeoutKeyword, timeKeywords, virtualHostKeyword } from './check-times.ts';
import { quote, type Context } from './context.ts';
import { block, bool, choice, custom, flag, integer, invalidAddress, ours, script, seconds, text } from './forms.ts';
import { forwardingForm, forwardingWords, readForwarding } from './forwarding.ts';
import { BlockSchema, type Keyword } from './keyword.ts';
import { drainRange, maximumWeight, readTarget, realServer } from './real-server.ts';
import { readGroupLine, groupWords } from './virtual-server-group.ts';

type V = VirtualServerDraft;

const schedulers = 'rr wrr lc wlc lblc sh mh dh fo ovf lblcr sed nq twos'.split(' ');

/** Name of a virtual server as the file writes it. */
export function serverName(draft: V): string {
  return draft.statement.words.slice(0, 3).join(' ');
}

function readScheduler(draft: V, statement: Statement, context: Context): void {
  const word = statement.words[1] ?? '';
  if (schedulers.includes(word)) {
    draft.scheduler = word;
    return;
  }
  const meant = schedulers.find((name) => name === word.toLowerCase());
  context.error(
    statement,
    1,
    'CFG_INVALID_WORD',
    `${statement.keyword}: scheduler ${quote(word)} is unknown`,
    meant === undefined ? `write one of ${schedulers.join(', ')}` : `write ${meant}, in lower case`,
  );
}

const scheduler = custom<V>('How connections are shared out.', schedulers.join(' '), readScheduler, {
  default: 'wlc (with an error)',
  missing: 'stops',
});

const forwarding = custom<V>(
  'How packets reach the real servers.',
  forwardingForm,
  (draft, statement, context) => {
    const method = readForwarding(statement, context);
    if (method) draft.forwarding = method;
  },
  { default: 'NAT (with an error)', missing: 'stops', words: forwardingWords },
);

/** A flag of one scheduler under its own name; ignored with another. */
function schedulerFlag(note: string, bit: 'sched1' | 'sched2' | 'sched3', only?: string): Keyword<V> {
  return flag<V>(note, (draft, _value, statement, context) => {
    if (only !== undefined && draft.scheduler !== only) {
      context.error(
        statement,
        0,
        'CFG_SCHEDULER_FLAG',
        `${statement.keyword} belongs to the scheduler ${only} and is ignored`,
        `write "lvs_sched ${only}" before it, or remove it`,
      );
      return;
    }
    draft.schedulerFlags.push(bit);
  });
}

const persistenceRange = { min: 1, max: 2_678_400, unit: 'secs' } as const;
const defaultPersistence = 360;

/** Numbers of one to four parts as inet_aton(3) reads a netmask. */
function parseMask(word: string): string | undefined {
  const parts = word.split('.').map((part) => parseDigits(part));
  if (parts.length > 4 || parts.some((part) => part < 0)) return undefined;
  const last = parts.pop() ?? 0;
  if (parts.some((part) => part > 255) || last >= 256 ** (4 - parts.length)) return undefined;
  const octets = [...parts];
  for (let index = 3 - parts.length; index >= 0; index--) octets.push(Math.floor(last / 256 ** index) % 256);
  return octets.join('.');
}

function readGranularity(draft: V, statement: Statement, context: Context): void {
  const word = statement.words[1] ?? '';
  const ipv6 = draft.identity.kind === 'address' ? draft.identity.family === 'inet6' : draft.ipFamily === 'inet6';
  draft.persistenceGranularityAt = statement;
  if (ipv6) {
    const length = readInteger(context, statement, 1, { min: 1, max: 128 });
    if (length !== undefined) draft.persistenceGranularity = String(length);
    return;
  }
  const mask = parseMask(word);
  if (mask === undefined) {
    context.error(
      statement,
      1,
      'CFG_INVALID_ADDRESS',
      `persistence_granularity: ${quote(word)} is not a netmask`,
      'write for example 255.255.255.0',
    );
    return;
  }
  draft.persistenceGranularity = mask;
}

function clampedToOne(note: string, set: (draft: V, value: number, statement: Statement) => void): Keyword<V> {
  return integer(note, { min: 1, max: maximumWeight, clamp: true }, set, { default: '1', form: '<int from 1>' });
}

const protocols = { TCP: 'tcp', UDP: 'udp', SCTP: 'sctp' } as const;

function needsSorryServer(draft: V, statement: Statement, context: Context): boolean {
  if (draft.sorryServer) return true;
  context.error(statement, 0, 'CFG_SORRY_SERVER', `${statement.keyword} without a sorry_server before it is ignored`);
  return false;
}

export const virtualServerSchema = new BlockSchema<V>('virtual_server', {
  ip_family: choice(
    'Family of a service by firewall mark.',
    ['inet', 'inet6'],
    (draft, value, statement, context) => {
      if (draft.identity.kind === 'address' && draft.identity.family !== value) {
        context.error(
          statement,
          1,
          'CFG_CONFLICT',
          'ip_family contradicts the address of the virtual_server and is ignored',
        );
        return;
      }
      draft.ipFamily = value;
      draft.ipFamilyAt = statement;
    },
    { default: 'from the address' },
  ),
  ...timeKeywords<V>(1, "the checker's"),
  connect_timeout: connectTimeoutKeyword<V>('Default of all checkers.', '5'),
  inhibit_on_failure: flag(
    'Weight 0 rather than removal for failed servers.',
    (draft) => (draft.inhibitOnFailure = true),
  ),
  lb_algo: { ...scheduler, note: 'Old name of lvs_sched.' },
  lvs_sched: scheduler,
  hashed: flag('The hashed flag of the kernel.', (draft, _value, statement, context) => {
    if (draft.scheduler === 'sh') draft.hashed = true;
    else context.error(statement, 0, 'CFG_SCHEDULER_FLAG', 'hashed belongs to the scheduler sh and is ignored');
  }),
  ops: flag(
    'One-packet scheduling; UDP or firewall mark only.',
    (draft, _value, statement) => (draft.onePacketAt = statement),
  ),
  'flag-1': schedulerFlag('Scheduler flag 1.', 'sched1'),
  'flag-2': schedulerFlag('Scheduler flag 2.', 'sched2'),
  'flag-3': schedulerFlag('Scheduler flag 3.', 'sched3'),
  'sh-port': schedulerFlag('sh: the port counts too.', 'sched2', 'sh'),
  'sh-fallback': schedulerFlag('sh: another server if the chosen one has weight 0.', 'sched1', 'sh'),
  'mh-port': schedulerFlag('mh: the port counts too.', 'sched2', 'mh'),
  'mh-fallback': schedulerFlag('mh: another server if the chosen one has weight 0.', 'sched1', 'mh'),
  lb_kind: { ...forwarding, note: 'Old name of lvs_method.', form: 'see lvs_method', words: {} },
  lvs_method: forwarding,
  persistence_engine: text(
    'Persistence engine of IPVS, for example sip.',
    (draft, value) => (draft.persistenceEngine = value),
    { form: '<name>', default: 'none' },
  ),
  persistence_timeout: custom(
    'Clients stay with their server.',
    '<secs int? 1..2678400>',
    (draft, statement, context) => {
      const value =
        statement.words.length > 1 ? readInteger(context, statement, 1, persistenceRange) : defaultPersistence;
      if (value !== undefined) draft.persistenceTimeout = value * 1000;
    },
    { default: `off; ${defaultPersistence} if no value` },
  ),
  persistence_granularity: custom(
    'Clients of one network stay together; implies persistence.',
    '<ipv4 netmask> or <1..128>',
    readGranularity,
    { default: 'full mask', missing: 'stops' },
  ),
  protocol: choice(
    'Protocol of the service.',
    ['TCP', 'UDP', 'SCTP'],
    (draft, value, statement) => {
      draft.protocol = protocols[value];
      draft.protocolAt = statement;
    },
    { default: 'UDP (with an error)', ignoreCase: true, form: 'TCP or UDP or SCTP (any case)' },
  ),
  ha_suspend: flag(
    'Checks pause while the address is not on this machine.',
    (draft, _value, statement) => (draft.haSuspendAt = statement),
  ),
  drain_timeout: seconds(
    'How long real servers taken away by a reload may keep their connections.',
    drainRange,
    (draft, value) => (draft.drainTimeout = value),
    { ...ours, default: '0' },
  ),
  smtp_alert: bool('Mail when the quorum changes.', (draft, value) => (draft.smtpAlert = value), {
    default: 'smtp_alert_checker, else false',
  }),
  virtualhost: virtualHostKeyword<V>('Default Host header of HTTP checks.', 'none'),
  snmp_name: text('Name shown by SNMP.', (draft, value) => (draft.snmpName = value), {
    default: 'none',
    missing: 'error',
  }),
  alpha: flag('Servers start down until their first success.', (draft) => (draft.alpha = true)),
  omega: flag('Runs down notifications at the stop.', (draft) => (draft.omega = true)),
  quorum_up: script(
    'Runs when the quorum is gained.',
    serverName,
    (draft) => draft.quorumUp,
    (draft, value) => (draft.quorumUp = value),
    { default: 'none' },
  ),
  quorum_down: script(
    'Runs when the quorum is lost.',
    serverName,
    (draft) => draft.quorumDown,
    (draft, value) => (draft.quorumDown = value),
    { default: 'none' },
  ),
  quorum: clampedToOne('Least live weight.', (draft, value, statement) => {
    draft.quorum = value;
    draft.quorumAt = statement;
  }),
  hysteresis: integer(
    'Weight above the quorum needed to gain it, below to lose it; must be less than the quorum.',
    { min: 0, max: maximumWeight },
    (draft, value, statement) => {
      draft.hysteresis = value;
      draft.hysteresisAt = statement;
    },
    { default: '0', form: '<uint>' },
  ),
  weight: integer(
    'Default weight of the real servers.',
    { min: 1, max: maximumWeight },
    (draft, value) => (draft.weight = value),
    { default: '1' },
  ),
  sorry_server: custom(
    'Takes the traffic when the quorum is lost.',
    '<ip> <port?>',
    (draft, statement, context) => {
      const target = readTarget(statement, context);
      if (target) draft.sorryServer = target;
    },
    { default: 'none', missing: 'stops' },
  ),
  sorry_server_inhibit: flag(
    'Weight 0 rather than removal of the sorry server.',
    (draft, _value, statement, context) => {
      if (needsSorryServer(draft, statement, context)) draft.sorryServerInhibit = true;
    },
  ),
  sorry_server_lvs_method: custom(
    'How packets reach the sorry server.',
    'as lvs_method',
    (draft, statement, context) => {
      if (!needsSorryServer(draft, statement, context)) return;
      if (statement.words.length < 2) {
        context.missingStops(statement, 'NAT or DR or TUN');
        return;
      }
      const method = readForwarding(statement, context);
      if (method) draft.sorryServerForwarding = method;
    },
    { default: 'lvs_method' },
  ),
  real_server: realServer,
});

function openVirtualServer(_parent: ConfigurationDraft, statement: Statement, context: Context): V | undefined {
  const [, first, second] = statement.words;
  if (first === undefined) {
    context.missingStops(statement, '<ip> <port>');
    return undefined;
  }
  if (first === 'group' || first === 'fwmark') {
    if (second === undefined) {
      context.missingStops(statement, `${first} <${first === 'group' ? 'name' : 'number'}>`);
      return undefined;
    }
    if (first === 'group') return newServer(statement, { kind: 'group', name: second });
    const mark = readInteger(context, statement, 2, { min: 1, max: 4294967295 });
    return mark === undefined ? undefined : newServer(statement, { kind: 'fwmark', mark });
  }
  const parsed = parseAddress(first);
  if (!parsed) {
    invalidAddress(statement, 1, context);
    return undefined;
  }
  let port = 0;
  if (second !== undefined) {
    const read = readInteger(context, statement, 2, { min: 0, max: 65535 });
    if (read === undefined) return undefined;
    port = read;
  }
  const { address, family } = parsed;
  return newServer(statement, { kind: 'address', address, family, port });
}

function newServer(statement: Statement, identity: V['identity']): V {
  return { statement, identity, schedulerFlags: [], realServers: [] };
}

export const virtualServer: Keyword<ConfigurationDraft> = block(
  'An IPVS service and its pool.',
  virtualServerSchema,
  openVirtualServer,
  (draft, _statement, context) => context.draft.virtualServers.push(draft),
  { form: '<ip> <port?> or fwmark <int> or group <name>, block' },
);

export const virtualServerGroup: Keyword<ConfigurationDraft> = {
  note: 'Addresses, ranges and firewall marks that share one virtual server.',
  form: '<name> block',
  shape: 'values',
  words: groupWords,
  read: (parent, statement, context) => {
    const name = statement.words[1];
    if (name === undefined) {
      context.missingStops(statement, '<name> {');
      return;
    }
    const first = parent.virtualServerGroups.find((group) => group.name === name);
    if (first) {
      context.duplicate(statement, 1, `virtual_server_group ${name}`, first.statement);
      return;
    }
    const group: VirtualServerGroupDraft = { statement, name, entries: [] };
    for (const line of statement.block ?? []) {
      const entry = readGroupLine(line, context);
      if (entry) group.entries.push(entry);
    }
    parent.virtualServerGroups.push(group);
  },
};

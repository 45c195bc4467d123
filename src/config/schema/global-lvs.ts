/** global_defs: IPVS as a whole, and defaults of the checkers. */
import type { GlobalDraft, SyncDaemonDraft } from '../drafts.ts';
import type { Statement } from '../statement.ts';
import { isMulticast, parseAddress, readInteger } from '../values.ts';
import { quote, type Context } from './context.ts';
import { bool, custom, flag } from './forms.ts';
import type { Keyword } from './keyword.ts';
import { positional, readOptions, type LineOptions } from './lines.ts';

type G = GlobalDraft;
type Entries = Readonly<Record<string, Keyword<G>>>;

const syncDaemonOptions: LineOptions<SyncDaemonDraft> = {
  inst: {
    form: '<vrrp_instance name>',
    note: 'Instance whose state decides the role.',
    default: 'none',
    read: (draft, cursor) => {
      const name = cursor.argument('<vrrp_instance name>');
      if (name !== undefined) draft.instance = name;
    },
  },
  id: {
    form: '<0..255>',
    note: 'Identifier of the synchronisation.',
    default: 'the VRID of the instance, else 0',
    read: (draft, cursor) => {
      const value = cursor.integer('<0..255>', { min: 0, max: 255 });
      if (value !== undefined) draft.syncId = value;
    },
  },
  maxlen: {
    form: '<1..65507>',
    note: 'Longest datagram.',
    default: "the kernel's",
    read: (draft, cursor) => {
      const value = cursor.integer('<1..65507>', { min: 1, max: 65507 });
      if (value !== undefined) draft.maxLength = value;
    },
  },
  port: {
    form: '<1..65535>',
    note: 'UDP port.',
    default: '8848 (kernel)',
    read: (draft, cursor) => {
      const value = cursor.integer('<1..65535>', { min: 1, max: 65535 });
      if (value !== undefined) draft.port = value;
    },
  },
  ttl: {
    form: '<1..255>',
    note: 'TTL of multicast.',
    default: '1 (kernel)',
    read: (draft, cursor) => {
      const value = cursor.integer('<1..255>', { min: 1, max: 255 });
      if (value !== undefined) draft.ttl = value;
    },
  },
  group: {
    form: '<mcast ip>',
    note: 'Multicast group.',
    default: '224.0.0.81 (kernel)',
    read: (draft, cursor) => {
      const parsed = parseAddress(cursor.argument('<mcast ip>') ?? '');
      if (parsed && isMulticast(parsed.address)) draft.group = parsed.address;
      else cursor.error('CFG_INVALID_ADDRESS', `lvs_sync_daemon: ${quote(cursor.current)} is not a multicast address`);
    },
  },
};

function readSyncDaemon(draft: G, statement: Statement, context: Context): void {
  if (draft.lvsSyncDaemon) {
    context.duplicate(statement, 0, 'lvs_sync_daemon', draft.lvsSyncDaemon.statement);
    return;
  }
  const daemon: SyncDaemonDraft = { statement, interface: statement.words[1] ?? '' };
  let positions = 0;
  readOptions(daemon, syncDaemonOptions, statement, 1, context, (cursor) => {
    // The old form: INTERFACE INSTANCE [ID].
    positions++;
    if (positions === 1) daemon.instance = cursor.current;
    else if (positions === 2) {
      const id = readInteger(context, statement, cursor.word, { min: 0, max: 255 });
      if (id !== undefined) daemon.syncId = id;
    } else cursor.error('CFG_UNKNOWN_OPTION', `lvs_sync_daemon: unknown option ${quote(cursor.current)}`);
    return true;
  });
  draft.lvsSyncDaemon = daemon;
}

const timeoutRange = { min: 0, max: 2_678_400 } as const;

function timeoutOption(note: string, set: (timeouts: G['lvsTimeouts'], value: number) => void): LineOptions<G>[string] {
  return {
    form: '<secs 0..2678400>',
    note,
    default: "the kernel's",
    read: (draft, cursor) => {
      const value = cursor.integer('<secs>', timeoutRange);
      if (value !== undefined) set(draft.lvsTimeouts, value * 1000);
    },
  };
}

const timeoutOptions: LineOptions<G> = {
  tcp: timeoutOption('Idle limit of established TCP connections.', (timeouts, value) => (timeouts.tcp = value)),
  tcpfin: timeoutOption('Idle limit after FIN.', (timeouts, value) => (timeouts.tcpFin = value)),
  udp: timeoutOption('Idle limit of UDP.', (timeouts, value) => (timeouts.udp = value)),
};

function flushOnStop(draft: G, statement: Statement, context: Context): void {
  const word = statement.words[1];
  if (word !== undefined && word !== 'VS') {
    context.error(
      statement,
      1,
      'CFG_INVALID_WORD',
      `${statement.keyword}: ${quote(word)} is not VS`,
      'write VS, or nothing',
    );
    draft.lvsFlushOnStop = 'all';
    return;
  }
  draft.lvsFlushOnStop = word === 'VS' ? 'services' : 'all';
}

export const lvsKeywords: Entries = {
  lvs_timeouts: custom(
    'Idle limits of IPVS connections.',
    '{tcp or tcpfin or udp <secs int 0..2678400>}+',
    (draft, statement, context) => void readOptions(draft, timeoutOptions, statement, 0, context),
    {
      default: "the kernel's",
      missing: 'error',
      words: timeoutOptions,
    },
  ),
  lvs_flush: flag('Empties IPVS at the start.', (draft) => (draft.lvsFlush = true)),
  lvs_flush_on_stop: custom('Empties IPVS at the stop; VS: only our services are deleted.', '<VS?>', flushOnStop, {
    default: 'off',
  }),
  lvs_flush_onstop: custom('Old spelling of lvs_flush_on_stop.', '<VS?>', flushOnStop, {
    default: 'off',
    replacement: 'lvs_flush_on_stop',
  }),
  lvs_sync_daemon: custom(
    'Synchronises IPVS connections with another director.',
    '<ifname> {inst <name>} {id <0..255>} {maxlen <1..65507>} {port <1..65535>} {ttl <1..255>} {group <mcast ip>}',
    readSyncDaemon,
    {
      default: 'none',
      missing: 'error',
      words: {
        ...positional({ '<ifname>': ['<ifname>', 'First word.', { default: 'required' }] }),
        ...syncDaemonOptions,
      },
    },
  ),
  rs_init_notifies: bool(
    'Notifies UP for real servers when they are first added.',
    (draft, value) => (draft.rsInitNotifies = value),
    { default: 'false' },
  ),
  checker_log_all_failures: bool(
    'Logs every failed check; default of the checkers.',
    (draft, value) => (draft.checkerLogAllFailures = value),
    { default: 'false' },
  ),
};

/** global_defs: the processes, their names, scheduling and buffers. */
import type { GlobalDraft, SchedulingDraft } from '../drafts.ts';
import { readInteger } from '../values.ts';
import { bool, custom, flag, integer, text } from './forms.ts';
import type { Keyword } from './keyword.ts';

type G = GlobalDraft;
type Entries = Readonly<Record<string, Keyword<G>>>;

/** Linux: TASK_COMM_LEN less the end mark. */
const longestProcessName = 15;
/** Linux: CPU_SETSIZE. */
const maximumCpu = 1023;
const bytes = { min: 0, max: 4294967295, unit: 'bytes' } as const;
const missingError = { missing: 'error' } as const;

function processName(
  note: string,
  set: (names: G['processNames'], name: string) => void,
  extra?: { readonly replacement?: string; readonly effect?: 'none-yet' },
): Keyword<G> {
  return text(
    note,
    (draft: G, name, statement, context) => {
      if (name.length > longestProcessName) {
        context.error(
          statement,
          1,
          'CFG_TOO_LONG',
          `${statement.keyword}: more than ${longestProcessName} characters; the rest is cut off`,
        );
      }
      set(draft.processNames, name.slice(0, longestProcessName));
    },
    { form: '<string max 15>', ...extra },
  );
}

function schedulingKeywords(prefix: string, who: string, pick: (draft: G) => SchedulingDraft): Entries {
  const into =
    <V>(set: (scheduling: SchedulingDraft, value: V) => void) =>
    (draft: G, value: V) =>
      set(pick(draft), value);
  const limit = integer<G>(
    `RLIMIT_RTTIME of the ${who} when it has real-time priority.`,
    { min: 1, max: 4294967295, unit: 'usec' },
    into((scheduling, value: number) => (scheduling.realTimeLimitUs = value)),
    { default: '10000' },
  );
  return {
    [`${prefix}_priority`]: integer(
      `Nice value of the ${who}.`,
      { min: -20, max: 19 },
      into((s, value: number) => (s.priority = value)),
      { missing: 'error' },
    ),
    [`${prefix}_no_swap`]: flag(
      `Locks the ${who} in memory.`,
      into<true>((s) => (s.noSwap = true)),
    ),
    [`${prefix}_rt_priority`]: integer(
      `SCHED_RR priority of the ${who}; out of range values are clamped.`,
      { min: 1, max: 99, clamp: true },
      into((s, value: number) => (s.realTimePriority = value)),
      { missing: 'error' },
    ),
    [`${prefix}_cpu_affinity`]: custom(
      `CPUs the ${who} may run on.`,
      '<cpu id>+',
      (draft, statement, context) => {
        const cpus: number[] = [];
        for (let word = 1; word < statement.words.length; word++) {
          const cpu = readInteger(context, statement, word, { min: 0, max: maximumCpu });
          if (cpu !== undefined) cpus.push(cpu);
        }
        if (cpus.length > 0) pick(draft).cpuAffinity = cpus;
      },
      { missing: 'error' },
    ),
    [`${prefix}_rlimit_rttime`]: limit,
    [`${prefix}_rlimit_rtime`]: {
      ...limit,
      note: `Old spelling of ${prefix}_rlimit_rttime.`,
      replacement: `${prefix}_rlimit_rttime`,
    },
  };
}

function bufferKeywords(name: string, what: string, field: keyof G['receiveBuffers']): Entries {
  return {
    [name]: integer(
      `Receive buffer of the ${what}.`,
      bytes,
      (draft, value) => (draft.receiveBuffers[field].bytes = value),
      { default: "the kernel's", ...missingError },
    ),
    [`${name}_force`]: bool(
      `Allows the ${what} more than the system's limit.`,
      (draft, value) => (draft.receiveBuffers[field].force = value),
      { default: 'false' },
    ),
  };
}

export const processKeywords: Entries = {
  process_names: flag('Gives the children the names keepalived_vrrp, keepalived_lvs and keepalived_bfd.', (draft) => {
    draft.processNames.vrrp ??= 'keepalived_vrrp';
    draft.processNames.checker ??= 'keepalived_lvs';
    draft.processNames.bfd ??= 'keepalived_bfd';
  }),
  process_name: processName('Name of the parent process (comm).', (names, name) => (names.parent = name)),
  vrrp_process_name: processName('Name of the VRRP child.', (names, name) => (names.vrrp = name)),
  checker_process_name: processName('Name of the checker child.', (names, name) => (names.checker = name)),
  lvs_process_name: processName('Old spelling of checker_process_name.', (names, name) => (names.checker = name), {
    replacement: 'checker_process_name',
  }),
  bfd_process_name: processName('Name of the BFD child.', (names, name) => (names.bfd = name)),
  max_auto_priority: integer(
    'Raises the real-time priority by itself when scheduled late, up to this one; no value means the maximum, -1 off without a warning.',
    { min: -1, max: 99, absent: 99 },
    (draft, value) => (draft.automaticPriority.maximum = value),
    { default: '0 (off)' },
  ),
  min_auto_priority_delay: integer(
    'Lateness that raises the priority.',
    { min: 1, max: 10_000_000, unit: 'usec' },
    (draft, value) => (draft.automaticPriority.minimumDelayUs = value),
    { default: '1000000', ...missingError },
  ),
  ...schedulingKeywords('vrrp', 'VRRP process', (draft) => draft.vrrpScheduling),
  ...schedulingKeywords('checker', 'checker process', (draft) => draft.checkerScheduling),
  ...schedulingKeywords('bfd', 'BFD process', (draft) => draft.bfdScheduling),
  ...bufferKeywords('vrrp_netlink_cmd_rcv_bufs', "VRRP process's netlink command socket", 'vrrpNetlinkCommand'),
  ...bufferKeywords('vrrp_netlink_monitor_rcv_bufs', "VRRP process's netlink monitor socket", 'vrrpNetlinkMonitor'),
  ...bufferKeywords('process_monitor_rcv_bufs', 'process event connector', 'processMonitor'),
  ...bufferKeywords('lvs_netlink_cmd_rcv_bufs', "checker process's netlink command socket", 'checkerNetlinkCommand'),
  ...bufferKeywords(
    'lvs_netlink_monitor_rcv_bufs',
    "checker process's netlink monitor socket",
    'checkerNetlinkMonitor',
  ),
};

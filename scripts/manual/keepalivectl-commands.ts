/** What keepalivectl takes, for its manual page and the completion; a test holds it against what the program says. */

export interface CommandOption {
  readonly name: string;
  /** Word for its value. */
  readonly value?: string;
  readonly purpose: string;
}

export interface ControlCommand {
  readonly name: string;
  /** Words behind it. */
  readonly words?: string;
  readonly purpose: string;
  readonly options: readonly CommandOption[];
}

const socket: CommandOption = {
  name: '--socket',
  value: 'PATH',
  purpose: 'Control socket of another daemon (default /run/keepalived/control.sock).',
};
const configId: CommandOption = {
  name: '--config-id',
  value: 'ID',
  purpose: 'What @ID lines are compared with (default: the host name up to the first dot).',
};

const limit: CommandOption = { name: '--limit', value: 'NAME', purpose: 'Name of a connection_limit.' };
const json: CommandOption = { name: '--json', purpose: 'For programs.' };
const forTime: CommandOption = {
  name: '--for',
  value: 'TIME',
  purpose: 'Ends by itself after 30s, 10m, 2h, 1d (default: until it is taken back).',
};

export const keepalivectlCommands: readonly ControlCommand[] = [
  {
    name: 'status',
    words: '[NAME]...',
    purpose:
      'What every instance, service and server is doing, and why: a line each, or everything of those with one of these names (instances, groups, services, servers, BFD sessions).',
    options: [
      socket,
      { name: '--json', purpose: 'Everything, for programs.' },
      { name: '--verbose', purpose: 'Everything, for people.' },
      { name: '--watch', value: 'SECONDS', purpose: 'Looks again and again, until Ctrl-C (default: every 2 seconds).' },
      {
        name: '--ready',
        purpose: 'Says only whether all instances have begun and all checks have run; exit status 0, or 1 if not.',
      },
      { name: '--wait', value: 'TIME', purpose: 'With --ready: how long to wait for it, such as 30s.' },
    ],
  },
  {
    name: 'reload',
    purpose: 'Reads the configuration again and says whether it was applied.',
    options: [socket],
  },
  {
    name: 'plan',
    words: '[FILE]',
    purpose:
      'What a reload would change, before it does it. Exit status 0: nothing, 3: something, 1: it would be refused.',
    options: [
      socket,
      { name: '--verbose', purpose: 'Every change and every write to the kernel.' },
      { name: '--json', purpose: 'For programs.' },
    ],
  },
  {
    name: 'events',
    purpose: 'The last events with their reasons, over restarts of the child processes and reloads.',
    options: [
      socket,
      { name: '--follow', purpose: 'Goes on with what comes.' },
      {
        name: '--since',
        value: 'TIME',
        purpose: 'No older ones: 10m, 2h, 1d, or a time such as "2026-01-31 12:00:00".',
      },
      { name: '--after', value: 'NUMBER', purpose: 'Only those behind this sequence number.' },
      { name: '--json', purpose: 'For programs: one object a line.' },
    ],
  },
  {
    name: 'server',
    words: 'SERVICE SERVER weight|drain|maint|ready [WEIGHT]',
    purpose:
      'Sets the weight of a real server beside the file, drains it, takes it out, or lets the file count again. SERVICE is ADDRESS:PORT, fwmark:NUMBER, the name of a group, or all; SERVER is ADDRESS:PORT, or ADDRESS for all its ports.',
    options: [socket, forTime, json],
  },
  { name: 'server list', purpose: 'What is set on real servers beside the file.', options: [socket, json] },
  { name: 'server clear', purpose: 'Takes all of that back.', options: [socket, json] },
  {
    name: 'vrrp',
    words: 'NAME priority|release|auto [PRIORITY]',
    purpose:
      'Sets the base priority of an instance or sync group beside the file, lets another router be master, or lets the file count again.',
    options: [
      socket,
      forTime,
      { name: '--kind', value: 'KIND', purpose: 'What NAME means, instance or group, where it is both.' },
      json,
    ],
  },
  { name: 'vrrp list', purpose: 'What is set on instances and sync groups beside the file.', options: [socket, json] },
  {
    name: 'bans list',
    purpose: 'Who is banned by a connection_limit, why, and for how long.',
    options: [socket, limit, json],
  },
  {
    name: 'bans add',
    words: 'CLIENT',
    purpose: 'Bans an address or prefix.',
    options: [
      socket,
      limit,
      json,
      {
        name: '--time',
        value: 'SECONDS',
        purpose: 'How long; 0: until it is removed (default: ban_time of the limit).',
      },
    ],
  },
  {
    name: 'bans remove',
    words: 'CLIENT',
    purpose: 'Releases an address or prefix, as it is listed.',
    options: [socket, limit, json],
  },
  {
    name: 'doctor',
    purpose:
      'What makes this machine fail without a word, and what mends it. Exit status: 0 nothing to do, 1 errors or warnings, 2 not examined.',
    options: [
      {
        name: '--file',
        value: 'FILE',
        purpose: 'Main file of the configuration (default: the one the daemon reads).',
      },
      configId,
      json,
      {
        name: '--listen',
        value: 'SECONDS',
        purpose:
          'How long to listen for other routers; 0: not at all (default: longer than a master is given up after).',
      },
      { name: '--only', value: 'TOPIC', purpose: 'Only this topic; may be given several times.' },
      { name: '--verbose', purpose: 'What is well, too.' },
      { name: '--fix', purpose: 'Sets settings of the kernel, asking before each; nothing else is ever changed.' },
      { name: '--yes', purpose: 'With --fix: without asking.' },
      {
        name: '--socket',
        value: 'PATH',
        purpose: 'Control socket of the daemon (default: as the configuration says).',
      },
    ],
  },
  {
    name: 'realserver',
    words: '[ADDRESS...]',
    purpose:
      "Prints the real server's side of direct routing and tunnels, for virtual addresses or for all of the configuration.",
    options: [
      {
        name: '--file',
        value: 'FILE',
        purpose: 'Main file of the configuration (default: the one the daemon reads).',
      },
      configId,
      { name: '--method', value: 'dr|tun', purpose: 'Default: as the configuration says, else dr.' },
      { name: '--tunnel', value: 'ipip|gre|gue', purpose: 'With --method tun (default: ipip).' },
      { name: '--port', value: 'PORT', purpose: 'UDP port of gue (default: 6080).' },
      { name: '--script', purpose: 'A shell script (the default).' },
      { name: '--systemd', purpose: 'A unit of systemd.' },
      { name: '--ifupdown', purpose: 'Stanzas for /etc/network/interfaces.d.' },
      { name: '--networkd', purpose: 'Files for systemd-networkd.' },
    ],
  },
  {
    name: 'config show',
    words: '[FILE]',
    purpose: 'The effective configuration: every default filled in, and where each value comes from.',
    options: [
      { name: '--json', purpose: 'For programs.' },
      configId,
      { name: '--show-secrets', purpose: 'Passwords and keys too.' },
    ],
  },
  {
    name: 'config format',
    words: 'FILE...',
    purpose: 'Rewrites files with canonical indentation; their meaning is proven to stay the same.',
    options: [
      { name: '--check', purpose: 'Writes nothing; exit status 1 if a file would change.' },
      { name: '--stdout', purpose: 'Prints the result instead of writing it.' },
      { name: '--despite-errors', purpose: 'Also files with errors, such as pieces that another file includes.' },
      configId,
    ],
  },
  {
    name: 'replay',
    words: 'FILE',
    purpose: 'Steps through a recording (keepalived --record FILE) and prints each decision with its reason.',
    options: [
      {
        name: '--from',
        value: 'TIME',
        purpose: 'Prints from here on: seconds since the beginning, or "2026-01-31 12:00:00" (UTC).',
      },
      { name: '--instance', value: 'NAME', purpose: 'Prints only what is about this instance.' },
      { name: '--all', purpose: 'Also steps in which nothing was decided.' },
    ],
  },
  {
    name: 'hash-password',
    words: 'USER',
    purpose: 'Makes a line for "auth file" of status_page; the password is read from standard input.',
    options: [],
  },
  { name: 'version', purpose: 'Prints the version.', options: [] },
];

// Mistakes seen in public files and asked about by users (keepalived's issues, questions and answers), each with what a
// message must say of it and nothing besides. Exit codes are those of keepalived -t for the same files.
import { describe, expect, it } from 'vitest';
import type { Diagnostic, Severity } from '../../../src/config/diagnostics.ts';
import { severityOf } from '../../../src/config/diagnostics.ts';
import type { ScriptFacts } from '../../../src/config/ports.ts';
import { load, mainFile, model, plainHost, type TestOptions } from './memory.ts';

/** What one message must be; `says` are pieces of the message, its consequences or its remedy. */
interface Expected {
  readonly code: string;
  readonly at: `${number}:${number}`;
  readonly severity: Severity;
  readonly says: readonly string[];
}

interface Case {
  readonly title: string;
  readonly text: string;
  readonly exit: number;
  readonly expected: readonly Expected[];
  readonly options?: TestOptions;
}

/** What stands in this list goes away as the daemon learns to act on more keywords. */
const passing = new Set(['CFG_NO_EFFECT_YET']);

function reported(text: string, options?: TestOptions): Diagnostic[] {
  return load(text, options).diagnostics.filter(({ code }) => !passing.has(code));
}

function allWords({ message, remedy = '', consequences = [] }: Diagnostic): string {
  return [message, ...consequences, remedy].join('\n');
}

function check({ text, exit, expected, options }: Case): void {
  const found = reported(text, options);
  expect(
    found.map((diagnostic) => ({
      code: diagnostic.code,
      at: `${diagnostic.at?.line}:${diagnostic.at?.column}`,
      severity: severityOf(diagnostic),
    })),
  ).toEqual(expected.map(({ code, at, severity }) => ({ code, at, severity })));
  for (const [index, { says }] of expected.entries()) {
    for (const words of says) expect(found[index] && allWords(found[index])).toContain(words);
  }
  expect(load(text, options).exitCode).toBe(exit);
}

/** Lines 1 to 6, then the further lines, then the brace. */
function instance(lines = '', { name = 'VI_1', id = 51, address = `10.0.0.${id}/24` } = {}): string {
  return `vrrp_instance ${name} {\n  interface eth0\n  virtual_router_id ${id}\n  virtual_ipaddress {\n    ${address}\n  }\n${lines}}\n`;
}

/** Lines 1 to 4, the further lines, then the real server. */
function service(lines = '', serverLines = '    weight 1\n', { method = 'NAT', port = '80' } = {}): string {
  return `virtual_server 10.0.0.1 80 {\n  lvs_sched rr\n  lvs_method ${method}\n  protocol TCP\n${lines}  real_server 10.0.0.2 ${port} {\n${serverLines}  }\n}\n`;
}

/** A script with security set up, so that nothing is said of that. */
const secured = 'global_defs {\n  enable_script_security\n  script_user root\n}\n';
const script = (lines = ''): string => `vrrp_script chk {\n  script "/usr/bin/true"\n${lines}}\n`;
const tracked = '  track_script {\n    chk\n  }\n';

const elections: Case[] = [
  {
    title: 'nopreempt with state MASTER',
    text: instance('  priority 150\n  state MASTER\n  nopreempt\n'),
    exit: 5,
    expected: [
      {
        code: 'CFG_NOPREEMPT',
        at: '9:3',
        severity: 'error',
        says: ['does not work with state MASTER', 'ignored', 'write "state BACKUP" on every router'],
      },
    ],
  },
  {
    title: 'nopreempt with state MASTER and no priority: one wrong idea, one message',
    text: instance('  state MASTER\n  nopreempt\n'),
    exit: 5,
    expected: [
      {
        code: 'CFG_IMPLICIT_OWNER',
        at: '7:9',
        severity: 'error',
        says: ['without a priority means priority 255', 'nopreempt has no meaning', 'add a priority below 255'],
      },
    ],
  },
  {
    title: 'nopreempt with a weight',
    text: secured + script('  weight -20\n') + instance(`  state BACKUP\n  nopreempt\n${tracked}`),
    exit: 0,
    expected: [
      {
        code: 'CFG_NOPREEMPT_WEIGHT',
        at: '16:3',
        severity: 'warning',
        says: ['chk', 'the addresses never move when it fails', 'remove the weight', 'FAULT'],
      },
    ],
  },
  {
    title: 'nopreempt with a script that has no weight',
    text: secured + script() + instance(`  state BACKUP\n  nopreempt\n${tracked}`),
    exit: 0,
    expected: [],
  },
  {
    title: 'priority 255',
    text: instance('  state MASTER\n  priority 255\n'),
    exit: 0,
    expected: [
      {
        code: 'CFG_OWNER',
        at: '8:12',
        severity: 'warning',
        says: ['owns the addresses', 'nopreempt', 'write 254 or less'],
      },
    ],
  },
  {
    title: 'priority 255 with nopreempt',
    text: instance('  priority 255\n  nopreempt\n'),
    exit: 5,
    expected: [
      { code: 'CFG_NOPREEMPT', at: '8:3', severity: 'error', says: ['no meaning for priority 255', 'below 255'] },
    ],
  },
  {
    title: 'vrrp_strict in global_defs',
    text: `global_defs {\n  vrrp_strict\n}\n${instance()}`,
    exit: 0,
    expected: [
      {
        code: 'CFG_STRICT_NO_ACCEPT',
        at: '2:3',
        severity: 'warning',
        says: ['VI_1 answer neither ping nor connections', 'remove vrrp_strict', '"accept"'],
      },
    ],
  },
  {
    title: 'strict_mode in the instance',
    text: instance('  strict_mode\n'),
    exit: 0,
    expected: [{ code: 'CFG_STRICT_NO_ACCEPT', at: '7:3', severity: 'warning', says: ['strict_mode', 'VI_1'] }],
  },
  {
    title: 'vrrp_strict with accept',
    text: `global_defs {\n  vrrp_strict\n}\n${instance('  version 3\n  accept\n')}`,
    exit: 0,
    expected: [],
  },
  {
    title: 'a password of more than 8 characters',
    text: instance('  authentication {\n    auth_type PASS\n    auth_pass longpassword\n  }\n'),
    exit: 5,
    expected: [
      {
        code: 'CFG_PASSWORD_TOO_LONG',
        at: '9:15',
        severity: 'error',
        says: ['more than 8', 'only the first 8 count', 'the same on every router'],
      },
    ],
  },
  {
    title: 'one virtual_router_id twice on an interface',
    text: instance() + instance('', { name: 'VI_2', address: '10.0.0.52/24' }),
    exit: 5,
    expected: [
      {
        code: 'CFG_SAME_VRID',
        at: '10:21',
        severity: 'error',
        says: ['vrrp_instance VI_1 (line 3)', 'eth0', 'its own number'],
      },
    ],
  },
  {
    title: 'virtual_router_id 0',
    text: instance().replace('_id 51', '_id 0'),
    exit: 5,
    expected: [
      { code: 'CFG_INVALID_NUMBER', at: '3:21', severity: 'error', says: ['1 to 255', 'virtual_router_id is not set'] },
    ],
  },
  {
    title: 'virtual_router_id 256',
    text: instance().replace('_id 51', '_id 256'),
    exit: 5,
    expected: [
      { code: 'CFG_INVALID_NUMBER', at: '3:21', severity: 'error', says: ['"256"', '1 to 255', 'is not set'] },
    ],
  },
  {
    title: 'state in lower case',
    text: instance('  state master\n'),
    exit: 5,
    expected: [
      { code: 'CFG_INVALID_WORD', at: '7:9', severity: 'error', says: ['BACKUP is used', 'write MASTER, in capitals'] },
    ],
  },
  {
    title: 'a unicast peer that is the router itself',
    text: instance('  unicast_src_ip 10.0.0.5\n  unicast_peer {\n    10.0.0.5\n    10.0.0.6\n  }\n'),
    exit: 0,
    expected: [{ code: 'CFG_OWN_PEER', at: '9:5', severity: 'warning', says: ['itself', 'the other routers only'] }],
  },
  {
    title: 'a sync group with one member',
    text: `vrrp_sync_group G {\n  group {\n    VI_1\n  }\n}\n${instance()}`,
    exit: 5,
    expected: [
      { code: 'CFG_SINGLE_GROUP', at: '1:17', severity: 'error', says: ['only one member, VI_1', 'remove the group'] },
    ],
  },
  {
    title: 'virtual addresses without a prefix length',
    text: instance('', { address: '10.0.0.51\n    10.0.0.52' }),
    exit: 0,
    expected: [
      {
        code: 'CFG_NO_PREFIX_LENGTH',
        at: '5:5',
        severity: 'note',
        says: ['(and 1 more)', '10.0.0.51/32', 'nothing there can be reached', '/24'],
      },
    ],
  },
  {
    title: 'a virtual address that says /32',
    text: instance('', { address: '10.0.0.51/32' }),
    exit: 0,
    expected: [],
  },
  {
    title: 'a netmask behind the address',
    text: instance('', { address: '10.0.0.51 netmask 255.255.240.0' }),
    exit: 5,
    expected: [{ code: 'CFG_UNKNOWN_OPTION', at: '5:15', severity: 'error', says: ['netmask', 'write 10.0.0.51/20'] }],
  },
];

/** /usr/bin/true, with something wrong with it. */
function host(facts: Partial<Extract<ScriptFacts, { found: true }>>): TestOptions {
  return {
    host: { ...plainHost, script: () => ({ found: true, path: '/usr/bin/true', executable: true, ...facts }) },
  };
}

const scripts: Case[] = [
  {
    title: 'a script that no track_script lists',
    text: secured + script() + instance(),
    exit: 0,
    expected: [
      {
        code: 'CFG_UNTRACKED',
        at: '5:13',
        severity: 'warning',
        says: ['chk', 'never run', 'add "track_script { chk }"'],
      },
    ],
  },
  {
    title: 'a script whose name is misspelt where it is listed',
    text: secured + script() + instance('  track_script {\n    chkk\n  }\n'),
    exit: 5,
    expected: [{ code: 'CFG_UNKNOWN_REFERENCE', at: '15:5', severity: 'error', says: ['chkk', 'did you mean chk?'] }],
  },
  {
    title: 'programs without script security',
    text: script() + instance(tracked),
    exit: 6,
    expected: [
      { code: 'CFG_SCRIPT_SECURITY', at: '2:3', severity: 'error', says: ['enable_script_security', 'script_user'] },
    ],
  },
  {
    title: 'a program that others than root may change',
    text: secured + script() + instance(tracked),
    exit: 5,
    options: host({
      insecure: 'the directory /opt/x can be written by the group staff (mode 0775, bit 0020)',
      secureWith: 'chmod g-w /opt/x',
    }),
    expected: [
      {
        code: 'CFG_SCRIPT_DISABLED',
        at: '6:10',
        severity: 'error',
        says: ['vrrp_script chk', 'run as root', 'the directory /opt/x', 'bit 0020', 'chmod g-w /opt/x'],
      },
    ],
  },
  {
    title: 'a program that may not be executed',
    text: secured + script() + instance(tracked),
    exit: 5,
    options: host({ executable: false }),
    expected: [
      { code: 'CFG_SCRIPT_DISABLED', at: '6:10', severity: 'error', says: ['disabled', 'chmod +x /usr/bin/true'] },
    ],
  },
  {
    title: 'arguments without quotes',
    text: `${secured}vrrp_script chk {\n  script /usr/bin/true -c 3\n}\n${instance(tracked)}`,
    exit: 0,
    expected: [
      {
        code: 'CFG_SCRIPT_ARGUMENTS',
        at: '6:24',
        severity: 'warning',
        says: ['"/usr/bin/true" alone', '"-c 3" is not read', 'into quotes'],
      },
    ],
  },
  {
    title: 'fail for fall',
    text: secured + script('  fail 2\n') + instance(tracked),
    exit: 5,
    expected: [{ code: 'CFG_UNKNOWN_KEYWORD', at: '7:3', severity: 'error', says: ['"fail"', 'fall'] }],
  },
];

const servers: Case[] = [
  {
    title: 'a quorum above the weights',
    text: service('  quorum 3\n'),
    exit: 5,
    expected: [
      {
        code: 'CFG_QUORUM',
        at: '5:3',
        severity: 'error',
        says: ['quorum 3', 'weigh together, 1', '1 is used', 'raise weights'],
      },
    ],
  },
  ...['DR', 'TUN'].map((method): Case => ({
    title: `another port under ${method}`,
    text: service('', undefined, { method, port: '8080' }),
    exit: 5,
    expected: [
      {
        code: 'CFG_PORT',
        at: '5:24',
        severity: 'error',
        says: ['8080', `with ${method} packets keep`, '80 is used', 'lvs_method NAT'],
      },
    ],
  })),
  {
    title: 'lb_kind in lower case: not a missing lvs_method as well',
    text: service().replace('lvs_method NAT', 'lb_kind dr'),
    exit: 5,
    expected: [
      {
        code: 'CFG_INVALID_WORD',
        at: '3:11',
        severity: 'error',
        says: ['"dr"', 'NAT is used', 'write DR, in capitals'],
      },
    ],
  },
  {
    title: 'the name of a service for a port',
    text: service().replace('10.0.0.1 80', '10.0.0.1 http'),
    exit: 5,
    expected: [{ code: 'CFG_INVALID_NUMBER', at: '1:25', severity: 'error', says: ['"http"', 'write its port, 80'] }],
  },
  {
    title: 'the name of a service for the port of the only real server',
    text: service('', undefined, { port: 'https' }),
    exit: 5,
    expected: [{ code: 'CFG_INVALID_NUMBER', at: '5:24', severity: 'error', says: ['443', 'the service is ignored'] }],
  },
  {
    title: 'a host name for an address',
    text: service().replace('10.0.0.2', 'web1.example.com'),
    exit: 5,
    expected: [
      {
        code: 'CFG_INVALID_ADDRESS',
        at: '5:15',
        severity: 'error',
        says: ['web1.example.com', 'the service is ignored', 'names are not looked up', 'getent ahosts'],
      },
    ],
  },
  {
    title: 'a real server of the other family',
    text: service('  real_server fd00::2 80 {\n    weight 1\n  }\n'),
    exit: 5,
    expected: [{ code: 'CFG_FAMILY', at: '5:3', severity: 'error', says: ['fd00::2', 'another family', 'TUN'] }],
  },
  {
    title: 'a virtual server twice',
    text: service() + service(),
    exit: 0,
    expected: [
      { code: 'CFG_SAME_SERVICE', at: '9:1', severity: 'note', says: ['line 1', 'the second is ignored', 'into one'] },
    ],
  },
  {
    title: 'an instance twice',
    text: instance() + instance(),
    exit: 5,
    expected: [{ code: 'CFG_DUPLICATE', at: '8:15', severity: 'error', says: ['line 1', 'keep one of the two'] }],
  },
  {
    title: 'a real server twice',
    text: service('  real_server 10.0.0.2 80 {\n    weight 1\n  }\n'),
    exit: 5,
    expected: [
      {
        code: 'CFG_DUPLICATE',
        at: '8:15',
        severity: 'error',
        says: ['10.0.0.2 80', 'line 5', 'the second is ignored'],
      },
    ],
  },
];

const words: Case[] = [
  {
    title: 'weigth',
    text: service('', '    weigth 10\n'),
    exit: 5,
    expected: [
      {
        code: 'CFG_UNKNOWN_KEYWORD',
        at: '6:5',
        severity: 'error',
        says: ['"weigth" in real_server', 'did you mean weight?'],
      },
    ],
  },
  {
    title: 'a keyword of another block',
    text: service('  notify_up /usr/bin/true\n'),
    exit: 5,
    expected: [
      {
        code: 'CFG_UNKNOWN_KEYWORD',
        at: '5:3',
        severity: 'error',
        says: ['valid in real_server', 'here you are in virtual_server'],
      },
    ],
  },
  {
    title: 'a newer keyword of another block',
    text: service('  no_virtual_ipaddress\n'),
    exit: 5,
    expected: [
      { code: 'CFG_UNKNOWN_KEYWORD', at: '5:3', severity: 'error', says: ['valid in vrrp_instance (since 2.2.8)'] },
    ],
  },
  {
    title: 'a keyword that has another name today',
    text: 'global_defs {\n  lvs_id LB1\n}\n',
    exit: 5,
    expected: [{ code: 'CFG_UNKNOWN_KEYWORD', at: '2:3', severity: 'error', says: ['its name is router_id'] }],
  },
  {
    title: 'a keyword in capitals: not a missing interface as well',
    text: instance().replace('interface', 'Interface'),
    exit: 5,
    expected: [
      {
        code: 'CFG_UNKNOWN_KEYWORD',
        at: '2:3',
        severity: 'error',
        says: ['"Interface"', 'interface is not set', 'did you mean interface?'],
      },
    ],
  },
  {
    title: 'an unknown block is skipped whole',
    text: instance().replace('instance', 'instanze') + instance(),
    exit: 5,
    expected: [
      { code: 'CFG_UNKNOWN_KEYWORD', at: '1:1', severity: 'error', says: ['whole block is ignored', 'vrrp_instance?'] },
    ],
  },
  {
    title: 'equals signs',
    text: instance('  priority = 100\n  advert_int=1\n'),
    exit: 5,
    expected: [
      { code: 'CFG_INVALID_NUMBER', at: '7:12', severity: 'error', says: ['write "priority 100", without "="'] },
      { code: 'CFG_UNKNOWN_KEYWORD', at: '8:3', severity: 'error', says: ['write "advert_int 1", without "="'] },
    ],
  },
  {
    title: 'colons',
    text: instance('  priority: 100\n'),
    exit: 5,
    expected: [
      { code: 'CFG_UNKNOWN_KEYWORD', at: '7:3', severity: 'error', says: ['write "priority 100", without ":"'] },
    ],
  },
  {
    title: 'semicolons',
    text: `global_defs {\n  router_id lb1;\n};\n${instance('  priority 100;\n  nopreempt;\n')}`,
    exit: 5,
    expected: [
      {
        code: 'CFG_PUNCTUATION',
        at: '2:13',
        severity: 'warning',
        says: ['a part of the value', 'write lb1, without ";"'],
      },
      { code: 'CFG_UNKNOWN_KEYWORD', at: '3:2', severity: 'error', says: ['remove the ";"'] },
      { code: 'CFG_INVALID_NUMBER', at: '10:12', severity: 'error', says: ['write 100, without ";"'] },
      { code: 'CFG_UNKNOWN_KEYWORD', at: '11:3', severity: 'error', says: ['write "nopreempt", without ";"'] },
    ],
  },
  {
    title: 'an interface with a semicolon',
    text: instance().replace('eth0', 'eth0;'),
    exit: 5,
    expected: [{ code: 'CFG_MISSING_INTERFACE', at: '2:13', severity: 'error', says: ['write eth0, without ";"'] }],
  },
  {
    title: 'an interface that many want and nobody has',
    text: (instance() + instance('', { name: 'VI_2', id: 52 })).replaceAll('eth0', 'ens3'),
    exit: 5,
    expected: [
      {
        code: 'CFG_MISSING_INTERFACE',
        at: '2:13',
        severity: 'error',
        says: ['no interface ens3', 'the same in line 9'],
      },
    ],
  },
  {
    title: 'comments of other languages',
    text: `// the balancer\n/* two\n * lines */\n${instance('  // priority\n  priority 100 // high\n')}`,
    exit: 5,
    expected: [
      { code: 'CFG_FOREIGN_COMMENT', at: '1:1', severity: 'error', says: ['//', 'begin comments with # or !'] },
      { code: 'CFG_FOREIGN_COMMENT', at: '2:1', severity: 'error', says: ['/*', 'begin comments with # or !'] },
      { code: 'CFG_FOREIGN_COMMENT', at: '10:3', severity: 'error', says: ['//'] },
    ],
  },
  {
    title: 'a quote that is not closed',
    text: `global_defs {\n  router_id "lb1\n}\n${instance()}`,
    exit: 5,
    expected: [{ code: 'CFG_UNMATCHED_QUOTE', at: '2:13', severity: 'error', says: ['not closed', 'close the quote'] }],
  },
];

const pasted: Case[] = [
  {
    title: 'a git conflict',
    text: 'global_defs {\n<<<<<<< HEAD\n  router_id a\n=======\n  router_id b\n  nonsense\n>>>>>>> feature\n}\n',
    exit: 5,
    expected: [
      {
        code: 'CFG_CONFLICT_MARK',
        at: '2:1',
        severity: 'error',
        says: ['line 3 (HEAD)', 'lines 5 to 6 (feature)', 'marks in lines 2, 4, 7'],
      },
    ],
  },
  {
    title: 'a git conflict of whole blocks, with the common ancestor',
    text: `<<<<<<< HEAD\n${instance('  priority 100\n')}||||||| base\n=======\n${instance('  priority 101\n')}>>>>>>> 1a2b3c4\n`,
    exit: 5,
    expected: [
      {
        code: 'CFG_CONFLICT_MARK',
        at: '1:1',
        severity: 'error',
        says: ['lines 2 to 9 (HEAD)', 'lines 12 to 19 (1a2b3c4)', 'lines 1, 10, 11, 20'],
      },
    ],
  },
  {
    title: 'a git conflict whose sides open different blocks',
    text: `<<<<<<< HEAD\nvrrp_instance VI_1 {\n=======\nvrrp_instance VI_2 {\n>>>>>>> other\n${instance().split('\n').slice(1).join('\n')}`,
    exit: 5,
    expected: [{ code: 'CFG_CONFLICT_MARK', at: '1:1', severity: 'error', says: ['line 2 (HEAD)', 'line 4 (other)'] }],
  },
  {
    title: 'a git conflict among addresses',
    text: instance('', {
      address: '10.0.0.51/24\n<<<<<<< HEAD\n    10.0.0.52/24\n=======\n    10.0.0.53/24\n>>>>>>> x',
    }),
    exit: 5,
    expected: [{ code: 'CFG_CONFLICT_MARK', at: '6:1', severity: 'error', says: ['line 7 (HEAD)', 'line 9 (x)'] }],
  },
  ...[
    '[root@lb1 ~]# cat keepalived.conf',
    '$ cat keepalived.conf',
    'lb1:~# cat keepalived.conf',
    'admin@lb1:/etc$ cat x',
  ].map((prompt): Case => ({
    title: `a pasted prompt: ${prompt}`,
    text: `${prompt}\n${instance()}`,
    exit: 5,
    expected: [{ code: 'CFG_PROMPT', at: '1:1', severity: 'error', says: ['prompt of a shell', 'delete the line'] }],
  })),
  {
    title: 'non-breaking spaces all over the file',
    text: instance('  priority 100\n').replaceAll('  ', '\u00a0\u00a0'),
    exit: 5,
    expected: [
      {
        code: 'CFG_INVISIBLE_CHARACTER',
        at: '2:1',
        severity: 'error',
        says: [
          'non-breaking space',
          'U+00A0',
          'the same in lines 3, 4, 5, 6, 7',
          'interface is not set',
          'ordinary blank',
        ],
      },
    ],
  },
  {
    title: 'one non-breaking space between keyword and value',
    text: instance('  priority\u00a0100\n'),
    exit: 5,
    expected: [{ code: 'CFG_INVISIBLE_CHARACTER', at: '7:11', severity: 'error', says: ['unknown keyword'] }],
  },
  {
    title: 'a non-breaking space in a comment or in quotes',
    text: `# the\u00a0balancer\nglobal_defs {\n  router_id "lb\u00a0\u201c1\u201d"\n}\n${instance()}`,
    exit: 0,
    expected: [],
  },
  {
    title: 'typographic quotes',
    text: instance('  notify_master \u201c/usr/bin/true\u201d\n'),
    exit: 0,
    expected: [
      {
        code: 'CFG_TYPOGRAPHIC_QUOTE',
        at: '7:17',
        severity: 'warning',
        says: ['U+201C', 'typographic quote', 'is disabled', 'write "'],
      },
    ],
  },
  {
    title: 'a file in Latin-1',
    text: instance('  notify_master /opt/pr\ufffdfung\n'),
    exit: 0,
    expected: [{ code: 'CFG_NOT_UTF8', at: '7:24', severity: 'warning', says: ['UTF-8', 'iconv'] }],
  },
  {
    title: 'a byte-order mark',
    text: `\ufeff${instance()}`,
    exit: 5,
    expected: [
      {
        code: 'CFG_BYTE_ORDER_MARK',
        at: '1:1',
        severity: 'warning',
        says: ['byte-order mark', 'without a byte-order mark'],
      },
    ],
  },
];

const blocks: Case[] = [
  {
    title: 'a brace missing before the next block',
    text: `global_defs {\n  router_id x\n\n${instance()}`,
    exit: 5,
    expected: [
      {
        code: 'CFG_MISSING_CLOSE',
        at: '1:1',
        severity: 'error',
        says: ['global_defs begins here', 'vrrp_instance in line 4'],
      },
    ],
  },
  {
    title: 'a brace missing inside: where the block began',
    text: instance().replace('  }\n', ''),
    exit: 5,
    expected: [
      {
        code: 'CFG_MISSING_CLOSE',
        at: '4:3',
        severity: 'error',
        says: ['virtual_ipaddress begins here', 'line 6', 'vrrp_instance VI_1 in line 1', 'before line 6'],
      },
    ],
  },
  {
    title: 'a brace missing at the end',
    text: instance().replace(/\}\n$/, ''),
    exit: 5,
    expected: [
      { code: 'CFG_MISSING_CLOSE', at: '1:1', severity: 'error', says: ['VI_1 begins here', 'the end of the file'] },
    ],
  },
  {
    title: 'a brace too many',
    text: `${instance()}}\n`,
    exit: 5,
    expected: [{ code: 'CFG_EXTRA_CLOSE', at: '8:1', severity: 'error', says: ['closes nothing'] }],
  },
  {
    title: 'an opening brace missing',
    text: instance().replace('VI_1 {', 'VI_1'),
    exit: 5,
    expected: [{ code: 'CFG_MISSING_OPEN', at: '1:19', severity: 'error', says: ['write "vrrp_instance VI_1 {"'] }],
  },
  {
    title: 'an address in place of a block',
    text: instance('  virtual_ipaddress 10.0.0.9/24\n'),
    exit: 5,
    expected: [{ code: 'CFG_MISSING_OPEN', at: '7:32', severity: 'error', says: ['on a line of its own'] }],
  },
  {
    title: 'an include that matches nothing',
    text: `include conf.d/*.conf\n${instance()}`,
    exit: 0,
    expected: [
      {
        code: 'CFG_INCLUDE',
        at: '1:9',
        severity: 'note',
        says: ['no file matches conf.d/*.conf', 'relative to /etc/keepalived'],
      },
    ],
  },
  {
    title: 'an include that must be there',
    text: `includem /etc/keepalived/other.conf\n${instance()}`,
    exit: 6,
    expected: [
      { code: 'CFG_INCLUDE', at: '1:10', severity: 'error', says: ['there is no file /etc/keepalived/other.conf'] },
    ],
  },
  {
    title: 'an include of itself',
    text: `include ${mainFile}\n${instance()}`,
    exit: 5,
    expected: [
      { code: 'CFG_INCLUDE_LOOP', at: '1:9', severity: 'error', says: ['includes itself', 'remove this include'] },
    ],
  },
];

describe.each([
  ['elections', elections],
  ['scripts', scripts],
  ['servers', servers],
  ['words', words],
  ['what was pasted', pasted],
  ['blocks and files', blocks],
])('%s', (_name, cases) => {
  it.each(cases.map((one) => [one.title, one] as const))('%s', (_title, one) => check(one));
});

describe('what only looks like a mistake is none', () => {
  it.each([
    ['no blank before a brace, as keepalived reads it', instance().replaceAll(' {', '{')],
    ['no blank before the brace of a server', service().replaceAll(' {', '{')],
    ['a brace on a line of its own', instance().replaceAll(' {', '\n{')],
    ['no final newline', instance().trimEnd()],
    ['CRLF', instance().replaceAll('\n', '\r\n')],
    ['tabs', instance().replaceAll('  ', '\t')],
    ['UTF-8 in comments', `# Größe, ✓, “quoted”\n${instance()}`],
  ])('%s', (_title, text) => {
    expect(reported(text)).toEqual([]);
    const plain = text.includes('virtual_server') ? model(service()) : model(instance());
    const strip = (value: unknown): unknown =>
      JSON.parse(JSON.stringify(value, (key, inner: unknown) => (key === 'at' ? undefined : inner)));
    expect(strip(model(text))).toEqual(strip(plain));
  });
});

describe('several mistakes', () => {
  it('are in the order of the text, with both places of what belongs together', () => {
    const text = `${service('', '    weigth 1\n')}${instance('  state master\n')}${instance()}`;
    const found = reported(text);
    expect(found.map(({ at }) => at?.line)).toEqual([6, 15, 17]);
    expect(found[2]?.related).toEqual([
      { at: { file: mainFile, line: 9, column: 1 }, message: 'the first definition' },
    ]);
  });

  it('name the file of the first place where it is another', () => {
    const other = '/etc/keepalived/a.conf';
    const [found] = reported(`include a.conf\n${instance()}`, { files: { [other]: instance() } });
    expect(found?.message).toContain(`${other}:1`);
    expect(found?.related?.[0]?.at).toEqual({ file: other, line: 1, column: 1 });
  });

  it('of a line that is made again and again are told once', () => {
    const found = reported(`~SEQ(N, 3) vrrp_script s$N { nonsense\n`);
    expect(found.filter(({ code }) => code === 'CFG_UNKNOWN_KEYWORD')).toHaveLength(1);
  });
});

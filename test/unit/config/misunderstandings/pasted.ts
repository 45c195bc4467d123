/** About what comes into a file with text from elsewhere. */
import { instance, type Case } from './case.ts';

export const pasted: Case[] = [
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

/** About spelling, and the punctuation of other languages. */
import { instance, service, type Case } from './case.ts';

export const words: Case[] = [
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
    title: 'something that was never defined, in two lines',
    text: `${service().replace('10.0.0.1 80', '10.0.0.${LAST} 80')}${instance('', { address: '10.0.0.${LAST}/24' })}`,
    exit: 5,
    expected: [
      {
        code: 'CFG_UNDEFINED_REFERENCE',
        at: '1:23',
        severity: 'error',
        says: ['${LAST} is not defined', 'the same in line 13', '"10.0.0.${LAST}" is not an IP address', '$NAME=VALUE'],
      },
    ],
  },
  {
    title: 'a quote that is not closed',
    text: `global_defs {\n  router_id "lb1\n}\n${instance()}`,
    exit: 5,
    expected: [{ code: 'CFG_UNMATCHED_QUOTE', at: '2:13', severity: 'error', says: ['not closed', 'close the quote'] }],
  },
];

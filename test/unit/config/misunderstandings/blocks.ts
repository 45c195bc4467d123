/** About braces and included files. */
import { mainFile } from '../memory.ts';
import { instance, type Case } from './case.ts';

export const blocks: Case[] = [
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

/** About who becomes master, and what the addresses are then good for. */
import { instance, script, secured, tracked, type Case } from './case.ts';

export const elections: Case[] = [
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
        says: ['more than 8', 'only the first 8 are sent', 'the same on every router'],
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
  {
    title: 'an option of an address with a typing mistake',
    text: instance('', { address: '10.0.0.51/32 lable eth0:1' }),
    exit: 5,
    expected: [{ code: 'CFG_UNKNOWN_OPTION', at: '5:18', severity: 'error', says: ['lable', 'did you mean label?'] }],
  },
];

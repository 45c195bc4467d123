/** Versions, priorities, preemption, notifications, groups. */
import { block, instanceBlock } from './configuration.ts';
import type { Configuration } from './play.ts';

const life = ['start > MASTER', 'peer > BACKUP', 'no peer > MASTER', 'stop > STOP'];
const withReload = ['start > MASTER', 'down eth0 > FAULT', 'up eth0 > MASTER', 'reload', 'stop > STOP'];
const onBoth = ['10.88.0.100/24', '10.88.1.100/24 dev eth1'];
/** Debian's leaves what it set for the base interface. */
const restored = {
  lines: /eth0\/arp_(?:ignore|filter)/,
  explained: '2.2.7 leaves `arp_ignore` and `arp_filter`',
};
const unicast = (own: string, other: string): string[] => [`unicast_src_ip ${own}`, block('unicast_peer', other)];
const password = (type: string): string => block('authentication', `auth_type ${type}`, 'auth_pass secret12');
const notifyAll = [
  'notify "/tmp/say.sh all"',
  'notify_master "/tmp/say.sh master"',
  'notify_backup "/tmp/say.sh backup"',
  'notify_fault "/tmp/say.sh fault"',
  'notify_stop "/tmp/say.sh stop"',
];
const secondOn1 = instanceBlock({ name: 'VI_2', port: 'eth1', id: 52, addresses: ['10.88.1.100/24'] });
const group = (...lines: readonly string[]): string =>
  block('vrrp_sync_group G', block('group', 'VI_1', 'VI_2'), ...lines);

export const protocolTable: readonly Configuration[] = [
  { name: 'version 3', events: ['start > MASTER', 'peer > BACKUP', 'crash of peer > MASTER', 'stop > STOP'] },
  { name: 'version 3, started as BACKUP', state: 'BACKUP', events: life },
  { name: 'version 2', version: 2, events: life },
  { name: 'version 2 over IPv6', version: 2, family: 6, events: life },
  { name: 'version 2 with PASS', version: 2, lines: [password('PASS')], peer: [password('PASS')], events: life },
  { name: 'version 2 with AH', version: 2, lines: [password('AH')], peer: [password('AH')], events: life },
  {
    name: 'version 2, the peer has no password',
    version: 2,
    lines: [password('PASS')],
    events: ['start > MASTER', 'peer', 'no peer', 'stop > STOP'],
  },
  { name: 'unicast', lines: unicast('10.88.0.1', '10.88.0.9'), peer: unicast('10.88.0.9', '10.88.0.1'), events: life },
  {
    name: 'unicast with version 2',
    version: 2,
    lines: unicast('10.88.0.1', '10.88.0.9'),
    peer: unicast('10.88.0.9', '10.88.0.1'),
    events: life,
  },
  {
    name: 'unicast over IPv6',
    family: 6,
    lines: unicast('fe80::1', 'fe80::9'),
    peer: unicast('fe80::9', 'fe80::1'),
    events: life,
  },
  { name: 'mcast_src_ip', lines: ['mcast_src_ip 10.88.0.1'], events: ['start > MASTER', 'stop > STOP'] },
  { name: 'priority 254 against 200', priority: 254, events: ['start > MASTER', 'peer', 'no peer', 'stop > STOP'] },
  {
    name: 'equal priorities, the lower address',
    priority: 200,
    events: ['start > MASTER', 'peer', 'no peer', 'stop > STOP'],
  },
  {
    name: 'the owner of the address',
    priority: 255,
    addresses: ['10.88.0.100/24'],
    events: ['ip addr add 10.88.0.100/24 dev eth0', 'start > MASTER', 'peer', 'no peer', 'stop > STOP'],
  },
  {
    name: 'nopreempt',
    state: 'BACKUP',
    priority: 250,
    lines: ['nopreempt'],
    events: ['peer', 'start > BACKUP', 'no peer > MASTER', 'peer', 'stop > STOP'],
  },
  {
    name: 'preempt_delay',
    state: 'BACKUP',
    priority: 250,
    lines: ['preempt_delay 2'],
    events: ['peer', 'start > BACKUP', 'ip link set eth1 up > MASTER', 'stop > STOP'],
  },
  {
    name: 'the link of a backup goes',
    events: ['peer', 'start > BACKUP', 'down eth0 > FAULT', 'up eth0 > BACKUP', 'no peer > MASTER', 'stop > STOP'],
  },
  { name: 'the cable goes', events: ['start > MASTER', 'unplug eth0 > FAULT', 'plug eth0 > MASTER', 'stop > STOP'] },
  { name: 'started without a link', events: ['down eth0', 'start', 'up eth0 > MASTER', 'stop > STOP'] },
  { name: 'vrrp_strict', global: ['vrrp_strict'], events: ['start > MASTER', 'stop > STOP'] },
  { name: 'accept', lines: ['accept'], events: life },
  { name: 'no_accept', lines: ['no_accept'], changed: { addresses: ['10.88.0.101/24'] }, events: withReload },
  { name: 'no_accept over IPv6', family: 6, lines: ['no_accept'], events: life },
  {
    name: 'a VMAC',
    lines: ['use_vmac'],
    changed: { addresses: ['10.88.0.101/24'] },
    differs: restored,
    events: withReload,
  },
  {
    name: 'a VMAC, advertisements on the base interface',
    lines: ['use_vmac', 'vmac_xmit_base'],
    differs: restored,
    events: life,
  },
  {
    name: 'a VMAC over IPv6',
    family: 6,
    lines: ['use_vmac'],
    differs: { lines: /vrrp\.51\/arp_ignore/, explained: 'IPv6 VMACs have `arp_ignore`' },
    events: life,
  },
  {
    name: 'VMACs for addresses',
    lines: ['use_vmac_addr'],
    addresses: onBoth,
    differs: {
      lines: /eth1\/arp_(?:ignore|filter)|nft (?:table ip keepalived|add)/,
      explained: 'the rules about IGMP for VMACs that addresses alone have',
    },
    events: life,
  },
  {
    name: 'everything in a sync group',
    blocks: [block('vrrp_script chk', 'script /tmp/check.sh', 'interval 1'), group('notify "/tmp/say.sh group"')],
    lines: [
      ...notifyAll,
      block('track_script', 'chk'),
      block('virtual_ipaddress_excluded', '10.88.0.110/24', '2001:db8::110/64'),
      block('virtual_routes', '10.30.0.0/16 via 10.88.0.9 dev eth0'),
      block('virtual_rules', 'from 10.30.0.0/16 table 100 preference 1000'),
    ],
    more: [secondOn1],
    changed: { addresses: ['10.88.0.100/24', '10.88.0.102/24'] },
    events: [
      'start > G MASTER',
      'down eth1 > G FAULT',
      'up eth1 > G MASTER',
      'fail > G FAULT',
      'recover > G MASTER',
      'peer > G BACKUP',
      'no peer > G MASTER',
      'reload',
      'stop > G STOP',
    ],
  },
  {
    name: 'notify scripts',
    lines: notifyAll,
    events: [
      'start > MASTER',
      'peer > BACKUP',
      'no peer > MASTER',
      'down eth0 > FAULT',
      'up eth0 > MASTER',
      'stop > STOP',
    ],
  },
  {
    name: 'notifications of priorities',
    global: ['vrrp_notify_priority_changes true'],
    changed: { priority: 150 },
    differs: { lines: /FIFO.*_PRIORITY 150/, explained: 'a priority changed by a reload is told on FIFOs' },
    events: ['start > MASTER', 'reload', 'stop > STOP'],
  },
  {
    name: 'a reload with another priority',
    changed: { priority: 220 },
    events: ['peer', 'start > BACKUP', 'reload > MASTER', 'stop > STOP'],
  },
  {
    name: 'a reload with another interval',
    changed: { interval: 0.3 },
    events: ['start > MASTER', 'reload', 'stop > STOP'],
  },
  { name: 'a reload that changes nothing', events: ['start > MASTER', 'reload', 'reload', 'stop > STOP'] },
  {
    name: 'a reload with a second instance',
    changed: { more: [secondOn1] },
    events: ['start > MASTER', 'reload > VI_2 MASTER', 'stop > STOP'],
  },
  {
    name: 'a reload without the second instance',
    more: [secondOn1],
    changed: { more: [] },
    events: ['start > VI_2 MASTER', 'reload', 'stop > STOP'],
  },
  {
    name: 'two instances',
    more: [secondOn1],
    events: ['start > VI_2 MASTER', 'down eth1 > VI_2 FAULT', 'up eth1 > VI_2 MASTER', 'stop > VI_2 STOP'],
  },
  {
    name: 'a sync group',
    blocks: [group()],
    more: [secondOn1],
    events: [
      'start > G MASTER',
      'down eth1 > G FAULT',
      'up eth1 > G MASTER',
      'peer > G BACKUP',
      'no peer > G MASTER',
      'stop > G STOP',
    ],
  },
  {
    name: 'a sync group with scripts',
    blocks: [
      group(
        'notify "/tmp/say.sh group"',
        'notify_master "/tmp/say.sh group master"',
        'notify_fault "/tmp/say.sh group fault"',
        'notify_stop "/tmp/say.sh group stop"',
      ),
    ],
    more: [secondOn1],
    events: ['start > G MASTER', 'unplug eth0 > G FAULT', 'plug eth0 > G MASTER', 'stop > G STOP'],
  },
  {
    name: 'skip_check_adv_addr and higher_prio_send_advert',
    global: ['vrrp_skip_check_adv_addr', 'vrrp_higher_prio_send_advert true'],
    events: life,
  },
  {
    name: 'lower_prio_no_advert',
    global: ['vrrp_lower_prio_no_advert true'],
    priority: 250,
    events: ['start > MASTER', 'peer', 'no peer', 'stop > STOP'],
  },
];

/** What an instance follows: interfaces, scripts, files, processes. */
import { block, instanceBlock } from './configuration.ts';
import type { Configuration } from './play.ts';

const script = (...lines: readonly string[]): string =>
  block('vrrp_script chk', 'script /tmp/check.sh', 'interval 1', ...lines);
const follows = (kind: string, ...lines: readonly string[]): string => block(`track_${kind}`, ...lines);
const file = (...lines: readonly string[]): string => block('vrrp_track_file number', 'file /tmp/number', ...lines);
const process = (...lines: readonly string[]): string =>
  block('vrrp_track_process prog', 'process ktssamestate', ...lines);
const priorities = ['vrrp_notify_priority_changes true'];

export const trackingTable: readonly Configuration[] = [
  {
    name: 'track_interface',
    lines: [follows('interface', 'eth1')],
    events: [
      'start > MASTER',
      'down eth1 > FAULT',
      'up eth1 > MASTER',
      'unplug eth1 > FAULT',
      'plug eth1 > MASTER',
      'stop > STOP',
    ],
  },
  {
    name: 'track_interface with weight',
    global: priorities,
    lines: [follows('interface', 'eth1 weight -30')],
    events: ['start > MASTER', 'down eth1', 'peer > BACKUP', 'up eth1', 'no peer > MASTER', 'stop > STOP'],
  },
  {
    name: 'track_interface with positive weight',
    global: priorities,
    lines: [follows('interface', 'eth1 weight 30')],
    events: ['start > MASTER', 'unplug eth1', 'plug eth1', 'stop > STOP'],
  },
  {
    name: 'track_interface with weight that carries an address',
    global: priorities,
    lines: [follows('interface', 'eth1 weight 30'), block('virtual_ipaddress_excluded', '10.88.1.77/24 dev eth1')],
    events: ['start > MASTER', 'unplug eth1 > FAULT', 'plug eth1 > MASTER', 'stop > STOP'],
  },
  {
    name: 'track_interface reversed',
    lines: [follows('interface', 'eth1 weight 0 reverse')],
    events: ['start', 'down eth1 > MASTER', 'up eth1 > FAULT', 'stop > STOP'],
  },
  {
    name: 'track_interface reversed with weight',
    global: priorities,
    lines: [follows('interface', 'eth1 weight 20 reverse')],
    events: ['start > MASTER', 'down eth1', 'up eth1', 'stop > STOP'],
  },
  {
    name: 'track_interface reversed with negative weight',
    global: priorities,
    lines: [follows('interface', 'eth1 weight -20 reverse')],
    events: ['start > MASTER', 'down eth1', 'up eth1', 'stop > STOP'],
  },
  {
    name: 'track_script reversed with weight',
    global: priorities,
    blocks: [script('weight 20 reverse')],
    lines: [follows('script', 'chk')],
    events: ['start > MASTER', 'fail', 'ip link set eth1 up', 'recover', 'ip link set eth1 up', 'stop > STOP'],
  },
  {
    name: 'track_script',
    blocks: [script()],
    lines: [follows('script', 'chk')],
    events: ['start > MASTER', 'fail > FAULT', 'recover > MASTER', 'stop > STOP'],
  },
  {
    name: 'track_script with weight',
    global: priorities,
    blocks: [script('weight -20')],
    lines: [follows('script', 'chk')],
    events: ['start > MASTER', 'fail', 'ip link set eth1 up', 'recover', 'ip link set eth1 up', 'stop > STOP'],
  },
  {
    name: 'track_script with weight in the instance, rise and fall',
    blocks: [script('rise 2', 'fall 2')],
    lines: [follows('script', 'chk weight 0')],
    events: ['start > MASTER', 'fail > FAULT', 'recover > MASTER', 'stop > STOP'],
  },
  {
    name: 'track_script that fails at the start',
    blocks: [script('init_fail')],
    lines: [follows('script', 'chk')],
    events: ['fail', 'start', 'recover > MASTER', 'fail > FAULT', 'stop > STOP'],
  },
  {
    name: 'track_script reversed',
    blocks: [script()],
    lines: [follows('script', 'chk weight 0 reverse')],
    events: ['fail', 'start > MASTER', 'recover > FAULT', 'fail > MASTER', 'stop > STOP'],
  },
  {
    name: 'track_file',
    global: priorities,
    blocks: [file('weight 1')],
    lines: [follows('file', 'number')],
    events: ['start > MASTER', 'file 20', 'file -30', 'file 0', 'file -254 > FAULT', 'file 0 > MASTER', 'stop > STOP'],
  },
  {
    name: 'track_file from a weight into FAULT',
    global: priorities,
    blocks: [file('weight 1')],
    lines: [follows('file', 'number')],
    differs: {
      lines: /FIFO.* (FAULT|BACKUP|STOP) /,
      explained: 'the number behind FAULT is the priority without what a tracked file adds',
    },
    events: ['start > MASTER', 'file -30', 'file -254 > FAULT', 'file -30 > MASTER', 'stop > STOP'],
  },
  {
    name: 'track_file with weight in the instance',
    global: priorities,
    blocks: [file('weight 1')],
    lines: [follows('file', 'number weight 3')],
    events: ['start > MASTER', 'file 5', 'file -5', 'stop > STOP'],
  },
  {
    name: 'track_file reversed',
    global: priorities,
    blocks: [file('weight 1')],
    lines: [follows('file', 'number weight -2')],
    events: ['start > MASTER', 'file 5', 'file -5', 'stop > STOP'],
  },
  {
    name: 'track_file without weight',
    blocks: [file('weight 0')],
    lines: [follows('file', 'number')],
    events: ['start > MASTER', 'file 1 > FAULT', 'file 0 > MASTER', 'stop > STOP'],
  },
  {
    name: 'track_file in a sync group',
    blocks: [file('weight 0'), block('vrrp_sync_group G', block('group', 'VI_1', 'VI_2'), follows('file', 'number'))],
    more: [instanceBlock({ name: 'VI_2', port: 'eth1', id: 52, addresses: ['10.88.1.100/24'] })],
    events: ['start > G MASTER', 'file 1 > G FAULT', 'file 0 > G MASTER', 'stop > G STOP'],
  },
  {
    name: 'track_interface in a sync group',
    blocks: [block('vrrp_sync_group G', block('group', 'VI_1', 'VI_2'), follows('interface', 'eth1'))],
    more: [instanceBlock({ name: 'VI_2', port: 'eth0', id: 52, addresses: ['10.88.0.101/24'] })],
    events: ['start > G MASTER', 'down eth1 > G FAULT', 'up eth1 > G MASTER', 'stop > G STOP'],
  },
  {
    // Debian's keepalived counts processes only where the kernel tells of them: in the first network namespace.
    name: 'track_process that does not run',
    global: priorities,
    blocks: [process('weight -10')],
    lines: [follows('process', 'prog')],
    events: ['start > MASTER', 'stop > STOP'],
  },
  {
    name: 'track_process reversed with weight',
    global: priorities,
    blocks: [process('weight -20 reverse')],
    lines: [follows('process', 'prog')],
    events: ['start > MASTER', 'stop > STOP'],
  },
  {
    name: 'track_process without weight that does not run',
    blocks: [process()],
    lines: [follows('process', 'prog')],
    events: ['start > FAULT', 'stop > STOP'],
  },
  {
    name: 'track_process reversed',
    blocks: [process()],
    lines: [follows('process', 'prog weight 0 reverse')],
    events: ['start > MASTER', 'stop > STOP'],
  },
  {
    name: 'dont_track_primary',
    lines: ['dont_track_primary'],
    events: ['start > MASTER', 'unplug eth0', 'plug eth0', 'stop > STOP'],
  },
];

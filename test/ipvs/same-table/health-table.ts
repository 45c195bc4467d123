/** What checks do to the pool: quorum, sorry server, inhibition, weights. */
import { block, httpCheck, server, tcpCheck, type Configuration } from './text.ts';

const misc = block('MISC_CHECK', 'misc_path "/run/status.sh $N"', 'misc_timeout 60', 'misc_dynamic');
const file = (...lines: readonly string[]): string => block('FILE_CHECK', 'track_file f$N', ...lines);
const trackFile = block('track_file f$N', 'file /run/number.$N', 'weight 1');
const three = [server(1), server(2), server(3)];

export const healthTable: readonly Configuration[] = [
  {
    name: 'a sorry server',
    scripts: true,
    lines: ['sorry_server $R9 80'],
    events: ['start > 1 2', 'refuse 1 > 2', 'refuse 2 > 9', 'serve 2 > 2', 'serve 1 > 1 2'],
  },
  {
    name: 'a sorry server of its own method and weightless',
    method: 'DR',
    lines: ['sorry_server $R9 80', 'sorry_server_lvs_method NAT'],
    servers: [server(1)],
    changed: { lines: ['sorry_server $R3 80', 'sorry_server_lvs_method TUN'] },
    differs: {
      lines: /^debian: (FIFO VS .* DOWN|script \d+ quorum down)$/,
      explained: 'a lost quorum is told once',
    },
    events: ['start > 1', 'refuse 1 > 9', 'reload > 3', 'serve 1 > 1'],
  },
  {
    name: 'a sorry server that is inhibited',
    scripts: true,
    lines: ['sorry_server $R9 80', 'sorry_server_inhibit'],
    events: ['start > 1 2 9=0', 'refuse 1 2 > 9', 'serve 2 > 2 9=0', 'serve 1 > 1 2 9=0'],
  },
  {
    name: 'a sorry server that comes with a reload',
    servers: [server(1)],
    changed: { lines: ['sorry_server $R9 80'] },
    differs: {
      lines: /^debian: (FIFO VS .* DOWN|script \d+ quorum down)$/,
      explained: 'a lost quorum is told once',
    },
    events: ['start > 1', 'refuse 1 > ', 'reload > 9', 'serve 1 > 1'],
  },
  {
    name: 'a sorry server that goes with a reload',
    servers: [server(1)],
    lines: ['sorry_server $R9 80'],
    changed: { lines: [] },
    events: ['start > 1', 'refuse 1 > 9', 'reload > ', 'serve 1 > 1'],
  },
  {
    name: 'a sorry server that is a real server too',
    lines: ['sorry_server $R2 80'],
    events: ['start > 1 2', 'refuse 1 > 2', 'serve 1 > 1 2'],
  },
  {
    name: 'inhibit_on_failure of the service',
    lines: ['inhibit_on_failure'],
    changed: { lines: [] },
    events: ['start > 1 2', 'refuse 1 > 1=0 2', 'serve 1 > 1 2', 'reload > 1 2', 'refuse 1 > 2'],
  },
  {
    name: 'inhibit_on_failure of a server, with a sorry server',
    lines: ['sorry_server $R9 80'],
    servers: [server(1, { lines: ['inhibit_on_failure'] }), server(2)],
    events: ['start > 1 2', 'refuse 1 > 1=0 2', 'refuse 2 > 1=0 9', 'serve 1 2 > 1 2'],
  },
  {
    name: 'quorum',
    lines: ['quorum 2', 'sorry_server $R9 80'],
    servers: three,
    events: ['start > 1 2 3', 'refuse 1 > 2 3', 'refuse 2 > 9', 'serve 1 > 1 3', 'serve 2 > 1 2 3'],
  },
  {
    name: 'quorum without sorry server',
    scripts: true,
    lines: ['quorum 2'],
    servers: three,
    changed: { lines: ['quorum 3'] },
    events: ['start > 1 2 3', 'refuse 1 > 2 3', 'reload > 2 3', 'serve 1 > 1 2 3'],
  },
  {
    name: 'quorum and hysteresis',
    scripts: true,
    lines: ['quorum 2', 'hysteresis 1', 'sorry_server $R9 80'],
    servers: three,
    events: ['start > 1 2 3', 'refuse 1 2 > 3', 'refuse 3 > 9', 'serve 1 2 > 9', 'serve 3 > 1 2 3'],
  },
  {
    name: 'quorum by weights',
    lines: ['quorum 10'],
    servers: [server(1, { lines: ['weight 10'] }), server(2, { lines: ['weight 9'] })],
    events: ['start > 1=10 2=9', 'refuse 1 > 2=9', 'serve 1 > 1=10 2=9', 'refuse 2 > 1=10'],
  },
  {
    name: 'alpha',
    scripts: true,
    lines: ['alpha', 'sorry_server $R9 80'],
    changed: { servers: [server(2), server(3)] },
    events: ['start > 1 2', 'refuse 1 > 2', 'reload > 2 3'],
  },
  {
    name: 'alpha of a server that is down at the start',
    servers: [server(1), server(2, { lines: ['alpha'], check: block('TCP_CHECK', 'connect_port 81') })],
    events: ['start > 1', 'wait'],
  },
  {
    name: 'omega',
    scripts: true,
    lines: ['omega', 'sorry_server $R9 80'],
    changed: { servers: [server(1), server(3)] },
    differs: {
      lines: /^debian: (FIFO VS .* DOWN|script \d+ quorum down)$/,
      explained: 'a lost quorum is told once',
    },
    events: ['start > 1 2', 'refuse 1 > 2', 'reload > 3', 'serve 1 > 1 3'],
  },
  {
    name: 'alpha and omega, a service taken away while down',
    scripts: true,
    lines: ['alpha', 'omega', 'quorum 2'],
    differs: {
      lines: /^debian: (FIFO VS .* DOWN|script \d+ quorum down)$/,
      explained: 'a lost quorum is told once',
    },
    events: ['start > 1 2', 'refuse 1 > 2', 'serve 1 > 1 2', 'refuse 1 2 > '],
  },
  {
    name: 'servers that a reload adds and removes while some are down',
    scripts: true,
    servers: three,
    changed: { servers: [server(2), server(3, { lines: ['weight 4'] })] },
    events: ['start > 1 2 3', 'refuse 1 3 > 2', 'reload > 2', 'serve 3 > 2 3=4'],
  },
  {
    name: 'HTTP_GET: a wrong page, no answer, nobody there',
    servers: [server(1, { check: httpCheck }), server(2)],
    events: ['start > 1 2', 'wrong 1 > 2', 'serve 1 > 1 2', 'slow 1 > 2', 'serve 1 > 1 2', 'refuse 1 > 2'],
  },
  {
    name: 'HTTP_GET at the reload',
    servers: [server(1, { check: httpCheck }), server(2, { check: httpCheck })],
    changed: { servers: [server(1, { check: httpCheck, lines: ['weight 9'] }), server(3, { check: httpCheck })] },
    events: ['start > 1 2', 'slow 2 > 1', 'wrong 1 > ', 'reload > 3', 'serve 1 > 1=9 3'],
  },
  {
    name: 'two checks of one server',
    servers: [server(1, { check: `${tcpCheck}\n${httpCheck}` }), server(2)],
    events: ['start > 1 2', 'wrong 1 > 2', 'refuse 1 > 2', 'serve 1 > 1 2'],
  },
  {
    name: 'weights by MISC_CHECK',
    servers: [server(1, { lines: ['weight 5'], check: misc }), server(2)],
    differs: {
      lines: /-r 10\.9\.|FIFO VS/,
      explained: 'a weight set by a MISC_CHECK outlives a reload',
    },
    events: [
      'start > 1=5 2',
      'status 9 > 1=7 2',
      'status 1 > 2',
      'status 4 > 1=2 2',
      'status 2 > 1=0 2',
      'status 0 > 1=5 2',
    ],
  },
  {
    name: 'weights by FILE_CHECK',
    blocks: [trackFile],
    servers: [server(1, { lines: ['weight 10'], check: file() }), server(2)],
    events: ['start > 1=10 2', 'number 5 > 1=15 2', 'number -4 > 1=6 2', 'number -254 > 1=0 2', 'number 0 > 1=10 2'],
  },
  {
    name: 'weights by FILE_CHECK and MISC_CHECK, quorum by weights',
    blocks: [trackFile],
    lines: ['quorum 5', 'sorry_server $R9 80'],
    servers: [server(1, { lines: ['weight 5'], check: `${file('weight 2')}\n${misc}` })],
    differs: {
      lines: /-r 10\.9\.|FIFO VS/,
      explained: 'a weight set by a MISC_CHECK outlives a reload',
    },
    events: ['start > 1=5', 'number 2 > 1=9', 'number -1 > 9', 'status 9 > 1=5', 'status 0 > 9', 'number 0 > 1=5'],
  },
  {
    name: 'FILE_CHECK without weight',
    blocks: [trackFile],
    servers: [server(1, { check: file('weight 0') }), server(2)],
    events: ['start > 1 2', 'number 3 > 2', 'number 0 > 1 2'],
  },
  {
    name: 'ha_suspend',
    lines: ['ha_suspend'],
    events: ['start > 1 2', 'refuse 1', 'address here > 2', 'address gone > 2', 'serve 1', 'address here > 1 2'],
  },
  { name: 'PING_CHECK', servers: [server(1, { check: block('PING_CHECK') })], events: ['start > 1', 'wait'] },
  { name: 'no checks', servers: [server(1, { check: '' }), server(2)], events: ['start > 1 2', 'refuse 1 2 > 1'] },
];

/** Schedulers, their flags, forwarding, persistence: what stands in the line of a service or server. */
import { server, type Configuration } from './text.ts';

const life = ['start > 1 2', 'refuse 1 > 2', 'serve 1 > 1 2'];

function scheduler(name: string, ...lines: readonly string[]): Configuration {
  return { name: [`scheduler ${name}`, ...lines].join(' '), scheduler: name, lines, events: ['start > 1 2'] };
}

const threeWeights = [
  server(1, { lines: ['weight 3'] }),
  server(2, { lines: ['weight 2'] }),
  server(3, { lines: ['weight 1'] }),
];

export const schedulingTable: readonly Configuration[] = [
  {
    ...scheduler('rr'),
    changed: { scheduler: 'wrr', servers: [server(1, { lines: ['weight 5'] }), server(2)] },
    events: [...life, 'reload > 1=5 2', 'refuse 1 > 2', 'serve 1 > 1=5 2'],
  },
  {
    ...scheduler('wrr'),
    servers: threeWeights,
    changed: { servers: [server(2, { lines: ['weight 7'] }), server(3, { lines: ['weight 0'] })] },
    events: ['start > 1=3 2=2 3', 'refuse 2 > 1=3 3', 'serve 2 > 1=3 2=2 3', 'reload > 2=7 3=0'],
  },
  { ...scheduler('lc'), changed: { scheduler: 'lc', lines: ['flag-1'] }, events: [...life, 'reload > 1 2'] },
  scheduler('wlc'),
  scheduler('lblc'),
  scheduler('lblcr'),
  scheduler('sh'),
  scheduler('sh', 'sh-port', 'sh-fallback'),
  { ...scheduler('sh', 'flag-1'), changed: { lines: ['flag-2'] }, events: [...life, 'reload > 1 2', 'refuse 2 > 1'] },
  scheduler('mh'),
  scheduler('mh', 'mh-port', 'mh-fallback'),
  { ...scheduler('mh', 'flag-1', 'flag-2', 'flag-3'), events: life },
  scheduler('dh'),
  {
    ...scheduler('fo'),
    servers: threeWeights,
    events: ['start > 1=3 2=2 3', 'refuse 1 > 2=2 3', 'serve 1 > 1=3 2=2 3'],
  },
  scheduler('ovf'),
  scheduler('sed'),
  scheduler('nq'),
  { name: 'DR', method: 'DR', events: life },
  { name: 'DR to servers without port', method: 'DR', servers: [server(1, { port: '' })], events: ['start > 1'] },
  { name: 'NAT to servers without port', servers: [server(1, { port: '' }), server(2)], events: life },
  {
    name: 'NAT to other ports',
    servers: [server(1, { port: 8080 }), server(2, { port: 8081 })],
    changed: { servers: [server(1, { port: 8082 }), server(2, { port: 8081 })] },
    events: [...life, 'reload > 1 2', 'refuse 1 > 2'],
  },
  { name: 'TUN', method: 'TUN', events: life },
  { name: 'TUN type gre', method: 'TUN type gre', events: life },
  { name: 'TUN type gre csum', method: 'TUN type gre csum', events: ['start > 1 2'] },
  { name: 'TUN type gue', method: 'TUN type gue port 6080', events: life },
  { name: 'TUN type gue csum', method: 'TUN type gue port 6080 csum', events: ['start > 1 2'] },
  { name: 'TUN type gue remcsum', method: 'TUN type gue port 6080 remcsum', events: ['start > 1 2'] },
  {
    name: 'a method for each server, another after the reload',
    method: 'DR',
    servers: [server(1), server(2, { lines: ['lvs_method TUN'] }), server(3, { lines: ['lvs_method NAT'] })],
    changed: {
      servers: [
        server(1, { lines: ['lvs_method TUN'] }),
        server(2, { lines: ['lvs_method TUN type gre csum'] }),
        server(3),
      ],
    },
    events: ['start > 1 2 3', 'refuse 2 > 1 3', 'serve 2 > 1 2 3', 'reload > 1 2 3', 'refuse 1 > 2 3'],
  },
  {
    name: 'persistence, another after the reload',
    lines: ['persistence_timeout 50'],
    changed: { lines: ['persistence_timeout 70', 'persistence_granularity 255.255.0.0'] },
    events: [...life, 'reload > 1 2'],
  },
  {
    name: 'persistence that ends with the reload',
    lines: ['persistence_timeout'],
    changed: { lines: [] },
    events: ['start > 1 2', 'refuse 2 > 1', 'reload > 1', 'serve 2 > 1 2'],
  },
  { name: 'granularity alone', lines: ['persistence_granularity 255.255.255.0'], events: ['start > 1 2'] },
  {
    name: 'a persistence engine',
    protocol: 'UDP',
    lines: ['persistence_engine sip', 'persistence_timeout 60', 'ops'],
    events: life,
  },
  { name: 'all ports', head: '$V 0', servers: [server(1, { port: 0 }), server(2, { port: 0 })], events: life },
  { name: 'ops', protocol: 'UDP', lines: ['ops'], changed: { lines: [] }, events: [...life, 'reload > 1 2'] },
  { name: 'ops of TCP', lines: ['ops'], events: ['start > 1 2'] },
  { name: 'SCTP', protocol: 'SCTP', events: life },
  { name: 'no protocol', protocol: '', events: ['start > 1 2'] },
  { name: 'hashed', lines: ['hashed'], events: life },
  {
    name: 'thresholds',
    servers: [server(1, { lines: ['uthreshold 100', 'lthreshold 50'] }), server(2, { lines: ['uthreshold 10'] })],
    changed: { servers: [server(1, { lines: ['uthreshold 200', 'lthreshold 20'] }), server(2)] },
    events: [...life, 'reload > 1 2'],
  },
];

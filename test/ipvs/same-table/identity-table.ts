/** Services by mark, by group, of IPv6, and of both families. */
import { block, server, service, type Configuration } from './text.ts';

const ports = [server(1, { port: 8080 }), server(2, { port: 8080 })];
const life = ['start > 1 2', 'refuse 1 > 2', 'serve 1 > 1 2'];
const six = [server(1, { family: 6 }), server(2, { family: 6 })];
const sixLife = ['start > 1 2', 'refuse W1 > 2', 'serve W1 > 1 2'];

const group = (...lines: readonly string[]): string => block('virtual_server_group $G', ...lines);

export const identityTable: readonly Configuration[] = [
  { name: 'a mark', head: 'fwmark $M1', protocol: '', method: 'DR', events: life },
  { name: 'a mark with NAT to a port', head: 'fwmark $M1', protocol: '', servers: ports, events: life },
  { name: 'a mark of IPv6', head: 'fwmark $M1', protocol: '', method: 'DR', servers: six, events: sixLife },
  {
    name: 'a mark with ip_family',
    head: 'fwmark $M1',
    protocol: '',
    method: 'TUN',
    lines: ['ip_family inet6'],
    servers: [server(1, { family: 6 }), server(2, { family: 6 })],
    events: sixLife,
  },
  {
    name: 'a mark with ops and persistence',
    head: 'fwmark $M1',
    protocol: '',
    lines: ['ops', 'persistence_timeout 30'],
    events: ['start > 1 2'],
  },
  {
    name: 'a group of addresses, ranges and a prefix, other ones after the reload',
    head: 'group $G',
    blocks: [group('$V 80', '$V2-4 80', '10.8.$N.8/30 80')],
    changed: { blocks: [group('$V 80', '$V3-5 80', '10.8.$N.16/31 80', '$V7 443')] },
    servers: [server(1, { port: '' }), server(2, { port: '' })],
    differs: { lines: /^debian: -A/, explained: 'an entry of a group that a reload adds or takes away' },
    events: [...life, 'reload > 1 2', 'refuse 2 > 1', 'serve 2 > 1 2'],
  },
  {
    name: 'a group of other ports under NAT',
    head: 'group $G',
    blocks: [group('$V 80', '$V2 8080', '$V3 443')],
    servers: [server(1, { port: 80 }), server(2, { port: '' })],
    events: life,
  },
  {
    name: 'a group of other ports under DR',
    head: 'group $G',
    method: 'DR',
    blocks: [group('$V 80', '$V2 8080')],
    servers: [server(1, { port: '' }), server(2, { port: 80 })],
    events: life,
  },
  {
    name: 'a group with marks',
    head: 'group $G',
    protocol: '',
    method: 'DR',
    blocks: [group('fwmark $M1', 'fwmark $M2')],
    changed: { blocks: [group('fwmark $M2', 'fwmark $M3')] },
    servers: [server(1, { port: '' }), server(2, { port: '' })],
    differs: { lines: /-f \d+[13] /, explained: 'an entry of a group that a reload adds or takes away' },
    events: [...life, 'reload > 1 2'],
  },
  {
    name: 'a group for two protocols',
    head: 'group $G',
    blocks: [group('$V-2 53')],
    servers: [server(1, { port: 53 }), server(2, { port: 53 })],
    more: [
      service({
        head: 'group $G',
        protocol: 'UDP',
        scheduler: 'wlc',
        servers: [server(1, { port: 53 }), server(3, { port: 53 })],
      }),
    ],
    events: ['start > 1 2 3', 'refuse 1 > 2 3', 'refuse 3 > 2', 'serve 1 3 > 1 2 3'],
  },
  {
    name: 'a group of IPv6',
    head: 'group $G',
    blocks: [group('$X 80', '2001:db8:8:$N::2-4 80')],
    changed: { blocks: [group('2001:db8:8:$N::3-6 80')] },
    servers: six,
    differs: { lines: /^debian: -A/, explained: 'an entry of a group that a reload adds or takes away' },
    events: [...sixLife, 'reload > 1 2'],
  },
  {
    name: 'a group of both families through tunnels',
    head: 'group $G',
    method: 'TUN',
    blocks: [group('$V 80', '$X 80')],
    servers: [server(1), server(2, { family: 6 })],
    events: ['start > 1 2', 'refuse 1 > 2', 'serve 1 > 1 2'],
  },
  { name: 'IPv6 by NAT', head: '$X 80', servers: six, events: sixLife },
  { name: 'IPv6 by DR', head: '$X 80', method: 'DR', servers: six, events: sixLife },
  { name: 'IPv6 by TUN', head: '$X 80', method: 'TUN', servers: six, events: sixLife },
  {
    name: 'IPv6 with granularity',
    head: '$X 80',
    lines: ['persistence_timeout 30', 'persistence_granularity 64'],
    servers: six,
    events: ['start > 1 2'],
  },
  {
    name: 'IPv4 through tunnels of IPv6',
    method: 'TUN',
    servers: [server(1), server(2, { family: 6 })],
    events: ['start > 1 2', 'refuse W2 > 1', 'serve W2 > 1 2'],
  },
  {
    name: 'IPv6 through tunnels of IPv4',
    head: '$X 80',
    method: 'TUN type gre',
    servers: [server(1, { family: 6 }), server(2)],
    events: ['start > 1 2', 'refuse 2 > 1', 'serve 2 > 1 2'],
  },
  {
    name: 'one address, two ports',
    more: [service({ head: '$V 443', servers: [server(1, { port: 443 }), server(3, { port: 443 })] })],
    events: ['start > 1 2 3', 'refuse 3 > 1 2', 'serve 3 > 1 2 3'],
  },
  {
    name: 'a service that a reload adds',
    changed: { more: [service({ head: '$V2 443', servers: [server(3, { port: 443 })] })] },
    events: ['start > 1 2', 'reload > 1 2 3', 'refuse 3 > 1 2'],
  },
  {
    name: 'a service that a reload takes away',
    scripts: true,
    more: [service({ head: '$V2 443', servers: [server(3, { port: 443 })] })],
    changed: { more: [] },
    events: ['start > 1 2 3', 'refuse 1 > 2 3', 'reload > 2'],
  },
  {
    name: 'another protocol after the reload',
    scripts: true,
    changed: { protocol: 'UDP' },
    events: ['start > 1 2', 'refuse 1 > 2', 'reload > 2', 'serve 1 > 1 2'],
  },
];

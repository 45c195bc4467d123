/** IPVS tables wanted one after the other, and the ipvsadm commands that make the same by hand. */
import type { Destination, Service, ServiceKey } from '../../src/ipvs/types.ts';

export type StepName =
  | 'the first table'
  | 'nothing changed'
  | 'settings changed'
  | 'a foreign service becomes ours'
  | 'cleared by somebody'
  | 'a server removed by somebody'
  | 'nothing wanted';

/** A service that was there before and is nobody's business. */
export const foreignCommands = [
  '-A -t 198.51.100.1:80 -s lc -p 77',
  '-a -t 198.51.100.1:80 -r 10.1.1.1:80 -m -w 9',
  '-A -t 198.51.100.2:80 -s wlc',
  '-a -t 198.51.100.2:80 -r 10.1.1.1:80 -g -w 9',
  '-a -t 198.51.100.2:80 -r 10.1.1.2:80 -g -w 9',
];

const tcp = (address: string, port: number): ServiceKey => ({
  kind: 'address',
  family: address.includes(':') ? 'inet6' : 'inet',
  protocol: 'tcp',
  address,
  port,
});

function service(
  key: ServiceKey,
  scheduler: string,
  destinations: Destination[],
  rest: Partial<Service> = {},
): Service {
  const netmask = key.family === 'inet' ? '255.255.255.255' : '128';
  return { key, scheduler, flags: 0, timeoutSeconds: 0, netmask, destinations, ...rest };
}

function server(address: string, port: number, weight: number, rest: Partial<Destination> = {}): Destination {
  return {
    family: address.includes(':') ? 'inet6' : 'inet',
    address,
    port,
    weight,
    forwarding: { method: 'NAT' },
    upperThreshold: 0,
    lowerThreshold: 0,
    ...rest,
  };
}

const direct = { forwarding: { method: 'DR' } } as const;
const ipip = { forwarding: { method: 'TUN', tunnel: 'ipip', checksum: 'none' } } as const;
const gue = { forwarding: { method: 'TUN', tunnel: 'gue', port: 6080, checksum: 'csum' } } as const;
const gueRemote = { forwarding: { method: 'TUN', tunnel: 'gue', port: 6080, checksum: 'remcsum' } } as const;
const gre = { forwarding: { method: 'TUN', tunnel: 'gre', checksum: 'csum' } } as const;
const mark = (value: number, family: 'inet' | 'inet6'): ServiceKey => ({ kind: 'fwmark', family, mark: value });

const table: Service[] = [
  // NAT, persistent.
  service(tcp('192.168.1.54', 80), 'rr', [server('172.16.1.2', 80, 1), server('172.16.1.3', 8080, 1)], {
    flags: 0x1,
    timeoutSeconds: 50,
  }),
  // Direct routing, one server inhibited.
  service(tcp('123.30.175.40', 80), 'rr', [
    server('172.16.16.37', 80, 10, direct),
    server('172.16.16.38', 80, 0, direct),
    server('172.16.16.39', 80, 10, direct),
  ]),
  // Persistence granularity, thresholds, a tunnel beside NAT.
  service(
    tcp('192.168.1.54', 443),
    'wlc',
    [server('172.16.1.2', 443, 3, { upperThreshold: 1000, lowerThreshold: 800 }), server('172.16.1.3', 443, 2, ipip)],
    { flags: 0x1, timeoutSeconds: 600, netmask: '255.255.255.0' },
  ),
  // IPv6: one-packet UDP.
  service({ ...tcp('2001:db8::1', 53), protocol: 'udp' } as ServiceKey, 'wrr', [server('2001:db8::7', 53, 3)], {
    flags: 0x4,
  }),
  service(tcp('2001:db8::1', 80), 'sh', [server('2001:db8::7', 80, 1, direct)], {
    flags: 0x19,
    timeoutSeconds: 360,
    netmask: '64',
  }),
  // Firewall marks of both families, tunnels of all kinds, a tunnel to the other family.
  service(mark(7, 'inet'), 'wlc', [server('10.9.9.9', 0, 1, gue), server('10.9.9.8', 0, 1, gre)]),
  service(mark(7, 'inet6'), 'mh', [server('2001:db8::9', 0, 1, gueRemote), server('10.9.9.9', 0, 2, ipip)], {
    flags: 0x18,
  }),
  service({ ...tcp('192.168.1.54', 9), protocol: 'sctp' } as ServiceKey, 'rr', []),
];

const commands = [
  '-A -t 192.168.1.54:80 -s rr -p 50',
  '-a -t 192.168.1.54:80 -r 172.16.1.2:80 -m -w 1',
  '-a -t 192.168.1.54:80 -r 172.16.1.3:8080 -m -w 1',
  '-A -t 123.30.175.40:80 -s rr',
  '-a -t 123.30.175.40:80 -r 172.16.16.37:80 -g -w 10',
  '-a -t 123.30.175.40:80 -r 172.16.16.38:80 -g -w 0',
  '-a -t 123.30.175.40:80 -r 172.16.16.39:80 -g -w 10',
  '-A -t 192.168.1.54:443 -s wlc -p 600 -M 255.255.255.0',
  '-a -t 192.168.1.54:443 -r 172.16.1.2:443 -m -w 3 -x 1000 -y 800',
  '-a -t 192.168.1.54:443 -r 172.16.1.3:443 -i -w 2',
  '-A -u [2001:db8::1]:53 -s wrr -o',
  '-a -u [2001:db8::1]:53 -r [2001:db8::7]:53 -m -w 3',
  '-A -t [2001:db8::1]:80 -s sh -b sh-fallback,sh-port -p 360 -M 64',
  '-a -t [2001:db8::1]:80 -r [2001:db8::7]:80 -g -w 1',
  '-A -f 7 -s wlc',
  '-a -f 7 -r 10.9.9.9 -i -w 1 --tun-type gue --tun-port 6080 --tun-csum',
  '-a -f 7 -r 10.9.9.8 -i -w 1 --tun-type gre --tun-csum',
  '-A -f 7 -6 -s mh -b mh-fallback,mh-port',
  '-a -f 7 -6 -r 2001:db8::9 -i -w 1 --tun-type gue --tun-port 6080 --tun-remcsum',
  '-a -f 7 -6 -r 10.9.9.9 -i -w 2',
  '-A --sctp-service 192.168.1.54:9 -s rr',
];

/** The same entries, every kind of setting changed, some servers and services gone, some new. */
const changed: Service[] = [
  service(
    tcp('192.168.1.54', 80),
    'sh',
    [server('172.16.1.2', 80, 5, { upperThreshold: 9 }), server('172.16.1.4', 80, 1)],
    {
      flags: 0x18,
    },
  ),
  service(tcp('123.30.175.40', 80), 'rr', [
    server('172.16.16.37', 80, 10, ipip),
    server('172.16.16.38', 80, 10, direct),
    server('172.16.16.39', 80, 10),
  ]),
  service(tcp('192.168.1.54', 443), 'wlc', [server('172.16.1.3', 443, 2, gre)], { flags: 0x1, timeoutSeconds: 60 }),
  service(mark(7, 'inet6'), 'mh', [server('2001:db8::9', 0, 1, gue)]),
  service(mark(8, 'inet'), 'lc', [server('10.9.9.9', 0, 1, direct)]),
];

const changedCommands = [
  '-A -t 192.168.1.54:80 -s sh -b sh-fallback,sh-port',
  '-a -t 192.168.1.54:80 -r 172.16.1.2:80 -m -w 5 -x 9',
  '-a -t 192.168.1.54:80 -r 172.16.1.4:80 -m -w 1',
  '-A -t 123.30.175.40:80 -s rr',
  '-a -t 123.30.175.40:80 -r 172.16.16.37:80 -i -w 10',
  '-a -t 123.30.175.40:80 -r 172.16.16.38:80 -g -w 10',
  '-a -t 123.30.175.40:80 -r 172.16.16.39:80 -m -w 10',
  '-A -t 192.168.1.54:443 -s wlc -p 60',
  '-a -t 192.168.1.54:443 -r 172.16.1.3:443 -i -w 2 --tun-type gre --tun-csum',
  '-A -f 7 -6 -s mh',
  '-a -f 7 -6 -r 2001:db8::9 -i -w 1 --tun-type gue --tun-port 6080 --tun-csum',
  '-A -f 8 -s lc',
  '-a -f 8 -r 10.9.9.9 -g -w 1',
];

const adopted: Service[] = [...changed, service(tcp('198.51.100.2', 80), 'rr', [server('10.1.1.2', 80, 1, direct)])];
const adoptedCommands = [
  ...changedCommands,
  '-A -t 198.51.100.2:80 -s rr',
  '-a -t 198.51.100.2:80 -r 10.1.1.2:80 -g -w 1',
];
const stillForeign = foreignCommands.slice(0, 2);

const reweighted = adopted.map((entry) => ({
  ...entry,
  destinations: entry.destinations.map((destination) => ({ ...destination, weight: destination.weight + 1 })),
}));

export const wishes: Readonly<Record<StepName, readonly Service[]>> = {
  'the first table': table,
  'nothing changed': structuredClone(table),
  'settings changed': changed,
  'a foreign service becomes ours': adopted,
  'cleared by somebody': adopted,
  'a server removed by somebody': reweighted,
  'nothing wanted': [],
};

/** Written by hand in another namespace, these give the table that is expected. */
export const expectations: Readonly<
  Record<StepName, { readonly commands: readonly string[]; readonly before?: readonly string[] }>
> = {
  'the first table': { commands: [...foreignCommands, ...commands] },
  'nothing changed': { commands: [...foreignCommands, ...commands] },
  'settings changed': { commands: [...foreignCommands, ...changedCommands] },
  'a foreign service becomes ours': { commands: [...stillForeign, ...adoptedCommands] },
  'cleared by somebody': { commands: adoptedCommands },
  'a server removed by somebody': {
    before: ['-d -t 192.168.1.54:80 -r 172.16.1.4:80'],
    commands: adoptedCommands.map((line) =>
      line.replace(/ -w (\d+)/, (_text, weight: string) => ` -w ${Number(weight) + 1}`),
    ),
  },
  'nothing wanted': { commands: [] },
};

/** Many services of three servers each. */
export function bulk(count: number): Service[] {
  return Array.from({ length: count }, (_, index) =>
    service(
      tcp(`10.${100 + (index >> 16)}.${(index >> 8) & 255}.${index & 255}`, 80),
      'wlc',
      [2, 3, 4].map((last) => server(`172.20.${index % 250}.${last}`, 80, 1)),
    ),
  );
}

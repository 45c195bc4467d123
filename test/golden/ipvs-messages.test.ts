import { describe, expect, it } from 'vitest';
import { decodeDaemons, decodeDestinations, decodeServices, decodeTimeouts } from '../../src/ipvs/decode.ts';
import {
  encodeDumpDaemons,
  encodeDumpDestinations,
  encodeDumpServices,
  encodeGetService,
  encodeGetTimeouts,
  encodeOperation,
} from '../../src/ipvs/encode.ts';
import type { Destination, IpvsOperation, Service, ServiceKey } from '../../src/ipvs/types.ts';
import { answered, written } from './ipvs-octets.ts';

const FAMILY = 0x1b;

const web: ServiceKey = { kind: 'address', family: 'inet', protocol: 'tcp', address: '192.168.1.54', port: 80 };
const dns: ServiceKey = { kind: 'address', family: 'inet6', protocol: 'udp', address: '2001:db8::1', port: 53 };
const mark7: ServiceKey = { kind: 'fwmark', family: 'inet6', mark: 7 };
const mark9: ServiceKey = { kind: 'fwmark', family: 'inet', mark: 9 };

function service(key: ServiceKey, scheduler: string, rest: Partial<Service> = {}): Service {
  const netmask = key.family === 'inet' ? '255.255.255.255' : '128';
  return { key, scheduler, flags: 0, timeoutSeconds: 0, netmask, destinations: [], ...rest };
}

function server(address: string, port: number, rest: Partial<Destination> = {}): Destination {
  return {
    family: address.includes(':') ? 'inet6' : 'inet',
    address,
    port,
    weight: 1,
    forwarding: { method: 'NAT' },
    upperThreshold: 0,
    lowerThreshold: 0,
    ...rest,
  };
}

// Flags: 1 persistent, 4 one-packet, 8 and 16 the first two of the scheduler (linux/ip_vs.h).
const webService = service(web, 'sh', { flags: 0x18 });
const dnsService = service(dns, 'wrr', { flags: 4 });
const mark7Service = service(mark7, 'wlc', { flags: 1, timeoutSeconds: 300, netmask: '64' });
const mark9Service = service(mark9, 'mh', { flags: 0x18 });
const httpsService = service({ ...web, address: '10.0.0.1', port: 443 }, 'wlc', {
  flags: 1,
  timeoutSeconds: 600,
  netmask: '255.255.255.0',
});
const sipService = service({ ...web, protocol: 'udp', address: '10.0.0.5', port: 5060 }, 'rr', {
  flags: 1,
  timeoutSeconds: 60,
  persistenceEngine: 'sip',
});

const nat = server('172.16.1.2', 8080, { weight: 7, upperThreshold: 100, lowerThreshold: 50 });
const direct = server('172.16.1.3', 80, { weight: 0, forwarding: { method: 'DR' } });
const direct6 = server('2001:db8::7', 53, { weight: 3, forwarding: { method: 'DR' } });
const gue = server('2001:db8::9', 0, { forwarding: { method: 'TUN', tunnel: 'gue', port: 6080, checksum: 'csum' } });
const ipip = server('10.9.9.9', 0, { weight: 2, forwarding: { method: 'TUN', tunnel: 'ipip', checksum: 'none' } });
const gre = server('10.9.9.8', 0, { forwarding: { method: 'TUN', tunnel: 'gre', checksum: 'none' } });

const commands: Readonly<Record<keyof typeof written, IpvsOperation>> = {
  '-A -t 192.168.1.54:80 -s rr -p 50': {
    op: 'add-service',
    service: service(web, 'rr', { flags: 1, timeoutSeconds: 50 }),
  },
  '-A -t 10.0.0.1:443 -s wlc -p 600 -M 255.255.255.0': { op: 'add-service', service: httpsService },
  '-A -u [2001:db8::1]:53 -s wrr -o': { op: 'add-service', service: dnsService },
  '-A -f 7 -6 -s wlc -p 300 -M 64': { op: 'add-service', service: mark7Service },
  '-A -u 10.0.0.5:5060 -s rr -p 60 --pe sip': { op: 'add-service', service: sipService },
  '-A -f 9 -s mh -b mh-fallback,mh-port': { op: 'add-service', service: mark9Service },
  '-E -t 192.168.1.54:80 -s sh -b sh-fallback,sh-port': { op: 'edit-service', service: webService },
  '-a -t 192.168.1.54:80 -r 172.16.1.2:8080 -m -w 1': {
    op: 'add-destination',
    key: web,
    destination: server('172.16.1.2', 8080),
  },
  '-e -t 192.168.1.54:80 -r 172.16.1.2:8080 -m -w 7 -x 100 -y 50': {
    op: 'edit-destination',
    key: web,
    destination: nat,
  },
  '-a -t 192.168.1.54:80 -r 172.16.1.3 -g -w 0': { op: 'add-destination', key: web, destination: direct },
  '-a -u [2001:db8::1]:53 -r [2001:db8::7]:53 -g -w 3': { op: 'add-destination', key: dns, destination: direct6 },
  '-a -f 7 -6 -r 2001:db8::9 -i --tun-type gue --tun-port 6080 --tun-csum': {
    op: 'add-destination',
    key: mark7,
    destination: gue,
  },
  '-a -f 7 -6 -r 10.9.9.9 -i -w 2': { op: 'add-destination', key: mark7, destination: ipip },
  '-a -f 9 -r 10.9.9.8 -i --tun-type gre': { op: 'add-destination', key: mark9, destination: gre },
  '--set 900 120 300': { op: 'set-timeouts', tcp: 900, tcpFin: 120, udp: 300 },
  '-d -t 192.168.1.54:80 -r 172.16.1.2:8080': { op: 'delete-destination', key: web, destination: nat },
  '-D -t 192.168.1.54:80': { op: 'delete-service', key: web },
  '-C': { op: 'flush' },
  '--start-daemon master --mcast-interface lo --syncid 5 --sync-maxlen 1400 --mcast-group 224.0.0.82 --mcast-port 8849 --mcast-ttl 3':
    {
      op: 'start-daemon',
      daemon: {
        role: 'master',
        interface: 'lo',
        syncId: 5,
        maxLength: 1400,
        group: '224.0.0.82',
        port: 8849,
        ttl: 3,
      },
    },
  '--stop-daemon master': { op: 'stop-daemon', role: 'master' },
};

type Tree = Map<number, string | Tree>;

/** Attributes read without the code under test: type to octets, for the outermost level to the tree below. */
function attributeTree(octets: Uint8Array, levels: number): Tree {
  const tree: Tree = new Map();
  const view = new DataView(octets.buffer, octets.byteOffset, octets.byteLength);
  for (let at = 0; at + 4 <= octets.length; at += (view.getUint16(at, true) + 3) & ~3) {
    const value = octets.subarray(at + 4, at + view.getUint16(at, true));
    const type = view.getUint16(at + 2, true) & 0x3fff;
    tree.set(type, levels > 1 ? attributeTree(value, levels - 1) : Buffer.from(value).toString('hex'));
  }
  return tree;
}

/** libipvs always sends whole structures; what the kernel does not look at is left out on both sides. */
function essence(
  octets: Uint8Array,
  relevant: { readonly service: readonly number[]; readonly destination: readonly number[] },
) {
  const tree = attributeTree(octets.subarray(20), 2);
  const keep = (type: number, wanted: readonly number[]): Record<number, unknown> => {
    const level = tree.get(type);
    if (!(level instanceof Map)) return {};
    const isSaid = (value: string | Tree): boolean => typeof value === 'string' && !/^0*$/.test(value);
    return Object.fromEntries([...level].filter(([attribute, value]) => wanted.includes(attribute) && isSaid(value)));
  };
  return { command: octets[16], service: keep(1, relevant.service), destination: keep(2, relevant.destination) };
}

const SERVICE_KEY = [1, 2, 3, 4, 5];
const DESTINATION_KEY = [1, 2, 11];
const ALL = Array.from({ length: 16 }, (_, type) => type);

const hex = (octets: Uint8Array): string => Buffer.from(octets).toString('hex');
const octets = (text: string): Uint8Array => Uint8Array.from(Buffer.from(text, 'hex'));
const byOctets = /^(-A|-E|-C|--s)/;

describe('IPVS operations in octets', () => {
  it.each(Object.entries(commands).filter(([line, { op }]) => byOctets.test(line) && op !== 'stop-daemon'))(
    'ipvsadm %s, octet for octet',
    (line, operation) => {
      expect(hex(encodeOperation(FAMILY, operation))).toBe(written[line as keyof typeof written]);
    },
  );

  it.each(Object.entries(commands).filter(([line]) => /^-[aed] /.test(line)))(
    'ipvsadm %s, all that the kernel reads',
    (line, operation) => {
      const relevant = {
        service: SERVICE_KEY,
        destination: operation.op === 'delete-destination' ? DESTINATION_KEY : ALL,
      };
      expect(essence(encodeOperation(FAMILY, operation), relevant)).toEqual(
        essence(octets(written[line as keyof typeof written]), relevant),
      );
    },
  );

  it('ipvsadm -D: the key is enough', () => {
    const line = '-D -t 192.168.1.54:80';
    const relevant = { service: SERVICE_KEY, destination: [] };
    expect(essence(encodeOperation(FAMILY, commands[line]), relevant)).toEqual(
      essence(octets(written[line]), relevant),
    );
  });

  it('ipvsadm --stop-daemon: the role is enough', () => {
    // Header, generic header, IPVS_CMD_ATTR_DAEMON nested, IPVS_DAEMON_ATTR_STATE 1.
    expect(hex(encodeOperation(FAMILY, commands['--stop-daemon master']))).toBe(
      '20000000' + '1b000500' + '0000000000000000' + '0a010000' + '0c000380' + '0800010001000000',
    );
  });

  it.each(Object.entries(commands))('keeps to the length that the header says: ipvsadm %s', (_line, operation) => {
    const message = encodeOperation(FAMILY, operation);
    expect(new DataView(message.buffer, message.byteOffset).getUint32(0, true)).toBe(message.length);
    expect(message.length % 4).toBe(0);
  });
});

describe('the kernel about IPVS', () => {
  const answerTo = (question: Uint8Array): Uint8Array[] => {
    // From the flags on the same octets: libipvs sets NLM_F_ACK too, which changes nothing in a question.
    const wanted = hex(question).slice(16);
    const found = answered.find((entry) => entry.question.slice(16) === wanted);
    expect(found, `no question ${hex(question)} was recorded`).toBeDefined();
    return (found?.answer ?? []).map(octets);
  };

  it('lists the services', () => {
    const decoded = decodeServices(answerTo(encodeDumpServices(FAMILY)));
    expect(decoded).toEqual({
      ok: true,
      // The order of the kernel's hash table.
      value: [webService, dnsService, httpsService, sipService, mark7Service, mark9Service],
    });
  });

  it.each([web, dns, mark7])(
    'is asked for one service as for the list of its servers, which libipvs asks for',
    (key) => {
      const one = essence(encodeGetService(FAMILY, key), { service: SERVICE_KEY, destination: [] });
      const servers = essence(encodeDumpDestinations(FAMILY, key), { service: SERVICE_KEY, destination: [] });
      // IPVS_CMD_GET_SERVICE and IPVS_CMD_GET_DEST of linux/ip_vs.h.
      expect(one).toEqual({ ...servers, command: 4 });
      // Without NLM_F_DUMP: one answer, not all services.
      expect(new DataView(encodeGetService(FAMILY, key).buffer).getUint16(6, true) & 0x300).toBe(0);
    },
  );

  it.each([
    ['NAT with thresholds, direct routing', web, [direct, nat]],
    ['no server', httpsService.key, []],
    ['IPv6', dns, [direct6]],
    ['tunnels of both families', mark7, [ipip, gue]],
    ['GRE', mark9, [gre]],
  ] as const)('lists the servers of a service: %s', (_name, key, expected) => {
    const decoded = decodeDestinations(answerTo(encodeDumpDestinations(FAMILY, key)), key.family);
    const connections = { activeConnections: 0, inactiveConnections: 0, persistentConnections: 0 };
    expect(decoded).toEqual({ ok: true, value: expected.map((destination) => ({ ...destination, ...connections })) });
  });

  it('tells the timeouts', () => {
    const [answer] = answerTo(encodeGetTimeouts(FAMILY));
    expect(decodeTimeouts(answer ?? new Uint8Array())).toEqual({
      ok: true,
      value: { tcp: 900, tcpFin: 120, udp: 300 },
    });
  });

  it('lists the synchronisation daemons', () => {
    expect(decodeDaemons(answerTo(encodeDumpDaemons(FAMILY)))).toEqual({
      ok: true,
      value: [{ role: 'master', interface: 'lo', syncId: 5, maxLength: 1400, group: '224.0.0.82', port: 8849, ttl: 3 }],
    });
  });
});

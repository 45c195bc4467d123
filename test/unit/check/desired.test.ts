/** What the kernel should hold for a virtual server (behaviour B5; flags of include/uapi/linux/ip_vs.h). */
import { describe, expect, it } from 'vitest';
import { CheckEngine } from '../../../src/check/engine.ts';
import { realServerLabel, virtualServerLabels } from '../../../src/check/labels.ts';
import type { CheckConfiguration, VirtualServerConfiguration } from '../../../src/config/model.ts';
import { globalModel, realServerModel, virtualServerModel } from '../../support/models.ts';
import { configuration } from './builders.ts';

function wanted(check: CheckConfiguration) {
  const engine = new CheckEngine(check, globalModel(), { random: () => 0 });
  engine.start(0);
  return engine.desiredServices();
}

const single = (changes: Partial<VirtualServerConfiguration>) => wanted(configuration(virtualServerModel(changes)))[0];

const fwmark = { kind: 'fwmark', family: 'inet', mark: 7 } as const;

describe('a service', () => {
  it('has the parameters of its virtual server', () => {
    expect(
      single({
        scheduler: 'wlc',
        realServers: [realServerModel({ weight: 3, upperThreshold: 100, lowerThreshold: 50 })],
      }),
    ).toMatchObject({
      key: { kind: 'address', family: 'inet', protocol: 'tcp', address: '192.168.1.54', port: 80 },
      scheduler: 'wlc',
      flags: 0,
      timeoutSeconds: 0,
      netmask: '255.255.255.255',
      destinations: [
        {
          family: 'inet',
          address: '172.16.1.2',
          port: 80,
          weight: 3,
          forwarding: { method: 'NAT' },
          upperThreshold: 100,
          lowerThreshold: 50,
        },
      ],
    });
  });

  it('is persistent with IP_VS_SVC_F_PERSISTENT, timeout and mask', () => {
    expect(single({ persistenceTimeout: 50_000 })).toMatchObject({
      flags: 0x1,
      timeoutSeconds: 50,
      netmask: '255.255.255.255',
    });
    expect(
      single({ persistenceTimeout: 50_000, persistenceGranularity: '255.255.255.0', persistenceEngine: 'sip' }),
    ).toMatchObject({
      netmask: '255.255.255.0',
      persistenceEngine: 'sip',
    });
    expect(single({ identity: { ...fwmark, family: 'inet6' }, persistenceTimeout: 1000 })).toMatchObject({
      netmask: '128',
    });
  });

  it('carries one-packet and scheduler flags', () => {
    expect(single({ onePacket: true, schedulerFlags: ['sched1', 'sched3'] })?.flags).toBe(0x4 | 0x8 | 0x20);
  });
});

describe('the port of a destination', () => {
  const port = (identity: VirtualServerConfiguration['identity'], server: Parameters<typeof realServerModel>[0]) =>
    single({ identity, realServers: [realServerModel(server)] })?.destinations[0]?.port;
  const address = { kind: 'address', family: 'inet', protocol: 'tcp', address: '192.168.1.54', port: 80 } as const;

  it('is its own under NAT (0: that of the connection), else that of the service', () => {
    expect(port(address, { port: 8080 })).toBe(8080);
    expect(port(address, { port: 0 })).toBe(0);
    expect(port(address, { port: 8080, forwarding: { method: 'DR' } })).toBe(80);
    expect(port(address, { port: 8080, forwarding: { method: 'TUN', tunnel: 'ipip', checksum: 'none' } })).toBe(80);
  });

  it('is 0 behind a mark unless NAT gives one', () => {
    expect(port(fwmark, { port: 8080, forwarding: { method: 'DR' } })).toBe(0);
    expect(port(fwmark, { port: 8080 })).toBe(8080);
  });
});

describe('a group', () => {
  const group = {
    name: 'web',
    entries: [
      { kind: 'address', family: 'inet', address: '192.168.1.54', count: 1, port: 80 },
      { kind: 'address', family: 'inet', address: '192.168.1.55', count: 1, port: 8080 },
      { kind: 'fwmark', mark: 3 },
    ],
    at: { file: 'f', line: 1, column: 1 },
  } as const;
  const inGroup = (protocol: 'tcp' | 'udp', ...hosts: number[]) =>
    virtualServerModel({
      identity: { kind: 'group', name: 'web', protocol },
      realServers: hosts.map((host) => realServerModel({ address: `172.16.1.${host}`, forwarding: { method: 'DR' } })),
    });

  it('is a service for each entry, with the port of the entry', () => {
    const services = wanted({ virtualServers: [inGroup('tcp', 2)], groups: [group] });
    expect(services.map(({ key, destinations }) => [key, destinations.map(({ port }) => port)])).toEqual([
      [{ kind: 'address', family: 'inet', protocol: 'tcp', address: '192.168.1.54', port: 80 }, [80]],
      [{ kind: 'address', family: 'inet', protocol: 'tcp', address: '192.168.1.55', port: 8080 }, [8080]],
      [{ kind: 'fwmark', family: 'inet', mark: 3 }, [0]],
    ]);
  });

  it('has a service for each address of a range, over the ends of octets and up to the last that there is', () => {
    const ranges = {
      ...group,
      entries: [
        { kind: 'address', family: 'inet', address: '10.1.0.254', count: 4, port: 80 },
        { kind: 'address', family: 'inet6', address: '2001:db8::fe', count: 3, port: 80 },
        { kind: 'address', family: 'inet', address: '255.255.255.254', count: 3, port: 80 },
      ],
    } as const;
    const services = wanted({ virtualServers: [inGroup('tcp', 2)], groups: [ranges] });
    expect(services.map(({ key }) => (key.kind === 'address' ? key.address : key.mark))).toEqual([
      '10.1.0.254',
      '10.1.0.255',
      '10.1.1.0',
      '10.1.1.1',
      '2001:db8::fe',
      '2001:db8::ff',
      '2001:db8::100',
      '255.255.255.254',
      '255.255.255.255',
    ]);
  });

  it('shared by two protocols has one service for its mark, with the servers of both', () => {
    const services = wanted({ virtualServers: [inGroup('tcp', 2, 3), inGroup('udp', 3, 4)], groups: [group] });
    expect(services).toHaveLength(5);
    const mark = services.find(({ key }) => key.kind === 'fwmark');
    expect(mark?.destinations.map(({ address }) => address)).toEqual(['172.16.1.2', '172.16.1.3', '172.16.1.4']);
  });
});

describe('labels', () => {
  it('are those of FIFO lines and mails', () => {
    const group = { kind: 'group', name: 'web', protocol: 'udp' } as const;
    const servers = [
      virtualServerModel(),
      virtualServerModel({
        identity: { kind: 'address', family: 'inet6', protocol: 'sctp', address: '2001:db8::1', port: 443 },
      }),
      virtualServerModel({ identity: fwmark }),
      virtualServerModel({ identity: group }),
      virtualServerModel({ identity: { ...group, protocol: 'tcp' } }),
      virtualServerModel({ identity: { ...group, name: 'mail' } }),
    ];
    expect(virtualServerLabels(configuration(...servers))).toEqual([
      '[192.168.1.54]:tcp:80',
      '[2001:db8::1]:sctp:443',
      'FWM 7',
      '[web]:0',
      '[web]:1',
      '[mail]:0',
    ]);
    const labels = servers.slice(2, 4).map((entry) => realServerLabel(entry, realServerModel()));
    expect(labels).toEqual(['[172.16.1.2]:none:80', '[172.16.1.2]:udp:80']);
  });
});

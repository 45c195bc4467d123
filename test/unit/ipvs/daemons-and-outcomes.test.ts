import { describe, expect, it } from 'vitest';
import { defaultNetmask, serviceFlags } from '../../../src/ipvs/service.ts';
import { judgeOutcome } from '../../../src/ipvs/outcome.ts';
import { planSyncDaemons } from '../../../src/ipvs/plan-daemons.ts';
import { encodeOperation } from '../../../src/ipvs/encode.ts';
import type { IpvsOperation, ServiceKey, SyncDaemon } from '../../../src/ipvs/types.ts';

const master: SyncDaemon = { role: 'master', interface: 'eth0', syncId: 51 };
const backup: SyncDaemon = { role: 'backup', interface: 'eth0', syncId: 51 };
const key: ServiceKey = { kind: 'address', family: 'inet', protocol: 'tcp', address: '192.0.2.1', port: 80 };
const destination = {
  family: 'inet',
  address: '172.16.1.2',
  port: 80,
  weight: 1,
  forwarding: { method: 'NAT' },
  upperThreshold: 0,
  lowerThreshold: 0,
} as const;

describe('synchronisation daemons', () => {
  it('stops one role and starts the other', () => {
    expect(planSyncDaemons([backup], [master])).toEqual([
      { op: 'stop-daemon', role: 'backup' },
      { op: 'start-daemon', daemon: master },
    ]);
  });

  it('leaves a daemon that runs as wanted, whatever the kernel chose for the rest', () => {
    const running = { ...master, maxLength: 1472, port: 8848, ttl: 1, group: '224.0.0.81' };
    expect(planSyncDaemons([running], [master])).toEqual([]);
  });

  it('restarts a daemon whose settings changed', () => {
    expect(planSyncDaemons([{ ...master, ttl: 1 }], [{ ...master, ttl: 3 }])).toEqual([
      { op: 'stop-daemon', role: 'master' },
      { op: 'start-daemon', daemon: { ...master, ttl: 3 } },
    ]);
  });
});

describe("the kernel's refusals", () => {
  const operations: Readonly<Record<string, IpvsOperation>> = {
    'add of an existing server': { op: 'add-destination', key, destination },
    'deletion of a missing server': { op: 'delete-destination', key, destination },
    'deletion of a server of a missing service': { op: 'delete-destination', key, destination },
    'deletion of a missing service': { op: 'delete-service', key },
    'start of a running daemon': { op: 'start-daemon', daemon: master },
    'stop of no daemon': { op: 'stop-daemon', role: 'master' },
  };
  // EEXIST 17, ENOENT 2, ESRCH 3 as in asm-generic/errno-base.h.
  it.each([
    ['add of an existing server', 17],
    ['deletion of a missing server', 2],
    ['deletion of a server of a missing service', 3],
    ['deletion of a missing service', 3],
    ['start of a running daemon', 17],
    ['stop of no daemon', 3],
  ] as const)('%s is no error', (name, errno) => {
    expect(judgeOutcome(operations[name]!, errno, '').result).toBe('already');
  });

  it('are errors otherwise, with the operation and the words of the kernel', () => {
    expect(judgeOutcome({ op: 'add-destination', key, destination }, 34, 'result out of range (ERANGE)')).toMatchObject(
      {
        result: 'failed',
        errno: 34,
        reason: 'cannot add server 172.16.1.2:80 (weight 1) to tcp 192.0.2.1:80: result out of range (ERANGE)',
      },
    );
  });
});

describe('service settings', () => {
  it('has the default mask of each family', () => {
    expect(defaultNetmask('inet')).toBe('255.255.255.255');
    expect(defaultNetmask('inet6')).toBe('128');
  });

  it('gives the flags of linux/ip_vs.h', () => {
    expect(serviceFlags({ persistent: true, onePacket: false, scheduler: ['sched1', 'sched3'] })).toBe(0x29);
    expect(serviceFlags({ persistent: false, onePacket: true, scheduler: ['sched2'] })).toBe(0x14);
  });

  it('refuses to say what is no address', () => {
    expect(() => encodeOperation(1, { op: 'delete-service', key: { ...key, address: 'web1' } })).toThrow(
      expect.objectContaining({ code: 'IPVS_ADDRESS_INVALID' }),
    );
  });
});

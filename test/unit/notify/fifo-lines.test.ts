import { describe, expect, it } from 'vitest';
import type { DaemonEvent } from '../../../src/core/events.ts';
import { fifoLineForEvent } from '../../../src/notify/fifo-lines.ts';
import { GroupSuppression } from '../../../src/notify/notified-state.ts';
import { Subjects } from '../../../src/notify/subjects.ts';
import { checkerEvent, groupEvent, instanceEvent, realServerEvent, virtualServerEvent } from './events.ts';
import {
  configurationModel,
  groupModel,
  instanceModel,
  realServerModel,
  virtualServerModel,
} from '../../support/models.ts';

function subjects(notifyPriorityChanges = false): Subjects {
  const realServers = [realServerModel({ address: '172.16.1.2' })];
  return new Subjects(
    configurationModel({
      instances: [instanceModel({ name: 'VI_1', notifyPriorityChanges }), instanceModel({ name: 'VI_2' })],
      syncGroups: [groupModel({ name: 'G1', members: ['VI_1', 'VI_2'] })],
      virtualServers: [
        virtualServerModel({ realServers }),
        virtualServerModel({ identity: { kind: 'fwmark', family: 'inet', mark: 7 }, realServers }),
        virtualServerModel({ identity: { kind: 'group', name: 'web', protocol: 'tcp' }, realServers }),
        virtualServerModel({ identity: { kind: 'group', name: 'web', protocol: 'udp' }, realServers }),
      ],
    }),
  );
}

const line = (event: DaemonEvent, of = subjects()): string | undefined => fifoLineForEvent(event, of)?.text;
const priority = { kind: 'vrrp-priority', instance: 'VI_1', from: 150, to: 130, at: 0, reason: 'x' } as const;

describe('lines of notify FIFOs', () => {
  it.each([
    [instanceEvent({ to: 'MASTER', priority: 200 }), 'INSTANCE "VI_1" MASTER 200\n'],
    [instanceEvent({ to: 'STOP' }), 'INSTANCE "VI_1" STOP 150\n'],
    [instanceEvent({ to: 'DELETED' }), 'INSTANCE "VI_1" FAULT 150\n'],
    [groupEvent({ to: 'BACKUP' }), 'GROUP "G1" BACKUP 0\n'],
    [virtualServerEvent({ to: 'UP' }), 'VS [192.168.1.54]:tcp:80 UP\n'],
    [realServerEvent({ to: 'DOWN' }), 'RS [172.16.1.2]:tcp:80 [192.168.1.54]:tcp:80 DOWN\n'],
    [virtualServerEvent({ service: 'FWM 7', to: 'DOWN' }), 'VS FWM 7 DOWN\n'],
    [virtualServerEvent({ service: '[web]:1', to: 'UP' }), 'VS [web]:1 UP\n'],
    [checkerEvent(), undefined],
  ])('%o', (event, expected) => {
    expect(line(event)).toBe(expected);
  });

  it('tells changes of priority only if asked for, and only of instances that count', () => {
    expect(line({ ...priority, state: 'MASTER' })).toBeUndefined();
    expect(line({ ...priority, state: 'MASTER' }, subjects(true))).toBe('INSTANCE "VI_1" MASTER_PRIORITY 130\n');
    expect(line({ ...priority, state: 'BACKUP' }, subjects(true))).toBe('INSTANCE "VI_1" BACKUP_PRIORITY 130\n');
    expect(line({ ...priority, state: 'FAULT' }, subjects(true))).toBeUndefined();
    expect(line({ ...priority, instance: 'VI_2', state: 'MASTER' }, subjects(true))).toBeUndefined();
  });

  it('goes to the FIFO of its family', () => {
    expect(fifoLineForEvent(groupEvent(), subjects())?.family).toBe('vrrp');
    expect(fifoLineForEvent(virtualServerEvent(), subjects())?.family).toBe('lvs');
  });
});

describe('what a sync group has said already', () => {
  it('is not said again by its members', () => {
    const suppression = new GroupSuppression();
    const of = subjects();
    const admitted = (event: DaemonEvent): boolean => suppression.admits(event, of);
    expect(admitted(instanceEvent({ instance: 'VI_1', to: 'BACKUP' }))).toBe(true);
    expect(admitted(instanceEvent({ instance: 'VI_2', to: 'BACKUP' }))).toBe(true);
    expect(admitted(groupEvent({ to: 'BACKUP' }))).toBe(true);
    // An ordinary change: members first, then the group. All are told.
    expect(admitted(instanceEvent({ instance: 'VI_1', to: 'FAULT' }))).toBe(true);
    expect(admitted(groupEvent({ to: 'FAULT' }))).toBe(true);
    // A member that follows later into the state of the group.
    expect(admitted(instanceEvent({ instance: 'VI_2', to: 'FAULT' }))).toBe(false);
  });

  it('concerns no instance outside the group and none that was never told', () => {
    const suppression = new GroupSuppression();
    suppression.admits(groupEvent({ to: 'MASTER' }), subjects());
    expect(suppression.admits(instanceEvent({ instance: 'VI_9' }), subjects())).toBe(true);
    expect(suppression.admits(instanceEvent({ instance: 'VI_1', to: 'MASTER' }), subjects())).toBe(true);
  });
});

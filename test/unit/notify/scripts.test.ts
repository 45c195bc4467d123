import { describe, expect, it } from 'vitest';
import type { DaemonEvent } from '../../../src/core/events.ts';
import { scriptsForEvent } from '../../../src/notify/scripts.ts';
import { Subjects } from '../../../src/notify/subjects.ts';
import { groupEvent, instanceEvent, realServerEvent, virtualServerEvent } from './events.ts';
import {
  configurationModel,
  groupModel,
  instanceModel,
  notifyModel,
  realServerModel,
  virtualServerModel,
} from '../../support/models.ts';

const command = (name: string) => ({ argv: [name, 'configured'] });
const everyScript = notifyModel({
  master: command('/m'),
  backup: command('/b'),
  fault: command('/f'),
  stop: command('/s'),
  deleted: command('/d'),
  masterRxLowerPriority: command('/lower'),
  generic: command('/any'),
});
const virtualServer = virtualServerModel({
  quorumUp: command('/q-up'),
  quorumDown: command('/q-down'),
  realServers: [realServerModel({ address: '172.16.1.2', notifyUp: command('/up'), notifyDown: command('/down') })],
});

function subjects(some: { notifyDeleted?: boolean } = {}): Subjects {
  const notify = { ...everyScript, notifyDeleted: some.notifyDeleted ?? false };
  return new Subjects(
    configurationModel({
      instances: [instanceModel({ name: 'VI_1', notify })],
      syncGroups: [groupModel({ name: 'G1', members: ['VI_1'], notify })],
      virtualServers: [virtualServer],
    }),
  );
}

/** The command lines an event starts, as words. */
function lines(event: DaemonEvent, of = subjects()): string[] {
  return scriptsForEvent(event, of).map((call) => [...call.command.argv, ...call.extraArguments].join(' '));
}

describe('notify scripts of VRRP', () => {
  it.each([
    ['MASTER', '/m'],
    ['BACKUP', '/b'],
    ['FAULT', '/f'],
    ['STOP', '/s'],
  ] as const)(
    'an instance that enters %s: the specific script bare, then the general one with its words',
    (to, specific) => {
      expect(lines(instanceEvent({ to, priority: 150 }))).toEqual([
        `${specific} configured`,
        `/any configured INSTANCE VI_1 ${to} 150`,
      ]);
    },
  );

  it('a group is told with priority 0', () => {
    expect(lines(groupEvent({ to: 'FAULT' }))).toEqual(['/f configured', '/any configured GROUP G1 FAULT 0']);
  });

  it('a deleted instance is told as a fault unless notify_deleted', () => {
    expect(lines(instanceEvent({ to: 'DELETED' }))).toEqual([
      '/f configured',
      '/any configured INSTANCE VI_1 FAULT 150',
    ]);
    expect(lines(instanceEvent({ to: 'DELETED' }), subjects({ notifyDeleted: true }))).toEqual([
      '/d configured',
      '/any configured INSTANCE VI_1 DELETED 150',
    ]);
  });

  it('a lower-priority master is told to its own script only, without words', () => {
    const event: DaemonEvent = {
      kind: 'vrrp-lower-priority',
      instance: 'VI_1',
      priority: 90,
      source: '10.0.0.2',
      at: 0,
      reason: 'x',
    };
    expect(lines(event)).toEqual(['/lower configured']);
  });

  it('nothing runs for the start of life, for priorities, or for a name that is unknown', () => {
    expect(lines(instanceEvent({ to: 'INIT' }))).toEqual([]);
    expect(lines(instanceEvent({ instance: 'other' }))).toEqual([]);
    expect(
      lines({ kind: 'vrrp-priority', instance: 'VI_1', state: 'MASTER', from: 1, to: 2, at: 0, reason: 'x' }),
    ).toEqual([]);
  });

  it('an instance that a reload removed is still understood', () => {
    const before = configurationModel({ instances: [instanceModel({ name: 'VI_1', notify: everyScript })] });
    expect(lines(instanceEvent({ to: 'DELETED' }), new Subjects(configurationModel({}), before))[0]).toBe(
      '/f configured',
    );
  });
});

describe('notify scripts of health checks', () => {
  it('a server and a quorum that change run theirs, without words', () => {
    expect(lines(realServerEvent({ to: 'DOWN' }))).toEqual(['/down configured']);
    expect(lines(realServerEvent({ to: 'UP' }))).toEqual(['/up configured']);
    expect(lines(virtualServerEvent({ to: 'UP' }))).toEqual(['/q-up configured']);
    expect(lines(virtualServerEvent({ to: 'DOWN' }))).toEqual(['/q-down configured']);
  });

  it('the start and a reload are told like everything else, for the engine leaves out what is not', () => {
    expect(lines(realServerEvent({ to: 'UP', phase: 'start' }))).toEqual(['/up configured']);
    expect(lines(virtualServerEvent({ to: 'UP', phase: 'start' }))).toEqual(['/q-up configured']);
    expect(lines(virtualServerEvent({ phase: 'reload' }))).toEqual(['/q-down configured']);
  });

  it('what the engine marks quiet runs nothing', () => {
    expect(lines(realServerEvent({ phase: 'stop', quiet: true }))).toEqual([]);
    expect(lines(virtualServerEvent({ phase: 'stop', quiet: true }))).toEqual([]);
  });

  it('a server that a reload removed still has its scripts', () => {
    const emptied = configurationModel({ virtualServers: [{ ...virtualServer, realServers: [] }] });
    expect(lines(realServerEvent({ phase: 'reload' }), new Subjects(emptied, subjects().current))).toEqual([
      '/down configured',
    ]);
  });
});

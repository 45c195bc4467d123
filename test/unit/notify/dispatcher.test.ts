import { describe, expect, it } from 'vitest';
import { EventDispatcher, type EventSubscriber } from '../../../src/notify/dispatcher.ts';
import { logLineForEvent } from '../../../src/notify/log-lines.ts';
import { Subjects } from '../../../src/notify/subjects.ts';
import { checkerEvent, groupEvent, instanceEvent, realServerEvent, virtualServerEvent } from './events.ts';
import { MemoryLog } from './memory-log.ts';
import {
  configurationModel,
  groupModel,
  instanceModel,
  realServerModel,
  virtualServerModel,
} from '../../support/models.ts';

const subjects = new Subjects(
  configurationModel({
    instances: [instanceModel({ name: 'VI_1' })],
    syncGroups: [groupModel({ name: 'G1', members: ['VI_1'] })],
  }),
);

function subscriber(name: string, heard: string[], fails = false): EventSubscriber {
  return {
    name,
    handle: (event) => {
      heard.push(`${name} ${event.kind}`);
      if (fails) throw new Error('broken');
    },
  };
}

describe('the dispatcher', () => {
  it('serves the subscribers of one event in their order, before the next event', () => {
    const heard: string[] = [];
    const dispatcher = new EventDispatcher([subscriber('scripts', heard), subscriber('fifos', heard)], new MemoryLog());
    dispatcher.dispatch(instanceEvent(), subjects);
    dispatcher.dispatch(groupEvent(), subjects);
    expect(heard).toEqual(['scripts vrrp-instance', 'fifos vrrp-instance', 'scripts vrrp-group', 'fifos vrrp-group']);
  });

  it('serves the others when one fails, and says which', () => {
    const heard: string[] = [];
    const log = new MemoryLog();
    new EventDispatcher([subscriber('scripts', heard, true), subscriber('mail', heard)], log).dispatch(
      instanceEvent(),
      subjects,
    );
    expect(heard).toEqual(['scripts vrrp-instance', 'mail vrrp-instance']);
    expect(log.lines).toEqual(['error scripts: broken']);
  });

  it('keeps from all of them what the sync group has said', () => {
    const heard: string[] = [];
    const dispatcher = new EventDispatcher([subscriber('mail', heard)], new MemoryLog());
    dispatcher.dispatch(instanceEvent({ to: 'FAULT' }), subjects);
    dispatcher.dispatch(groupEvent({ to: 'FAULT' }), subjects);
    dispatcher.dispatch(instanceEvent({ from: 'BACKUP', to: 'FAULT' }), subjects);
    expect(heard).toEqual(['mail vrrp-instance', 'mail vrrp-group']);
  });
});

describe('finding what an event is about', () => {
  const before = configurationModel({
    virtualServers: [virtualServerModel({ realServers: [realServerModel({ address: '172.16.1.2' })] })],
  });

  it('looks at the new configuration first and marks what only the old one has', () => {
    const both = new Subjects(configurationModel({ virtualServers: [virtualServerModel()] }), before);
    expect(both.virtualServer('[192.168.1.54]:tcp:80')?.removed).toBe(false);
    expect(both.realServer('[192.168.1.54]:tcp:80', '[172.16.1.2]:tcp:80')?.removed).toBe(true);
    expect(both.realServer('[192.168.1.54]:tcp:80', '[172.16.1.9]:tcp:80')).toBeUndefined();
  });

  it('knows the sorry server too', () => {
    const sorry = configurationModel({
      virtualServers: [virtualServerModel({ sorryServer: realServerModel({ address: '127.0.0.1', port: 8080 }) })],
    });
    expect(new Subjects(sorry).realServer('[192.168.1.54]:tcp:80', '[127.0.0.1]:tcp:8080')?.realServer.port).toBe(8080);
  });
});

describe('the log line of an event of the health checks', () => {
  // The phrases that scrapers of keepalived's log look for, with the reason behind them.
  it.each([
    [checkerEvent(), 'warning', 'TCP_CHECK on service [172.16.1.2]:tcp:80 of VS [192.168.1.54]:tcp:80 failed: because'],
    [
      realServerEvent({ phase: 'stop' }),
      'warning',
      'Shutting down service [172.16.1.2]:tcp:80 from VS [192.168.1.54]:tcp:80: because',
    ],
    [realServerEvent(), 'warning', 'Removing service [172.16.1.2]:tcp:80 from VS [192.168.1.54]:tcp:80: because'],
    [
      realServerEvent({ from: 'DOWN', to: 'UP' }),
      'notice',
      'Adding service [172.16.1.2]:tcp:80 to VS [192.168.1.54]:tcp:80: because',
    ],
    [
      realServerEvent({ from: 'DOWN', to: 'DOWN' }),
      'warning',
      'Service [172.16.1.2]:tcp:80 of VS [192.168.1.54]:tcp:80 is DOWN: because',
    ],
    [virtualServerEvent({ quorum: 2 }), 'warning', 'Lost quorum 2-0=2 > 0 for VS [192.168.1.54]:tcp:80: because'],
    [
      virtualServerEvent({ from: 'DOWN', to: 'UP', weight: 3, reason: 'Gained quorum 1+0=1 <= 3' }),
      'notice',
      'Gained quorum 1+0=1 <= 3 for VS [192.168.1.54]:tcp:80',
    ],
  ])('%o', (event, level, message) => {
    expect(logLineForEvent(event)).toMatchObject({ level, message, fields: { reason: event.reason } });
  });

  it('is left to the engine for VRRP', () => {
    expect(logLineForEvent(instanceEvent())).toBeUndefined();
  });
});

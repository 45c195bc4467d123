// Expected: reference, runtime contract, section 10: unchanged states are repeated only where global_defs says so.
import { describe, expect, it } from 'vitest';
import { fifoLineForEvent } from '../../../src/notify/fifo-lines.ts';
import { mailForEvent } from '../../../src/notify/mail-text.ts';
import { scriptsForEvent } from '../../../src/notify/scripts.ts';
import { Subjects } from '../../../src/notify/subjects.ts';
import { VrrpEngine } from '../../../src/vrrp/engine.ts';
import { configurationModel, globalModel, groupModel, notifyModel } from '../../support/models.ts';
import { eventsOf, ownAddresses } from './bench.ts';
import { digests, instance, link, vrrpConfiguration } from './configuration.ts';

const notify = notifyModel({ generic: { argv: ['/usr/bin/true'] }, smtpAlert: true });
const configuration = vrrpConfiguration({
  instances: [
    instance({ name: 'A', virtualRouterId: 1, priority: 110, notify }),
    instance({ name: 'B', virtualRouterId: 2, interface: 'eth1', notify }),
  ],
  syncGroups: [groupModel({ name: 'G', members: ['A', 'B'], notify })],
});

function started(): VrrpEngine {
  const engine = new VrrpEngine(configuration, globalModel(), {
    digests,
    links: [link('eth0'), link('eth1')],
    addresses: ownAddresses(),
  });
  engine.start(0);
  return engine;
}

const wanted = globalModel({ repeatStatesAfterReload: true });
const subjects = new Subjects(
  configurationModel({ instances: configuration.instances, syncGroups: configuration.syncGroups }),
);

describe('states after a reload', () => {
  it('are not told again', () => {
    expect(eventsOf(started().reload(configuration, globalModel(), 100))).toEqual([]);
  });

  it('are told again to FIFOs if wanted, and to nobody else', () => {
    const events = eventsOf(started().reload(configuration, wanted, 100));
    expect(events.map((event) => fifoLineForEvent(event, subjects)?.text)).toEqual([
      'INSTANCE "A" BACKUP 110\n',
      'INSTANCE "B" BACKUP 100\n',
      'GROUP "G" BACKUP 0\n',
    ]);
    expect(events.flatMap((event) => scriptsForEvent(event, subjects))).toEqual([]);
    expect(events.map((event) => mailForEvent(event, subjects))).toEqual([undefined, undefined, undefined]);
  });

  it('are told once where the reload changed them', () => {
    const [first] = configuration.instances;
    if (!first) throw new Error('no instance');
    const alone = vrrpConfiguration({ instances: [first, instance({ name: 'C', virtualRouterId: 3 })] });
    const events = eventsOf(started().reload(alone, wanted, 100));
    const told = events.flatMap((event) =>
      event.kind === 'vrrp-instance'
        ? [`${event.instance} to ${event.to}`]
        : event.kind === 'vrrp-unchanged'
          ? [`${event.name} still ${event.state}`]
          : [],
    );
    expect(told.filter((line) => line.startsWith('A'))).toEqual(['A still BACKUP']);
    expect(told.filter((line) => line.startsWith('C'))).toEqual(['C to BACKUP']);
  });
});

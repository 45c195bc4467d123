/** The state machine of one instance: RFC 5798 section 6.4 and the original's additions. */
import { describe, expect, it } from 'vitest';
import { Bench, advertised, eventsOf, logLines, order } from './bench.ts';
import { gratuitous } from '../../support/models.ts';
import { address, instance } from './configuration.ts';

describe('start', () => {
  it.each([
    // Skew: version 2 in 1/256 s (RFC 3768 section 6.1), version 3 in 1/256 of the interval (RFC 5798 section 6.1).
    { version: 2 as const, interval: 1000, priority: 100, wait: 3609.375 },
    { version: 2 as const, interval: 2000, priority: 100, wait: 6609.375 },
    { version: 2 as const, interval: 1000, priority: 254, wait: 3007.8125 },
    { version: 3 as const, interval: 1000, priority: 100, wait: 3609.375 },
    { version: 3 as const, interval: 100, priority: 100, wait: 360.9375 },
    { version: 3 as const, interval: 10, priority: 1, wait: 39.9609375 },
  ])(
    'version $version, $interval ms, priority $priority: master after $wait ms',
    ({ version, interval, priority, wait }) => {
      const bench = new Bench(instance({ version, advertisementInterval: interval, priority }));
      bench.start();
      expect(bench.status()).toMatchObject({ state: 'BACKUP', effectivePriority: priority });
      expect(bench.untilMaster()).toBeCloseTo(wait, 6);
    },
  );

  it('the owner is master at once', () => {
    const bench = new Bench(instance({ priority: 255, initialState: 'MASTER' }));
    expect(advertised(bench.start())).toEqual([255]);
    expect(bench.status().state).toBe('MASTER');
  });

  it('an initial MASTER with AH waits like a backup', () => {
    const bench = new Bench(instance({ initialState: 'MASTER', authentication: { type: 'AH', password: 'x' } }));
    bench.start();
    expect(bench.untilMaster()).toBe(3609.375);
  });

  it('the startup delay comes first, and nothing is heard in it', () => {
    const bench = new Bench(instance(), { global: { vrrpStartupDelay: 10_000 } });
    bench.start();
    bench.pass(9000);
    bench.hear({ priority: 200 });
    expect(bench.status().statistics.advertisementsReceived).toBe(0);
    expect(bench.untilMaster()).toBe(1000 + 3609.375);
  });

  it('down_timer_adverts', () => {
    const bench = new Bench(instance({ downTimerAdvertisements: 5 }));
    bench.start();
    expect(bench.untilMaster()).toBe(5609.375);
  });
});

describe('becoming master', () => {
  it('advertises, sets the addresses, tells the neighbours, then tells the world', () => {
    const bench = new Bench(instance());
    bench.start();
    const intents = bench.pass(3609.375);
    expect(order(intents)).toEqual(['send-advertisement', 'reconcile-addresses', 'send-frame', 'vrrp-instance']);
    // The phrases and their order as keepalived 2.2.7 logs them.
    const phrases = [
      '(VI_1) Receive advertisement timeout',
      '(VI_1) Entering MASTER STATE',
      '(VI_1) setting VIPs.',
      '(VI_1) Sending/queueing gratuitous ARPs on eth0 for 192.0.2.51',
      'Sending gratuitous ARP on eth0 for 192.0.2.51',
    ];
    const lines = logLines(intents);
    const places = phrases.map((phrase) => lines.findIndex((line) => line.startsWith(phrase)));
    expect(places).toEqual([0, 1, 2, 3, 4]);
    expect(lines[1]).toBe('(VI_1) Entering MASTER STATE: nobody advertised for 3.609 s');
    expect(bench.engine.desiredAddresses()).toMatchObject([
      { instance: 'VI_1', addresses: [{ address: '192.0.2.51' }], unwanted: [] },
    ]);
  });

  it('says once where to look if nobody was ever heard', () => {
    const bench = new Bench(instance());
    bench.start();
    const hint = /without ever having heard.*protocol 112.*224\.0\.0\.18.*192\.0\.2\.5.*virtual_router_id 51/;
    expect(logLines(bench.pass(4000)).filter((line) => hint.test(line))).toHaveLength(0);
    // Three master-down intervals are time enough for a peer that starts as well, or for a switch to open its port.
    expect(logLines(bench.pass(3 * 3609.375)).filter((line) => hint.test(line))).toHaveLength(1);
    bench.hear({ priority: 200 });
    expect(logLines(bench.pass(10_000)).filter((line) => hint.test(line))).toHaveLength(0);
  });

  it.each([
    // Configured to be master: it is right to hear nobody, backups are silent.
    { initialState: 'MASTER' as const, level: 'info', intervals: 10 },
    { initialState: 'BACKUP' as const, level: 'notice', intervals: 3 },
  ])('$initialState: as $level, $intervals master-down intervals later', ({ initialState, level, intervals }) => {
    const bench = new Bench(instance({ initialState }));
    bench.start();
    bench.untilMaster();
    const hints = (span: number) =>
      bench
        .pass(span)
        .flatMap((each) => (each.type === 'log' && each.line.message.includes('ever having heard') ? [each.line] : []));
    expect(hints(intervals * 3609.375 - 1)).toEqual([]);
    expect(hints(2)).toMatchObject([{ level }]);
    expect(hints(100_000)).toEqual([]);
  });

  it('says nothing if somebody is heard before that, or if it is master no more', () => {
    const bench = new Bench(instance());
    bench.start();
    bench.pass(5000);
    bench.hear({ priority: 50 });
    expect(logLines(bench.pass(60_000)).filter((line) => line.includes('ever having heard'))).toEqual([]);
    const faulty = new Bench(instance());
    faulty.start();
    faulty.pass(5000);
    faulty.links([]);
    expect(logLines(faulty.pass(60_000)).filter((line) => line.includes('ever having heard'))).toEqual([]);
  });

  it('names the refusal instead if all that was heard was dropped', () => {
    const bench = new Bench(instance());
    bench.start();
    bench.hear({ priority: 200, configuration: instance({ advertisementInterval: 2000 }) });
    const lines = logLines(bench.pass(4000));
    expect(lines.filter((line) => line.includes('ever having heard'))).toHaveLength(0);
    expect(
      lines.filter((line) => /was dropped, the last from 192\.0\.2\.9: advertisement interval/.test(line)),
    ).toHaveLength(1);
  });

  it('does not say so when a peer was heard before', () => {
    const bench = new Bench(instance());
    bench.start();
    bench.hear({ priority: 200 });
    expect(logLines(bench.pass(10_000)).filter((line) => line.includes('ever having heard'))).toHaveLength(0);
  });
});

describe('backup', () => {
  it.each([
    { heard: 100, restarts: true },
    { heard: 101, restarts: true },
    { heard: 99, restarts: false },
  ])('priority $heard heard by 100: the timer restarts: $restarts', ({ heard, restarts }) => {
    const bench = new Bench(instance());
    bench.start();
    bench.pass(2000);
    bench.hear({ priority: heard });
    expect(bench.untilMaster()).toBe(restarts ? 3609.375 : 1609.375);
  });

  it('takes over from a lower priority with that as the reason, not silence', () => {
    const bench = new Bench(instance());
    bench.start();
    bench.pass(1000);
    bench.hear({ priority: 99 });
    bench.untilMaster();
    expect(bench.status().reason).toBe('192.0.2.9 has the lower priority 99, nobody else advertised for 3.609 s');
  });

  it('discards a lower priority aloud', () => {
    const bench = new Bench(instance());
    bench.start();
    expect(logLines(bench.hear({ priority: 99 }))).toEqual([
      '(VI_1) received lower priority (99) advert from 192.0.2.9 - discarding',
    ]);
  });

  it('nopreempt: a lower priority is as good as any', () => {
    const bench = new Bench(instance({ nopreempt: true }));
    bench.start();
    bench.pass(2000);
    bench.hear({ priority: 1 });
    expect(bench.untilMaster()).toBe(3609.375);
  });

  it('preempt_delay starts with the first lower advertisement; after it the timer runs out', () => {
    const bench = new Bench(instance({ preemptDelay: 5000 }));
    bench.start();
    bench.pass(500);
    for (let second = 0; second <= 8; second++) {
      if (bench.status().state === 'BACKUP') bench.hear({ priority: 50 });
      bench.pass(1000);
    }
    // Heard at 500, 1500 ... 5500; that of 5500 is the first that is not covered any more, the timer runs from 4500.
    const master = eventsOf(bench.intents).find((event) => event.kind === 'vrrp-instance' && event.to === 'MASTER');
    expect(master?.at).toBe(4500 + 3609.375);
  });

  it('preempt_delay is cancelled by a better master and begins anew', () => {
    const bench = new Bench(instance({ preemptDelay: 5000 }));
    bench.start();
    bench.hear({ priority: 50 });
    bench.pass(3000);
    bench.hear({ priority: 150 });
    bench.pass(3000);
    bench.hear({ priority: 50 });
    expect(bench.untilMaster()).toBe(3609.375);
    expect(bench.now).toBe(6000 + 3609.375);
  });

  it('priority 0: only the skew is waited', () => {
    const bench = new Bench(instance());
    bench.start();
    bench.hear({ priority: 150 });
    bench.pass(700);
    const intents = bench.hear({ priority: 0 });
    expect(logLines(intents)).toEqual(['(VI_1) Backup received priority 0 advertisement']);
    expect(bench.untilMaster()).toBe(609.375);
    expect(bench.status().statistics).toMatchObject({ advertisementsReceived: 2, priorityZeroReceived: 1 });
  });

  it('version 3 learns the interval of its master, for the timer and the skew', () => {
    const ours = instance({ version: 3, advertisementInterval: 1000 });
    const bench = new Bench(ours);
    bench.start();
    bench.hear({ priority: 150, configuration: { ...ours, advertisementInterval: 200 } });
    expect(bench.status().masterAdvertisementInterval).toBe(200);
    expect(bench.untilMaster()).toBe(3 * 200 + (156 * 200) / 256);
    // As master it goes by its own interval again.
    expect(bench.status().masterAdvertisementInterval).toBe(1000);
  });

  it('version 3 does not learn from a master it is about to replace', () => {
    const ours = instance({ version: 3 });
    const bench = new Bench(ours);
    bench.start();
    bench.hear({ priority: 50, configuration: { ...ours, advertisementInterval: 40_950 } });
    expect(bench.status().masterAdvertisementInterval).toBe(1000);
  });
});

describe('master', () => {
  function master(changes: Parameters<typeof instance>[0] = {}): Bench {
    const bench = new Bench(instance(changes));
    bench.start();
    bench.pass(3609.375);
    expect(bench.status().state).toBe('MASTER');
    return bench;
  }

  it('advertises every interval', () => {
    const bench = master();
    expect(advertised(bench.pass(10_000))).toEqual(Array(10).fill(100));
  });

  it('yields to a higher priority: no priority 0, addresses removed, full timer', () => {
    const bench = master();
    const intents = bench.hear({ priority: 101 });
    expect(order(intents)).toEqual(['reconcile-addresses', 'vrrp-instance']);
    expect(logLines(intents)).toEqual([
      '(VI_1) Master received advert from 192.0.2.9 with higher priority 101, ours 100',
      '(VI_1) Entering BACKUP STATE: 192.0.2.9 has priority 101, ours is 100',
      '(VI_1) removing VIPs.',
    ]);
    expect(bench.engine.desiredAddresses()).toMatchObject([{ addresses: [], unwanted: [{ address: '192.0.2.51' }] }]);
    expect(bench.untilMaster()).toBe(3609.375);
  });

  it.each([
    { source: '192.0.2.9', state: 'BACKUP' },
    { source: '192.0.2.4', state: 'MASTER' },
    // Numbers, not text: .10 is above .5.
    { source: '192.0.2.10', state: 'BACKUP' },
  ])('equal priority from $source, we are 192.0.2.5: $state', ({ source, state }) => {
    const bench = master();
    bench.hear({ priority: 100, source });
    expect(bench.status().state).toBe(state);
  });

  it('equal priority and our own address: a warning', () => {
    const bench = master();
    const intents = bench.hear({ priority: 100, source: '192.0.2.5' });
    expect(order(intents)).toEqual([]);
    expect(logLines(intents)[0]).toContain('our own priority and address');
    expect(bench.status().state).toBe('MASTER');
  });

  it('higher_prio_send_advert: one advertisement before yielding', () => {
    const bench = master({ higherPrioritySendAdvertisement: true });
    expect(order(bench.hear({ priority: 200 }))).toEqual([
      'send-advertisement',
      'reconcile-addresses',
      'vrrp-instance',
    ]);
  });

  it('answers a lower priority with an advertisement, a burst and an event', () => {
    const bench = master();
    const intents = bench.hear({ priority: 99 });
    expect(order(intents)).toEqual(['send-advertisement', 'send-frame', 'vrrp-lower-priority']);
    expect(logLines(intents)[0]).toBe(
      '(VI_1) Received advert from 192.0.2.9 with lower priority 99, ours 100, forcing new election',
    );
    expect(intents.filter((intent) => intent.type === 'send-frame')).toHaveLength(5);
  });

  it.each([99, 0])('a flood of priority %i is answered ten times a second', (priority) => {
    const bench = master();
    bench.pass(20_000);
    const before = bench.intents.length;
    for (let packet = 0; packet < 1000; packet++) {
      bench.hear({ priority, source: `192.0.2.${100 + (packet % 100)}` });
      bench.pass(1);
    }
    const intents = bench.intents.slice(before);
    // The usual one and one answer each 100 ms.
    expect(advertised(intents).length).toBeLessThanOrEqual(11);
    expect(advertised(intents).length).toBeGreaterThanOrEqual(1);
    expect(eventsOf(intents).length).toBeLessThanOrEqual(11);
    expect(intents.filter(({ type }) => type === 'send-frame').length).toBeLessThanOrEqual(55);
    expect(bench.status().state).toBe('MASTER');
  });

  it('two routers of lower priority at the same moment: one advertisement, both are told of, the second one a little later', () => {
    const bench = master();
    bench.hear({ priority: 99, source: '192.0.2.7' });
    expect(order(bench.hear({ priority: 98, source: '192.0.2.8' }))).toEqual([]);
    const later = bench.pass(100);
    expect(order(later)).toEqual(['send-frame', 'vrrp-lower-priority']);
    expect(eventsOf(later)).toMatchObject([{ source: '192.0.2.8' }]);
    expect(order(bench.pass(800))).toEqual([]);
  });

  it('lower_prio_no_advert and garp_lower_prio_repeat 0: silence', () => {
    const quiet = { ...gratuitous, lowerPriorityRepeat: 0 };
    const bench = master({ lowerPriorityNoAdvertisement: true, gratuitous: quiet });
    expect(order(bench.hear({ priority: 99 }))).toEqual(['vrrp-lower-priority']);
  });

  it('a second master is one pair of log lines with the time between, not one a second', () => {
    const bench = master();
    for (let second = 0; second < 30; second++) {
      bench.hear({ priority: 99 });
      bench.pass(1000);
    }
    bench.pass(60_000);
    const lines = logLines(bench.intents);
    expect(lines.filter((line) => line.includes('forcing new election'))).toHaveLength(1);
    expect(lines.filter((line) => line.includes('second master'))).toEqual([
      '(VI_1) second master 192.0.2.9 is gone: it advertised 30 times within 29 s',
    ]);
  });

  it('two others that are master too are two pairs of lines, not one with each packet', () => {
    const bench = master();
    for (let second = 0; second < 30; second++) {
      bench.hear({ priority: 99 });
      bench.hear({ priority: 98, source: '192.0.2.8' });
      bench.pass(1000);
    }
    bench.pass(60_000);
    const lines = logLines(bench.intents);
    expect(lines.filter((line) => line.includes('forcing new election'))).toHaveLength(2);
    expect(lines.filter((line) => line.includes('second master'))).toEqual([
      '(VI_1) second master 192.0.2.9 is gone: it advertised 30 times within 29 s',
      '(VI_1) second master 192.0.2.8 is gone: it advertised 30 times within 29 s',
    ]);
  });

  it('priority 0 heard: an advertisement at once, still master', () => {
    const bench = master();
    bench.pass(400);
    expect(order(bench.hear({ priority: 0 }))).toEqual(['send-advertisement']);
    expect(bench.status().state).toBe('MASTER');
  });

  it('excluded addresses come with the others but are not advertised', () => {
    const bench = master({ excludedVirtualAddresses: [address('2001:db8::1')] });
    expect(bench.engine.desiredAddresses()[0]?.addresses.map((each) => each.address)).toEqual([
      '192.0.2.51',
      '2001:db8::1',
    ]);
    const packet = bench.intents.find((intent) => intent.type === 'send-advertisement')?.packet;
    expect(packet?.[23]).toBe(1);
  });
});

describe('a process that was not run in time', () => {
  it('a master that slept longer than the others wait listens before it speaks', () => {
    const bench = new Bench(instance());
    bench.start();
    bench.pass(5000);
    bench.now += 20_000;
    const late = bench.engine.timeout(bench.now);
    expect(advertised(late)).toEqual([]);
    expect(logLines(late)[0]).toMatch(
      /was not run for [\d.]+ s after its timer: listening for 1\.004 s before speaking/,
    );
    bench.hear({ priority: 150 });
    expect(bench.status().state).toBe('BACKUP');
  });

  it.each([
    // The others count from the advertisement before: priority 100 takes over 3.609 s behind it, 2.609 s behind the timer.
    { late: 2600, speaks: true },
    { late: 2620, speaks: false },
  ])('$late ms late: speaks at once: $speaks', ({ late, speaks }) => {
    const bench = new Bench(instance());
    bench.start();
    bench.untilMaster();
    bench.now = (bench.engine.nextTimeout() ?? 0) + late;
    expect(advertised(bench.engine.timeout(bench.now))).toEqual(speaks ? [100] : []);
  });

  it('packets that waited show no time to the master: what counts is when they are handled', () => {
    const bench = new Bench(instance());
    bench.start();
    bench.untilMaster();
    const due = bench.engine.nextTimeout() ?? 0;
    bench.now = due + 20_000;
    // Another router took over meanwhile; it spoke every second.
    const heard = Array.from({ length: 17 }, (_, second) =>
      bench.hear({ priority: 50, meta: { receivedAt: due + 2609 + second * 1000 } }),
    ).flat();
    expect(advertised(heard)).toEqual([]);
    expect(heard.filter(({ type }) => type === 'send-frame')).toEqual([]);
    expect(logLines(heard).filter((line) => line.includes('was not run for'))).toHaveLength(1);
    // It still speaks: the answer of RFC 9568 section 6.4.3, once.
    bench.now += 500;
    expect(advertised(bench.hear({ priority: 50, meta: { receivedAt: bench.now } }))).toEqual([100]);
    expect(bench.status().listeningUntil).toBeUndefined();
  });

  it('with nopreempt what waited is enough to leave it the mastership', () => {
    const bench = new Bench(instance({ nopreempt: true }));
    bench.start();
    bench.untilMaster();
    const due = bench.engine.nextTimeout() ?? 0;
    bench.now = due + 20_000;
    const heard = bench.hear({ priority: 50, meta: { receivedAt: due + 15_000 } });
    expect(advertised(heard)).toEqual([]);
    expect(bench.status()).toMatchObject({ state: 'BACKUP', masterAddress: '192.0.2.9' });
  });

  it('a backup that slept is not hurried by what it heard before', () => {
    const bench = new Bench(instance());
    bench.start();
    bench.hear({ priority: 150 });
    bench.now = 20_000;
    // The master spoke once more, then our process did not run. Handled as the process does it, by its own clock.
    bench.hear({ priority: 150, meta: { receivedAt: 1000 }, now: 1000 });
    expect(bench.status()).toMatchObject({ state: 'BACKUP', listeningUntil: 20_000 + 1003.90625 });
    expect(bench.untilMaster()).toBe(1003.90625);
    expect(logLines(bench.intents).filter((line) => line.includes('was not run for'))).toHaveLength(1);
  });

  it('a reload in the meantime says nothing to the others either', () => {
    const bench = new Bench(instance());
    bench.start();
    bench.untilMaster();
    bench.now += 20_000;
    expect(advertised(bench.reload(instance()))).toEqual([]);
    bench.pass(500);
    expect(advertised(bench.reload(instance()))).toEqual([]);
  });

  it('and goes on, announcing itself, if nobody took over', () => {
    const bench = new Bench(instance());
    bench.start();
    bench.pass(5000);
    bench.now += 20_000;
    bench.engine.timeout(bench.now);
    const after = bench.pass(1100);
    expect(order(after)).toEqual(['send-advertisement', 'send-frame']);
  });

  it('with nopreempt it leaves the mastership to whoever took it', () => {
    const bench = new Bench(instance({ nopreempt: true }));
    bench.start();
    bench.pass(5000);
    bench.now += 20_000;
    bench.engine.timeout(bench.now);
    const intents = bench.hear({ priority: 50 });
    expect(advertised(intents)).toEqual([]);
    expect(bench.status()).toMatchObject({ state: 'BACKUP', masterAddress: '192.0.2.9' });
  });

  it('a backup that slept hears its living master before it takes over', () => {
    const bench = new Bench(instance());
    bench.start();
    bench.hear({ priority: 150 });
    bench.now += 20_000;
    bench.engine.timeout(bench.now);
    expect(bench.status().state).toBe('BACKUP');
    bench.pass(900);
    bench.hear({ priority: 150 });
    bench.pass(3000);
    expect(bench.status().state).toBe('BACKUP');
  });
});

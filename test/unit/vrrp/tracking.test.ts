/** Trackers: interfaces, scripts, files; weights and faults (reference: behaviour A6). */
import { describe, expect, it } from 'vitest';
import type { VrrpInstanceConfiguration, VrrpScript } from '../../../src/config/model.ts';
import { Bench, eventsOf, logLines, ownAddresses } from './bench.ts';
import { address, instance, kernelAddress, link, script, vrrpConfiguration } from './configuration.ts';

const interfaces = (weight: number, reverse = false) => ({ trackInterfaces: [{ interface: 'eth1', weight, reverse }] });

describe('an interface that has no multicast', () => {
  const pointToPoint = { ...link('eth0'), flags: link('eth0').flags & ~0x1000 };

  it('is a fault of an instance that multicasts, until it has it', () => {
    const bench = new Bench(instance(), { links: [pointToPoint] });
    bench.start();
    expect(bench.status()).toMatchObject({ state: 'FAULT', reason: 'interface eth0 has no multicast' });
    bench.links([link('eth0')]);
    expect(bench.status().state).toBe('BACKUP');
  });

  it('is none for unicast', () => {
    const bench = new Bench(instance({ unicastPeers: [{ address: '192.0.2.9' }] }), { links: [pointToPoint] });
    bench.start();
    expect(bench.status().state).toBe('BACKUP');
  });
});

describe('an instance without a socket', () => {
  const reason = 'no socket for advertisements on eth0: EMFILE';

  it('is faulty until it has one, from the start or from mastership', () => {
    const bench = new Bench(instance({ virtualAddresses: [address('192.0.2.100', 'eth0')] }));
    bench.engine.socketsMissing(new Map([['VI_1', reason]]), bench.now);
    bench.start();
    expect(bench.status()).toMatchObject({ state: 'FAULT', reason });
    bench.engine.socketsMissing(new Map(), bench.now);
    expect(bench.status().state).toBe('BACKUP');
    bench.untilMaster();
    const intents = bench.engine.socketsMissing(new Map([['VI_1', reason]]), bench.now);
    expect(bench.status()).toMatchObject({ state: 'FAULT', reason });
    expect(intents.some(({ type }) => type === 'reconcile-addresses')).toBe(true);
  });

  it('is no matter of others', () => {
    const bench = new Bench(instance());
    bench.start();
    bench.engine.socketsMissing(new Map([['VI_2', reason]]), bench.now);
    expect(bench.status().state).toBe('BACKUP');
  });
});

describe('a tracked interface', () => {
  it.each([
    { weight: 10, reverse: false, up: 110, down: 100 },
    { weight: -10, reverse: false, up: 100, down: 90 },
    // As Debian's keepalived counts: reverse turns the sign.
    { weight: 10, reverse: true, up: 90, down: 100 },
    { weight: -10, reverse: true, up: 100, down: 110 },
    { weight: 253, reverse: false, up: 254, down: 100 },
    { weight: -253, reverse: false, up: 100, down: 1 },
  ])('weight $weight, reverse $reverse: $up while up, $down while down', ({ weight, reverse, up, down }) => {
    const bench = new Bench(instance(interfaces(weight, reverse)));
    bench.start();
    expect(bench.status().effectivePriority).toBe(up);
    bench.links([link('eth0'), link('eth1', false)]);
    expect(bench.status().effectivePriority).toBe(down);
  });

  it.each([
    { reverse: false, up: 'BACKUP', down: 'FAULT' },
    { reverse: true, up: 'FAULT', down: 'BACKUP' },
  ])('without weight, reverse $reverse: $up while up, $down while down', ({ reverse, up, down }) => {
    const bench = new Bench(instance(interfaces(0, reverse)));
    bench.start();
    expect(bench.status().state).toBe(up);
    bench.links([link('eth0'), link('eth1', false)]);
    expect(bench.status().state).toBe(down);
  });

  it('explains the priority', () => {
    const bench = new Bench(instance({ ...interfaces(-60), priority: 150 }));
    bench.start();
    expect(bench.status().priorityExplanation).toBe('150');
    const intents = bench.links([link('eth0')]);
    expect(bench.status().priorityExplanation).toBe('150 - 60 (interface eth1 is missing) = 90');
    expect(eventsOf(intents)).toMatchObject([{ kind: 'vrrp-priority', from: 150, to: 90, state: 'BACKUP' }]);
    expect(logLines(intents)[1]).toMatch(/^\(VI_1\) Changing effective priority from 150 to 90/);
  });

  it('that changes the priority at the start is told before the state, as by the original', () => {
    const events = eventsOf(new Bench(instance(interfaces(10))).start());
    expect(events).toMatchObject([
      { kind: 'vrrp-priority', from: 100, to: 110, state: 'BACKUP' },
      { kind: 'vrrp-instance', to: 'BACKUP', priority: 110 },
    ]);
  });

  it('that puts the instance into FAULT makes no other news of the priority', () => {
    const trackInterfaces = [
      { interface: 'eth1', weight: 10, reverse: false },
      { interface: 'eth1', weight: 0, reverse: false },
    ];
    const bench = new Bench(instance({ trackInterfaces }));
    bench.start();
    const events = eventsOf(bench.links([link('eth0'), link('eth1', false)]));
    expect(events).toMatchObject([{ kind: 'vrrp-instance', to: 'FAULT' }]);
  });

  // Seen of keepalived 2.2.7: "Effective priority" and "Tracking VRRP instances ... weight 0" of its dump.
  it.each([10, -10])('of an interface that carries an address counts as a fault, not by its weight (%i)', (weight) => {
    const excludedVirtualAddresses = [address('192.0.2.77', 'eth1')];
    const bench = new Bench(instance({ ...interfaces(weight), excludedVirtualAddresses }));
    bench.start();
    expect(bench.status().effectivePriority).toBe(100);
    bench.links([link('eth0'), link('eth1', false)]);
    expect(bench.status()).toMatchObject({ state: 'FAULT', effectivePriority: 100 });
    const untracked = excludedVirtualAddresses.map((each) => ({ ...each, track: false }));
    const other = new Bench(instance({ ...interfaces(10), excludedVirtualAddresses: untracked }));
    other.start();
    expect(other.status().effectivePriority).toBe(110);
  });

  it('a change in backup shifts the running timer by the difference of the skews', () => {
    const bench = new Bench(instance(interfaces(-50)));
    bench.start();
    bench.pass(1000);
    bench.links([link('eth0'), link('eth1', false)]);
    // 100 -> 50: skew grows by 50/256 s.
    expect(bench.untilMaster()).toBe(2609.375 + 195.3125);
  });

  it('the owner ignores weights but not faults', () => {
    const bench = new Bench(instance({ ...interfaces(-50), priority: 255 }));
    bench.start();
    bench.links([link('eth0'), link('eth1', false)]);
    expect(bench.status()).toMatchObject({ state: 'MASTER', effectivePriority: 255, priorityExplanation: '255' });
    const faulty = new Bench(instance({ ...interfaces(0), priority: 255 }));
    faulty.start();
    faulty.links([link('eth0'), link('eth1', false)]);
    expect(faulty.status().state).toBe('FAULT');
  });
});

describe('the network an instance stands on', () => {
  it.each([
    { name: 'no such interface', links: [link('eth1')], reason: 'interface eth0 is missing' },
    { name: 'interface down', links: [link('eth0', false), link('eth1')], reason: 'interface eth0 is down' },
    {
      name: 'no address to send from',
      addresses: [kernelAddress('fe80::5', 2, 64)],
      reason: 'interface eth0 has no IPv4 address to send from',
    },
    {
      name: 'only a virtual address',
      addresses: [kernelAddress('192.0.2.51', 2, 32)],
      reason: 'interface eth0 has no IPv4 address to send from',
    },
  ])('$name: FAULT from the start, and backup as soon as it is there', ({ links, addresses, reason }) => {
    const bench = new Bench(instance(), { ...(links && { links }), ...(addresses && { addresses }) });
    bench.start();
    expect(bench.status()).toMatchObject({ state: 'FAULT', reason });
    expect(logLines(bench.intents).at(-1)).toBe(`(VI_1) Entering FAULT STATE (init): ${reason}`);
    if (links) bench.links([link('eth0'), link('eth1')]);
    else bench.addresses(ownAddresses());
    expect(bench.status().state).toBe('BACKUP');
    expect(bench.untilMaster()).toBe(3609.375);
  });

  it('IPv6 sends from the link-local address, once it is no longer tentative', () => {
    const ours = instance({ family: 'inet6' });
    const tentative = { ...kernelAddress('fe80::5', 2, 64), flags: 0xc0 };
    const bench = new Bench(ours, { addresses: [kernelAddress('2001:db8::5', 2, 64), tentative] });
    bench.start();
    expect(bench.status().reason).toBe(
      'interface eth0 has no usable link-local IPv6 address to send from: duplicate address detection takes a second or two',
    );
    bench.addresses([{ ...tentative, flags: 0x80 }]);
    expect(bench.status()).toMatchObject({ state: 'BACKUP', sourceAddress: 'fe80::5' });
  });

  it('IPv6 whose link comes up says what it still waits for, and which fault was gone last', () => {
    const bench = new Bench(instance({ family: 'inet6' }));
    bench.start();
    bench.pass(4000);
    bench.links([link('eth0', false), link('eth1')]);
    bench.addresses([]);
    // The kernel as recorded: the link first, the address a little later, with its detection of duplicates running.
    const tentative = { ...kernelAddress('fe80::5', 2, 64), flags: 0xc0 };
    const lines = [
      ...logLines(bench.links([link('eth0'), link('eth1')])),
      ...logLines(bench.addresses([tentative])),
      ...logLines(bench.addresses([{ ...tentative, flags: 0x80 }])),
    ];
    const missing = 'interface eth0 has no usable link-local IPv6 address to send from';
    const waiting = `${missing}: duplicate address detection takes a second or two`;
    expect(lines).toEqual([
      'Netlink reports eth0 up',
      `(VI_1) is still in FAULT: ${missing}`,
      `(VI_1) is still in FAULT: ${waiting}`,
      `(VI_1) Entering BACKUP STATE: the fault "${waiting}" is gone`,
    ]);
  });

  it('IPv6 whose link-local address another machine has says so', () => {
    const duplicate = { ...kernelAddress('fe80::5', 2, 64), flags: 0xc8 };
    const bench = new Bench(instance({ family: 'inet6' }), { addresses: [duplicate] });
    bench.start();
    expect(bench.status().reason).toContain('another machine has the same');
  });

  it('an interface that is renamed, or made again with another index, is a state like any other', () => {
    const bench = new Bench(instance());
    bench.start();
    bench.untilMaster();
    bench.links([{ ...link('eth0'), name: 'lan0' }, link('eth1')]);
    expect(bench.status()).toMatchObject({ state: 'FAULT', reason: 'interface eth0 is missing' });
    bench.links([link('eth0'), link('eth1')]);
    expect(bench.status().state).toBe('BACKUP');
    bench.links([link('eth1')]);
    bench.addresses([]);
    const anew = { ...link('eth0'), index: 9 };
    bench.links([anew, link('eth1')]);
    expect(bench.status().state).toBe('FAULT');
    bench.addresses([kernelAddress('192.0.2.5', 9)]);
    expect(bench.status()).toMatchObject({ state: 'BACKUP', sourceAddress: '192.0.2.5' });
    bench.hear({ priority: 200, meta: { interfaceIndex: 9 } });
    expect(bench.status().masterAddress).toBe('192.0.2.9');
    bench.hear({ priority: 210, source: '192.0.2.8', meta: { interfaceIndex: 2 } });
    expect(bench.status().masterAddress).toBe('192.0.2.9');
  });

  it('of two faults the one that is left is told', () => {
    const bench = new Bench(instance({ trackInterfaces: [{ interface: 'eth1', weight: 0, reverse: false }] }));
    bench.start();
    bench.links([link('eth0', false), link('eth1', false)]);
    expect(logLines(bench.links([link('eth0'), link('eth1', false)]))).toEqual([
      'Netlink reports eth0 up',
      '(VI_1) is still in FAULT: interface eth1 is down',
    ]);
    expect(logLines(bench.links([link('eth0'), link('eth1')]))).toEqual([
      'Netlink reports eth1 up',
      '(VI_1) Entering BACKUP STATE: the fault "interface eth1 is down" is gone',
    ]);
  });

  it('a change of the priority says what changed, not the whole sum again', () => {
    const both = [
      { interface: 'eth1', weight: -30, reverse: false },
      { interface: 'eth2', weight: -20, reverse: false },
    ];
    const bench = new Bench(instance({ trackInterfaces: both, priority: 150 }), {
      links: [link('eth0'), link('eth1'), link('eth2')],
    });
    bench.start();
    const changes = (...links: Parameters<typeof bench.links>[0]) =>
      logLines(bench.links(links)).filter((line) => line.includes('priority'));
    expect(changes(link('eth0'), link('eth1', false), link('eth2'))).toEqual([
      '(VI_1) Changing effective priority from 150 to 120: interface eth1 is down',
    ]);
    expect(changes(link('eth0'), link('eth1'), link('eth2'))).toEqual([
      '(VI_1) Changing effective priority from 120 to 150: interface eth1 is up',
    ]);
    expect(changes(link('eth0'), link('eth1', false), link('eth2', false))).toEqual([
      '(VI_1) Changing effective priority from 150 to 100: interface eth1 is down (-30), interface eth2 is down (-20)',
    ]);
    const configured = instance({ trackInterfaces: both, priority: 170 });
    expect(logLines(bench.reload(configured)).filter((line) => line.includes('Changing'))).toEqual([
      '(VI_1) Changing effective priority from 100 to 120: the configured priority is another one',
    ]);
  });

  it('keeps its source address while it exists, and takes the next when it goes', () => {
    const bench = new Bench(instance());
    bench.start();
    bench.pass(4000);
    bench.addresses([kernelAddress('192.0.2.4', 2), ...ownAddresses()]);
    expect(bench.status().sourceAddress).toBe('192.0.2.5');
    bench.addresses([kernelAddress('192.0.2.4', 2), kernelAddress('192.0.2.51', 2, 32)]);
    expect(bench.status()).toMatchObject({ sourceAddress: '192.0.2.4', state: 'MASTER' });
    expect(logLines(bench.intents)).toContain(
      '(VI_1) source address 192.0.2.5 is gone, advertisements come from 192.0.2.4 now',
    );
  });

  it('mcast_src_ip is used as it is; with track_src_ip its absence is a fault', () => {
    const loose = new Bench(instance({ sourceAddress: '192.0.2.200' }));
    loose.start();
    expect(loose.status()).toMatchObject({ state: 'BACKUP', sourceAddress: '192.0.2.200' });
    const strict = new Bench(instance({ sourceAddress: '192.0.2.200', trackSourceAddress: true }));
    strict.start();
    expect(strict.status()).toMatchObject({ state: 'FAULT', reason: 'source address 192.0.2.200 is missing' });
    strict.addresses([...ownAddresses(), kernelAddress('192.0.2.200', 2)]);
    expect(strict.status().state).toBe('BACKUP');
  });

  it('the interface a virtual address is on counts too, unless no_track', () => {
    const tracked = address('198.51.100.1', 'eth1');
    const links = [link('eth0'), link('eth1', false)];
    const bench = new Bench(instance({ virtualAddresses: [tracked] }), { links });
    bench.start();
    expect(bench.status()).toMatchObject({ state: 'FAULT', reason: 'interface eth1 is down' });
    const free = new Bench(instance({ virtualAddresses: [{ ...tracked, track: false }] }), { links });
    free.start();
    expect(free.status().state).toBe('BACKUP');
  });

  it('dont_track_primary', () => {
    const bench = new Bench(instance({ dontTrackPrimary: true }), { links: [link('eth0', false), link('eth1')] });
    bench.start();
    expect(bench.status().state).toBe('BACKUP');
  });

  it('a master that faults resigns and removes its addresses', () => {
    const bench = new Bench(instance(interfaces(0)));
    bench.start();
    bench.pass(4000);
    const lines = logLines(bench.links([link('eth0'), link('eth1', false)]));
    // In the order of keepalived 2.2.7.
    expect(lines).toEqual([
      'Netlink reports eth1 down',
      '(VI_1) Entering FAULT STATE: interface eth1 is down',
      '(VI_1) sent 0 priority',
      '(VI_1) removing VIPs.',
    ]);
  });
});

function scripted(
  scripts: Partial<VrrpScript>,
  weight: number,
  changes: Partial<VrrpInstanceConfiguration> = {},
): Bench {
  const bench = new Bench(
    vrrpConfiguration({
      instances: [instance({ priority: 150, trackScripts: [{ script: 'chk', weight, reverse: false }], ...changes })],
      scripts: [script('chk', scripts), script('unused')],
    }),
  );
  bench.start();
  return bench;
}

const runs = (bench: Bench): number => bench.intents.filter((intent) => intent.type === 'run-script').length;

describe('a tracked script', () => {
  it('runs at the start and every interval; what nobody tracks does not run', () => {
    const bench = scripted({ interval: 2000 }, -60);
    for (let round = 0; round < 3; round++) {
      bench.script('chk', 0);
      bench.pass(2000);
    }
    expect(runs(bench)).toBe(4);
    expect(bench.intents.some((intent) => intent.type === 'run-script' && intent.script === 'unused')).toBe(false);
  });

  it('rise and fall: so many in a row', () => {
    const bench = scripted({ rise: 2, fall: 3 }, -60);
    const feed = (...codes: number[]): number => {
      for (const code of codes) {
        bench.script('chk', code);
        bench.pass(1000);
        // Keeps it from becoming master, which is not the matter here.
        bench.hear({ priority: 200 });
      }
      return bench.status().effectivePriority;
    };
    expect(feed(0)).toBe(150);
    expect(feed(1, 1)).toBe(150);
    expect(feed(0)).toBe(150);
    expect(feed(1, 1)).toBe(150);
    expect(feed(1)).toBe(90);
    expect(bench.status().priorityExplanation).toBe('150 - 60 (chk failed 3 times (exited with status 1)) = 90');
    expect(feed(0)).toBe(90);
    expect(feed(1)).toBe(90);
    expect(feed(0, 0)).toBe(150);
  });

  it('the first result counts at once, whatever rise and fall say', () => {
    const bench = scripted({ rise: 5, fall: 5 }, -60);
    bench.script('chk', 1);
    expect(bench.status().effectivePriority).toBe(90);
  });

  it('without weight the instance waits for the first result', () => {
    const bench = scripted({}, 0);
    expect(bench.status()).toMatchObject({ state: 'INIT', reason: 'waiting for the first result of chk' });
    bench.pass(500);
    bench.script('chk', 0);
    expect(bench.status().state).toBe('BACKUP');
    const failing = scripted({}, 0);
    failing.script('chk', 2);
    expect(failing.status()).toMatchObject({ state: 'FAULT', reason: 'chk failed once (exited with status 2)' });
  });

  it('says what the original says', () => {
    const bench = scripted({}, -60);
    expect(logLines(bench.script('chk', 0))).toEqual(['VRRP_Script(chk) succeeded']);
    bench.pass(1000);
    expect(logLines(bench.script('chk', 3)).slice(0, 2)).toEqual([
      'Script `chk` now returning 3',
      'VRRP_Script(chk) failed (exited with status 3)',
    ]);
  });

  it('an overrunning script: SIGTERM at its timeout, a failure, SIGKILL two seconds later, the next start left out', () => {
    const bench = scripted({ interval: 1000, timeout: 1500 }, -60);
    bench.pass(1500);
    expect(runs(bench)).toBe(1);
    expect(bench.intents.at(-1)?.type).not.toBe('run-script');
    expect(bench.status().effectivePriority).toBe(90);
    expect(bench.status().priorityExplanation).toContain('timed out after 1.5 s');
    bench.pass(2000);
    const kills = bench.intents.flatMap((intent) => (intent.type === 'kill-script' ? [intent.signal] : []));
    expect(kills).toEqual(['SIGTERM', 'SIGKILL']);
    bench.script('chk', { kind: 'killed', signal: 'SIGKILL' });
    expect(bench.status().priorityExplanation).toContain('failed once');
    bench.pass(1000);
    expect(runs(bench)).toBe(2);
  });

  it('one that cannot be started has failed', () => {
    const bench = scripted({}, -60);
    bench.script('chk', { kind: 'not-started', error: 'ENOENT' });
    expect(bench.status().priorityExplanation).toContain('could not be started: ENOENT');
    expect(bench.status().effectivePriority).toBe(90);
  });

  it('the end of a run that a reload made obsolete does not count', () => {
    const bench = scripted({}, -60);
    const configuration = vrrpConfiguration({
      instances: [instance({ priority: 150, trackScripts: [{ script: 'chk', weight: -60, reverse: false }] })],
      scripts: [script('chk', { interval: 3000 })],
    });
    bench.reload(configuration);
    const numbers = bench.intents.flatMap((intent) => (intent.type === 'run-script' ? [intent.run] : []));
    bench.engine.scriptFinished('chk', { kind: 'killed', signal: 'SIGTERM' }, bench.now, numbers[0]);
    expect(bench.engine.scriptStatus()).toMatchObject([{ result: 'unknown', state: 'running' }]);
    bench.engine.scriptFinished('chk', { kind: 'exited', code: 0 }, bench.now, numbers[1]);
    expect(bench.engine.scriptStatus()).toMatchObject([{ result: 'good', state: 'idle' }]);
  });

  it('an unchanged script keeps its result and its rhythm over a reload', () => {
    const bench = scripted({}, -60);
    bench.script('chk', 1);
    bench.pass(600);
    bench.reload(
      vrrpConfiguration({
        instances: [instance({ priority: 150, trackScripts: [{ script: 'chk', weight: -60, reverse: false }] })],
        scripts: [script('chk')],
      }),
    );
    expect(bench.status().effectivePriority).toBe(90);
    expect(runs(bench)).toBe(1);
    bench.pass(400);
    expect(runs(bench)).toBe(2);
  });
});

describe('a tracked file', () => {
  const tracked = (weight: number, reverse = false) => ({ trackFiles: [{ file: 'load', weight, reverse }] });

  it.each([
    { weight: 1, value: 20, priority: 120 },
    { weight: -2, value: 20, priority: 60 },
    { weight: 1, value: -20, priority: 80 },
    { weight: 1, value: 1000, priority: 254 },
    { weight: 1, value: undefined, priority: 100 },
  ])('weight $weight, value $value: $priority', ({ weight, value, priority }) => {
    const bench = new Bench(instance(tracked(weight)));
    bench.file('load', value);
    bench.start();
    expect(bench.status().effectivePriority).toBe(priority);
  });

  it('-254 and, without weight, anything but 0 is a fault', () => {
    const weighted = new Bench(instance(tracked(1)));
    weighted.start();
    weighted.file('load', -254);
    expect(weighted.status()).toMatchObject({ state: 'FAULT', reason: 'track file load says -254, weight 1' });
    const plain = new Bench(instance(tracked(0)));
    plain.start();
    plain.file('load', 1);
    expect(plain.status().state).toBe('FAULT');
    plain.file('load', 0);
    expect(plain.status().state).toBe('BACKUP');
  });
});

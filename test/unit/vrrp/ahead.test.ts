/** Advertisements that are made an interval ahead, for somebody who lets them go at their moment (version 2, 1 s). */
import { describe, expect, it } from 'vitest';
import type { SendAheadIntent, VrrpIntent } from '../../../src/vrrp/types.ts';
import { Bench, advertised } from './bench.ts';
import { address, instance, link, vrrpConfiguration } from './configuration.ts';

const owner = instance({ name: 'VI_1', priority: 150, virtualAddresses: [address('192.0.2.100', 'eth0')] });

/** What is on its way leaves when its time has come, unless the sender sleeps or it was asked for before. */
class Sender {
  readonly bench: Bench;
  sleeps = false;
  /** So much behind its moment it sends. */
  late = 0;
  /** Moments at which advertisements have gone, in order. */
  readonly gone: number[] = [];
  #underway: SendAheadIntent | undefined;
  #taken = 0;

  constructor(configuration: Parameters<typeof vrrpConfiguration>[0] = { instances: [owner] }) {
    this.bench = new Bench(vrrpConfiguration(configuration), { wentAhead: () => this.#end() });
    this.bench.start();
    this.bench.untilMaster();
  }

  #end(): number | undefined {
    this.#look();
    const intent = this.#underway;
    this.#underway = undefined;
    if (intent === undefined || this.sleeps || intent.at > this.bench.now) return undefined;
    this.gone.push(intent.at + this.late);
    return intent.at + this.late;
  }

  #look(): void {
    for (const intent of this.bench.intents.slice(this.#taken))
      if (intent.type === 'send-ahead') this.#underway = intent;
    this.#taken = this.bench.intents.length;
  }

  get underway(): SendAheadIntent | undefined {
    this.#look();
    return this.#underway;
  }

  /** When the timer of an instance is due is when the next advertisement goes. */
  get due(): number | undefined {
    return this.bench.status().nextTimeout;
  }
}

/** RFC 3768 section 5.1: the third octet of the message, behind 20 octets of IP header. */
function priorityOf(intent: SendAheadIntent | undefined): number | undefined {
  return intent?.advertisements[0]?.packet[22];
}

function sentNow(intents: readonly VrrpIntent[]): number[] {
  return advertised(intents);
}

describe('a master that sends ahead', () => {
  it('speaks at once when it becomes master, and has the next one on its way for an interval later', () => {
    const { bench, underway } = new Sender();
    expect(sentNow(bench.intents)).toEqual([150]);
    expect(underway).toMatchObject({ instance: 'VI_1', at: bench.now + 1000, until: bench.now + 2000 });
    expect(priorityOf(underway)).toBe(150);
  });

  it('counts the interval from what has gone, however late it looks, and counts it as sent', () => {
    const sender = new Sender();
    const { bench } = sender;
    const first = bench.now + 1000;
    const before = bench.status().statistics.advertisementsSent;
    // Half an interval late.
    bench.now = first + 500;
    expect(sentNow([...bench.engine.timeout(bench.now)].map((intent) => (bench.intents.push(intent), intent)))).toEqual(
      [],
    );
    expect(sender.gone).toEqual([first]);
    expect(sender.due).toBe(first + 1000);
    expect(sender.underway?.at).toBe(first + 1000);
    expect(bench.status().statistics.advertisementsSent).toBe(before + 1);
  });

  it('is never faster than the interval: it counts from when the last one really went', () => {
    const sender = new Sender();
    const first = sender.due!;
    sender.late = 4;
    sender.bench.pass(first + 10 - sender.bench.now);
    expect(sender.gone).toEqual([first + 4]);
    expect(sender.underway?.at).toBe(first + 1004);
  });

  it('sends by itself what has not gone', () => {
    const sender = new Sender();
    const due = sender.due!;
    sender.sleeps = true;
    // Looked after a moment behind it.
    expect(sentNow(sender.bench.pass(due + 5 - sender.bench.now))).toEqual([150]);
    expect(sender.gone).toEqual([]);
    expect(sender.due).toBeGreaterThanOrEqual(due + 1000);
    expect(sender.due).toBeLessThanOrEqual(due + 1001);
  });

  it('makes it anew with another priority, for the same moment', () => {
    const tracked = { ...owner, trackFiles: [{ file: 'f', weight: 1, reverse: false }] };
    const sender = new Sender({
      instances: [tracked],
      trackFiles: [{ name: 'f', path: '/f', weight: 1, reverse: false }] as never,
    });
    const at = sender.underway?.at;
    sender.bench.pass(300);
    sender.bench.file('f', 20);
    expect(sender.bench.status().effectivePriority).toBe(170);
    expect(sender.underway?.at).toBe(at);
    expect(priorityOf(sender.underway)).toBe(170);
    expect(sender.gone).toEqual([]);
  });

  it.each([
    ['hears a higher priority', (bench: Bench) => bench.hear({ priority: 200 })],
    ['loses its interface', (bench: Bench) => bench.links([link('eth0', false), link('eth1')])],
    ['leaves the configuration', (bench: Bench) => bench.reload(vrrpConfiguration({ instances: [] }))],
    ['stops', (bench: Bench) => [...bench.engine.stop(bench.now)]],
  ])('takes it back when it %s', (_, happens) => {
    const sender = new Sender();
    sender.bench.pass(300);
    happens(sender.bench);
    expect(sender.underway).toBeUndefined();
    sender.bench.pass(2000);
    expect(sender.gone).toEqual([]);
  });

  it('listens after a pause for which one advertisement that has gone is not enough', () => {
    const sender = new Sender();
    const { bench } = sender;
    const first = sender.due!;
    // RFC 3768: the others wait 3 s and a skew; the last one they heard went at `first`.
    bench.now = first + 4500;
    const intents = [...bench.engine.timeout(bench.now)];
    expect(sender.gone).toEqual([first]);
    expect(sentNow(intents)).toEqual([]);
    expect(bench.status().listeningUntil).toBeGreaterThan(bench.now);
  });

  it('speaks after a pause that the others do not notice, thanks to the one that has gone', () => {
    const sender = new Sender();
    const { bench } = sender;
    const first = sender.due!;
    bench.now = first + 2900;
    const intents = [...bench.engine.timeout(bench.now)];
    expect(sender.gone).toEqual([first]);
    expect(sentNow(intents)).toEqual([150]);
    expect(bench.status().listeningUntil).toBeUndefined();
  });
});

describe('a machine that slept', () => {
  it('listens before it speaks, although no timer of its own is late', () => {
    const sender = new Sender();
    const { bench } = sender;
    bench.pass(300);
    expect(sentNow([...bench.engine.suspended(10_000, bench.now)])).toEqual([]);
    expect(sender.underway).toBeUndefined();
    expect(bench.status().listeningUntil).toBeGreaterThan(bench.now);
    // Somebody has taken over meanwhile: with a higher priority it stays master.
    bench.hear({ priority: 200 });
    expect(bench.status().state).toBe('BACKUP');
  });

  it('goes on when it was too short for the others to notice', () => {
    const sender = new Sender();
    const { bench } = sender;
    bench.pass(300);
    bench.intents.push(...bench.engine.suspended(500, bench.now));
    expect(bench.status()).toMatchObject({ state: 'MASTER' });
    expect(bench.status().listeningUntil).toBeUndefined();
    expect(sender.underway).toBeDefined();
  });

  it('as a backup gives the master an interval to be heard', () => {
    const bench = new Bench(owner);
    bench.start();
    bench.hear({ priority: 200 });
    bench.engine.suspended(10_000, bench.now);
    expect(bench.status().state).toBe('BACKUP');
    expect(sentNow(bench.pass(900))).toEqual([]);
  });
});

describe('an engine whose surroundings cannot send ahead', () => {
  it('says nothing of it', () => {
    const bench = new Bench(owner);
    bench.start();
    bench.untilMaster();
    bench.pass(5000);
    expect(bench.intents.filter(({ type }) => type === 'send-ahead')).toEqual([]);
  });
});

/** Two sessions against each other: coming up, detection, and what RFC 5880 says of the timers. */
import { describe, expect, it } from 'vitest';
import { encodeControlPacket } from '../../../src/bfd/wire/control-packet.ts';
import { right, session, Wire, type SentPacket } from './wire.ts';

const quick = { minRx: 50, minTx: 50, multiplier: 3 } as const;

function gaps(sent: readonly SentPacket[]): number[] {
  return sent.slice(1).map(({ at }, index) => at - (sent[index]?.at ?? 0));
}

/** A packet of the right machine, made by hand. */
function fromRight(wire: Wire, changes: Partial<Parameters<typeof encodeControlPacket>[0]>): Uint8Array {
  const { localDiscriminator: myDiscriminator, localDiagnostic: diagnostic } = wire.right.status;
  return encodeControlPacket({
    diagnostic,
    state: 'Up',
    poll: false,
    final: false,
    demand: false,
    multiplier: 3,
    myDiscriminator,
    yourDiscriminator: wire.left.status.localDiscriminator,
    desiredMinTx: 50_000,
    requiredMinRx: 50_000,
    requiredMinEchoRx: 0,
    ...changes,
  });
}

function give(wire: Wire, octets: Uint8Array): void {
  const { engine } = wire.left;
  const meta = { family: 'inet', source: right, port: 3784, ttl: 255 } as const;
  wire.left.perform(engine.receive(octets, meta, wire.now), wire.now);
}

describe('two sessions', () => {
  it('come up within the idle interval, and tell it once', () => {
    const wire = new Wire(quick, quick).start();
    wire.advance(1100);
    for (const { events, status, told } of [wire.left, wire.right]) {
      expect(status).toMatchObject({ state: 'Up', told: 'UP', remote: { state: 'Up' } });
      expect(told.map(({ state }) => state)).toEqual(['UP']);
      expect(events.at(-1)).toMatchObject({ kind: 'bfd-session', to: 'Up' });
    }
    expect(wire.left.status.remote.discriminator).toBe(wire.right.status.localDiscriminator);
    wire.advance(1000);
    expect(wire.left.status).toMatchObject({ sendInterval: 50, detectionTime: 150, polling: false });
  });

  it('send not faster than one may and the other wants (section 6.8.7)', () => {
    const wire = new Wire({ ...quick, minTx: 20 }, { ...quick, minRx: 80, minTx: 30 }).establish();
    expect(wire.left.status).toMatchObject({ sendInterval: 80, detectionTime: 150 });
    expect(wire.right.status).toMatchObject({ sendInterval: 50, detectionTime: 240 });
  });

  it('never are up when both wait for the other', () => {
    const wire = new Wire({ passive: true }, { passive: true }).start();
    wire.advance(60_000);
    expect(wire.left.sent).toEqual([]);
    expect(wire.right.status.state).toBe('Down');
  });

  it('are up when one waits for the other, and it waits again after the other has gone', () => {
    const wire = new Wire({ passive: true, ...quick }, quick).establish();
    wire.right.running = false;
    wire.advance(20_000);
    expect(wire.left.status).toMatchObject({ state: 'Down', remote: { discriminator: 0 } });
    expect(wire.left.status.nextSend).toBeUndefined();
    wire.right.restart([session({ neighborAddress: '192.0.2.1', ...quick })], wire.now);
    wire.advance(3000);
    expect(wire.left.status.state).toBe('Up');
  });
});

describe('detection', () => {
  it('comes one detection time after the last packet, with its reason', () => {
    const wire = new Wire(quick, quick).establish();
    wire.advance(500);
    wire.right.mute = true;
    const last = wire.left.status.lastReceived ?? 0;
    wire.advance(1000);
    const [event] = wire.left.events;
    expect(event).toMatchObject({ from: 'Up', to: 'Down', reason: 'no packet from 192.0.2.2 for 150 ms' });
    expect(event?.at).toBeCloseTo(last + 150, 6);
    expect(wire.left.told).toMatchObject([{ state: 'DOWN' }]);
    expect(wire.left.logs.map(({ message }) => message)).toContain('(peer) Expired after 150 ms (0 usec overdue)');
    // The other end is told with the next packet, not after a detection time of its own.
    expect(wire.right.events[0]).toMatchObject({
      to: 'Down',
      reason: '192.0.2.1 says that the session is down (Control Detection Time Expired)',
    });
    expect((wire.right.events[0]?.at ?? 0) - (event?.at ?? 0)).toBeLessThan(1);
  });

  // Interval 50 ms, multiplier 3; the process looks 30 ms too late whether the neighbour is silent.
  const lookTooLate = (): { wire: Wire; last: number } => {
    const wire = new Wire(quick, quick).establish();
    wire.advance(500);
    wire.right.running = false;
    wire.advance(60);
    const last = wire.left.status.lastReceived ?? 0;
    wire.left.perform(wire.left.engine.timeout(last + 180), last + 180);
    return { wire, last };
  };

  it('gives the neighbour the time for which this process was held up itself', () => {
    const { wire, last } = lookTooLate();
    expect(wire.left.status.state).toBe('Up');
    expect(wire.left.status.expires).toBeCloseTo(last + 210, 6);
    wire.left.perform(wire.left.engine.timeout(last + 210), last + 210);
    expect(wire.left.status.state).toBe('Down');
    expect(wire.left.logs.map(({ message }) => message)).toContain('(peer) Expired after 150 ms (60000 usec overdue)');
  });

  it('gives no more than an interval, and only once in a silence', () => {
    const { wire, last } = lookTooLate();
    wire.left.perform(wire.left.engine.timeout(last + 400), last + 400);
    expect(wire.left.status.state).toBe('Down');
    const other = new Wire(quick, quick).establish();
    other.advance(500);
    other.right.running = false;
    other.advance(60);
    const heard = other.left.status.lastReceived ?? 0;
    other.left.perform(other.left.engine.timeout(heard + 950), heard + 950);
    expect(other.left.status.expires).toBeCloseTo(heard + 1000, 6);
  });

  it('counts from when a packet was received, not from when it was handled', () => {
    const wire = new Wire(quick, quick).establish();
    wire.right.running = false;
    wire.advance(60);
    const { engine } = wire.left;
    const meta = { family: 'inet', source: right, port: 3784, ttl: 255 } as const;
    wire.left.perform(engine.receive(fromRight(wire, {}), meta, wire.now - 20, wire.now), wire.now);
    expect(wire.left.status.expires).toBeCloseTo(wire.now - 20 + 150, 6);
  });

  it('needs as many missing packets as the other says', () => {
    const wire = new Wire({ ...quick, multiplier: 1 }, { ...quick, multiplier: 7 }).establish();
    expect(wire.left.status.detectionTime).toBe(350);
    expect(wire.right.status.detectionTime).toBe(50);
  });

  it('never happens without loss, in ten minutes at 10 ms', () => {
    const wire = new Wire({ multiplier: 3 }, { multiplier: 3 }).establish();
    wire.advance(600_000);
    expect([...wire.left.events, ...wire.right.events]).toEqual([]);
  });

  it('leaves a neighbour that begins anew, which comes up again', () => {
    const wire = new Wire(quick, quick).establish();
    const before = wire.right.status.localDiscriminator;
    wire.right.restart([session({ neighborAddress: '192.0.2.1', ...quick })], wire.now);
    wire.advance(3000);
    expect(wire.left.told.map(({ state }) => state)).toEqual(['DOWN', 'UP']);
    expect(wire.left.status.remote.discriminator).not.toBe(before);
  });
});

describe('packets', () => {
  it('come at 75 to 100 % of the interval, all over that range', () => {
    const wire = new Wire(quick, quick).establish();
    wire.advance(60_000);
    const found = gaps(wire.left.sent).map((gap) => gap / 50);
    expect(Math.min(...found)).toBeGreaterThanOrEqual(0.75);
    expect(Math.max(...found)).toBeLessThanOrEqual(1);
    expect(Math.min(...found)).toBeLessThan(0.77);
    expect(Math.max(...found)).toBeGreaterThan(0.98);
  });

  it('come at 75 to 90 % with multiplier 1', () => {
    const wire = new Wire({ ...quick, multiplier: 1 }, quick).establish();
    wire.advance(60_000);
    const found = gaps(wire.left.sent).map((gap) => gap / 50);
    expect(Math.min(...found)).toBeGreaterThanOrEqual(0.75);
    expect(Math.max(...found)).toBeLessThanOrEqual(0.9);
    expect(Math.max(...found)).toBeGreaterThan(0.88);
  });

  it('say one second or idle_tx while the session is not up', () => {
    const wire = new Wire({ ...quick, idleTx: 2000 }, quick);
    wire.right.running = false;
    wire.left.perform(wire.left.engine.start(wire.now), wire.now);
    wire.advance(60_000);
    expect(wire.left.sent.length).toBeGreaterThan(29);
    expect(wire.left.sent.every(({ packet }) => packet.desiredMinTx === 2_000_000 && !packet.poll)).toBe(true);
    expect(Math.min(...gaps(wire.left.sent))).toBeGreaterThanOrEqual(1500);
  });

  it('are not sent to who asks for none (Required Min RX 0)', () => {
    const wire = new Wire(quick, quick).establish();
    wire.right.running = false;
    give(wire, fromRight(wire, { requiredMinRx: 0 }));
    expect(wire.left.status.nextSend).toBeUndefined();
    give(wire, fromRight(wire, { requiredMinRx: 0, poll: true }));
    expect(wire.left.sent.at(-1)?.packet).toMatchObject({ final: true, poll: false });
  });

  it('are not sent periodically to a neighbour in demand mode, but when there is something to say', () => {
    const wire = new Wire(quick, quick).establish();
    wire.right.running = false;
    give(wire, fromRight(wire, { demand: true }));
    expect(wire.left.status.nextSend).toBeUndefined();
    // A poll sequence of ours goes on until it is answered (section 6.6).
    wire.left.perform(wire.left.engine.reload({ instances: [session({ ...quick, minTx: 90 })] }, wire.now), wire.now);
    expect(wire.left.status.nextSend).toBeDefined();
    give(wire, fromRight(wire, { demand: true, final: true }));
    expect(wire.left.status.nextSend).toBeUndefined();
    wire.advance(1000);
    expect(wire.left.status.state).toBe('Down');
    expect(wire.left.sent.at(-1)?.packet).toMatchObject({ state: 'Down', diagnostic: 1 });
  });
});

describe('other timers for a session that is up', () => {
  it('are agreed on by a poll sequence, without a flap', () => {
    const wire = new Wire(quick, quick).establish();
    const slower = session({ minRx: 200, minTx: 300, multiplier: 3 });
    wire.left.perform(wire.left.engine.reload({ instances: [slower] }, wire.now), wire.now);
    expect(wire.left.status).toMatchObject({ polling: true, sendInterval: 50, detectionTime: 600 });
    wire.advance(1000);
    expect(wire.left.status).toMatchObject({ polling: false, sendInterval: 300, detectionTime: 600 });
    expect(wire.right.status).toMatchObject({ sendInterval: 200, detectionTime: 900 });
    wire.left.perform(wire.left.engine.reload({ instances: [session(quick)] }, wire.now), wire.now);
    // Faster detection waits until the neighbour has said that it will send faster (section 6.8.3).
    expect(wire.left.status).toMatchObject({ polling: true, sendInterval: 50, detectionTime: 600 });
    wire.advance(1000);
    expect(wire.left.status).toMatchObject({ polling: false, sendInterval: 50, detectionTime: 150 });
    expect([...wire.left.events, ...wire.right.events]).toEqual([]);
  });

  it('wait for an answer as long as it takes', () => {
    const wire = new Wire(quick, quick).establish();
    wire.right.running = false;
    wire.left.perform(wire.left.engine.reload({ instances: [session({ ...quick, minTx: 400 })] }, wire.now), wire.now);
    for (let packet = 0; packet < 20; packet++) {
      give(wire, fromRight(wire, {}));
      wire.advance(50);
    }
    expect(wire.left.status).toMatchObject({ state: 'Up', polling: true, sendInterval: 50 });
    expect(wire.left.sent.every(({ packet }) => packet.poll && packet.desiredMinTx === 400_000)).toBe(true);
  });

  it('changed again during a poll sequence wait for a second answer', () => {
    const wire = new Wire(quick, quick).establish();
    wire.right.running = false;
    const change = (minTx: number): void =>
      wire.left.perform(wire.left.engine.reload({ instances: [session({ ...quick, minTx })] }, wire.now), wire.now);
    change(100);
    change(200);
    give(wire, fromRight(wire, { final: true }));
    expect(wire.left.status).toMatchObject({ polling: true, sendInterval: 50 });
    give(wire, fromRight(wire, { final: true }));
    expect(wire.left.status).toMatchObject({ polling: false, sendInterval: 200 });
  });

  it('reach the neighbour at once when only the multiplier changes', () => {
    const wire = new Wire(quick, quick).establish();
    wire.left.perform(
      wire.left.engine.reload({ instances: [session({ ...quick, multiplier: 9 })] }, wire.now),
      wire.now,
    );
    wire.advance(1);
    expect(wire.right.status.detectionTime).toBe(450);
    expect(wire.left.status.polling).toBe(false);
  });
});

describe('a neighbour that is administratively down', () => {
  it('takes the session down, and nobody is told: the way to it may be well (RFC 5882 section 4.2)', () => {
    const wire = new Wire(quick, quick).establish();
    wire.right.running = false;
    give(wire, fromRight(wire, { state: 'AdminDown', diagnostic: 7 }));
    expect(wire.left.events).toMatchObject([
      { from: 'Up', to: 'Down', reason: '192.0.2.2 says that the session is administratively down' },
    ]);
    expect(wire.left.sent.at(-1)?.packet).toMatchObject({ state: 'Down', diagnostic: 3 });
    wire.advance(10_000);
    expect(wire.left.told).toEqual([]);
    wire.right.restart([session({ neighborAddress: '192.0.2.1', ...quick })], wire.now);
    wire.advance(3000);
    expect(wire.left.status.state).toBe('Up');
    expect(wire.left.told).toEqual([]);
  });
});

describe('a session that sends ahead', () => {
  it('sends at the same moments as one that does not, with the jitter of section 6.8.7, and counts what has gone', () => {
    const wire = new Wire(quick, quick, 5, true).establish();
    const before = wire.left.status.packetsSent;
    wire.advance(60_000);
    const moments = gaps(wire.left.sent);
    expect(moments.length).toBeGreaterThan(60_000 / 50);
    for (const gap of moments) {
      expect(gap).toBeGreaterThanOrEqual(0.75 * 50 - 1e-6);
      expect(gap).toBeLessThanOrEqual(50 + 1e-6);
    }
    const { packetsSent } = wire.left.status;
    expect(packetsSent - before).toBeGreaterThanOrEqual(wire.left.sent.length - 1);
    expect(packetsSent - before).toBeLessThanOrEqual(wire.left.sent.length);
    expect(wire.right.status.state).toBe('Up');
  });

  it.each([true, false])('outlives a pause of its event loop of nearly two intervals: %s', (sendsAhead) => {
    // Detection at 150 ms: 50 ms behind the last packet comes one by itself, 145 ms later the next.
    const wire = new Wire(quick, quick, 5, sendsAhead).establish();
    const until = wire.now + 5000;
    while (wire.now < until) {
      wire.left.stallsUntil = wire.now + 145;
      wire.advance(400);
    }
    expect(wire.right.told.length === 0).toBe(sendsAhead);
  });

  it('is given up by the other in time when it hangs for good', () => {
    const wire = new Wire(quick, quick, 5, true).establish();
    const { now } = wire;
    wire.left.stallsUntil = Infinity;
    wire.advance(1000);
    const [lost] = wire.right.told;
    expect(lost?.state).toBe('DOWN');
    // At most one packet went by itself, within an interval.
    expect(lost?.at).toBeLessThanOrEqual(now + 50 + 150 + 1);
  });

  it('tells a change at once, and what was under way does not follow it', () => {
    const wire = new Wire(quick, quick, 5, true).establish();
    wire.right.mute = true;
    wire.advance(300);
    const down = wire.left.sent.findIndex(({ packet }) => packet.state === 'Down');
    expect(down).toBeGreaterThan(0);
    expect(wire.left.sent.slice(down).every(({ packet }) => packet.state === 'Down')).toBe(true);
    expect(wire.left.told[0]?.at).toBe(wire.left.sent[down]?.at);
  });
});

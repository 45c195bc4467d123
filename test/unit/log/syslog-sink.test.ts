import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { LogLevel } from '../../../src/core/events.ts';
import type { DatagramSender } from '../../../src/log/datagram-sink.ts';
import { facilityCode, syslogDatagram, SyslogSink } from '../../../src/log/syslog-sink.ts';

const identity = { ident: 'Keepalived_vrrp', pid: 7, facility: 'daemon' } as const;
const record = (message: string) => ({ level: 'info' as const, message, time: 0, json: '' });

/** A receiver whose state a test decides. */
class Receiver implements DatagramSender {
  readonly taken: string[] = [];
  state: 'sent' | 'full' | 'unreachable' = 'sent';
  opened = 0;
  open = (): this => {
    this.opened++;
    return this;
  };
  send(data: Uint8Array): 'sent' | 'full' | 'unreachable' {
    if (this.state === 'sent')
      this.taken.push(
        Buffer.from(data)
          .toString('utf8')
          .replace(/^.*\]: /, ''),
      );
    return this.state;
  }
  close(): void {
    // Nothing to give back.
  }
}

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

describe('a syslog datagram', () => {
  // RFC 3164 section 4.1.1: priority = facility * 8 + severity; daemon 3, user 1, local0-7 16-23.
  it.each([
    ['daemon', 'info', 30],
    ['daemon', 'error', 27],
    ['user', 'warning', 12],
    ['local0', 'notice', 133],
    ['local7', 'debug', 191],
  ] as const)('%s.%s has priority %i', (facility, level: LogLevel, priority) => {
    expect(syslogDatagram({ ...identity, facility }, level, 'x', 0)).toMatch(new RegExp(`^<${priority}>`));
    expect(facilityCode(facility) % 8).toBe(0);
  });

  it('is priority, date with a padded day, name, process and text', () => {
    const time = new Date(2026, 10, 1, 21, 57, 19).getTime();
    expect(syslogDatagram(identity, 'info', '(VI_1) Entering MASTER STATE', time)).toBe(
      '<30>Nov  1 21:57:19 Keepalived_vrrp[7]: (VI_1) Entering MASTER STATE',
    );
  });

  it('cuts what no receiver takes', () => {
    expect(syslogDatagram(identity, 'info', 'x'.repeat(100_000), 0).length).toBeLessThan(4_200);
  });
});

describe('the system log', () => {
  it('sends at once', () => {
    const receiver = new Receiver();
    const sink = new SyslogSink(identity, receiver.open);
    sink.write(record('a'));
    expect(receiver.taken).toEqual(['a']);
  });

  it('keeps lines and their order while the receiver is behind', () => {
    const receiver = new Receiver();
    const sink = new SyslogSink(identity, receiver.open);
    receiver.state = 'full';
    sink.write(record('a'));
    sink.write(record('b'));
    receiver.state = 'sent';
    sink.write(record('c'));
    vi.advanceTimersByTime(64);
    expect(receiver.taken).toEqual(['a', 'b', 'c']);
  });

  it('finds a daemon that was started again and loses nothing', () => {
    const receiver = new Receiver();
    const sink = new SyslogSink(identity, receiver.open);
    receiver.state = 'unreachable';
    sink.write(record('a'));
    vi.advanceTimersByTime(5_000);
    expect(receiver.taken).toEqual([]);
    receiver.state = 'sent';
    vi.advanceTimersByTime(1_000);
    expect(receiver.taken).toEqual(['a']);
    expect(receiver.opened).toBeGreaterThan(1);
  });

  it('loses the newest lines when too many wait, and tells how many', () => {
    const receiver = new Receiver();
    const sink = new SyslogSink(identity, receiver.open);
    receiver.state = 'full';
    for (let i = 0; i < 10_007; i++) sink.write(record(`line ${i}`));
    receiver.state = 'sent';
    vi.advanceTimersByTime(64);
    expect(receiver.taken.length).toBe(10_001);
    expect(receiver.taken[9_999]).toBe('line 9999');
    expect(receiver.taken.at(-1)).toContain('7 log lines were lost');
  });

  it('survives a socket that cannot be opened and a datagram that cannot be sent', () => {
    let broken = true;
    const receiver = new Receiver();
    const sink = new SyslogSink(identity, () => {
      if (broken) throw new Error('EMFILE');
      return receiver;
    });
    expect(() => sink.write(record('too long'))).not.toThrow();
    broken = false;
    const send = receiver.send.bind(receiver);
    receiver.send = (data) => {
      if (Buffer.from(data).includes('too long')) throw new Error('EMSGSIZE');
      return send(data);
    };
    sink.write(record('b'));
    vi.advanceTimersByTime(1_000);
    expect(receiver.taken[0]).toBe('b');
    expect(receiver.taken[1]).toContain('1 log line was lost');
  });

  it('ends even if no datagram at all can be sent', () => {
    const receiver = new Receiver();
    receiver.send = () => {
      throw new Error('EMSGSIZE');
    };
    const sink = new SyslogSink(identity, receiver.open);
    sink.write(record('a'));
    vi.advanceTimersByTime(10_000);
    expect(receiver.taken).toEqual([]);
  });

  it('does not wait at the end for a receiver that is absent', async () => {
    const receiver = new Receiver();
    receiver.state = 'unreachable';
    const sink = new SyslogSink(identity, receiver.open);
    sink.write(record('a'));
    // With the clock standing still, only a close that does not wait comes back.
    await sink.close(60_000);
    expect(receiver.taken).toEqual([]);
  });

  it('writes the last lines before the end', async () => {
    const receiver = new Receiver();
    receiver.state = 'full';
    const sink = new SyslogSink(identity, receiver.open);
    sink.write(record('last'));
    receiver.state = 'sent';
    await sink.close(1_000);
    expect(receiver.taken).toEqual(['last']);
  });
});

import { describe, expect, it } from 'vitest';
import { createLog, type LogOptions } from '../../../src/log/log.ts';
import type { LogRecord, LogSink } from '../../../src/log/sink.ts';

class MemorySink implements LogSink {
  readonly records: LogRecord[] = [];
  waiting = 0;
  write(record: LogRecord): void {
    this.records.push(record);
  }
  reopen(): void {
    // Nothing to open.
  }
  close(): Promise<void> {
    return Promise.resolve();
  }
}

function logInto(sink: LogSink, some: Partial<LogOptions> = {}): ReturnType<typeof createLog> {
  const options: LogOptions = {
    ident: 'Keepalived_vrrp',
    pid: 42,
    facility: 'daemon',
    syslog: false,
    console: false,
    level: 'info',
    ...some,
  };
  return createLog(options, { sinks: [sink] });
}

const texts = (sink: MemorySink): string[] => sink.records.map(({ level, message }) => `${level} ${message}`);

describe('the log', () => {
  it('hands level and text to its destinations', () => {
    const sink = new MemorySink();
    const log = logInto(sink);
    log.error('a');
    log.warning('b');
    log.notice('c');
    log.write('info', '(VI_1) Entering MASTER STATE');
    expect(texts(sink)).toEqual(['error a', 'warning b', 'notice c', 'info (VI_1) Entering MASTER STATE']);
  });

  it('shows what the level of the process lets through', () => {
    const plain = new MemorySink();
    logInto(plain).debug('x');
    expect(plain.records).toEqual([]);
    const detailed = new MemorySink();
    logInto(detailed, { level: 'debug' }).debug('x');
    expect(texts(detailed)).toEqual(['debug x']);
    const quiet = new MemorySink();
    logInto(quiet, { level: 'warning' }).notice('x');
    expect(quiet.records).toEqual([]);
  });

  it('makes one line of a text that contains several, so that nobody can forge lines', () => {
    const sink = new MemorySink();
    logInto(sink).info('from peer: a\nSat Nov 21 Keepalived[1]: Entering MASTER STATE\u001b[2J\r\n');
    expect(sink.records[0]?.message).toBe('from peer: a Sat Nov 21 Keepalived[1]: Entering MASTER STATE [2J');
  });

  it.each([
    ['auth_pass secret12', 'auth_pass ********'],
    ['line 7: auth_pass "two words" is too long', 'line 7: auth_pass ******** is too long'],
    ['Password = secret12', 'Password = ********'],
    ['the password is too long', 'the password is too long'],
    ['no secrets here', 'no secrets here'],
  ])('masks secrets: %s', (message, expected) => {
    const sink = new MemorySink();
    logInto(sink).warning(message);
    expect(sink.records[0]?.message).toBe(expected);
  });

  it('masks secrets in structured fields', () => {
    const sink = new MemorySink();
    logInto(sink).info('configured', {
      instance: 'VI_1',
      password: 'secret12',
      authentication: { password: 'secret12' },
    });
    expect(sink.records[0]?.json).not.toContain('secret12');
    expect(JSON.parse(sink.records[0]?.json ?? '')).toMatchObject({
      level: 'info',
      msg: 'configured',
      ident: 'Keepalived_vrrp',
      pid: 42,
      instance: 'VI_1',
    });
  });

  it('folds repeats into one line with their number', async () => {
    const sink = new MemorySink();
    const log = logInto(sink);
    for (let i = 0; i < 4; i++) log.warning('flapping');
    log.info('other');
    log.info('other');
    await log.close(10);
    expect(texts(sink)).toEqual([
      'warning flapping',
      'warning message repeated 3 times: [flapping]',
      'info other',
      'info message repeated 1 time: [other]',
    ]);
  });

  it('does not fold the same text of another severity', () => {
    const sink = new MemorySink();
    const log = logInto(sink);
    log.warning('x');
    log.error('x');
    expect(texts(sink)).toEqual(['warning x', 'error x']);
  });
});

describe('room', () => {
  it('is there at once while few lines wait, and after a while when a destination does not move', async () => {
    const sink = new MemorySink();
    const log = logInto(sink);
    await log.room();
    sink.waiting = 9_000;
    await log.room();
  });

  it('is waited for while the destination gets on', async () => {
    const sink = new MemorySink();
    const log = logInto(sink);
    sink.waiting = 9_000;
    const timer = setInterval(() => (sink.waiting -= 1_000), 1);
    await log.room();
    clearInterval(timer);
    expect(sink.waiting).toBeLessThanOrEqual(4_000);
  });
});

import { describe, expect, it } from 'vitest';
import { onSignal, realTimeSignals, signalNumber } from '../../../src/kernel/signals.ts';
import { runProgram } from './run-program.ts';
import type { RunningProgram } from './run-program.ts';

const program = `${import.meta.dirname}/programs/signals.ts`;

async function ready(): Promise<RunningProgram> {
  const running = runProgram(program, [], ['--disable-sigusr1']);
  await running.line('ready');
  return running;
}

const send = (running: RunningProgram, signal: number): void => void process.kill(running.child.pid ?? -1, signal);

describe('signals', () => {
  it('receives the real-time signals of the original and those of the daemon', async () => {
    expect(realTimeSignals).toEqual({ jsonDump: 36, statisticsAndClear: 63 });
    const running = await ready();
    for (const signal of [36, 63, 1, 10, 12, 15]) {
      send(running, signal);
      await running.line(`got ${signal}`);
    }
    running.child.kill('SIGKILL');
    expect((await running.ended()).signal).toBe('SIGKILL');
  });

  it('queues real-time signals: none of a burst is lost', async () => {
    const running = await ready();
    for (let count = 0; count < 100; count++) send(running, 36);
    send(running, 63);
    await running.line('got 63');
    await expect.poll(() => running.lines.filter((line) => line === 'got 36').length).toBe(100);
    running.child.kill('SIGKILL');
  });

  it('brings what a listener throws to uncaughtException and goes on', async () => {
    const running = await ready();
    send(running, 40);
    await running.line('uncaught from a listener');
    await running.line('second listener');
    send(running, 36);
    await running.line('got 36');
    running.child.kill('SIGKILL');
  });

  it('ignores a signal, and gives one its default action back', async () => {
    const running = await ready();
    send(running, 50);
    send(running, 53);
    send(running, 36);
    await running.line('got 36');
    send(running, 1);
    send(running, 63);
    await running.line('got 63');
    expect(running.lines).not.toContain('got 1');
    expect(running.lines).not.toContain('never again');
    send(running, 51);
    await new Promise((resolve) => setTimeout(resolve, 50));
    send(running, 12);
    expect((await running.ended()).signal).toBe('SIGUSR2');
  });

  it('does not keep the process alive', async () => {
    const running = await ready();
    send(running, 52);
    expect(await running.ended()).toMatchObject({ code: 0, signal: null });
  });

  it('refuses what is no signal and what cannot be caught', () => {
    expect(signalNumber('SIGHUP')).toBe(1);
    expect(() => signalNumber(65)).toThrow(expect.objectContaining({ code: 'SIGNAL_UNKNOWN' }));
    expect(() => onSignal('SIGKILL', () => undefined)).toThrow(expect.objectContaining({ code: 'EINVAL' }));
  });
});

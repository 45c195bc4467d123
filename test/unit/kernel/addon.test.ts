import { execFileSync } from 'node:child_process';
import { describe, expect, it } from 'vitest';
import { EPOLL, ERRNO, addon } from '../../../src/kernel/addon.ts';
import { now } from '../../../src/kernel/clock.ts';
import { DeadlineTimer } from '../../../src/kernel/deadline-timer.ts';
import { NetlinkSocket } from '../../../src/kernel/netlink-socket.ts';
import { UnixDatagramSocket } from '../../../src/kernel/unix-datagram-socket.ts';
import { runProgram } from './run-program.ts';

const programs = `${import.meta.dirname}/programs`;

describe('addon', () => {
  it('leaves no descriptor to a child', () => {
    const timer = new DeadlineTimer(() => undefined);
    timer.arm(now() + 60_000);
    const netlink = NetlinkSocket.open({ protocol: 'route', groups: [1] });
    const datagrams = UnixDatagramSocket.open('@nobody');
    try {
      const own = execFileSync('ls', ['-l', `/proc/${process.pid}/fd`]).toString();
      const child = execFileSync('sh', ['-c', 'ls -l /proc/$$/fd'])
        .toString()
        .split('\n')
        // Node connects a child's standard streams by sockets.
        .filter((line) => !/ [012] -> /.test(line))
        .join('\n');
      // All of these are open here, or the test would prove nothing.
      for (const kind of ['timerfd', 'eventpoll', 'socket:']) expect(own).toContain(kind);
      for (const kind of ['timerfd', 'eventpoll', 'socket:', 'eventfd']) expect(child).not.toContain(kind);
    } finally {
      timer.close();
      netlink.close();
      datagrams.close();
    }
  });

  it('brings an exception of a callback to uncaughtException, and the loop goes on', async () => {
    const running = runProgram(`${programs}/throwing-timer.ts`, ['handled']);
    await running.ended();
    expect(running.lines).toEqual(['uncaught first', 'later']);
  });

  it('ends the process with the exception if nobody handles it', async () => {
    const running = runProgram(`${programs}/throwing-timer.ts`, []);
    const { code, errors } = await running.ended();
    expect(code).toBe(1);
    expect(errors).toContain('Error: first');
    expect(running.lines).toEqual([]);
  });

  it('keeps what is active from being collected', async () => {
    const running = runProgram(`${programs}/collected.ts`, [], ['--expose-gc']);
    await running.ended();
    expect(running.lines).toEqual(['called 50']);
  });

  it('lets worker threads end in every way, and closes what they opened', async () => {
    const running = runProgram(`${programs}/workers.ts`);
    expect(await running.ended()).toMatchObject({ code: 0, signal: null });
    expect(running.lines).toEqual(['close 0', 'exit 7', 'terminate 1', 'throw 1', 'left 0']);
  });

  it('answers a wrong type of argument with EINVAL, and does not touch descriptors that it did not open', () => {
    const functions = addon() as unknown as Record<string, (...args: unknown[]) => number>;
    expect(functions['socket']?.('a', 1, 0)).toBe(-ERRNO.EINVAL);
    expect(functions['sendmsg']?.(0, 'text')).toBe(-ERRNO.EINVAL);
    expect(functions['recvmsg']?.(0)).toBe(-ERRNO.EINVAL);
    expect(addon().close(0)).toBeLessThan(0);
    expect(addon().unwatch(0)).toBe(-ERRNO.ENOENT);
  });

  it('watches a descriptor once', () => {
    const timer = addon().timerCreate();
    expect(addon().watch(timer, EPOLL.IN, () => undefined, false)).toBe(0);
    expect(addon().watch(timer, EPOLL.IN, () => undefined, false)).toBeLessThan(0);
    expect(addon().close(timer)).toBe(0);
    expect(addon().close(timer)).toBeLessThan(0);
  });
});

import { execFileSync } from 'node:child_process';
import { closeSync, mkdtempSync, openSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import {
  interfaceIndex,
  interfaceName,
  lockFile,
  namespacePath,
  setLimit,
} from '../../../src/kernel/process-control.ts';
import { runProgram } from './run-program.ts';

const programs = `${import.meta.dirname}/programs`;

/** Tries to take the lock of a file from another process. */
const lockElsewhere = `
import fcntl, struct, sys
f = open(sys.argv[1], 'r+')
try:
    fcntl.fcntl(f, 37, struct.pack('hhqqi4x', fcntl.F_WRLCK, 0, 0, 0, 0))
    print('taken')
except OSError: print('held')
`;

describe('a process and itself', () => {
  it.runIf(process.getuid?.() === 0)(
    'changes name, scheduling, limits and memory as other programs see it',
    async () => {
      const running = runProgram(`${programs}/process-control.ts`);
      const { code, errors } = await running.ended();
      expect([code, errors]).toEqual([0, '']);
      const told = new Map(
        running.lines.map((line) => {
          const at = line.search(/ ["\d{t]|$/);
          return [line.slice(0, at), line.slice(at + 1)];
        }),
      );
      expect(told.get('comm')).toBe('"Keepalived_heal"');
      expect(told.get('cmdline')).toBe('"Keepalived_healthcheckers"');
      expect(told.get('policy')).toContain('SCHED_RR|SCHED_RESET_ON_FORK');
      expect(told.get('policy')).toContain('priority: 7');
      expect(told.get('policy of helpers')).toBe('"6 SCHED_RR|SCHED_RESET_ON_FORK"');
      expect(told.get('policy of helpers after')).toBe('"0 SCHED_OTHER"');
      expect(told.get('policy of sender')).toBe('"7 SCHED_RR|SCHED_RESET_ON_FORK"');
      expect(told.get('policy of sender after')).toBe('"0 SCHED_OTHER"');
      expect(told.get('policy of a child')).toContain('SCHED_OTHER');
      expect(told.get('policy after')).toContain('SCHED_OTHER');
      expect(told.get('affinity')).toBe('"0"');
      expect(told.get('core')).toBe('0');
      expect(told.get('rttime')).toMatch(/"5000000 +unlimited"/);
      expect(told.get('unlocked')).toBe('0');
      expect(told.get('nice')).toBe('"-5"');
      for (const name of ['affinity after', 'trimmed', 'locked', 'resident', 'adopted', 'reaped']) {
        expect([name, told.get(name)]).toEqual([name, 'true']);
      }
      expect(running.lines).toContain('running undefined');
      expect(running.lines).toContain('no child undefined');
    },
  );

  it('is told of the death of its parent', async () => {
    const running = runProgram(`${programs}/parent.ts`, ['parent']);
    await running.line('bound true');
    running.child.kill('SIGKILL');
    await running.line('told');
    await running.ended();
  });

  it('notices that its parent had gone before', async () => {
    const running = runProgram(`${programs}/parent.ts`, ['late']);
    await running.line('late false');
  });

  it('refuses a soft limit above the hard one', () => {
    expect(() => setLimit('core', { soft: 2, hard: 1 })).toThrow(expect.objectContaining({ code: 'EINVAL' }));
  });
});

describe('pid file lock', () => {
  it('keeps other processes out until the descriptor is closed', () => {
    const folder = mkdtempSync(path.join(tmpdir(), 'keepalived-lock-'));
    const file = path.join(folder, 'pid');
    const elsewhere = (): string => execFileSync('python3', ['-c', lockElsewhere, file]).toString().trim();
    try {
      const first = openSync(file, 'w+');
      expect(lockFile(first)).toBe(true);
      expect(elsewhere()).toBe('held');
      // A lock of the process (F_SETLK) would be lost here.
      const second = openSync(file, 'r+');
      expect(lockFile(second)).toBe(false);
      closeSync(second);
      expect(elsewhere()).toBe('held');
      closeSync(first);
      expect(elsewhere()).toBe('taken');
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});

describe('names', () => {
  it('finds interfaces by name and index', () => {
    expect(interfaceIndex('lo')).toBe(1);
    expect(interfaceName(1)).toBe('lo');
    expect(interfaceIndex('keepalived-none')).toBeUndefined();
    expect(interfaceName(987_654)).toBeUndefined();
  });

  it('finds the path of a namespace', () => {
    expect(namespacePath('blue')).toBe('/run/netns/blue');
    expect(namespacePath('/proc/1/ns/net')).toBe('/proc/1/ns/net');
  });
});

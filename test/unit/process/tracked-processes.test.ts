// Against the real /proc and the real kernel: a program of our own name is started, renamed, forked and ended.
import { spawn, type ChildProcess } from 'node:child_process';
import { copyFileSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, describe, expect, it, vi } from 'vitest';
import type { VrrpTrackProcess } from '../../../src/config/model.ts';
import { matchesProcess, parseProcessStat } from '../../../src/process/process-match.ts';
import { TrackedProcesses } from '../../../src/process/tracked-processes.ts';
import { configurationModel, instanceModel, trackProcessModel } from '../../support/models.ts';
import { MemoryLog } from '../notify/memory-log.ts';

const tracked = (changes: Partial<VrrpTrackProcess>): VrrpTrackProcess =>
  trackProcessModel({ name: 'p', process: 'x', ...changes });

describe('/proc/PID/stat', () => {
  it.each([
    ['12 (nginx) S 1 12', { name: 'nginx', zombie: false }],
    ['12 (a) (b) Z) R 1 12', { name: 'a) (b) Z', zombie: false }],
    ['12 (sleep) Z 1 12', { name: 'sleep', zombie: true }],
    ['', undefined],
  ])('%j', (text, expected) => {
    expect(parseProcessStat(text)).toEqual(expected);
  });
});

describe('what a vrrp_track_process means', () => {
  const command = (...words: string[]) => words.map((word) => `${word}\0`).join('');

  it.each([
    [{ process: 'nginx' }, 'nginx', '', true],
    [{ process: 'nginx' }, 'nginx2', '', false],
    // The kernel keeps 15 characters of a name.
    [{ process: 'averyveryverylongname' }, 'averyveryverylo', '', true],
    [{ process: '/bin/a', fullCommand: true }, 'a', command('/bin/a', 'x'), true],
    [{ process: 'a', fullCommand: true }, 'a', command('/bin/a'), false],
    [{ process: 'a', fullCommand: true }, 'a', '', false],
  ])('%j is %j with the command line %j: %s', (changes, name, commandLine, expected) => {
    expect(matchesProcess(tracked(changes), name, commandLine)).toBe(expected);
  });

  it.each([
    ['exact', ['x', 'y'], ['x', 'y'], true],
    ['exact', ['x'], ['x', 'y'], false],
    ['exact', [], ['x'], false],
    ['exact', [], [], true],
    ['partial', ['x'], ['x', 'y'], true],
    ['partial', ['x'], ['xx', 'y'], false],
    ['initial', ['x', 'y'], ['x', 'yyy', 'z'], true],
    ['initial', ['x', 'y'], ['xx', 'yyy'], false],
    ['initial', ['x', 'y'], ['x'], false],
    ['none', ['x'], ['z'], true],
  ] as const)('%s %j: parameters %j: %s', (parameterMatch, parameters, found, expected) => {
    const wanted = tracked({ process: 'a', fullCommand: true, parameterMatch, parameters });
    expect(matchesProcess(wanted, 'a', command('a', ...found))).toBe(expected);
  });
});

describe('TrackedProcesses', () => {
  const directory = mkdtempSync(path.join(tmpdir(), 'kts-process-'));
  const name = `kts${process.pid}`;
  const program = path.join(directory, name);
  const counts = new Map<string, number>();
  const children: ChildProcess[] = [];
  const following = new TrackedProcesses(new MemoryLog(), (which, running) => counts.set(which, running));

  const start = (file: string, ...words: string[]): ChildProcess => {
    const child = spawn(file, words, { stdio: 'ignore' });
    children.push(child);
    return child;
  };
  const follow = (...processes: VrrpTrackProcess[]): Promise<void> => {
    const lines = processes.map((each) => ({ process: each.name, weight: 0, reverse: false }));
    const instances = [instanceModel({ name: 'VI_1', trackProcesses: lines })];
    return following.follow(configurationModel({ instances, trackProcesses: processes }).vrrp);
  };
  const becomes = (which: string, running: number): Promise<void> =>
    vi.waitFor(() => expect(counts.get(which)).toBe(running), { timeout: 5000, interval: 10 });

  afterEach(() => {
    following.close();
    counts.clear();
    for (const child of children.splice(0)) child.kill('SIGKILL');
    rmSync(directory, { recursive: true, force: true });
  });

  it('counts what runs at the start, what begins and what ends', { timeout: 20_000 }, async () => {
    copyFileSync('/bin/sleep', program);
    const before = start(program, '60');
    await new Promise((resolve) => before.once('spawn', resolve));
    await follow(
      tracked({ name: 'by-name', process: name }),
      tracked({ name: 'by-command', process: program, fullCommand: true, parameterMatch: 'exact', parameters: ['60'] }),
      tracked({ name: 'nobody', process: 'no-such-program' }),
    );
    expect(Object.fromEntries(counts)).toEqual({ 'by-name': 1, 'by-command': 1, nobody: 0 });

    const second = start(program, '61');
    await becomes('by-name', 2);
    expect(counts.get('by-command')).toBe(1);
    // A shell that is replaced by the program: exec, not fork.
    start('/bin/sh', '-c', `exec ${program} 60`);
    await becomes('by-command', 2);
    await becomes('by-name', 3);

    second.kill();
    await becomes('by-name', 2);
    before.kill();
    await becomes('by-command', 1);
  });
});

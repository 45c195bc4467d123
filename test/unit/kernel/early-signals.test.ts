import { execFileSync, spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { copyFileSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { withEarlySignalGuard } from '../../../src/kernel/early-signals.ts';

const source = path.join(import.meta.dirname, '..', '..', '..', 'native', 'early-signals.c');
const signals = ['SIGHUP', 'SIGUSR1', 'SIGUSR2'] as const;

let folder: string;
let library: string;
beforeAll(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'keepalived-early-'));
  library = path.join(folder, 'early-signals.so');
  execFileSync('gcc', ['-std=c17', '-O2', '-fPIC', '-shared', '-Wall', '-Wextra', '-Werror', '-o', library, source]);
});
afterAll(() => rmSync(folder, { recursive: true }));

/** Starts the runtime as the launcher does: signals ignored by a shell that then becomes the runtime. */
function launch(program: string, preload?: string): ChildProcess {
  const guard = preload === undefined ? '' : `LD_PRELOAD='${preload}' `;
  const script = `trap '' HUP USR1 USR2; echo shell; ${guard}exec "$0" --disable-sigusr1 -e "$1"`;
  return spawn('sh', ['-c', script, process.execPath, program], { stdio: ['ignore', 'pipe', 'inherit'] });
}

/** How many of 20 starts live through a signal sent at growing distance from the exec. */
async function survivors(signal: NodeJS.Signals, preload?: string): Promise<number> {
  let alive = 0;
  for (let attempt = 0; attempt < 20; attempt++) {
    const child = launch('setTimeout(() => undefined, 30)', preload);
    if (child.stdout !== null) await once(child.stdout, 'data');
    const ended = once(child, 'exit') as Promise<[number | null]>;
    await new Promise((resolve) => setTimeout(resolve, attempt));
    child.kill(signal);
    if ((await ended)[0] === 0) alive++;
  }
  return alive;
}

/** Pages that a runtime has touched when its first line runs. */
function touchedPages(environment: NodeJS.ProcessEnv): number {
  const program = 'console.log(process.resourceUsage().minorPageFault)';
  return Number(execFileSync(process.execPath, ['-e', program], { env: environment, encoding: 'utf8' }));
}

describe('the graph of locks', () => {
  // The table has some 255 pages of 4 kB; a kernel with larger pages has fewer to touch.
  it.runIf(process.arch === 'x64')('is not made with the library', () => {
    const saved = [1, 2, 3].map(
      () => touchedPages(process.env) - touchedPages({ ...process.env, LD_PRELOAD: library }),
    );
    expect(saved.toSorted((one, other) => one - other)[1]).toBeGreaterThan(100);
  });
});

describe('early signals', () => {
  it('would kill the runtime although the launcher ignores them', async () => {
    // If this ever fails, Node has learnt to keep what its starter ignored, and the library can go.
    expect(await survivors('SIGHUP')).toBeLessThan(20);
  });

  it.each(signals)('%s kills nobody with the library', async (signal) => {
    expect(await survivors(signal, library)).toBe(20);
  });

  it('leaves the environment, keeping what the operator preloads', () => {
    const show = (preload: string): string =>
      execFileSync(process.execPath, ['-p', 'String(process.env.LD_PRELOAD)'], {
        env: { ...process.env, LD_PRELOAD: preload },
      })
        .toString()
        .trim();
    expect(show(library)).toBe('undefined');
    expect(show(`${library}:${library}`)).toBe(library);
  });

  it('lets handlers through, and children start with default actions', async () => {
    const program = `
      process.on('SIGHUP', () => {
        console.log('handled', require('node:child_process').execFileSync('grep', ['SigIgn', '/proc/self/status']).toString().trim());
        process.exit(0);
      });
      console.log('ready');
      setInterval(() => undefined, 1000);`;
    const child = launch(program, library);
    let output = '';
    child.stdout?.on('data', (data: Buffer) => {
      output += data.toString();
      if (output.includes('ready') && !output.includes('handled')) child.kill('SIGHUP');
    });
    await once(child, 'close');
    expect(output).toContain('handled');
    const ignored = BigInt(`0x${/SigIgn:\s*([0-9a-f]+)/.exec(output)?.[1] ?? 'f'}`);
    // Bits of HUP (1), USR1 (10) and USR2 (12).
    expect(ignored & 0xa01n).toBe(0n);
  });

  it('guards processes that the daemon starts, unless the library is missing or cannot be named', async () => {
    const awkward = path.join(folder, 'with blank.so');
    copyFileSync(library, awkward);
    const environment = { PATH: '/bin' };
    expect(withEarlySignalGuard(environment, path.join(folder, 'none.so'))).toBe(environment);
    expect(withEarlySignalGuard(environment, awkward)).toBe(environment);
    expect(withEarlySignalGuard({ LD_PRELOAD: '/other.so' }, library)['LD_PRELOAD']).toBe(`${library}:/other.so`);
    const child = spawn(
      process.execPath,
      ['--disable-sigusr1', '-e', 'console.log("up"); setTimeout(() => undefined, 5_000)'],
      {
        env: withEarlySignalGuard(environment, library),
        stdio: ['ignore', 'pipe', 'inherit'],
      },
    );
    await once(child.stdout, 'data');
    const ignored = BigInt(
      `0x${/SigIgn:\s*([0-9a-f]+)/.exec(readFileSync(`/proc/${child.pid}/status`, 'utf8'))?.[1] ?? '0'}`,
    );
    child.kill('SIGKILL');
    const expected = [1, 10, 12, 36, 63].reduce((bits, signal) => bits | (1n << BigInt(signal - 1)), 0n);
    expect(ignored & expected).toBe(expected);
  });
});

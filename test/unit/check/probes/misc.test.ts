/** MISC_CHECK with real programs, and what their ends mean (behaviour B3; the original's log in the same scene). */
import { describe, expect, it } from 'vitest';
import { judgeScript } from '../../../../src/check/probes/misc.ts';
import { ProbeRegistry } from '../../../../src/check/probes/registry.ts';
import { miscCheck } from '../builders.ts';
import { probe, scripts } from './servers.ts';

const shell = (text: string) => ({ command: { argv: ['/bin/sh', '-c', text] } });

describe('a program', () => {
  it.each([
    ['exit 0', { ok: true, detail: 'exited with status 0' }],
    ['exit 1', { ok: false, phase: 'verdict', detail: 'exited with status 1' }],
    ['exit 7', { ok: false, phase: 'verdict', detail: 'exited with status 7' }],
    ['echo "no backend" >&2; exit 3', { ok: false, phase: 'verdict', detail: 'exited with status 3: no backend' }],
    ['kill -9 $$', { ok: false, phase: 'verdict', detail: 'ended by SIGKILL' }],
  ])('%s', async (text, expected) => {
    const result = await probe(miscCheck(shell(text)));
    expect(result).toMatchObject(expected);
    expect(result).not.toHaveProperty('weight');
  });

  it('with misc_dynamic says the weight by statuses from 2', async () => {
    expect(await probe(miscCheck({ ...shell('exit 2'), dynamic: true }))).toMatchObject({ ok: true, weight: 0 });
    expect(await probe(miscCheck({ ...shell('exit 255'), dynamic: true }))).toMatchObject({ ok: true, weight: 253 });
    expect(await probe(miscCheck({ ...shell('exit 1'), dynamic: true }))).toMatchObject({ ok: false });
    expect(await probe(miscCheck({ ...shell('exit 0'), dynamic: true }))).not.toHaveProperty('weight');
  });

  it('that takes too long is ended with all it started, and has failed', async () => {
    const result = await probe(miscCheck({ ...shell('sleep 30 & wait'), timeout: 200 }));
    expect(result).toMatchObject({ ok: false, phase: 'verdict', detail: 'timed out after 0.2 s' });
    expect(result.duration).toBeGreaterThanOrEqual(200);
    expect(result.duration).toBeLessThan(1500);
  });

  it('that is not there has failed', async () => {
    const result = await probe(miscCheck({ command: { argv: ['/no/such/program'] } }));
    expect(result).toMatchObject({ ok: false, phase: 'verdict' });
    expect(result.detail).toContain('/no/such/program');
  });

  it('is ended when the check is given up, and reports nothing', async () => {
    let reported = false;
    let ended: ((signal: string | undefined) => void) | undefined;
    const end = new Promise<string | undefined>((resolve) => (ended = resolve));
    const watched = {
      run: (...[command, timeout, done]: Parameters<typeof scripts.run>) =>
        scripts.run(command, timeout, (result) => {
          ended?.(result.signal);
          done(result);
        }),
    };
    const registry = new ProbeRegistry({ scripts: watched });
    const handle = registry.start({ id: 1, checker: miscCheck(shell('exec sleep 30')) }, () => (reported = true));
    await new Promise((resolve) => setTimeout(resolve, 100));
    handle.cancel();
    expect(await end).toBe('SIGTERM');
    expect(reported).toBe(false);
  });
});

describe('the judgement', () => {
  it('lets a machine that cannot start programs say nothing of the server', () => {
    expect(judgeScript(miscCheck(), { duration: 1, message: 'spawn /check EAGAIN' })).toMatchObject({
      ok: false,
      phase: 'setup',
    });
  });

  it('lets a program that says 0 have passed, however late the machine was with it', () => {
    expect(judgeScript(miscCheck({ timeout: 1000 }), { exit: 0, duration: 1001 })).toMatchObject({ ok: true });
  });

  it('tells a program that was ended at its limit from one that somebody killed', () => {
    const ended = (duration: number) => judgeScript(miscCheck({ timeout: 1000 }), { signal: 'SIGKILL', duration });
    expect(ended(3000)).toMatchObject({ ok: false, detail: 'timed out after 1 s' });
    expect(ended(10)).toMatchObject({ ok: false, detail: 'ended by SIGKILL' });
  });
});

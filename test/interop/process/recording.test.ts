import { statSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { until } from '../../../lab/lib/clock.ts';
import { instance, keepalivectl, patience, provideMachine } from './machine.ts';
import type { Machine } from './machine.ts';

let machine: Machine;
provideMachine('recording', 'each test', (made) => (machine = made));

const vip = '10.88.0.100/24';
const file = '/tmp/recording';
const password = 'geheim12';

function configuration(priority: number): string {
  const more = `authentication {
        auth_type PASS
        auth_pass ${password}
    }
    track_script {
        chk
    }`;
  return `global_defs {
    router_id test
    script_user root
    enable_script_security
}
vrrp_script chk {
    script "/bin/test ! -e /tmp/bad"
    interval 1
    weight -20
}
${instance({ priority, more })}`;
}

function replay(...words: string[]): ReturnType<Machine['run']> {
  return machine.run([keepalivectl, 'replay', file, ...words], { accept: 'any' });
}

describe('keepalived --record and keepalivectl replay', () => {
  it('the engine decides again what it decided, with its reasons, from a file without secrets', async () => {
    const daemon = await machine.daemon(configuration(150), { options: ['--record', file] });
    await machine.untilAddress(vip);
    await machine.ip(`addr del ${vip} dev eth0`);
    await machine.untilAddress(vip);
    machine.write('/tmp/bad', '');
    await daemon.untilLog('Changing effective priority from 150 to 130');
    await daemon.reload(configuration(160));
    await machine.ip('link set eth0 down');
    await daemon.untilLog('Entering FAULT STATE');
    await machine.ip('link set eth0 up');
    await daemon.untilLog('Entering MASTER STATE', 2);
    expect(await daemon.stop()).toBe(0);

    expect(statSync(machine.path(file)).mode & 0o777).toBe(0o600);
    const text = machine.read(file);
    expect(text).not.toContain(password);
    expect(text).not.toContain(Buffer.from(password).toString('hex'));

    const { code, stderr, stdout } = await replay();
    expect([code, stderr]).toEqual([0, '']);
    expect(stdout).toMatch(/\n\d+ steps, every decision is as recorded\n$/);
    const entered = (lines: readonly string[]): string[] =>
      lines.flatMap((line) => /\(VI_1\) Entering .*/.exec(line)?.[0] ?? []);
    expect(entered(stdout.split('\n'))).toEqual(entered(daemon.log));
    expect(entered(daemon.log).length).toBeGreaterThan(3);
    expect(stdout).toMatch(/ {4}VI_1: MASTER -> FAULT: .*eth0 is down/);
    expect(stdout).toMatch(/script chk exited with status 1\n(.*\n)*? +VI_1: priority 150 -> 130: .*chk/);

    const later = await replay('--from', '3600');
    expect(later.stdout).toMatch(/^\d+ steps, every decision is as recorded\n$/);
    const other = await replay('--instance', 'VI_2');
    expect(other.stdout).not.toContain('VI_1:');
    const everything = await replay('--all', '--instance', 'VI_1');
    expect(everything.stdout).toMatch(/a timer was due\n(?: {4}.*\n)*? {4}VI_1: sends priority 150 to 224\.0\.0\.18\n/);
  });

  it('a process that is started again goes on in the same file', async () => {
    const daemon = await machine.daemon(configuration(150), { options: ['--record', file] });
    // What is told comes behind what is done.
    await daemon.untilLog('Entering MASTER STATE');
    process.kill(daemon.vrrpPid, 'SIGKILL');
    await daemon.untilLog('Entering MASTER STATE', 2);
    expect(await daemon.stop()).toBe(0);
    const { code, stdout } = await replay();
    expect(code).toBe(0);
    expect(stdout.match(/the process began/g)).toHaveLength(2);
  });

  it('runs without a recording where none can be made, and says why', async () => {
    machine.write('/tmp/other', 'something else entirely, and longer than the head of a recording\n', 0o600);
    const daemon = await machine.daemon(configuration(150), { options: ['--record', '/tmp/other'] });
    await daemon.untilLog(/nothing is recorded: \/tmp\/other: .*no recording/);
    await machine.untilAddress(vip);
    await daemon.stop();
    expect(machine.read('/tmp/other')).toMatch(/^something else entirely/);
    await until('the end', { within: patience }, async () => !(await machine.addresses()).includes(vip));
  });

  it('says what is wrong with a file', async () => {
    machine.write(file, 'nonsense\n');
    const { code, stderr } = await replay();
    expect([code, stderr]).toEqual([
      1,
      `keepalivectl: ${file} cannot be replayed: it does not begin as a recording does\n`,
    ]);
    const missing = await machine.run([keepalivectl, 'replay', '/tmp/missing'], { accept: 'any' });
    expect([missing.code, missing.stderr]).toEqual([1, expect.stringMatching(/^keepalivectl: \/tmp\/missing: ENOENT/)]);
  });
});

/** The status page of a daemon that runs: served by nobody, with what the daemon says, live, behind a password. */
import { describe, expect, it } from 'vitest';
import { until } from '../../../lab/lib/clock.ts';
import { instance, patience, provideMachine, quick } from '../process/machine.ts';
import type { Machine } from '../process/machine.ts';

let machine: Machine;
provideMachine('status-page', 'all tests', (made) => (machine = made));

const within = { within: patience, every: 25 };
const base = 'http://127.0.0.1:8404';
const configuration = (page: string, further = ''): string =>
  `${quick}${instance({ interval: 0.2 })}status_page {\n${page}\n}\n${further}`;

async function fetched(path: string, ...options: readonly string[]): Promise<{ status: number; body: string }> {
  const { stdout } = await machine.run(
    ['curl', '-s', '-m', '20', '-w', '\n%{http_code}', ...options, `${base}${path}`],
    {
      accept: 'any',
    },
  );
  const end = stdout.lastIndexOf('\n');
  return { status: Number(stdout.slice(end + 1)), body: stdout.slice(0, end) };
}

describe('the status page of the daemon', () => {
  it('says what the daemon does and why, and follows it: faults, and a reload with another page', async () => {
    const daemon = await machine.daemon(configuration('auth basic admin sesame'));
    const known = ['-u', 'admin:sesame'];
    await until('it is served', within, async () => (await fetched('/', ...known)).status === 200);
    expect((await fetched('/')).status).toBe(401);
    await until('the master', within, async () => (await fetched('/', ...known)).body.includes('MASTER'));
    const { body } = await fetched('/', ...known);
    expect(body).toContain('VI_1');
    expect(body).toContain('/etc/keepalived/keepalived.conf');
    expect(body).not.toContain('sesame');
    // Style and script are those of the build.
    const [script = ''] = /assets\/page-[0-9a-f]{16}\.js/.exec(body) ?? [];
    expect((await fetched(`/${script}`, ...known)).body).toContain('EventSource');

    const stream = machine.start('viewer', ['curl', '-sN', ...known, `${base}/events`]);
    const told = (text: string): boolean => stream.lines.some((line) => line.text.includes(text));
    await until('the first message', within, () => told('instance-VI_5f_1'));
    await machine.ip('link set eth0 down');
    await until('the fault', within, () => told('FAULT'));
    await until('its event', within, () => told('MASTER → FAULT'));
    await machine.ip('link set eth0 up');

    await daemon.reload(configuration('base_path /lb/\nallow_host balancer.example.com'));
    await until('the other page', within, async () => (await fetched('/lb/')).status === 200);
    expect((await fetched('/')).status).toBe(404);
    expect((await fetched('/lb/', '-H', 'Host: evil.example.org')).status).toBe(421);
    expect((await fetched('/lb/', '-H', 'Host: balancer.example.com')).status).toBe(200);
    await until('the viewer was shown the door', within, () => stream.code !== undefined);
    await daemon.stop();
    expect((await fetched('/lb/')).status).toBe(0);
  });
});

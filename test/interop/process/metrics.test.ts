/** metrics {}: a running daemon, scraped over TCP and a unix socket, by the process that strangers talk to. */
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { until } from '../../../lab/lib/clock.ts';
import { readExposition } from '../../unit/metrics/exposition-reader.ts';
import { instance, isAlive, patience, provideMachine, quick } from './machine.ts';
import type { Daemon, Machine } from './machine.ts';

let machine: Machine;
provideMachine('metrics', 'all tests', (made) => (machine = made));

const unix = '/run/keepalived/metrics.sock';
const labels = { iname: 'VI_1', intf: 'eth0', vrid: '51' };

function configuration(place: string, more = ''): string {
  return `${quick}metrics {
    listen ${place}
    listen unix ${unix} mode 0660
}
${instance({ interval: 0.2, more })}`;
}

async function fetchText(...words: readonly string[]): Promise<string> {
  return (await machine.run(['curl', '-s', '--path-as-is', '--max-time', '15', ...words], { accept: 'any' })).stdout;
}

/** The value of a sample; undefined: there is none, or nobody answers. */
async function valueOf(where: readonly string[], name: string, wanted: object = {}): Promise<number | undefined> {
  const families = readExposition(await fetchText(...where));
  return families
    .get(name)
    ?.samples.find((sample) => Object.entries(wanted).every(([label, value]) => sample.labels[label] === value))?.value;
}

async function webPid(daemon: Daemon): Promise<number> {
  const { stdout } = await machine.run(['pgrep', '-P', String(daemon.pid), 'keepalived-web'], { accept: 'any' });
  return Number(stdout);
}

const overTcp = ['http://127.0.0.1:80/metrics'];
const overUnix = ['--unix-socket', unix, 'http://localhost/metrics'];

describe('metrics', () => {
  it('are served as configured, by nobody, and outlive the process that serves them', async () => {
    const daemon = await machine.daemon(configuration('127.0.0.1:80'));
    await until('the instance is master in the metrics', { within: patience }, async () => {
      return (await valueOf(overTcp, 'keepalived_vrrp_instance_state', labels)) === 2;
    });
    expect(await valueOf(overTcp, 'keepalived_become_master_total', labels)).toBe(1);
    const address = { ...labels, ip_address: '10.88.0.100/24' };
    expect(await valueOf(overUnix, 'keepalived_vrrp_state', address)).toBe(2);

    const web = await webPid(daemon);
    const status = readFileSync(`/proc/${web}/status`, 'utf8');
    expect(status).toMatch(/^Uid:\t65534\t65534\t65534\t65534$/m);
    expect(status).toMatch(/^Groups:\s*$/m);
    expect(status).toMatch(/^CapPrm:\t0+$/m);
    expect(status).toMatch(/^CapEff:\t0+$/m);
    expect(status).toMatch(/^NoNewPrivs:\t1$/m);
    const { stdout } = await machine.run(['stat', '-c', '%a %U', unix]);
    expect(stdout.trim()).toBe('660 root');

    const statusOf = async (...words: readonly string[]): Promise<string> =>
      fetchText('-o', '/dev/null', '-w', '%{http_code}', ...words);
    expect(await statusOf('-X', 'POST', '-d', 'a=b', ...overTcp)).toBe('405');
    expect(await statusOf('http://127.0.0.1:80/../../etc/passwd')).toBe('404');
    expect(await statusOf('-H', `X: ${'x'.repeat(20_000)}`, ...overTcp)).toBe('431');

    const sent = await valueOf(overTcp, 'keepalived_advertisements_sent_total', labels);
    process.kill(web, 'SIGKILL');
    await until('the death is counted', { within: patience }, async () => {
      return (await valueOf(overTcp, 'keepalived_process_deaths_total', { process: 'web' })) === 1;
    });
    expect(await valueOf(overTcp, 'keepalived_advertisements_sent_total', labels)).toBeGreaterThanOrEqual(sent ?? NaN);
    expect(isAlive(daemon.vrrpPid)).toBe(true);

    await daemon.reload(configuration('127.0.0.1:9165', 'garp_master_delay 4'));
    await daemon.untilLog('HTTP: serving at 127.0.0.1:9165');
    const moved = ['http://127.0.0.1:9165/metrics'];
    expect(await valueOf(moved, 'keepalived_reloads_total', { outcome: 'applied' })).toBe(1);
    expect(await valueOf(moved, 'keepalived_become_master_total', labels)).toBe(1);
    expect(await fetchText(...overTcp)).toBe('');

    await daemon.reload(`${quick}${instance({ interval: 0.2 })}`);
    await until('nothing is served', { within: patience }, async () => (await webPid(daemon)) === 0);
    expect(machine.exists(unix)).toBe(false);
    expect(await daemon.stop()).toBe(0);
  });
});

// Settings of global_defs that concern files, reloads and the kernel, with the real programs. Expected: keepalived.conf(5).
import { readdirSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { until } from '../../../lab/lib/clock.ts';
import { configurationFile, instance, patience, provideMachine } from './machine.ts';
import type { Daemon, Machine } from './machine.ts';

let machine: Machine;
provideMachine('settings', 'each test', (made) => (machine = made));

function configuration(settings: string, more = ''): string {
  return `${more}\nglobal_defs {\n  router_id test\n  vrrp_version 3\n  ${settings}\n}\n${instance({ interval: 0.2 })}`;
}

async function untilThere(file: string): Promise<void> {
  await until(`${file} is there`, { within: patience, every: 20 }, () => machine.exists(file));
}

async function master(text: string): Promise<Daemon> {
  const daemon = await machine.daemon(text);
  await machine.untilAddress('10.88.0.100/24');
  return daemon;
}

describe('settings', () => {
  it('dump files are named after the instance, the JSON is an object, all where they are wanted', async () => {
    const daemon = await machine.daemon(
      configuration('data_use_instance\n  json_version 2\n  json_dump_file /run/dumps/', 'instance left'),
    );
    await machine.run(['mkdir', '/run/dumps']);
    daemon.signal('SIGUSR1');
    await untilThere('/tmp/keepalived.left.data');
    await untilThere('/tmp/keepalived_parent.left.data');
    daemon.signal(36);
    await untilThere('/run/dumps/keepalived.json');
    const json = JSON.parse(machine.read('/run/dumps/keepalived.json')) as { vrrp: { data: { iname: string } }[] };
    expect(json.vrrp.map(({ data }) => data.iname)).toEqual(['VI_1']);
    await daemon.stop();
  });

  it('reload_check_config refuses what the test finds fault with, warnings included, and says why in its file', async () => {
    const of = (more: string): string => configuration('reload_check_config /tmp/check.log', more);
    const daemon = await master(of(''));
    await daemon.reload(of('no_such_keyword'));
    expect(daemon.said('Reload refused')).toBe(1);
    expect(machine.read('/tmp/check.log')).toContain('no_such_keyword');
    await daemon.reload(of(''));
    expect(daemon.said('Reload complete')).toBe(1);
    expect(machine.read('/tmp/check.log')).toBe('');
    expect(await machine.addresses()).toContain('10.88.0.100/24');
    await daemon.stop();
  });

  it('reload_file is gone after a reload, and the states before and after it are saved', async () => {
    const text = configuration('reload_file /tmp/reloading\n  config_save_dir /tmp/saved');
    const daemon = await master(text);
    machine.write('/tmp/reloading', 'I am changing the files');
    await daemon.reload(text);
    expect(machine.exists('/tmp/reloading')).toBe(false);
    const saved = readdirSync(machine.path('/tmp/saved')).toSorted();
    expect(saved).toEqual([`keepalived_vrrp.${daemon.vrrpPid}.1.post`, `keepalived_vrrp.${daemon.vrrpPid}.1.pre`]);
    for (const file of saved) expect(machine.read(`/tmp/saved/${file}`)).toContain('VI_1');
    await daemon.stop();
  });

  it('reload_time_file brings a reload at its time', async () => {
    const daemon = await master(configuration('reload_time_file /etc/keepalived/at'));
    const soon = new Date(Date.now() + 2_000).toISOString();
    machine.write('/etc/keepalived/at', `${soon.slice(0, 10)} ${soon.slice(11, 19)}Z\n`);
    await daemon.untilLog('reload planned at');
    await daemon.untilLog('Reload complete');
    expect(machine.exists('/etc/keepalived/at')).toBe(false);
    await daemon.stop();
  });

  it('FIFOs hear unchanged states again after a reload if they want to', async () => {
    const text = configuration('notify_fifo /tmp/states\n  fifo_write_vrrp_states_on_reload');
    const daemon = await master(text);
    const reader = machine.start('reader', ['cat', '/tmp/states']);
    const masters = (): number => reader.lines.filter((line) => line.text === 'INSTANCE "VI_1" MASTER 150').length;
    await until('the reader is there', { within: patience, every: 20 }, () => masters() === 1);
    await daemon.reload(text);
    await until('the state is told again', { within: patience, every: 20 }, () => masters() === 2);
    machine.write(configurationFile, text);
    await daemon.stop();
  });

  it('disable_local_igmp quiets the kernel', async () => {
    const file = '/proc/sys/net/ipv4/igmp_link_local_mcast_reports';
    expect((await machine.run(['cat', file])).stdout.trim()).toBe('1');
    const daemon = await machine.daemon(configuration('disable_local_igmp'));
    expect((await machine.run(['cat', file])).stdout.trim()).toBe('0');
    await daemon.stop();
  });
});

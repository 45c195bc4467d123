// Several daemons on one machine: in network namespaces, as instances, and with pid files that the command line names.
// Expected: what Debian's keepalived makes of the same commands.
import { describe, expect, it } from 'vitest';
import { until } from '../../../lab/lib/clock.ts';
import type { Running } from '../../../lab/lib/run.ts';
import { instance, keepalived, keepalivectl, patience, provideMachine, quick } from './machine.ts';
import type { Machine } from './machine.ts';

let machine: Machine;
provideMachine('several', 'all tests', (made) => (machine = made));

const programs = { ours: keepalived, debian: '/usr/sbin/keepalived' };

const files = 'find /run -name "*.pid" -o -name "fifo*" | sort';

/** A namespace with eth0, as the machine has it. */
async function makeNamespace(name: string): Promise<void> {
  await machine.ip(`netns add ${name}`);
  await machine.run(['ip', '-n', name, '-batch', '-'], {
    input:
      'link add eth0 type veth peer name eth0w\naddr add 10.88.0.1/24 dev eth0\nlink set eth0w up\nlink set eth0 up\n',
  });
}

/** Starts them, waits until each is master, lists the files, and stops them. */
async function play(program: string): Promise<string[]> {
  const own = (id: number): string => instance({ id, interval: 0.2, addresses: [`10.88.0.${id}/24`] });
  const told = (more: string): string => `${quick.replace('{', `{\n notify_fifo /run/keepalived/fifo${more}`)}`;
  machine.write('/etc/keepalived/red.conf', `net_namespace red\n${told('')}${own(101)}`);
  machine.write('/etc/keepalived/blue.conf', `${told('')}${own(102)}`);
  machine.write('/etc/keepalived/one.conf', `instance one\n${told('-one')}${own(103)}`);
  machine.write('/etc/keepalived/router.conf', `${quick}${own(104)}`);
  const start = (name: string, ...options: string[]): Running =>
    machine.start(name, [program, '-n', '-l', '-f', `/etc/keepalived/${name}.conf`, ...options]);
  const daemons = [
    start('red'),
    start('blue', '-s', 'blue'),
    start('one'),
    start('router', '-p', '/run/router', '-r', '/run/router-vrrp.pid'),
  ];
  const inside = async (namespace: string, id: number): Promise<boolean> => {
    const command = ['ip', ...(namespace === '' ? [] : ['-n', namespace]), '-4', 'addr', 'show', 'dev', 'eth0'];
    return (await machine.run(command)).stdout.includes(`10.88.0.${id}/24`);
  };
  const places = [
    ['red', 101],
    ['blue', 102],
    ['', 103],
    ['', 104],
  ] as const;
  for (const [namespace, id] of places) {
    await until(`10.88.0.${id} is there`, { within: patience, every: 50 }, () => {
      const ended = daemons.find(({ code }) => code !== undefined);
      if (ended !== undefined) throw new Error(`${ended.name}: ${ended.lines.map(({ text }) => text).join('\n')}`);
      return inside(namespace, id);
    });
  }
  const { stdout } = await machine.run(['sh', '-c', files]);
  if (program === keepalived) {
    const status = await machine.run([keepalivectl, '--socket', '/run/keepalived/red/control.sock', 'status']);
    expect(status.stdout).toContain('VI_1');
  }
  for (const daemon of daemons) expect(await daemon.stop('SIGTERM', patience)).toBe(0);
  return stdout.trim().split('\n');
}

describe('several daemons on one machine', () => {
  it('have pid files and FIFOs where those of keepalived are', async () => {
    await makeNamespace('red');
    await makeNamespace('blue');
    const theirs = await play(programs.debian);
    await machine.run(['sh', '-c', 'rm -rf /run/keepalived']);
    expect(theirs).toContain('/run/keepalived/red/keepalived.pid');
    expect(await play(programs.ours)).toEqual(theirs);
  });

  it('in the background too: the command returns when the one in its namespace is ready', async () => {
    const { code, stderr } = await machine.run([keepalived, '-f', '/etc/keepalived/red.conf']);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    const pid = Number(machine.read('/run/keepalived/red/keepalived.pid'));
    const here = await machine.run(['readlink', `/proc/${pid}/ns/net`]);
    const there = await machine.run(['ip', 'netns', 'exec', 'red', 'readlink', '/proc/self/ns/net']);
    expect(here.stdout).toBe(there.stdout);
    process.kill(pid, 'SIGTERM');
    await until('it has ended', { within: patience }, () => !machine.exists('/run/keepalived/red/keepalived.pid'));
  });
});

// How the processes run, and the scripts around them, under both daemons with the same configuration.
import { expect, it } from 'vitest';
import { until } from '../../../lab/lib/clock.ts';
import { configurationFile, instance, keepalived, patience, provideMachine } from './machine.ts';
import type { Machine } from './machine.ts';

let machine: Machine;
provideMachine('scheduling', 'each test', (made) => (machine = made));

const configuration = (realTime: number): string => `global_defs {
    vrrp_version 3
    script_user root
    process_name kts_parent
    vrrp_process_name kts_vrrp
    vrrp_priority -3
    vrrp_rt_priority ${realTime}
    # So much that no slow machine reaches it.
    vrrp_rlimit_rttime 5000000
    vrrp_cpu_affinity 0
    vrrp_no_swap
    startup_script "/tmp/say.sh startup"
    shutdown_script "/tmp/say.sh shutdown"
}
${instance({ interval: 0.2, more: 'notify "/tmp/say.sh notify"' })}`;

/** Tells what it was called with and its scheduling class. */
const say = `#!/bin/sh
echo "$*" $(ps -o cls= -p $$) >>/tmp/said
`;

interface Facts {
  readonly names: readonly string[];
  readonly vrrp: string;
  readonly locked: boolean;
  readonly said: readonly string[];
}

/** @param whileItRuns with the pids of parent and VRRP process, and how the latter runs */
async function play(
  program: string,
  whileItRuns: (parent: number, how: () => Promise<string>) => Promise<void> = () => Promise.resolve(),
): Promise<Facts> {
  machine.write('/tmp/say.sh', say, 0o755);
  machine.write('/tmp/said', '');
  machine.write(configurationFile, configuration(7));
  const daemon = machine.start('daemon', [program, '-n', '-l', '-D']);
  await machine.untilAddress('10.88.0.100/24');
  const vrrp = Number(machine.read('/run/vrrp.pid'));
  const script = `ps -o cls=,rtprio= -p ${vrrp} | tr -s ' '; awk '/realtime timeout/ { print $5 }' /proc/${vrrp}/limits; grep Cpus_allowed_list /proc/${vrrp}/status`;
  const how = async (): Promise<string> => (await machine.run(['sh', '-c', script])).stdout.trim();
  const names = [daemon.pid, vrrp].map((pid) => machine.read(`/proc/${pid}/comm`).trim());
  const locked = Number(/^VmLck:\s+(\d+)/m.exec(machine.read(`/proc/${vrrp}/status`))?.[1]) > 0;
  const facts = { names, vrrp: await how(), locked };
  await whileItRuns(daemon.pid, how);
  await until('the scripts have run', { within: patience, every: 50 }, () =>
    machine.read('/tmp/said').includes('MASTER'),
  );
  expect(await daemon.stop('SIGTERM', patience)).toBe(0);
  // At the stop a script has a second, which is not much on a busy machine.
  const said = machine.read('/tmp/said').trim().split('\n');
  return { ...facts, said: said.filter((line) => !line.includes('STOP')) };
}

it('priorities, limits, processors, names and scripts at start and stop are as with keepalived, and change with a reload', async () => {
  const theirs = await play('/usr/sbin/keepalived');
  await machine.run(['sh', '-c', 'rm -f /run/*.pid']);
  // Otherwise a machine that refuses everything would do.
  expect(theirs.names).toEqual(['kts_parent', 'kts_vrrp']);
  expect(theirs.vrrp).toMatch(/^RR 7\n5000000\n.*\t0$/);
  expect(theirs.locked).toBe(true);
  const ours = await play(keepalived, async (parent, how) => {
    machine.write(configurationFile, configuration(9).replace('kts_parent', 'kts_later'));
    process.kill(parent, 'SIGHUP');
    await until('the priority is another', { within: patience, every: 50 }, async () =>
      (await how()).startsWith('RR 9'),
    );
    expect(machine.read(`/proc/${parent}/comm`)).toBe('kts_later\n');
  });
  expect(ours).toEqual(theirs);
  expect(ours.said).toEqual([
    'startup TS',
    'notify INSTANCE VI_1 BACKUP 150 TS',
    'notify INSTANCE VI_1 MASTER 150 TS',
    'shutdown TS',
  ]);
});

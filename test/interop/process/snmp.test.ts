/** SNMP through Debian's snmpd: the same walks and notifications as under Debian's keepalived. */
import path from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import { until } from '../../../lab/lib/clock.ts';
import type { Running } from '../../../lab/lib/run.ts';
import { configurationFile, patience, provideMachine, type Machine } from './machine.ts';

const modules = { keepalived: '1.3.6.1.4.1.9586.100.5', vrrp: '1.3.6.1.2.1.68', vrrpv3: '1.3.6.1.2.1.207' };

const agentConfiguration = `rwcommunity public 127.0.0.1
agentaddress udp:127.0.0.1:1161
master agentx
agentXSocket /run/agentx
agentXPerms 0700 0700
trapsess -v 2c -c public 127.0.0.1:1162
`;

const configuration = `global_defs {
  router_id LB1
  notification_email {
    admin@example.com
    second@example.com
  }
  notification_email_from k@example.com
  smtp_server 127.0.0.1
  smtp_connect_timeout 3
  enable_snmp_vrrp
  enable_snmp_rfc
  enable_traps
  snmp_socket /run/agentx
  script_user root
  vrrp_version 3
  dynamic_interfaces
}
static_ipaddress {
  10.50.0.1/24 dev eth0
  10.50.0.2/24 dev eth1 scope link label eth1:s
}
static_routes {
  10.60.0.0/16 via 10.88.0.3 dev eth0 table 5
  10.61.0.0/16 table 5 nexthop via 10.88.0.2 dev eth0 weight 1 nexthop via 10.88.0.3 dev eth0 weight 3
  blackhole 10.62.0.0/16 table 5
}
static_rules {
  from 10.4.0.0/16 table 100 preference 900
  to 10.5.0.0/16 lookup main preference 901
  iif eth1 table 5 preference 902
}
vrrp_script chk {
  script "/usr/bin/true x"
  interval 2
  weight -5
  rise 2
  fall 3
}
vrrp_track_file tf {
  file /run/tf
  weight 2
}
vrrp_track_process tp {
  process no-such-process
  weight 3
  delay 2
}
vrrp_sync_group G {
  group {
    VI_1
    VI_2
  }
  notify_master "/usr/bin/true gm"
  notify_stop "/usr/bin/true gs"
  track_interface {
    eth1 weight 7
  }
  track_script {
    chk weight 3
  }
}
vrrp_instance VI_1 {
  interface eth0
  state MASTER
  virtual_router_id 51
  priority 100
  advert_int 0.1
  garp_master_delay 3
  notify_master "/usr/bin/true m"
  notify "/usr/bin/true any"
  virtual_ipaddress {
    10.88.0.100/24 label eth0:1
    10.88.0.101/32 dev eth0 scope link
  }
  virtual_ipaddress_excluded {
    10.88.0.102/24 brd 10.88.0.255
  }
  virtual_routes {
    10.30.0.0/16 via 10.88.0.2 dev eth0 metric 5 src 10.88.0.100
    10.31.0.0/16 nexthop via 10.88.0.2 dev eth0 weight 1 nexthop via 10.88.0.3 dev eth0 weight 3
    10.32.0.0/16 via 10.88.0.2 dev eth0 table 100 mtu lock 1400 advmss 1300 initcwnd 4 rto_min 50 quickack 1
    unreachable 10.33.0.0/16
  }
  virtual_rules {
    from 10.1.0.0/16 table 100 preference 1000
    not to 10.2.0.0/16 iif eth0 fwmark 3/7 unreachable preference 1001
    from 10.3.0.0/16 goto 32766 preference 1002
  }
}
vrrp_instance VI_2 {
  interface eth0
  nopreempt
  virtual_router_id 52
  priority 90
  version 2
  advert_int 1
  preempt_delay 5
  authentication {
    auth_type PASS
    auth_pass secret
  }
  virtual_ipaddress {
    10.88.0.200/24
  }
}
vrrp_instance VI_3 {
  interface eth1
  virtual_router_id 53
  priority 100
  advert_int 0.1
  track_interface {
    eth0 weight 10 reverse
  }
  track_script {
    chk
  }
  track_file {
    tf
  }
  track_process {
    tp
  }
  virtual_ipaddress {
    10.89.0.100/24
  }
}
`;

/**
 * Values that are not compared: the program's version; whether the primary interface is tracked, where keepalived says
 * whether anything is; the accept mode of version 2, where it says 0; whether an address is advertised, which it denies
 * for all instances but the first; the advmss of a route, which it does not show; times.
 */
const different = [
  /\.100\.5\.1\.1\.0 /,
  /\.100\.5\.2\.3\.1\.11\./,
  /\.100\.5\.2\.3\.1\.27\.2 /,
  /\.100\.5\.2\.6\.1\.11\.[1-9]/,
  /\.100\.5\.2\.7\.1\.25\./,
  /Timeticks/,
];

let machine: Machine;
let agent: Running;
provideMachine('snmp', 'each test', (made) => (machine = made));

async function startAgent(): Promise<void> {
  await machine.run(['rm', '-f', '/run/agentx']);
  agent = machine.start('snmpd', ['snmpd', '-f', '-Lo', '-C', '-c', '/run/snmpd.conf', '-p', '/run/snmpd.pid']);
  await until('the master agent', { within: patience, every: 20 }, () => machine.exists('/run/agentx'));
}

beforeEach(async () => {
  machine.write('/run/snmpd.conf', agentConfiguration);
  machine.write('/run/snmptrapd.conf', 'disableAuthorization yes\n');
  machine.write('/run/tf', '4\n');
  await machine.ethernet('10.89.0.1/24', 'eth1');
});

async function walk(module: string): Promise<string[]> {
  const options = ['-v2c', '-c', 'public', '-On', '-Oe', '-t', '5', '127.0.0.1:1161'];
  const { stdout } = await machine.run(['snmpwalk', ...options, module], { accept: 'any' });
  return stdout.split('\n').filter((line) => line !== '' && !line.includes('No Such Object'));
}

const stateOf = (instance: number): Promise<string[]> => walk(`${modules.keepalived}.2.3.1.4.${instance}`);

async function untilMasters(): Promise<void> {
  for (const instance of [1, 2, 3])
    await until(`instance ${instance} is master`, { within: patience, every: 100 }, async () =>
      (await stateOf(instance)).some((line) => line.endsWith('INTEGER: 2')),
    );
  // The script has been run often enough to be known as good.
  await until('the script is good', { within: patience, every: 100 }, async () =>
    (await walk(`${modules.keepalived}.2.9.1.6.1`)).some((line) => line.endsWith('INTEGER: 3')),
  );
}

/** Notifications as lists of `identifier = value`, without times. */
async function listen(): Promise<() => string[][]> {
  const traps = machine.start('snmptrapd', [
    ...['snmptrapd', '-f', '-Lo', '-C', '-c', '/run/snmptrapd.conf', '-On', '-Oe', '-F', 'TRAP %v\\n'],
    'udp:127.0.0.1:1162',
  ]);
  await until('snmptrapd', { within: patience, every: 20 }, () =>
    traps.lines.some(({ text }) => text.includes('NET-SNMP version')),
  );
  return () =>
    traps.lines.flatMap(({ text }) =>
      text.startsWith('TRAP ')
        ? [
            text
              .slice(5)
              .split('\t')
              .filter((part) => !part.includes('Timeticks')),
          ]
        : [],
    );
}

/** vrrpTrapAuthFailure and vrrpv3ProtoError. */
const isRefusal = ([name = '']: readonly string[]): boolean => /\.(68|207)\.0\.2$/.test(name);

const isStopped = (part: string): boolean => part.endsWith('.2.3.1.4 = INTEGER: 5');

/** Both daemons tell the same of each subject in the same order; which subject is first is chance. */
function bySubject(traps: readonly string[][]): Record<string, string[][]> {
  const subjects: Record<string, string[][]> = {};
  for (const trap of traps) {
    const words = trap.join(' ');
    const subject = /"(VI_\d|G)"/.exec(words)?.[1] ?? /\.(?:68|207)\.0\.\d.* \S+\.(5\d)(?:\.1)? = /.exec(words)?.[1];
    (subjects[subject ?? 'unknown'] ??= []).push(trap);
  }
  return subjects;
}

/**
 * What is set, each line together, in the columns of instances: priority 7, preempt 13, accept 27, state 4. Numbers that
 * keepalived lets overflow are not among them.
 */
const sets = [
  '7.3 i 0',
  '7.3 i 256',
  '7.3 u 50',
  '7.3 s 50',
  '7.9 i 50',
  '4.3 i 2',
  '27.3 i 1',
  '13.3 i 0',
  '13.3 i 3',
  '13.3 i 2 7.3 i 50',
  '7.1 i 254',
  '13.2 i 1',
  '7.1 i 60 7.3 u 7',
];

/** Answers to `sets`, and what is in force behind them and behind a reload. */
async function setAndReload(pid: number): Promise<Record<string, string[]>> {
  const entry = `${modules.keepalived}.2.3.1`;
  const told: Record<string, string[]> = {};
  for (const line of sets) {
    const words = line.replaceAll(/\d+\.\d+(?= )/g, (column) => `${entry}.${column}`).split(' ');
    const options = ['-v2c', '-c', 'public', '-On', '-Oe', '-t', '5', '127.0.0.1:1161'];
    const { code, stderr, stdout } = await machine.run(['snmpset', ...options, ...words], { accept: 'any' });
    told[line] = [`${code}`, ...`${stdout}${stderr}`.split('\n').filter((each) => /^\.1|Reason|Failed/.test(each))];
  }
  const inForce = async () => [
    ...(await walk(`${entry}.7`)),
    ...(await walk(`${entry}.8`)),
    ...(await walk(`${entry}.13`)),
  ];
  told['in force'] = await inForce();
  process.kill(pid, 'SIGHUP');
  await until('the priorities of the file', { within: patience, every: 100 }, async () =>
    (await walk(`${entry}.7.3`)).some((line) => line.endsWith('INTEGER: 100')),
  );
  told['behind a reload'] = await inForce();
  return told;
}

async function play(start: () => Promise<{ readonly pid: number; stop(): Promise<unknown> }>) {
  await startAgent();
  const traps = await listen();
  const daemon = await start();
  await untilMasters();
  const walks = [await walk(modules.keepalived), await walk(modules.vrrp), await walk(modules.vrrpv3)];
  const set = await setAndReload(daemon.pid);
  const forger = path.join(import.meta.dirname, 'forged-advertisements.py');
  await machine.run(['python3', forger, 'eth0w', '52', '51']);
  await until('eight refusals', { within: patience, every: 50 }, () => traps().filter(isRefusal).length === 8);
  await daemon.stop();
  await until('the last notification', { within: patience, every: 50 }, () =>
    [1, 2, 3].every((instance) =>
      traps().some((trap) => trap.some((part) => part.includes(`VI_${instance}`)) && trap.some(isStopped)),
    ),
  );
  const heard = traps().filter(([name]) => name?.includes('.100.5.2.10.') || /\.(68|207)\.0\./.test(name ?? ''));
  return {
    walks: walks.map((lines) => lines.filter((line) => !different.some((each) => each.test(line)))),
    heard,
    set,
  };
}

describe('the agent', () => {
  it("shows and tells what Debian's keepalived shows and tells", async () => {
    const theirs = await play(() => {
      machine.write(configurationFile, configuration);
      const running = machine.start('original', ['keepalived', '-n', '-l', '-D', '--vrrp']);
      return Promise.resolve({ pid: running.pid, stop: () => running.stop('SIGTERM', patience) });
    });
    machine.killAll();
    const ours = await play(() => machine.daemon(configuration));
    for (const part of theirs.walks) expect(part.length).toBeGreaterThan(20);
    expect(ours.walks).toEqual(theirs.walks);
    expect(theirs.set['in force']).toHaveLength(9);
    expect(ours.set).toEqual(theirs.set);
    const told = bySubject(theirs.heard);
    expect(Object.keys(told).sort()).toEqual(['51', '52', '53', 'G', 'VI_1', 'VI_2', 'VI_3']);
    expect(bySubject(ours.heard)).toEqual(told);
  });

  it('answers eight walks at a time, and comes back to a master agent that was killed', async () => {
    await startAgent();
    // -x asks for all modules, -A says where the agent is: nothing of that stands in the file.
    const silent = configuration.replaceAll(/^ {2}(?:enable_snmp_\w+|snmp_socket .*)\n/gm, '');
    expect(silent).not.toContain('snmp');
    const daemon = await machine.daemon(silent, { options: ['-x', '-A', '/run/agentx'] });
    await untilMasters();
    for (const module of Object.values(modules)) expect((await walk(module)).length).toBeGreaterThan(20);
    const alone = await walk(`${modules.keepalived}.2.3`);
    const together = await Promise.all(Array.from({ length: 8 }, () => walk(`${modules.keepalived}.2.3`)));
    for (const each of together) expect(each).toEqual(alone);
    agent.signal('SIGKILL');
    await agent.ended;
    await daemon.untilLog(/SNMP: master agent .*trying again/);
    await startAgent();
    await daemon.untilLog('SNMP: connected', 2);
    expect(await walk(`${modules.keepalived}.2.3`)).toEqual(alone);
    expect(await daemon.stop()).toBe(0);
  });
});

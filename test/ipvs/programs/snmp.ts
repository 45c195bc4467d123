/**
 * The checker part of KEEPALIVED-MIB under Debian's keepalived and under this daemon: both at the same time, each in
 * network and mount namespaces of its own with a master agent, a listener for notifications and servers to check.
 */
import { execFile, spawn, type ChildProcess } from 'node:child_process';
import { copyFileSync, existsSync, writeFileSync } from 'node:fs';
import net from 'node:net';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';

// No program is to read hundreds of module files: identifiers are shown as numbers.
process.env['MIBS'] = '';
const execute = promisify(execFile);
const patience = 60_000;
const module = '1.3.6.1.4.1.9586.100.5';
const check = `${module}.3`;
const agent = ['-v2c', '-c', 'public', '-On', '-Oe', '-t', '5', '127.0.0.1:1161'];
const live = [8001, 8002, 8004];

const agentConfiguration = `rwcommunity public 127.0.0.1
agentaddress udp:127.0.0.1:1161
master agentx
agentXSocket /run/agentx
agentXPerms 0700 0700
trapsess -v 2c -c public 127.0.0.1:1162
`;

const tcpCheck = 'TCP_CHECK {\n connect_timeout 20\n retry 0\n delay_before_retry 1\n warmup 0\n}';
const configuration = `global_defs {
  router_id LB1
  enable_snmp_checker
  enable_traps
  snmp_socket /run/agentx
  script_user root
  lvs_timeouts tcp 100 tcpfin 20 udp 30
  lvs_sync_daemon eth0 id 7 maxlen 1400 port 8850 ttl 3 group 224.0.0.82
  checker_log_all_failures
}
virtual_server_group GROUP {
  10.9.2.1 80
  10.9.2.2-4 81
  fwmark 9
}
virtual_server_group MARKS {
  fwmark 11
  fwmark 12
}
virtual_server 10.9.1.1 80 {
  delay_loop 1.5
  lb_algo wrr
  lb_kind NAT
  protocol TCP
  persistence_timeout 300
  persistence_granularity 255.255.255.0
  virtualhost www.example.com
  snmp_name first
  quorum 5
  hysteresis 2
  quorum_up "/usr/bin/true up"
  quorum_down "/usr/bin/true down"
  omega
  retry 4
  delay_before_retry 2.25
  warmup 0
  connect_timeout 3.5
  weight 9
  sorry_server 10.9.0.9 8009
  sorry_server_inhibit
  real_server 10.9.0.1 8001 {
    weight 3
    snmp_name one
    uthreshold 100
    lthreshold 50
    notify_up "/usr/bin/true rs up"
    notify_down "/usr/bin/true rs down"
    virtualhost rs.example.com
    ${tcpCheck}
  }
  real_server 10.9.0.1 8002 {
    inhibit_on_failure
    retry 2
    delay_before_retry 1.5
    delay_loop 2
    warmup 0.5
    connect_timeout 4
    smtp_alert
    ${tcpCheck}
  }
  real_server 10.9.0.1 8003 {
    weight 2
    alpha
    ${tcpCheck}
  }
}
virtual_server 10.9.1.2 53 {
  delay_loop 1
  lb_algo sh
  sh-port
  sh-fallback
  ops
  lb_kind DR
  protocol UDP
  alpha
  real_server 10.9.0.1 53 {
    weight 1
    ${tcpCheck.replace('connect_timeout', 'connect_port 8003\n connect_timeout')}
  }
}
virtual_server 10.9.1.3 5060 {
  delay_loop 1
  lb_algo mh
  mh-port
  mh-fallback
  lb_kind TUN
  protocol SCTP
  ha_suspend
  real_server 10.9.0.4 5060 {
    weight 1
  }
  real_server 10.9.0.5 5060 {
    weight 1
    lvs_method TUN type gue port 6080 csum
  }
}
virtual_server fwmark 5 {
  delay_loop 1
  lb_algo rr
  lb_kind NAT
  smtp_alert
  real_server 10.9.0.1 0 {
    weight 1
    ${tcpCheck.replace('connect_timeout', 'connect_port 8004\n connect_timeout')}
  }
}
virtual_server group GROUP {
  delay_loop 1
  lb_algo wlc
  lb_kind NAT
  protocol TCP
  persistence_timeout 60
  real_server 10.9.0.1 8001 {
    weight 1
    inhibit_on_failure
    ${tcpCheck}
  }
}
virtual_server group MARKS {
  delay_loop 1
  lb_algo fo
  lb_kind DR
  inhibit_on_failure
  real_server 10.9.0.6 0 {
    weight 1
  }
}
virtual_server 2001:db8:9::1:1 80 {
  delay_loop 1
  lb_algo lc
  lb_kind NAT
  protocol TCP
  persistence_timeout 60
  persistence_granularity 64
  real_server 2001:db8:9::9 8001 {
    weight 1
  }
  sorry_server 2001:db8:9::a 8001
}
`;

const programs: Readonly<Record<string, string>> = {
  ours: path.join(process.env['LAB_ROOT'] ?? '', 'dist', 'bin', 'keepalived'),
  debian: '/usr/sbin/keepalived',
};

async function until(what: string, probe: () => boolean | Promise<boolean>): Promise<void> {
  const deadline = performance.now() + patience;
  while (!(await probe())) {
    if (performance.now() > deadline) throw new Error(`waited in vain: ${what}`);
    await sleep(100);
  }
}

async function output(command: string, args: readonly string[]): Promise<string> {
  try {
    const { stdout } = await execute(command, [...args], { encoding: 'utf8', maxBuffer: 1 << 26 });
    return stdout;
  } catch (error) {
    const { stderr, stdout } = error as { stdout?: string; stderr?: string };
    return `${stdout ?? ''}${stderr ?? ''}`;
  }
}

const walk = async (oid: string): Promise<string[]> =>
  (await output('snmpbulkwalk', ['-Cr50', ...agent, oid])).split('\n').filter(Boolean);

class Lines {
  readonly all: string[] = [];
  #rest = '';

  constructor(child: ChildProcess) {
    for (const stream of [child.stdout, child.stderr]) {
      stream?.setEncoding('utf8').on('data', (text: string) => {
        const parts = (this.#rest + text).split('\n');
        this.#rest = parts.pop() ?? '';
        this.all.push(...parts);
      });
    }
  }
}

function listen(port: number): Promise<net.Server> {
  const server = net.createServer((socket) => socket.on('error', () => undefined).end());
  return new Promise((resolve) => server.listen(port, '10.9.0.1', 511, () => resolve(server)));
}

/** A connection that is opened and closed. */
function connect(address: string, port: number): Promise<void> {
  return new Promise((resolve) => {
    const socket = net.connect(port, address, () => socket.end());
    socket.on('close', () => resolve()).on('error', () => undefined);
    socket.resume();
  });
}

/** Connections so far, as the kernel counts them for services and again for servers. */
async function connections(): Promise<number> {
  const lines = (await output('ipvsadm', ['-Ln', '--stats', '--exact'])).split('\n');
  const counted = lines.map((line) => /^(?:TCP|UDP|SCTP|FWM| {2}->)\s+\S+\s+(\d+)\s/.exec(line)?.[1]);
  return counted.reduce((sum, count) => sum + Number(count ?? 0), 0);
}

/**
 * What is set, by the row of the real server: values, and types and rows that are refused. The last but one is down, of
 * the last kernel services of a whole group follow. No virtual server gains or loses its quorum by it.
 */
const sets = ['1.2 i 7', '1.2 u 3', '1.2 s 3', '1.1 i 7', '1.4 i 6', '4.1 i 4 5.1 i 8', '1.2 i 200 5.1 s x'];

async function setWeights(): Promise<string[]> {
  const weights = `${check}.4.1.7`;
  const told: string[] = [];
  for (const line of sets) {
    const words = line.replaceAll(/\d+\.\d+(?= )/g, (row) => `${weights}.${row}`).split(' ');
    const answer = await output('snmpset', [...agent, ...words]);
    told.push(line, ...answer.split('\n').filter((each) => /^\.1|Reason|Failed/.test(each)));
  }
  return [...told, ...(await walk(weights))];
}

const table = (): Promise<string> => output('ipvsadm', ['-Sn']);

async function side(program: string, walksTogether: number): Promise<unknown> {
  const prepare = [
    'set -e',
    'ip link set lo up',
    'ip link add eth0 type veth peer name eth0w',
    'ip addr add 10.8.0.1/24 dev eth0',
    'ip link set eth0w up',
    'ip link set eth0 up',
    'sysctl -qw net.ipv6.conf.all.disable_ipv6=0',
    'ip route add local 10.9.0.0/16 dev lo',
    'ip -6 route add local 2001:db8:9::/48 dev lo',
  ];
  await execute('sh', ['-c', prepare.join('\n')]);
  const servers = new Map<number, net.Server>();
  for (const port of live) servers.set(port, await listen(port));
  writeFileSync('/run/snmpd.conf', agentConfiguration);
  writeFileSync('/run/snmptrapd.conf', 'disableAuthorization yes\n');
  writeFileSync('/run/keepalived.conf', configuration);
  const traps = new Lines(
    spawn('snmptrapd', [
      ...['-f', '-Lo', '-C', '-c', '/run/snmptrapd.conf', '-On', '-Oe', '-F', 'TRAP %v\\n', 'udp:127.0.0.1:1162'],
    ]),
  );
  await until('the listener', () => traps.all.some((line) => line.includes('NET-SNMP version')));
  spawn('snmpd', ['-f', '-Lo', '-C', '-c', '/run/snmpd.conf', '-p', '/run/snmpd.pid'], { stdio: 'ignore' });
  await until('the master agent', () => existsSync('/run/agentx'));
  const daemon = spawn(program, ['-n', '-l', '-G', '-D', '--check', '-f', '/run/keepalived.conf']);
  const log = new Lines(daemon);
  const ended = new Promise((resolve) => daemon.on('exit', resolve));
  const told = (): string[] => traps.all.filter((line) => line.startsWith('TRAP ') && line.includes(check));
  const result = {
    trouble: '',
    walk: [] as string[],
    together: [] as string[][],
    told: [] as string[],
    set: [] as string[],
    inForce: '',
    log: log.all,
  };
  try {
    // Six virtual servers have their quorum, two servers have failed their first check.
    await until('eight notifications', () => told().length >= 8);
    await Promise.all([connect('10.9.2.1', 80), connect('10.9.2.1', 80), connect('10.9.2.3', 81)]);
    // The kernel sums its counters up every two seconds: three connections of services, and three of servers.
    await until('the connections are counted', async () => (await connections()) === 6);
    result.walk = await walk(module);
    result.together = await Promise.all(Array.from({ length: walksTogether }, () => walk(`${check}.3`)));
    const before = await table();
    result.set = await setWeights();
    await until('the last weight that was set', async () => /10\.9\.0\.1:8001 .*-w 8/.test(await table()));
    result.inForce = await table();
    daemon.kill('SIGHUP');
    await until('the weights of the file', async () => (await table()) === before);
    servers.get(8001)?.close();
    await until('three more', () => told().length >= 11);
    daemon.kill('SIGTERM');
    await ended;
    await until('the last one', () =>
      told().some((line) => line.includes('20 01 0D B8') && line.includes('.3.3.1.23 = INTEGER: 3')),
    );
  } catch (error) {
    result.trouble = (error as Error).message;
  }
  result.told = told();
  return result;
}

const [, self = '', only] = process.argv;
if (only !== undefined) {
  const result = await side(programs[only] ?? only, only === 'ours' ? 8 : 0);
  process.send?.(result, () => process.exit());
} else {
  copyFileSync(self, '/tmp/snmp.mjs');
  const enter = `mount --make-rprivate / && mount -t tmpfs -o mode=755 none /run && mkdir /run/netns && exec "$0" "$@"`;
  const words = (name: string) => ['-n', '-m', 'sh', '-c', enter, process.execPath, '/tmp/snmp.mjs', name];
  const results: Record<string, unknown> = {};
  const names = (process.env['SIDES'] ?? 'ours,debian').split(',');
  await Promise.all(
    names.map(async (name) => {
      const child = spawn('unshare', words(name), { stdio: ['ignore', 'inherit', 'inherit', 'ipc'] });
      child.on('message', (result) => (results[name] = result));
      await new Promise((resolve) => child.on('close', resolve));
    }),
  );
  writeFileSync('/run/out/result.json', JSON.stringify(results));
  process.exit(Object.keys(results).length === names.length ? 0 : 1);
}

// The command line of keepalived, each line given to Debian's binary and to ours: exit status, standard output, and what
// is said of options and words. Messages about configurations have words of their own here and are not compared.
import { beforeAll, describe, expect, it } from 'vitest';
import { until } from '../../../lab/lib/clock.ts';
import { instance, keepalived, patience, provideMachine, quick } from './machine.ts';
import type { Machine } from './machine.ts';

let machine: Machine;
provideMachine('command line', 'all tests', (made) => (machine = made));

const good = '/etc/keepalived/good.conf';
const test = ['-t', '-f', good];

/** Lines that both understand alike. */
const lines: readonly (readonly string[])[] = [
  ...['STOP', 'RELOAD', 'DATA', 'STATS', 'STATS_CLEAR', 'JSON', 'TDUMP', 'stop', 'HUP', '15'].map((name) => [
    `--signum=${name}`,
  ]),
  ...['JSON', 'NONSENSE'].map((name) => ['--signum', name]),
  ['--signum='],
  ['--sig=DATA'],
  ['--si', 'STATS'],
  ['--signum=STOP', '--nonsense'],
  ['--nonsense', '--signum=STOP'],
  // Answers, first come first served.
  ...['-v', '--version', '--vers', '-h', '--help', '--he', '-vh', '-hv', '-vn', '-nv'].map((word) => [word]),
  ['--nonsense', '-v'],
  ['-v', '--nonsense'],
  ['hello', '-v'],
  ['-', '-v'],
  ['-M', '-v'],
  ['-Mx', '-v'],
  // Wrong usage.
  ...['--nonsense', '-Z', '-f', '-p', '-r', '-c', '-b', '-u', '-S', '-s', '-i', '-A'].map((word) => [word]),
  ...['--use-file=', '--pid=', '--vrrp_pid=', '--namespace=', '--config-id='].map((word) => [word, ...test]),
  ...['--c', '--core', '--log', '--no', '--dont', '--dont-release', '--ch=1', '--vrrp=1', '--s'].map((word) => [
    word,
    ...test,
  ]),
  ['--version=1'],
  ['-lZnk', ...test],
  ['-k', 'word', ...test],
  // A test of a file, however it is said.
  test,
  ['-f', good, '-t'],
  [`-f${good}`, '-t'],
  [`--use-file=${good}`, '--config-test'],
  ['--use-file', good, '--config-t'],
  ['-f', '/etc/keepalived/go*.conf', '-t'],
  [`--config-test=/tmp/answer`, '-f', good],
  ['-t/tmp/answer', '-f', good],
  ['-tf', good, '-f', good],
  [...test, '-f', '/etc/keepalived/absent.conf'],
  ['-t', '-f', '/etc/keepalived/absent.conf'],
  ['-t', '-f', '/etc/keepalived/absent*'],
  ['-t', '-f', '/etc/keepalived/bad.conf'],
  // Everything that can be said besides.
  ['-P', '-C', '-B', '-l', '-D', '-G', '-X', '-V', '-I', '-R', '-n', '-d', '-a', '-x', '-m', '-M', '-e', ...test],
  [
    ...['--vrrp', '--check', '--no_bfd', '--all', '--log-console', '--log-detail', '--no-syslog', '--release-vips'],
    ...['--dont-release-vrrp', '--dont-release-ipvs', '--dont-respawn', '--dont-fork', '--dump-conf', '--snmp'],
    ...['--address-monitoring', '--core-dump', '--core-dump-pattern', '--core-dump-pattern=x', '--all-config', ...test],
  ],
  ['-PlDnGXVIRdaxme', ...test],
  ['-DD', '-lnPf', good, '-t'],
  ...['0', '7'].map((word) => [`-S${word}`, ...test]),
  ...['0', '022', '22', '0x12', '0777', '999', '01777', 'abc', '-1'].map((word) => ['-u', word, ...test]),
  ['-p', '/run/a', '-r', '/run/b', '-c', '/run/c', '-b', '/run/d', '-i', 'me', '-A', 'unix:/x', ...test],
  ['hello', 'world', ...test],
  [...test, '--', '-v', '--nonsense'],
];

/** What 2.2.7 does not know, or says in its own way. */
const ownLines: readonly [readonly string[], number, RegExp][] = [
  [['--signum'], 1, /Missing parameter for option --signum/],
  // It ends with 5 for every word, known or not.
  ...['local0', 'daemon', 'user'].map((word): [string[], number, RegExp] => [[`-S${word}`, ...test], 0, /^$/]),
  ...['8', 'local9', 'kern'].map((word): [string[], number, RegExp] => [
    ['-S', word, ...test],
    0,
    new RegExp(`^Invalid log facility '${word}'$`),
  ]),
  [['--use-file'], 1, /Missing parameter for option --use-file/],
  [['-g', ...test], 0, /^$/],
  [['--log-file=/tmp/x', '--flush-log-file', ...test], 0, /^$/],
  [['--ignore-sigint', ...test], 0, /^$/],
  [['--no-mem-check', ...test], 0, /^$/],
  [['-n', '-T'], 1, /must be the first option/],
];

interface Said {
  readonly code: number;
  readonly stdout: string;
  /** What standard error says of the words of the line. */
  readonly words: readonly string[];
  readonly answer: string;
}

async function say(program: string, line: readonly string[]): Promise<Said> {
  const { code, stderr, stdout } = await machine.run([program, ...line], { accept: 'any' });
  const words = stderr.split('\n').filter((text) => /^(Unknown|Missing|Invalid|-\w requires)/.test(text));
  return { code, stdout, words, answer: /^(Keepalived v|Usage: )/m.exec(stderr)?.[1] ?? '' };
}

async function each<T, R>(items: readonly T[], work: (item: T) => Promise<R>): Promise<R[]> {
  const results: R[] = [];
  const queue = items.entries();
  await Promise.all(
    Array.from({ length: 4 }, async () => {
      for (const [index, item] of queue) results[index] = await work(item);
    }),
  );
  return results;
}

beforeAll(() => {
  machine.write(good, quick + instance({ interval: 0.2 }));
  machine.write('/etc/keepalived/bad.conf', `nonsense\n${instance()}`);
});

describe('the command line', () => {
  it('has exit status, output and complaints of keepalived, whatever stands in it', async () => {
    const theirs = await each(lines, (line) => say('/usr/sbin/keepalived', line));
    const ours = await each(lines, (line) => say(keepalived, line));
    // All kinds of ends are in the table.
    expect(new Set(theirs.map(({ code }) => code)).size).toBeGreaterThan(2);
    const told = (said: Said, index: number): string => `${(lines[index] ?? []).join(' ')}: ${JSON.stringify(said)}`;
    expect(ours.map(told)).toEqual(theirs.map(told));
  });

  it('knows what later versions know', async () => {
    for (const [line, code, says] of ownLines) {
      const said = await machine.run([keepalived, ...line], { accept: 'any' });
      expect(`${line.join(' ')}: ${said.code}`).toBe(`${line.join(' ')}: ${code}`);
      expect(said.stderr.trim()).toMatch(says);
    }
  });
});

describe('options of the daemon', () => {
  it('-d logs what is understood, -a every address, -m lifts the limit of core dumps, -M names them', async () => {
    // The setting is the machine's: a file stands in for it.
    await machine.run([
      ...['sh', '-c', 'echo before >/tmp/pattern; mount --bind /tmp/pattern /proc/sys/kernel/core_pattern'],
    ]);
    const daemon = await machine.daemon(quick + instance({ interval: 0.2 }), { options: ['-d', '-a', '-M', '-m'] });
    await daemon.untilLog('------< Global definitions >------', 2);
    await daemon.untilLog(' VRRP Instance = VI_1');
    await daemon.untilLog('Netlink reflector reports IP 10.88.0.1 added to eth0');
    await daemon.untilLog('Netlink reflector reports IP 10.88.0.100 added to eth0');
    await machine.ip('addr add 10.88.0.200/24 dev eth0');
    await daemon.untilLog('Netlink reflector reports IP 10.88.0.200 added to eth0');
    await machine.ip('addr del 10.88.0.200/24 dev eth0');
    await daemon.untilLog('Netlink reflector reports IP 10.88.0.200 removed from eth0');
    expect(machine.read('/tmp/pattern').trim()).toBe('core');
    for (const pid of [daemon.pid, daemon.vrrpPid])
      expect(machine.read(`/proc/${pid}/limits`)).toMatch(/^Max core file size +unlimited +unlimited/m);
    await daemon.stop();
    expect(machine.read('/tmp/pattern').trim()).toBe('before');
  });

  it('file names are relative to where the command is typed, in front and behind', async () => {
    machine.write('/etc/keepalived/relative.conf', quick + instance({ interval: 0.2 }));
    const command = `cd /etc/keepalived && ${keepalived} -f relative.conf -p ../../run/rel.pid -r ../../run/rel-vrrp.pid`;
    const { stderr } = await machine.run(['sh', '-c', command]);
    expect(stderr).toBe('');
    const pid = Number(machine.read('/run/rel.pid'));
    expect(Number(machine.read('/run/rel-vrrp.pid'))).toBeGreaterThan(0);
    // After the start, from the root directory, it still finds its file.
    machine.write('/etc/keepalived/relative.conf', quick + instance({ interval: 0.2, addresses: ['10.88.0.7/24'] }));
    process.kill(pid, 'SIGHUP');
    await machine.untilAddress('10.88.0.7/24');
    process.kill(pid, 'SIGTERM');
    await until('it has ended', { within: patience }, () => !machine.exists('/run/rel.pid'));
  });

  it('without root, with two capabilities: addresses, scripts, dumps and the stop', async () => {
    await machine.run(['sh', '-c', 'install -d -o 65534 -g 65534 /run/keepalived; install -m 777 -d /tmp/open']);
    machine.write('/tmp/open/say.sh', '#!/bin/sh\necho "$* as $(id -u)" >>/tmp/open/said\n', 0o755);
    const more = 'notify /tmp/open/say.sh';
    machine.write(
      good,
      `use_pid_dir\n${quick.replace('{', '{\n script_user nobody')}${instance({ interval: 0.2, more })}`,
    );
    const capabilities = '+net_admin,+net_raw';
    const nobody = ['setpriv', '--reuid=65534', '--regid=65534', '--clear-groups'];
    const daemon = machine.start('nobody', [
      ...[...nobody, `--inh-caps=${capabilities}`, `--ambient-caps=${capabilities}`],
      ...[keepalived, '-n', '-l', '-f', good],
    ]);
    await machine.untilAddress('10.88.0.100/24');
    expect(machine.read('/run/keepalived/keepalived.pid')).toBe(`${daemon.pid}\n`);
    daemon.signal('SIGUSR1');
    await until('the dump is there', { within: patience, every: 20 }, () => machine.exists('/tmp/keepalived.data'));
    expect(await daemon.stop('SIGTERM', patience)).toBe(0);
    expect(await machine.addresses()).not.toContain('10.88.0.100/24');
    expect(machine.read('/tmp/open/said')).toContain('INSTANCE VI_1 MASTER 150 as 65534\n');
    const with1 = await machine.run(
      [...nobody, '--inh-caps=+net_raw', '--ambient-caps=+net_raw', keepalived, '-n', '-f', good],
      { accept: 'any' },
    );
    expect(with1.code).toBe(4);
    expect(with1.stderr).toMatch(/root.*CAP_NET_ADMIN/);
    expect(with1.stderr).not.toContain('CAP_NET_RAW');
  });
});

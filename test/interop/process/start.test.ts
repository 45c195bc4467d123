import { existsSync, mkdtempSync, readlinkSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { CleanUp } from '../../../lab/lib/clean-up.ts';
import { until } from '../../../lab/lib/clock.ts';
import { run } from '../../../lab/lib/run.ts';
import { Machine, configurationFile, instance, isAlive, keepalived, patience, quick } from './machine.ts';

const cleanUp = new CleanUp();
let machine: Machine;

beforeAll(async () => {
  machine = await Machine.make(cleanUp, 'start');
  await machine.ethernet('10.88.0.1/24');
});
afterEach(() => machine.killAll());
afterAll(async () => {
  expect(await cleanUp.run()).toEqual([]);
});

/** Whatever an unhappy end says: lines for people, no stack trace. */
function expectPlainWords(text: string): void {
  expect(text).not.toMatch(/^\s+at .*\(|node:internal|\.[cm]?js:\d+|undefined|\[object/m);
}

describe('exit status of a start that fails', () => {
  interface Refusal {
    readonly what: string;
    readonly configuration?: string;
    readonly options?: readonly string[];
    readonly code: number;
    /** The one line on stderr must say this. */
    readonly says: RegExp;
  }

  const refusals: Refusal[] = [
    { what: 'no file', options: ['-f', '/etc/keepalived/absent.conf'], code: 6, says: /no file .*absent\.conf/ },
    { what: 'a directory instead of a file', options: ['-f', '/etc'], code: 6, says: /directory: \/etc/ },
    {
      what: 'an include that must be there',
      configuration: 'includem absent.conf\n' + instance(),
      code: 6,
      says: /keepalived\.conf:1:.*absent/,
    },
    {
      what: 'an interface that does not exist',
      configuration: instance().replace('eth0', 'eth7'),
      code: 2,
      says: /keepalived\.conf:3:15: error: .*no interface eth7.*dynamic_interfaces/,
    },
    { what: 'an unknown option', options: ['--nonsense'], code: 1, says: /nonsense/ },
    { what: 'an option without its value', options: ['-f'], code: 1, says: /Missing parameter for option -f/ },
    {
      what: 'a pid file in a folder that does not exist',
      configuration: instance(),
      options: ['-p', '/run/absent/keepalived.pid'],
      code: 1,
      says: /\/run\/absent\/keepalived\.pid.*no such file/,
    },
    {
      what: 'a network namespace that does not exist',
      configuration: instance(),
      options: ['-s', 'absent'],
      code: 1,
      says: /namespace.*absent/,
    },
  ];

  it.each(
    refusals.flatMap((refusal) => [
      { ...refusal, mode: '-n' },
      { ...refusal, mode: 'background' },
    ]),
  )('$code for $what ($mode)', async ({ code, configuration = '', mode, options = [], says }) => {
    const file = `/etc/keepalived/${Math.random()}.conf`;
    machine.write(file, configuration);
    const given = options.includes('-f') ? options : ['-f', file, ...options];
    const result = await machine.run([keepalived, ...(mode === '-n' ? ['-n'] : []), ...given], { accept: 'any' });
    const said = `${result.stdout}${result.stderr}`;
    expectPlainWords(said);
    expect(said.replaceAll(file, 'keepalived.conf')).toMatch(says);
    expect(result.code).toBe(code);
    expect(machine.exists('/run/keepalived.pid')).toBe(false);
  });

  it('4 without root', async () => {
    machine.write(configurationFile, instance());
    const result = await machine.run(
      ['setpriv', '--reuid=65534', '--regid=65534', '--clear-groups', keepalived, '-n'],
      {
        accept: 'any',
      },
    );
    expectPlainWords(result.stderr);
    expect(result.stderr.trim().split('\n')).toHaveLength(1);
    expect(result.stderr).toMatch(/root/);
    expect(result.code).toBe(4);
  });

  it.runIf(!existsSync('/proc/net/ip_vs'))('1 where the kernel has no IPVS, with one line that says so', async () => {
    machine.write(
      configurationFile,
      'virtual_server 10.88.0.9 80 {\n protocol TCP\n lb_algo rr\n lb_kind NAT\n real_server 10.88.0.10 80 {\n weight 1\n }\n}\n',
    );
    for (const mode of [['-n'], []]) {
      const result = await machine.run([keepalived, ...mode], { accept: 'any' });
      expectPlainWords(result.stderr);
      expect(result.stderr).toMatch(/IPVS.*modprobe ip_vs/);
      expect(result.code).toBe(1);
    }
  });
});

describe('a start that succeeds', () => {
  it('waits for the interface with dynamic_interfaces', async () => {
    const daemon = await machine.daemon(`global_defs {\n dynamic_interfaces\n}\n${instance().replace('eth0', 'eth7')}`);
    await daemon.untilLog('no interface eth7');
    expect(await daemon.stop()).toBe(0);
  });

  it('runs with nothing to do', async () => {
    const daemon = await machine.daemon('global_defs {\n router_id lonely\n}\n');
    await daemon.untilLog('Nothing to do');
    daemon.signal('SIGHUP');
    await daemon.untilLog('Reload complete');
    expect(await daemon.stop()).toBe(0);
  });

  it('writes pid files while it runs, each with its own number, and removes them', async () => {
    const daemon = await machine.daemon(instance(), { options: ['-P'] });
    expect(machine.read('/run/keepalived.pid')).toBe(`${daemon.pid}\n`);
    expect(daemon.children).toEqual([daemon.vrrpPid]);
    for (const pid of [daemon.pid, daemon.vrrpPid]) {
      const { stdout } = await machine.run(['cat', `/proc/${pid}/comm`]);
      expect(stdout).toBe('keepalived\n');
    }
    await daemon.stop();
    expect(machine.exists('/run/keepalived.pid')).toBe(false);
    expect(machine.exists('/run/vrrp.pid')).toBe(false);
    expect(machine.exists('/run/keepalived/control.sock')).toBe(false);
  });

  it('finds its processes compiled: V8 takes the code cache of each, and pino waits for who reads JSON', async () => {
    const spy = `const vm = require('node:vm');
      const { Script } = vm;
      const write = (file, word) => require('node:fs').writeFileSync('/run/' + file, String(word));
      // Of what is loaded by nothing but pino.
      const hasThreads = () => process.moduleLoadList.includes('NativeModule worker_threads');
      vm.Script = class extends Script {
        constructor(text, options) {
          super(text, options);
          const name = require('node:path').basename(options.filename);
          write('rejected-' + name, this.cachedDataRejected);
          process.on('exit', () => write('threads-' + name, hasThreads()));
        }
      };`;
    machine.write('/run/spy.cjs', spy);
    const daemon = await machine.daemon(
      `${instance()}bfd_instance peer {\n neighbor_ip 10.88.0.2\n source_ip 10.88.0.1\n}\n`,
      { env: { NODE_OPTIONS: '--require=/run/spy.cjs' } },
    );
    await daemon.stop();
    for (const what of ['rejected', 'threads']) {
      const words = ['parent', 'vrrp', 'bfd'].map((part) => machine.read(`/run/${what}-${part}.js`));
      expect(words, what).toEqual(['false', 'false', 'false']);
    }
  });

  it('has packages of its own where a setting wants one, and no warning of the runtime in its log', async () => {
    const daemon = await machine.daemon(
      `${quick}global_defs {
        smtp_server 127.0.0.1
        smtp_alert_vrrp true
        notification_email {
          a@example.com
        }
        notification_email_from b@example.com
      }
      ${instance({ interval: 0.2 })}`,
    );
    // Nobody listens there: the package for SMTP says so.
    await daemon.untilLog('not sent through 127.0.0.1:25: connect ECONNREFUSED');
    expect(daemon.said(/Warning:/)).toBe(0);
    expect(await daemon.stop()).toBe(0);
  });

  it('refuses a second daemon, says so and leaves the first alone', async () => {
    const daemon = await machine.daemon(instance());
    for (const mode of [['-n'], []]) {
      const second = await machine.run([keepalived, ...mode], { accept: 'any' });
      expect(second.code).toBe(0);
      expect(second.stderr).toMatch(/daemon is already running/);
      expectPlainWords(second.stderr);
    }
    expect(machine.read('/run/keepalived.pid')).toBe(`${daemon.pid}\n`);
    expect(isAlive(daemon.pid)).toBe(true);
    await daemon.stop();
  });

  it('ignores files left over by a daemon that was killed, and waits for the children it left', async () => {
    const killed = await machine.daemon(quick + instance({ interval: 0.1 }));
    await machine.untilAddress('10.88.0.100/24');
    process.kill(killed.pid, 'SIGKILL');
    const daemon = await machine.daemon(quick + instance({ interval: 0.1 }));
    await machine.untilAddress('10.88.0.100/24');
    expect(machine.read('/run/keepalived.pid')).toBe(`${daemon.pid}\n`);
    expect(daemon.children).toEqual([daemon.vrrpPid]);
    await daemon.stop();
    expect(await machine.addresses()).toEqual(['10.88.0.1/24']);
  });

  it('takes no notice of a pid file with the number of another program', async () => {
    machine.write('/run/keepalived.pid', `${process.pid}\n`);
    const daemon = await machine.daemon(instance());
    expect(machine.read('/run/keepalived.pid')).toBe(`${daemon.pid}\n`);
    await daemon.stop();
  });
});

describe('network namespaces', () => {
  it('are entered with -s, by net_namespace, and kept under ip netns exec', async () => {
    await machine.ip('netns add inner');
    await machine.run(['ip', '-n', 'inner', '-batch', '-'], {
      input: [
        'link add eth0 type veth peer name eth0w',
        'addr add 10.88.0.1/24 dev eth0',
        'link set eth0w up',
        'link set eth0 up\n',
      ].join('\n'),
    });
    const configuration = quick + instance({ interval: 0.1 });
    const inside = async (): Promise<string> => (await machine.run(['ip', '-n', 'inner', '-4', 'addr'])).stdout;
    for (const { more = '', options = [] } of [{ options: ['-s', 'inner'] }, { more: 'net_namespace inner\n' }]) {
      const daemon = await machine.daemon(more + configuration, { options });
      await until('the address is inside', { within: patience }, async () => (await inside()).includes('10.88.0.100'));
      expect(await machine.addresses()).toEqual(['10.88.0.1/24']);
      expect(await daemon.stop()).toBe(0);
      expect(await inside()).not.toContain('10.88.0.100');
    }
    machine.write(configurationFile, configuration);
    const running = machine.start('inner', ['ip', 'netns', 'exec', 'inner', keepalived, '-n', '-l']);
    await until('the address is inside', { within: patience }, async () => (await inside()).includes('10.88.0.100'));
    expect(await running.stop('SIGTERM', patience)).toBe(0);
    expect(await inside()).not.toContain('10.88.0.100');
  });
});

describe('in the background', () => {
  it('returns when the daemon is ready, holds no terminal, and stops by its pid file', async () => {
    machine.write(configurationFile, quick + instance({ interval: 0.1 }));
    // Waits for the end of both pipes: a daemon that kept one open would be waited for in vain.
    const result = await machine.run([keepalived], { timeout: patience });
    expect(result).toEqual({ code: 0, stdout: '', stderr: '' });
    const pid = Number(machine.read('/run/keepalived.pid'));
    expect(pid).toBeGreaterThan(0);
    const vrrp = Number(machine.read('/run/vrrp.pid'));
    await machine.untilAddress('10.88.0.100/24');
    const { stdout: facts } = await machine.run(['ps', '-o', 'ppid=,sid=,tty=,comm=', '-p', String(pid)]);
    expect(facts.trim().split(/\s+/)).toEqual(['1', String(pid), '?', 'keepalived']);
    const { stdout: folder } = await machine.run(['readlink', `/proc/${pid}/cwd`, `/proc/${vrrp}/cwd`]);
    expect(folder).toBe('/\n/\n');
    process.kill(pid, 'SIGTERM');
    await until('the daemon has ended', { within: patience }, () => !isAlive(pid) && !isAlive(vrrp));
    expect(await machine.addresses()).toEqual(['10.88.0.1/24']);
    expect(machine.exists('/run/keepalived.pid')).toBe(false);
  });
});

describe('the launchers', () => {
  let folder: string;
  beforeAll(() => {
    folder = mkdtempSync(path.join(tmpdir(), 'launch-'));
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  it('work through symbolic links, from any directory and with a relative name', async () => {
    symlinkSync(keepalived, path.join(folder, 'one'));
    symlinkSync('one', path.join(folder, 'keepalived'));
    const linked = await run('sh', ['-c', `cd ${folder} && ./keepalived --version`]);
    expect(linked.stderr).toMatch(/^Keepalived v/);
    const found = await run('sh', ['-c', 'cd / && keepalived -v'], { env: { PATH: `${folder}:/usr/bin:/bin` } });
    expect(found.stderr).toMatch(/^Keepalived v/);
  });

  it('are genhash when called by that name', async () => {
    symlinkSync(keepalived, path.join(folder, 'genhash'));
    const result = await run(path.join(folder, 'genhash'), ['--help'], { accept: 'any' });
    expect(result.stderr + result.stdout).toMatch(/genhash/);
    expect(result.stderr + result.stdout).toMatch(/--url|-u/);
  });
});

describe('signals', () => {
  it('that come at any moment of the start kill nobody, and a reload follows', async () => {
    machine.write(configurationFile, quick + instance({ interval: 0.1 }));
    const running = machine.start('keepalived', [keepalived, '-n', '-l']);
    // The launcher guards from its first line on; what stands before it here does not.
    await until('the runtime has started', { within: patience, every: 1 }, () =>
      readlinkSync(`/proc/${running.pid}/exe`).endsWith('/node'),
    );
    const said = (text: string): boolean => running.lines.some((line) => line.text.includes(text));
    await until('it has started under a rain of signals', { within: patience, every: 2 }, () => {
      for (const signal of ['SIGHUP', 'SIGUSR1', 'SIGUSR2', 36, 63] as const) running.signal(signal);
      return running.code !== undefined || said('Startup complete');
    });
    expect(running.code).toBeUndefined();
    await until('it has reloaded', { within: patience, every: 10 }, () => said('Reload complete'));
    expect(said('Respawning')).toBe(false);
    expect(await running.stop('SIGINT', patience)).toBe(0);
  });

  it('make files, sent to the parent or to the VRRP process', async () => {
    const daemon = await machine.daemon(quick + instance({ interval: 0.1 }));
    await machine.untilAddress('10.88.0.100/24');
    const files = {
      SIGUSR1: ['/tmp/keepalived.data', '/tmp/keepalived_parent.data'],
      SIGUSR2: ['/tmp/keepalived.stats'],
      36: ['/tmp/keepalived.json'],
      63: ['/tmp/keepalived.stats'],
    } as const;
    for (const target of [daemon.pid, daemon.vrrpPid]) {
      for (const [signal, names] of Object.entries(files)) {
        const expected = names.filter((name) => target === daemon.pid || !name.includes('parent'));
        await machine.run(['rm', '-f', ...expected]);
        process.kill(target, /^\d+$/.test(signal) ? Number(signal) : signal);
        await until(`${expected.join(' ')} after ${signal}`, { within: patience, every: 10 }, () =>
          expected.every((name) => machine.exists(name) && machine.read(name) !== ''),
        );
      }
    }
    const parsed = JSON.parse(machine.read('/tmp/keepalived.json')) as { data: { iname: string; state: number } }[];
    expect(parsed.map(({ data }) => [data.iname, data.state])).toEqual([['VI_1', 2]]);
    expect(machine.read('/tmp/keepalived.stats')).toMatch(/^VRRP Instance: VI_1\n.*Became master: /s);
    await daemon.stop();
  });
});

import { copyFileSync, mkdtempSync, readlinkSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { CleanUp } from '../../../lab/lib/clean-up.ts';
import { until } from '../../../lab/lib/clock.ts';
import { makePackage } from '../../../scripts/package.ts';
import { TestRoot } from './test-root.ts';

const patience = 20_000;
const configuration = `vrrp_instance VI_1 {
    state MASTER
    interface eth0
    virtual_router_id 51
    priority 150
    advert_int 1
    virtual_ipaddress {
        10.89.0.100/24
    }
}
`;
const ownOptions = '# ours\nDAEMON_ARGS="--log-detail"\n';

describe('the Debian package', () => {
  const cleanUp = new CleanUp();
  let root: TestRoot;
  let first: string;
  let second: string;

  beforeAll(async () => {
    const output = mkdtempSync(path.join(tmpdir(), 'keepalived-package-'));
    cleanUp.add('remove the packages', () => rmSync(output, { recursive: true, force: true }));
    const compression = ['-Zzstd', '-z1'];
    first = makePackage({ version: '0.0.1-1', output, compression });
    second = makePackage({ version: '0.0.2-1', output, compression });
    root = await TestRoot.make(cleanUp);
    root.write('/etc/keepalived/keepalived.conf', configuration);
    root.write('/etc/default/keepalived', ownOptions);
  });
  afterAll(async () => {
    expect(await cleanUp.run()).toEqual([]);
  });

  const hasAddress = async (): Promise<boolean> =>
    (await root.run(['ip', '-4', 'addr', 'show', 'dev', 'eth0'])).stdout.includes('10.89.0.100/24');
  const untilAddress = (): Promise<unknown> =>
    until('the address is there', { within: patience, every: 50 }, hasAddress);
  const parentPid = (): number => Number(root.read('/run/keepalived.pid'));
  const programOf = (pid: number): string => readlinkSync(`/proc/${pid}/exe`);
  const versions = (): string[] => readdirSync(root.path('/usr/lib/keepalived-ts/versions'));
  const install = async (file: string, ...words: readonly string[]): Promise<string> => {
    // dpkg runs in the root, the package lies outside of it.
    const inside = `/tmp/${path.basename(file)}`;
    copyFileSync(file, root.path(inside));
    const { stderr, stdout } = await root.dpkg(...words, inside);
    return stdout + stderr;
  };

  it('takes the place of keepalived: one dpkg -i, nothing edited', async () => {
    await root.run(['systemctl', 'start', 'keepalived.service']);
    await untilAddress();
    expect(programOf(parentPid())).toContain('/usr/sbin/keepalived');
    root.record();
    await install(first, '-i');
    expect(root.record()).toEqual(['stop', 'start']);
    await untilAddress();
    expect(programOf(parentPid())).toMatch(/\/usr\/lib\/keepalived-ts\/versions\/0\.0\.1-1-\w+\/runtime\/node/);
    expect(root.read('/etc/default/keepalived')).toBe(ownOptions);
    expect(root.read('/etc/keepalived/keepalived.conf')).toBe(configuration);
    expect((await root.run(['dpkg', '--audit'])).stdout).toBe('');
    expect((await root.run(['dpkg', '--verify', 'keepalived-ts'])).stdout).toBe('');
    const states = await root.run(['dpkg-query', '-W', '-f', '${Package} ${db:Status-Status}\n', 'keepalived*']);
    expect(states.stdout).toContain('keepalived-ts installed');
    expect(states.stdout).not.toContain('keepalived installed');
    expect(root.exists('/etc/systemd/system/multi-user.target.wants/keepalived.service')).toBe(true);
  });

  it('has its programs, unit, manual pages and completion in their places', async () => {
    expect((await root.run(['keepalived', '-v'])).stderr).toMatch(/^Keepalived v[\d.]+ /);
    expect((await root.run(['keepalived', '-t'])).code).toBe(0);
    expect((await root.run(['keepalived', '--signum=JSON'])).stdout).toBe('36\n');
    expect((await root.run(['genhash', '-h'], { accept: 'any' })).stderr).toContain('genhash');
    expect((await root.run(['keepalivectl', 'status'])).stdout).toContain('VI_1');
    const unit = '/usr/lib/systemd/system/keepalived.service';
    const verified = await root.run(['systemd-analyze', 'verify', '--man=no', unit], { accept: 'any' });
    expect([verified.code, verified.stderr]).toEqual([0, '']);
    for (const page of ['keepalived', 'keepalived.conf', 'genhash', 'keepalivectl'])
      expect((await root.run(['man', '-w', page])).stdout).toContain(`${page}.`);
    expect(root.exists('/usr/share/bash-completion/completions/keepalivectl')).toBe(true);
  });

  it('runs on while its files are replaced: a child that dies before the restart comes back from its own version', async () => {
    const [before] = versions();
    await install(second, '--unpack');
    expect(root.record()).toEqual([]);
    const parent = parentPid();
    const child = Number(root.read('/run/vrrp.pid'));
    process.kill(child, 'SIGKILL');
    const fresh = (): boolean => root.exists('/run/vrrp.pid') && Number(root.read('/run/vrrp.pid')) !== child;
    await until('a new child', { within: patience, every: 50 }, fresh);
    await untilAddress();
    expect(parentPid()).toBe(parent);
    expect(programOf(Number(root.read('/run/vrrp.pid')))).toContain(`/versions/${before ?? 'none'}/`);
    // What people and exporters call is still one version, whole.
    expect((await root.run(['keepalived', '-t'])).code).toBe(0);

    await root.dpkg('--configure', 'keepalived-ts');
    expect(root.record()).toEqual(['restart']);
    await untilAddress();
    expect(programOf(parentPid())).toMatch(/\/versions\/0\.0\.2-1-\w+\//);
    expect(versions()).toEqual([expect.stringMatching(/^0\.0\.2-1-/)]);
  });

  it('does not stop what runs for a configuration that the new version would not start with', async () => {
    const parent = parentPid();
    root.write('/etc/keepalived/keepalived.conf', 'vrrp_instance VI_1 {\n    interface\n');
    expect((await root.run(['keepalived', '-t'], { accept: 'any' })).code).toBe(2);
    expect(await install(first, '--force-downgrade', '-i')).toContain('not restarted');
    expect(root.record()).toEqual([]);
    expect(parentPid()).toBe(parent);
    expect(programOf(parent)).toContain('/versions/0.0.2-1-');
    expect(await hasAddress()).toBe(true);
    expect(versions().sort()).toEqual([expect.stringMatching(/^0\.0\.1-1-/), expect.stringMatching(/^0\.0\.2-1-/)]);
    root.write('/etc/keepalived/keepalived.conf', configuration);
  });

  it('removed, it gives its addresses back and leaves what belongs to the administrator', async () => {
    const output = await root.dpkg('--remove', 'keepalived-ts');
    expect(output.stderr).not.toContain('not empty');
    expect(root.record()).toEqual(['stop']);
    expect(await hasAddress()).toBe(false);
    for (const file of ['/usr/sbin/keepalived', '/usr/lib/keepalived-ts', '/usr/lib/systemd/system/keepalived.service'])
      expect(root.exists(file), file).toBe(false);
    await root.dpkg('--purge', 'keepalived-ts');
    expect(root.read('/etc/default/keepalived')).toBe(ownOptions);
    expect(root.read('/etc/keepalived/keepalived.conf')).toBe(configuration);
    expect(root.exists('/etc/systemd/system/multi-user.target.wants/keepalived.service')).toBe(false);
  });

  it('on a machine that never had keepalived it brings its options, and takes them along when purged', async () => {
    await root.dpkg('--purge', 'keepalived');
    rmSync(root.path('/etc/default/keepalived'), { force: true });
    root.record();
    const said = await install(second, '-i');
    expect(root.record(), said).toEqual(['start']);
    await untilAddress();
    expect(root.read('/etc/default/keepalived')).toContain('DAEMON_ARGS=""');
    await root.dpkg('--purge', 'keepalived-ts');
    expect(await hasAddress()).toBe(false);
    expect(root.exists('/etc/default/keepalived')).toBe(false);
  });
});

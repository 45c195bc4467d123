import { cpSync, existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { CleanUp } from '../../../lab/lib/clean-up.ts';
import { until } from '../../../lab/lib/clock.ts';
import { run } from '../../../lab/lib/run.ts';
import type { Running } from '../../../lab/lib/run.ts';
import { layOutImage } from '../../../scripts/image.ts';
import { TestRoot } from './test-root.ts';

const repository = path.join(import.meta.dirname, '..', '..', '..');
const patience = 20_000;
const steps = readFileSync(path.join(repository, 'Dockerfile'), 'utf8')
  .split('\n')
  .filter((line) => /^[A-Z]+ /.test(line))
  .map((line) => ({ verb: line.split(' ', 1)[0] ?? '', rest: line.slice(line.indexOf(' ') + 1) }));
const of = (verb: string): string[] => steps.filter((step) => step.verb === verb).map(({ rest }) => rest);

const script = `#!/bin/sh
sh -c 'sleep 0.2; touch /run/left; exit 3' &
exit 0
`;
const configuration = `global_defs {
    vrrp_version 3
    script_user root
}
vrrp_instance VI_1 {
    state MASTER
    interface eth0
    virtual_router_id 51
    priority 150
    advert_int 0.1
    virtual_ipaddress {
        10.89.0.100/24
    }
    notify /run/notify
}
`;

describe('the Dockerfile', () => {
  const cleanUp = new CleanUp();
  let root: TestRoot;
  let container: Running;

  /** Process 1 of the container, as this machine numbers it. */
  const first = (): number => {
    const children = readFileSync(`/proc/${container.pid}/task/${container.pid}/children`, 'utf8');
    return Number(children.trim().split(' ')[0]);
  };
  /** A command beside the daemon, as `docker exec` runs it. */
  const exec = (...command: readonly string[]): [string, string[]] => [
    'nsenter',
    ['-t', String(first()), '-a', `--root=/proc/${first()}/root`, `--wd=/proc/${first()}/root`, ...command],
  ];
  const said = (text: string): boolean => container.lines.some((line) => line.text.includes(text));

  beforeAll(async () => {
    // Its last stage is a Debian of the release that this test root resembles.
    const image = mkdtempSync(path.join(tmpdir(), 'keepalived-image-'));
    cleanUp.add('remove the image', () => rmSync(image, { recursive: true, force: true }));
    layOutImage(image);
    root = await TestRoot.make(cleanUp);
    for (const file of ['/usr/sbin/keepalived', '/usr/bin/genhash']) rmSync(root.path(file), { force: true });
    cpSync(image, root.path('/'), { recursive: true, verbatimSymlinks: true });
    root.write('/etc/keepalived/keepalived.conf', configuration);
    root.write('/run/notify', script, 0o755);
    const environment = Object.fromEntries(of('ENV').map((line) => line.split('=', 2) as [string, string]));
    const [entry = ''] = JSON.parse(of('ENTRYPOINT')[0] ?? '[]') as string[];
    const env = { ...environment, KEEPALIVED_OPTIONS: '--log-detail --vrrp' };
    container = root.start(cleanUp, 'container', ['unshare', '-p', '-f', '--mount-proc', entry], env);
    await until('the daemon says that it is up', { within: patience, every: 25 }, () => said('Startup complete'));
  });
  afterAll(async () => {
    expect(await cleanUp.run()).toEqual([]);
  });

  it('copies and runs what is there', () => {
    expect(of('FROM')).toEqual([expect.stringMatching(/ AS build$/), expect.any(String)]);
    for (const line of of('RUN')) {
      const [, program = '', command = ''] = /^node (\S+) (\S+)/.exec(line) ?? [];
      expect(existsSync(path.join(repository, program)), line).toBe(true);
      expect(readFileSync(path.join(repository, 'package.json'), 'utf8')).toContain(`"${command}":`);
    }
  });

  it('has the daemon’s log on its own output, and takes options from the environment', async () => {
    await until('it is master', { within: patience, every: 25 }, () => said('Entering MASTER STATE'));
    expect(readFileSync(`/proc/${first()}/cmdline`, 'latin1')).toContain('keepalived-container');
  });

  it('is healthy as long as the daemon answers', async () => {
    const [line = ''] = of('HEALTHCHECK');
    const command = JSON.parse(line.slice(line.indexOf('['))) as string[];
    const [program, words] = exec(...command);
    const healthy = await run(program, words);
    expect(healthy.stdout).toContain('VI_1');
    expect((await run(program, [...words, '--socket', '/run/nobody'], { accept: 'any' })).code).toBe(2);
  });

  it('collects what scripts leave behind', async () => {
    const left = (): boolean =>
      readFileSync(`/proc/${first()}/task/${first()}/children`, 'utf8').trim().split(' ').length === 1;
    await until('a script’s child has ended', { within: patience, every: 25 }, () => root.exists('/run/left'));
    await until('only the daemon is left', { within: patience, every: 50 }, left);
  });

  it('hands signals on: a reload, a dump, and the stop with its exit status', async () => {
    process.kill(first(), 'SIGHUP');
    await until('it has reloaded', { within: patience, every: 25 }, () => said('Reload complete'));
    const [program, words] = exec('/bin/sh', '-c', 'kill -36 1');
    await run(program, words);
    await until('the dump', { within: patience, every: 25 }, () => root.exists('/tmp/keepalived.json'));
    expect(of('STOPSIGNAL')).toEqual(['SIGTERM']);
    process.kill(first(), 'SIGTERM');
    await until('it has ended', { within: patience, every: 25 }, () => container.code !== undefined);
    expect(container.code).toBe(0);
    expect((await root.run(['ip', '-4', 'addr', 'show', 'dev', 'eth0'])).stdout).not.toContain('10.89.0.100');
  });
});

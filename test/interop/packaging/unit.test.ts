import { execFileSync, spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Daemon, configurationFile, instance, keepalived, provideMachine, quick } from '../process/machine.ts';
import type { Machine } from '../process/machine.ts';

const packaging = path.join(import.meta.dirname, '..', '..', '..', 'packaging');
const unitFile = path.join(packaging, 'keepalived.service');
const dropIn = path.join(packaging, 'hardening.conf');
const analyze = existsSync('/usr/bin/systemd-analyze');

/** Values of a setting; an empty one takes back what was set before, as systemd reads it. */
function settings(files: readonly string[], name: string): string[] {
  const lines = files.flatMap((file) => readFileSync(file, 'utf8').split('\n'));
  const values = lines.filter((line) => line.startsWith(`${name}=`)).map((line) => line.slice(name.length + 1));
  return values.slice(values.lastIndexOf('') + 1);
}

describe('keepalived.service', () => {
  it('has the interfaces of Debian’s unit: type, options from /etc/default, reload by SIGHUP, no start without a configuration', () => {
    const of = (name: string): string[] => settings([unitFile], name);
    expect(of('Type')).toEqual(['notify']);
    expect(of('EnvironmentFile')).toContain('-/etc/default/keepalived');
    expect(of('ExecStart')[0]).toMatch(/^\/usr\/sbin\/keepalived --dont-fork \$DAEMON_ARGS/);
    expect(of('ExecReload')).toEqual(['/bin/kill -HUP $MAINPID']);
    expect(of('ConditionFileNotEmpty')).toEqual(['/etc/keepalived/keepalived.conf']);
    expect(of('WantedBy')).toEqual(['multi-user.target']);
  });

  describe.runIf(analyze)('as systemd sees it', () => {
    let folder: string;
    let unit: string;
    beforeAll(() => {
      folder = mkdtempSync(path.join(tmpdir(), 'keepalived-unit-'));
      unit = path.join(folder, 'keepalived.service');
    });
    afterAll(() => rmSync(folder, { recursive: true }));

    // The exposure of Debian's own unit is 9.6. Thresholds are tenths.
    it.each([
      ['alone', [], 75],
      ['with hardening.conf', [dropIn], 40],
    ])('is right, and as closed as it is meant to be (%s)', (_name, dropIns, threshold) => {
      cpSync(unitFile, unit);
      mkdirSync(`${unit}.d`, { recursive: true });
      for (const file of dropIns) cpSync(file, path.join(`${unit}.d`, path.basename(file)));
      const verify = spawnSync('systemd-analyze', ['verify', '--man=no', unit], { encoding: 'utf8' });
      expect(verify.stderr).toBe('');
      expect(verify.status).toBe(0);
      execFileSync('systemd-analyze', ['security', '--offline=true', `--threshold=${threshold}`, unit], {
        stdio: 'ignore',
      });
    });
  });

  describe('its capabilities', () => {
    let machine: Machine;
    provideMachine('capabilities', 'each test', (made) => (machine = made));

    it.each([
      ['alone', [unitFile]],
      ['with hardening.conf', [unitFile, dropIn]],
    ])('are enough for addresses, priorities, scripts of other users and FIFOs (%s)', async (_name, files) => {
      const capabilities = settings(files, 'CapabilityBoundingSet').flatMap((line) => line.split(' '));
      const bounding = ['-all', ...capabilities.map((name) => `+${name.replace('CAP_', '').toLowerCase()}`)].join(',');
      const global = 'script_user nobody nogroup\n vrrp_priority -5\n vrrp_no_swap\n notify_fifo /run/fifo nobody\n';
      const configuration = quick.replace('global_defs {', `global_defs {\n ${global}`);
      const script = '#!/bin/sh\nid -un >&2\nexit 3\n';
      machine.write('/run/who', script, 0o755);
      machine.write(configurationFile, configuration + instance({ interval: 0.1, more: 'notify_master /run/who' }));
      const command = ['setpriv', `--bounding-set=${bounding}`, keepalived, '-n', '-l', '-D'];
      const daemon = new Daemon(machine, machine.start('keepalived', command));
      await daemon.untilLog('Startup complete');
      await machine.untilAddress('10.88.0.100/24');
      await daemon.untilLog(/\/run\/who.*nobody/);
      expect(daemon.said(/not set:|EPERM|Operation not permitted/)).toBe(0);
      expect(await daemon.stop()).toBe(0);
      await machine.untilNoAddress('10.88.0.100/24');
    });
  });
});

// What systemd's journal makes of the log: the real systemd-journald of this machine, in a machine of its own.
import { existsSync } from 'node:fs';
import { beforeEach, describe, expect, it } from 'vitest';
import { until } from '../../../lab/lib/clock.ts';
import { configurationFile, instance, keepalived, patience, provideMachine, quick } from '../process/machine.ts';
import type { Machine } from '../process/machine.ts';

const journald = '/lib/systemd/systemd-journald';
/** A /dev of its own, in which /dev/log leads to the journal as under systemd. */
const privateDevices = [
  'mkdir /run/dev /run/systemd /run/systemd/journal /run/log /run/log/journal',
  'mount -t tmpfs -o mode=755 none /run/dev',
  'cp -a /dev/null /dev/zero /dev/random /dev/urandom /run/dev/',
  'ln -s /run/systemd/journal/dev-log /run/dev/log',
  'mount --move /run/dev /dev',
].join(' && ');

describe.skipIf(!existsSync(journald))('the journal of systemd', () => {
  let machine: Machine;
  provideMachine('journal', 'each test', (made) => (machine = made));

  const found = async (...words: readonly string[]): Promise<Record<string, string>[]> => {
    const { stdout } = await machine.run(['journalctl', '--no-pager', '-o', 'json', ...words], { accept: 'any' });
    return stdout
      .split('\n')
      .filter((line) => line.startsWith('{'))
      .map((line) => JSON.parse(line) as Record<string, string>);
  };
  const untilFound = (...words: readonly string[]): Promise<Record<string, string>[]> =>
    until(`a journal line ${words.join(' ')}`, { within: patience, every: 50 }, async () => {
      const lines = await found(...words);
      return lines.length > 0 && lines;
    });

  beforeEach(async () => {
    await machine.run(['sh', '-c', privateDevices]);
    machine.start('journald', [journald]);
    await until('the journal listens', { within: patience, every: 20 }, () =>
      machine.exists('/run/systemd/journal/socket'),
    );
  });

  it('has the daemon’s lines with fields to search by, under the names that scrapers of the system log know', async () => {
    machine.write(configurationFile, quick + instance({ interval: 0.1 }));
    machine.start('keepalived', [keepalived, '-n', '-S', 'local1']);
    const [line] = await untilFound('KEEPALIVED_INSTANCE=VI_1', 'KEEPALIVED_STATE=MASTER');
    expect(line).toMatchObject({
      SYSLOG_IDENTIFIER: 'Keepalived_vrrp',
      SYSLOG_FACILITY: '17',
      PRIORITY: '5',
      _TRANSPORT: 'journal',
      SYSLOG_PID: line?.['_PID'],
    });
    expect(line?.['MESSAGE']).toBe(`(VI_1) Entering MASTER STATE: ${line?.['KEEPALIVED_REASON']}`);
    expect(await untilFound('SYSLOG_IDENTIFIER=Keepalived', 'MESSAGE=Startup complete')).toHaveLength(1);
  });

  it('has each line once when the console is the journal too', async () => {
    machine.write(configurationFile, quick + instance({ interval: 0.1 }));
    // systemd sets the variable for services; systemd-cat of this release does not.
    const service = `JOURNAL_STREAM=$(stat -Lc %d:%i /proc/self/fd/2) exec ${keepalived} -n -l`;
    machine.start('keepalived', ['systemd-cat', '-t', 'console', 'sh', '-c', service]);
    await untilFound('KEEPALIVED_STATE=MASTER');
    expect(await untilFound('MESSAGE=Startup complete')).toHaveLength(1);
    expect(await found('SYSLOG_IDENTIFIER=console')).toEqual([]);
  });
});

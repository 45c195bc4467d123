// Which scripts run with enable_script_security, and which do not: whose file, in whose directory, with which bits.
// Expected: what runs under Debian's keepalived.
import { expect, it } from 'vitest';
import { sleep, until } from '../../../lab/lib/clock.ts';
import { configurationFile, instance, keepalived, patience, provideMachine } from '../process/machine.ts';
import type { Machine } from '../process/machine.ts';

let machine: Machine;
provideMachine('script security', 'all tests', (made) => (machine = made));

const stricter = 'link-from-unsafe';

/** Name, what is done to its directory /run/cases/NAME and to its script NAME/s.sh, and who runs it. */
const cases: readonly [name: string, change: string, user?: string][] = [
  ['plain', ''],
  ['file-of-nobody', 'chown nobody s.sh'],
  ['file-group-nogroup', 'chgrp nogroup s.sh'],
  ['file-group-may-write', 'chmod g+w s.sh'],
  ['file-other-group-may-write', 'chgrp nogroup s.sh; chmod g+w s.sh'],
  ['file-others-may-write', 'chmod o+w s.sh'],
  ['directory-of-nobody', 'chown nobody .'],
  ['directory-group-may-write', 'chmod g+w .'],
  ['directory-other-group-may-write', 'chgrp nogroup .; chmod g+w .'],
  ['directory-others-may-write', 'chmod o+w .'],
  ['directory-sticky', 'chmod 1777 .'],
  ['link-to-safe', 'mv s.sh real.sh; ln -s real.sh s.sh'],
  ['link-to-unsafe', 'mkdir open; mv s.sh open/s.sh; ln -s open/s.sh s.sh; chmod 777 open'],
  // Ours looks at where the link stands too: who can replace it chooses what root runs.
  [stricter, 'mkdir ../safe; mv s.sh ../safe/s.sh; ln -s ../safe/s.sh s.sh; chmod 777 .'],
  ['not-executable', 'chmod a-x s.sh'],
  ['absent', 'rm s.sh'],
  ['setuid', 'chmod u+s s.sh'],
  ['user-unsafe-directory', 'chmod 777 .', 'nobody'],
  ['user-file-of-nobody', 'chown nobody s.sh', 'nobody'],
  ['user-setuid-others-may-write', 'chmod 4777 s.sh', 'nobody'],
];

const prepare = [
  'set -e; mkdir /run/cases; umask 022; printf x >/run/said; chmod 666 /run/said',
  ...cases.map(
    ([name, change]) =>
      `mkdir /run/cases/${name}; cd /run/cases/${name}; printf '#!/bin/sh\\necho ${name} >>/run/said\\n' >s.sh; chmod 755 s.sh; ${change || ':'}`,
  ),
].join('\n');

const script = ([name, , user = 'root']: (typeof cases)[number]): string =>
  `vrrp_script ${name} {\n  script /run/cases/${name}/s.sh\n  interval 1\n  user ${user}\n  weight 1\n}\n`;
const configuration = [
  'global_defs {\n  script_user root\n  enable_script_security\n  vrrp_version 3\n}\n',
  ...cases.map(script),
  instance({ interval: 0.2, more: `track_script {\n ${cases.map(([name]) => name).join('\n ')}\n}` }),
].join('');

/** What the original runs. */
const trusted = [
  ...['directory-group-may-write', 'directory-sticky', 'file-group-may-write', 'file-group-nogroup', stricter],
  ...['link-to-safe', 'plain', 'setuid', 'user-file-of-nobody', 'user-unsafe-directory'],
];

/** Starts the daemon, waits until these have run and the others have had their time, and tells what has run. */
async function whatRuns(program: string, expected: readonly string[]): Promise<string[]> {
  await machine.run(['sh', '-c', ': >/run/said']);
  machine.write(configurationFile, configuration);
  const daemon = machine.start('daemon', [program, '-n', '-l', '-D']);
  const ran = (): string[] =>
    [...new Set(machine.read('/run/said').split('\n'))].filter((name) => name !== '').toSorted();
  await until('these have run', { within: patience, every: 50 }, () => {
    const names = ran();
    return expected.every((name) => names.includes(name));
  });
  await sleep(1500);
  expect(await daemon.stop('SIGTERM', patience)).toBe(0);
  return ran();
}

it('the scripts that keepalived trusts run, and no others', async () => {
  await machine.run(['sh', '-c', prepare]);
  expect(await whatRuns('/usr/sbin/keepalived', trusted)).toEqual(trusted);
  await machine.run(['sh', '-c', 'rm -f /run/*.pid']);
  const ours = trusted.filter((name) => name !== stricter);
  expect(await whatRuns(keepalived, ours)).toEqual(ours);
});

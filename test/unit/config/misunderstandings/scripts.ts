/** About programs. */
import type { ScriptFacts } from '../../../../src/config/ports.ts';
import { plainHost, type TestOptions } from '../memory.ts';
import { instance, script, secured, tracked, type Case } from './case.ts';

/** /usr/bin/true, with something wrong with it. */
function host(facts: Partial<Extract<ScriptFacts, { found: true }>>): TestOptions {
  return {
    host: { ...plainHost, script: () => ({ found: true, path: '/usr/bin/true', executable: true, ...facts }) },
  };
}

export const scripts: Case[] = [
  {
    title: 'a script that no track_script lists',
    text: secured + script() + instance(),
    exit: 0,
    expected: [
      {
        code: 'CFG_UNTRACKED',
        at: '5:13',
        severity: 'warning',
        says: ['chk', 'never run', 'add "track_script { chk }"'],
      },
    ],
  },
  {
    title: 'a script whose name is misspelt where it is listed',
    text: secured + script() + instance('  track_script {\n    chkk\n  }\n'),
    exit: 5,
    expected: [{ code: 'CFG_UNKNOWN_REFERENCE', at: '15:5', severity: 'error', says: ['chkk', 'did you mean chk?'] }],
  },
  {
    title: 'programs without script security',
    text: script() + instance(tracked),
    exit: 6,
    expected: [
      { code: 'CFG_SCRIPT_SECURITY', at: '2:3', severity: 'error', says: ['enable_script_security', 'script_user'] },
    ],
  },
  {
    title: 'a program that others than root may change',
    text: secured + script() + instance(tracked),
    exit: 5,
    options: host({
      insecure: 'the directory /opt/x can be written by the group staff (mode 0775, bit 0020)',
      secureWith: 'chmod g-w /opt/x',
    }),
    expected: [
      {
        code: 'CFG_SCRIPT_DISABLED',
        at: '6:10',
        severity: 'error',
        says: ['vrrp_script chk', 'run as root', 'the directory /opt/x', 'bit 0020', 'chmod g-w /opt/x'],
      },
    ],
  },
  {
    title: 'a program that may not be executed',
    text: secured + script() + instance(tracked),
    exit: 5,
    options: host({ executable: false }),
    expected: [
      { code: 'CFG_SCRIPT_DISABLED', at: '6:10', severity: 'error', says: ['disabled', 'chmod +x /usr/bin/true'] },
    ],
  },
  {
    title: 'arguments without quotes',
    text: `${secured}vrrp_script chk {\n  script /usr/bin/true -c 3\n}\n${instance(tracked)}`,
    exit: 0,
    expected: [
      {
        code: 'CFG_SCRIPT_ARGUMENTS',
        at: '6:24',
        severity: 'warning',
        says: ['"/usr/bin/true" alone', '"-c 3" is not read', 'into quotes'],
      },
    ],
  },
  {
    title: 'fail for fall',
    text: secured + script('  fail 2\n') + instance(tracked),
    exit: 5,
    expected: [{ code: 'CFG_UNKNOWN_KEYWORD', at: '7:3', severity: 'error', says: ['"fail"', 'fall'] }],
  },
];

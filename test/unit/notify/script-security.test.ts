import { chmodSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { findGroup, findUser } from '../../../src/notify/accounts.ts';
import {
  checkScriptSecurity,
  findExecutable,
  hasRootsRights,
  judgeComponent,
  pathComponents,
} from '../../../src/notify/script-security.ts';

// Types of inode(7): 040000 directory, 0100000 regular file, 0120000 symbolic link; 01000 sticky.
describe('who could replace a script', () => {
  it.each([
    ['a directory of root', { uid: 0, gid: 0, mode: 0o40755 }, undefined],
    ['a directory that the group of root may write', { uid: 0, gid: 0, mode: 0o40775 }, undefined],
    ['a directory that another group may write', { uid: 0, gid: 50, mode: 0o40775 }, 'group-writable'],
    ['a directory that all may write', { uid: 0, gid: 0, mode: 0o40777 }, 'other-writable'],
    ['a sticky directory that all may write', { uid: 0, gid: 0, mode: 0o41777 }, undefined],
    ['a file of another user', { uid: 1000, gid: 0, mode: 0o100755 }, 'owner'],
    ['a sticky file that all may write', { uid: 0, gid: 0, mode: 0o101777 }, 'other-writable'],
    ['a link, whose mode means nothing', { uid: 0, gid: 50, mode: 0o120777 }, undefined],
    ['a link of another user', { uid: 7, gid: 0, mode: 0o120777 }, 'owner'],
  ])('%s', (_name, component, cause) => {
    const verdict = judgeComponent({ path: '/x', ...component });
    expect(verdict.safe ? undefined : verdict.cause).toBe(cause);
    if (!verdict.safe) expect(verdict.message).toMatch(/^\/x .*: (chown|chmod) \S+ \/x$/);
  });

  it('looks at every component', () => {
    expect(pathComponents('/usr/local//bin/x')).toEqual([
      '/',
      '/usr',
      '/usr/local',
      '/usr/local/bin',
      '/usr/local/bin/x',
    ]);
  });

  it('finds a system program safe and says when there is nothing to examine', async () => {
    expect(await checkScriptSecurity('/usr/bin/env')).toEqual({ safe: true });
    expect(await checkScriptSecurity('/nonexistent/x')).toMatchObject({ safe: false, cause: 'missing' });
  });

  it('finds a word in PATH and leaves a path alone', async () => {
    expect(await findExecutable('env', '/nonexistent:/usr/bin')).toBe('/usr/bin/env');
    expect(await findExecutable('./x', '/usr/bin')).toBe('./x');
    // A directory has execute bits too.
    expect(await findExecutable('bin', '/usr')).toBeUndefined();
  });
});

describe('accounts', () => {
  const passwd = 'root:x:0:0:root:/root:/bin/bash\nbad line\nkeepalived_script:x:998:997::/:/bin/false\n12:x:7:8::/:\n';

  it.each([
    ['root', { name: 'root', uid: 0, gid: 0 }],
    ['keepalived_script', { name: 'keepalived_script', uid: 998, gid: 997 }],
    ['998', { name: 'keepalived_script', uid: 998, gid: 997 }],
    // A name goes before a number.
    ['12', { name: '12', uid: 7, gid: 8 }],
    ['nobody', undefined],
    ['bad line', undefined],
  ])('user %s', (wanted, expected) => {
    expect(findUser(passwd, wanted)).toEqual(expected);
  });

  it('group', () => {
    expect(findGroup('root:x:0:\nadm:x:4:a,b\n', 'adm')).toBe(4);
    expect(findGroup('root:x:0:\n', 'adm')).toBeUndefined();
  });
});

describe('who has the rights of root', () => {
  const folder = mkdtempSync(path.join(tmpdir(), 'keepalived-rights-'));
  const file = path.join(folder, 'program');
  writeFileSync(file, '');
  afterAll(() => rmSync(folder, { recursive: true }));

  it.each([
    [0o755, 0, true],
    [0o755, 65534, false],
    [0o4755, 65534, true],
    [0o2755, 65534, true],
  ])('a file of root with mode %o, run by user %i: %s', async (mode, uid, expected) => {
    // Without root the file is somebody's whose set-id bits give nothing away.
    const ofRoot = statSync(file).uid === 0;
    chmodSync(file, mode);
    expect(await hasRootsRights(file, uid)).toBe(expected && (ofRoot || uid === 0));
  });
});

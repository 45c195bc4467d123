// What makes a program unfit to be run as root: the rules of keepalived's script security (reference: users, A5).
import { chmodSync, chownSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { nodeHostFacts } from '../../../src/process/host-facts.ts';

const root = { uid: 0, gid: 0 };
const isRoot = process.getuid?.() === 0;
let folder = '';
let program = '';

function facts(file: string) {
  const found = nodeHostFacts().script?.(file, root);
  if (!found?.found) throw new Error(`${file} was not found`);
  return found;
}

// Only root can make files that are safe for root.
describe.skipIf(!isRoot)('a program that would run as root', () => {
  beforeAll(() => {
    folder = mkdtempSync(path.join(tmpdir(), 'kts-script-'));
    chmodSync(folder, 0o755);
    mkdirSync(path.join(folder, 'dir'));
    program = path.join(folder, 'dir/check.sh');
    writeFileSync(program, '#!/bin/sh\n');
    chmodSync(path.join(folder, 'dir'), 0o755);
    chmodSync(program, 0o755);
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  it('is safe where only root can write; a sticky directory such as /tmp is safe too', () => {
    expect(facts(program)).toEqual({ found: true, path: program, executable: true });
  });

  it.each([
    ['the directory', 0o775, 50, 'bit 0020', 'chmod g-w'],
    ['the directory', 0o777, 0, 'bit 0002', 'chmod o-w'],
  ])('is not below %s with mode %o of group %i', (kind, mode, gid, bit, remedy) => {
    const directory = path.join(folder, 'dir');
    chownSync(directory, 0, gid);
    chmodSync(directory, mode);
    const { insecure, secureWith } = facts(program);
    chmodSync(directory, 0o755);
    chownSync(directory, 0, 0);
    expect(insecure).toContain(`${kind} ${directory}`);
    expect(insecure).toContain(`mode 0${mode.toString(8)}, ${bit}`);
    expect(secureWith).toBe(`${remedy} ${directory}`);
  });

  it("is not when it is another user's", () => {
    chownSync(program, 65534, 0);
    const { insecure, secureWith } = facts(program);
    chownSync(program, 0, 0);
    expect(insecure).toBe(`${program} belongs to nobody, not to root`);
    expect(secureWith).toBe(`chown root ${program}`);
  });

  it('is as safe through a link as where the link stands and what it leads to', () => {
    const outer = path.join(folder, 'outer');
    const link = path.join(outer, 'link');
    mkdirSync(outer);
    chmodSync(outer, 0o755);
    symlinkSync(path.join(folder, 'dir'), link);
    expect(facts(path.join(link, 'check.sh')).insecure).toBeUndefined();
    chmodSync(outer, 0o777);
    expect(facts(path.join(link, 'check.sh')).secureWith).toBe(`chmod o-w ${outer}`);
    chmodSync(outer, 0o755);
    chmodSync(path.join(folder, 'dir'), 0o777);
    expect(facts(path.join(link, 'check.sh')).secureWith).toBe(`chmod o-w ${path.join(folder, 'dir')}`);
    chmodSync(path.join(folder, 'dir'), 0o755);
  });
});

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { collectQuickly } from '../../../src/process/memory-rest.ts';
import { filesReadAgain, nodeConfigurationFiles } from '../../../src/process/configuration-files.ts';

const folder = mkdtempSync(path.join(tmpdir(), 'kts-files-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe.each([
  ['once', nodeConfigurationFiles],
  ['again and again', filesReadAgain],
])('files that are read %s', (_how, files) => {
  it.each([0, 1, 65_535, 65_536, 65_537, 300_000, 2_000_000, 10])('are read whole with %d characters', (length) => {
    for (const text of ['weight 1\n', 'größe €\n']) {
      const whole = text.repeat(Math.ceil(length / text.length)).slice(0, length);
      const file = path.join(folder, 'some.conf');
      writeFileSync(file, whole);
      expect(files.read(file)).toEqual({ ok: true, text: whole });
    }
  });

  it('stay as they were read, also pieces of them, when others have been read and forgotten', () => {
    const file = path.join(folder, 'again.conf');
    const pieces: string[] = [];
    for (let round = 0; round < 12; round++) {
      writeFileSync(file, `${round}`.padStart(9, 'x').repeat(40_000 + round));
      const found = files.read(file);
      if (found.ok && round % 3 === 0) pieces.push(found.text.slice(900, 900 + 9 * 4));
      collectQuickly();
    }
    expect(pieces).toEqual([0, 3, 6, 9].map((round) => `${round}`.padStart(9, 'x').repeat(4)));
  });

  it('are refused where they are none', () => {
    expect(files.read(folder)).toMatchObject({ ok: false, problem: 'directory' });
    expect(files.read(path.join(folder, 'none'))).toMatchObject({ ok: false, problem: 'missing' });
    const program = path.join(folder, 'program');
    writeFileSync(program, 'weight 1\n', { mode: 0o755 });
    expect(files.read(program)).toMatchObject({ ok: false, problem: 'executable' });
  });
});

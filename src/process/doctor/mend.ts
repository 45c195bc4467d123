/** Writes settings of the kernel and reads them back: a container may accept a write and keep the value. */
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import type { Setting } from '../../doctor/finding.ts';

const root = '/proc/sys';

/** @returns why it did not work; undefined: the kernel now says what was asked for */
export function writeSetting({ path: setting, value }: Setting): string | undefined {
  const file = path.join(root, setting);
  try {
    writeFileSync(file, value);
    const after = readFileSync(file, 'latin1').trim();
    return after === value ? undefined : `it stays ${after}`;
  } catch (error) {
    return (error as Error).message;
  }
}

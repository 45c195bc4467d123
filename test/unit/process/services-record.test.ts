/** Which services are ours, for whoever comes after a process that ends in disorder. */
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Log } from '../../../src/log/log.ts';
import { ServicesRecord } from '../../../src/process/services-record.ts';

let folder = '';
let file = '';

beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'services-record-'));
  file = path.join(folder, 'checkers.services');
});
afterEach(() => rmSync(folder, { recursive: true }));

const text = (address: string): string => `tcp ${address}:80`;
const [one, two, three] = ['192.0.2.1', '192.0.2.2', '192.0.2.3'] as const;

const make = (): ServicesRecord => new ServicesRecord(path.join(folder, 'checkers.pid'), undefined as unknown as Log);

describe('the record of our services', () => {
  it('has what is announced before it is written, and what goes until it is gone', () => {
    const record = make();
    record.announce(new Set(), [text(one), text(two)]);
    expect(make().read()).toEqual(new Set([text(one), text(two)]));
    record.announce(new Set([text(one), text(two)]), [text(two), text(three)]);
    expect(make().read()).toEqual(new Set([text(one), text(two), text(three)]));
    record.owned(new Set([text(two), text(three)]));
    expect(make().read()).toEqual(new Set([text(two), text(three)]));
  });

  it('is not written again while the services are the same', () => {
    const record = make();
    const ours = new Set([text(one), text(two)]);
    record.announce(new Set(), [text(one), text(two)]);
    writeFileSync(file, 'untouched');
    record.owned(ours);
    record.announce(ours, [text(two)]);
    record.announce(ours, []);
    record.owned(ours);
    expect(readFileSync(file, 'utf8')).toBe('untouched');
  });

  it('holds thousands of services, as a list in JSON', () => {
    const all = Array.from({ length: 3000 }, (_, index) => text(`10.0.${index >> 8}.${index & 255}`));
    make().announce(new Set(), all);
    expect(JSON.parse(readFileSync(file, 'utf8'))).toEqual(all);
    expect(readdirSync(folder)).toEqual(['checkers.services']);
  });

  it('warns where it cannot be written, and tries again', () => {
    const warnings: string[] = [];
    const log = { warning: (line: string) => void warnings.push(line) } as unknown as Log;
    const record = new ServicesRecord(path.join(folder, 'checkers.pid'), log);
    symlinkSync(path.join(folder, 'elsewhere'), file);
    record.announce(new Set(), [text(one)]);
    expect(warnings).toEqual([expect.stringContaining(`${file} not written: it is a symbolic link`)]);
    rmSync(file);
    record.announce(new Set([text(one)]), []);
    expect(make().read()).toEqual(new Set([text(one)]));
    expect(warnings).toHaveLength(1);
  });

  it('is there from the start on, also without a service, and goes with an orderly stop', () => {
    const record = make();
    record.announce(new Set(), []);
    expect(make().read()).toEqual(new Set());
    expect(existsSync(file)).toBe(true);
    record.remove();
    expect(existsSync(file)).toBe(false);
  });
});

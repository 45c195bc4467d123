/** Which services are ours, for whoever comes after a process that ends in disorder. */
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { ServiceKey } from '../../../src/ipvs/types.ts';
import type { Log } from '../../../src/log/log.ts';
import { ServicesRecord } from '../../../src/process/services-record.ts';

let folder = '';
let file = '';

beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'services-record-'));
  file = path.join(folder, 'checkers.services');
});
afterEach(() => rmSync(folder, { recursive: true }));

const key = (address: string): ServiceKey => ({ kind: 'address', family: 'inet', protocol: 'tcp', address, port: 80 });
const text = (address: string): string => `tcp ${address}:80`;
const [one, two, three] = ['192.0.2.1', '192.0.2.2', '192.0.2.3'] as const;

const make = (): ServicesRecord => new ServicesRecord(path.join(folder, 'checkers.pid'), undefined as unknown as Log);

describe('the record of our services', () => {
  it('has what is announced before it is written, and what goes until it is gone', async () => {
    const record = make();
    await record.announce(new Set(), [key(one), key(two)]);
    expect(make().read()).toEqual(new Set([text(one), text(two)]));
    await record.announce(new Set([text(one), text(two)]), [key(two), key(three)]);
    expect(make().read()).toEqual(new Set([text(one), text(two), text(three)]));
    await record.owned(new Set([text(two), text(three)]));
    expect(make().read()).toEqual(new Set([text(two), text(three)]));
  });

  it('is not written again while the services are the same', async () => {
    const record = make();
    const ours = new Set([text(one), text(two)]);
    await record.announce(new Set(), [key(one), key(two)]);
    writeFileSync(file, 'untouched');
    await record.owned(ours);
    await record.announce(ours, [key(two)]);
    await record.announce(ours, []);
    await record.owned(ours);
    expect(readFileSync(file, 'utf8')).toBe('untouched');
  });

  it('is there from the start on, also without a service, and goes with an orderly stop', async () => {
    const record = make();
    await record.announce(new Set(), []);
    expect(make().read()).toEqual(new Set());
    expect(existsSync(file)).toBe(true);
    await record.remove();
    expect(existsSync(file)).toBe(false);
  });
});

// Names of iproute2 in files: directories of the configuration, `.d` directories, what overrides what.
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { nodeHostFacts } from '../../../src/process/host-facts.ts';

let folder = '';
const etc = () => path.join(folder, 'etc');
const user = () => path.join(folder, 'usr');

beforeAll(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'names-'));
  for (const directory of [etc(), user(), path.join(etc(), 'rt_tables.d')]) mkdirSync(directory);
  writeFileSync(path.join(user(), 'rt_tables'), '# tables\n254\tmain\n7 shipped\n8 both\n');
  writeFileSync(path.join(etc(), 'rt_tables'), '9 both # ours\n#10 commented\n');
  writeFileSync(path.join(etc(), 'rt_tables.d', 'site.conf'), '11 site\n');
  writeFileSync(path.join(etc(), 'rt_tables.d', 'readme.txt'), '12 readme\n');
  writeFileSync(path.join(etc(), 'rt_dsfield'), '0x28 AF11\nAF12 0x30\n');
});

afterAll(() => rmSync(folder, { recursive: true }));

describe('names of iproute2', () => {
  it.each([
    ['rt_tables', 'shipped', 7],
    ['rt_tables', 'both', 9],
    ['rt_tables', 'site', 11],
    ['rt_tables', 'readme', undefined],
    ['rt_tables', 'commented', undefined],
    ['rt_dsfield', 'AF11', 0x28],
    ['rt_dsfield', 'AF12', undefined],
    ['group', 'default', undefined],
  ] as const)('%s %s is %s', (table, name, number) => {
    const host = nodeHostFacts();
    expect(host.routingName?.(table, name, { etc: etc(), user: user() })).toBe(number);
  });

  it('of one directory do not come from another', () => {
    const host = nodeHostFacts();
    expect(host.routingName?.('rt_tables', 'both', { etc: user(), user: etc() })).toBe(8);
    expect(host.routingName?.('rt_tables', 'shipped', { etc: etc(), user: etc() })).toBeUndefined();
  });
});

/**
 * The readers of dump files, on files that keepalived wrote in the field (versions 1.3.5 to 2.2.7). The files are not part
 * of the project; KEEPALIVED_DUMPS names their folder where they are at hand.
 */
import { existsSync, readFileSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import {
  grepFirstState,
  readExporterStatistics,
  readSecondExporterData,
  scrapeInstances,
  scrapeScripts,
} from '../../support/dump-readers.ts';

const folder =
  process.env['KEEPALIVED_DUMPS'] ?? path.join(import.meta.dirname, '..', '..', '..', '..', 'shared', 'dumps');
const names = existsSync(folder) ? readdirSync(folder) : [];
const read = (name: string): string => readFileSync(path.join(folder, name), 'utf8');
const state = names.filter((name) => name.includes('keepalived') && /\.data/.test(name));
const statistics = names.filter((name) => name.endsWith('.stats'));
if (names.length === 0) process.stderr.write(`skipped: no dumps of the field at ${folder}\n`);

describe.skipIf(names.length === 0)('dumps of the field', () => {
  it.each(state)('%s', (name) => {
    const text = read(name);
    const instances = scrapeInstances(text);
    expect(instances.length).toBeGreaterThan(0);
    for (const { addresses, interface: device } of instances) {
      expect(device).not.toBe('');
      expect(addresses.join()).not.toContain('undefined');
    }
    expect(() => scrapeScripts(text)).not.toThrow();
    expect(grepFirstState(text)).toContain(instances[0]?.state);
    // Its last line may be the last of an instance, which this one then misses.
    expect(readSecondExporterData(text).length).toBeGreaterThanOrEqual(instances.length - 1);
  });

  it.each(statistics)('%s', (name) => {
    const instances = [...readExporterStatistics(read(name)).values()];
    expect(instances.length).toBeGreaterThan(0);
    for (const counted of instances) expect(counted.size).toBe(14);
  });
});

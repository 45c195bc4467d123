// The form is documented in docs/configuration-diagnostics.md.
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { formatJsonReport, type JsonReport } from '../../../src/config/json-diagnostics.ts';
import { instance, load, mainFile } from './memory.ts';

function reportOf(text: string): JsonReport {
  const { diagnostics, exitCode } = load(text);
  return JSON.parse(formatJsonReport(diagnostics, exitCode)) as JsonReport;
}

describe('the report in JSON', () => {
  it('is one line, with counts, also when nothing is wrong', () => {
    const { diagnostics, exitCode } = load(instance());
    expect(formatJsonReport(diagnostics, exitCode)).toBe(
      '{"version":1,"exitCode":0,"errors":0,"warnings":0,"notes":0,"diagnostics":[]}\n',
    );
  });

  it('has places with both ends, related places and consequences', () => {
    const { diagnostics, ...counts } = reportOf(instance() + instance('priority 255').replace('51', '256'));
    expect(counts).toEqual({ version: 1, exitCode: 5, errors: 1, warnings: 0, notes: 0 });
    expect(diagnostics).toEqual([
      {
        code: 'CFG_DUPLICATE',
        severity: 'error',
        class: 'general',
        file: mainFile,
        line: 9,
        column: 15,
        endColumn: 19,
        message: 'vrrp_instance VI_1 is already defined in line 1; the second is ignored, whole',
        remedy: 'keep one of the two',
        related: [{ file: mainFile, line: 1, column: 1, message: 'the first definition' }],
      },
    ]);
    const [invalid] = reportOf(instance().replace('_id 51', '_id 256')).diagnostics;
    expect(invalid?.consequences).toEqual(['vrrp_instance VI_1: virtual_router_id is not set']);
  });

  it('has every field that the documentation names, and no other', () => {
    const page = readFileSync(path.join(import.meta.dirname, '../../../docs/configuration-diagnostics.md'), 'utf8');
    const table = page.slice(page.indexOf('| field | type | |'), page.indexOf('## Codes'));
    const documented = new Set(
      [...table.matchAll(/^\| (`[^|]*`) \|/gm)].flatMap(([, cell = '']) =>
        [...cell.matchAll(/`([a-zA-Z]+)`/g)].map(([, name = '']) => name),
      ),
    );
    const report = reportOf(
      `${instance('state master')}${instance()}${instance('', 'VI_2', 52).replace('_id 52', '_id 256')}`,
    );
    const used = new Set([...Object.keys(report), ...report.diagnostics.flatMap((one) => Object.keys(one))]);
    expect([...used].sort()).toEqual([...documented].sort());
  });
});

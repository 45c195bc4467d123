// Telling one message with another must never change what a test exits with (reference: configuration grammar, section 11).
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { mergeConsequences, type Found } from '../../src/config/consequences.ts';
import { diagnosticClasses, exitCodeOfTest, type DiagnosticKind } from '../../src/config/diagnostics.ts';
import { diagnosticCodes } from '../../src/config/diagnostic-codes.ts';
import { Statement, type SourceFile } from '../../src/config/statement.ts';

const text = `<<<<<<< HEAD
vrrp_instance VI_1 {
  interface eth0
=======
  virtual_router_id x
>>>>>>> other
  virtual_ipaddress {
    10.0.0.1
  }
/* a
b */
}
`;
const file: SourceFile = { name: '/f', text };
const lines = text.split('\n').slice(0, -1);

function statementOf(line: number): Statement {
  const start = lines.slice(0, line - 1).join('\n').length + (line === 1 ? 0 : 1);
  const words = (lines[line - 1] ?? '').trim().split(/ +/);
  return new Statement(words, file, line, text, start, start + (lines[line - 1] ?? '').length);
}

const kinds: readonly DiagnosticKind[] = [...diagnosticClasses, 'note', 'advice'];

const found = fc
  .record({
    line: fc.integer({ min: 1, max: lines.length }),
    code: fc.constantFrom(...Object.keys(diagnosticCodes)),
    class: fc.constantFrom(...kinds),
    message: fc.constantFrom('vrrp_instance VI_1: a', 'vrrp_instance VI_1: b', 'c'),
    placed: fc.boolean(),
    stops: fc.option(fc.constantFrom(2, 6), { nil: undefined }),
    immediately: fc.boolean(),
  })
  .map(({ line, placed, stops, immediately, ...rest }): Found => {
    const diagnostic = {
      ...rest,
      at: { file: file.name, line, column: 1 },
      ...(stops !== undefined && { stops: { exitCode: stops, immediately } }),
    };
    return placed ? { diagnostic, statement: statementOf(line) } : { diagnostic };
  });

const sorted = fc
  .array(found, { maxLength: 30 })
  .map((all) => all.toSorted((a, b) => (a.diagnostic.at?.line ?? 0) - (b.diagnostic.at?.line ?? 0)));

describe('mergeConsequences', () => {
  it('keeps the exit code and whether the daemon may start, adds nothing, and keeps the order', () => {
    fc.assert(
      fc.property(sorted, (all) => {
        const before = all.map(({ diagnostic }) => diagnostic);
        const after = mergeConsequences(all);
        const immediate = before.filter(({ stops }) => stops?.immediately === true).map(({ stops }) => stops?.exitCode);
        if (new Set(immediate).size < 2) expect(exitCodeOfTest(after)).toBe(exitCodeOfTest(before));
        expect(after.some(({ stops }) => stops)).toBe(before.some(({ stops }) => stops));
        expect(after.length).toBeLessThanOrEqual(before.length);
        expect(after.length > 0).toBe(before.length > 0);
        const places = after.map(({ at }) => at?.line ?? 0);
        expect(places).toEqual(places.toSorted((a, b) => a - b));
      }),
      { numRuns: 2000 },
    );
  });
});

// Whatever a client of the control socket writes, it is understood or refused in words.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import '../support/property-seed.ts';
import { controlCommands, understand } from '../../src/control/registry.ts';
import { RequestError } from '../../src/control/request-fields.ts';

const names = controlCommands.map(({ name }) => name);
const fieldNames = fc.oneof(
  fc.constantFrom('action', 'client', 'limit', 'time', '__proto__', 'constructor', 'command', 'version'),
  fc.string(),
);
const request = fc
  .tuple(fc.constantFrom(...names), fc.array(fc.tuple(fieldNames, fc.jsonValue()), { maxLength: 4 }))
  .map(([command, fields]) => JSON.stringify({ ...Object.fromEntries(fields), version: 1, command }));
const damaged = fc
  .tuple(request, fc.nat(200), fc.string())
  .map(([text, at, junk]) => text.slice(0, at) + junk + text.slice(at + 1));

describe('requests of the control socket', () => {
  it('are understood or refused in one line, and nothing else', () => {
    let understood = 0;
    fc.assert(
      fc.property(fc.oneof(request, damaged, fc.string(), fc.json()), (line) => {
        try {
          expect(['read', 'change']).toContain(understand(line).access);
          understood++;
        } catch (error) {
          expect(error).toBeInstanceOf(RequestError);
          expect((error as Error).message).not.toBe('');
          expect((error as Error).message.length).toBeLessThan(1000);
        }
      }),
      { numRuns: 2000 },
    );
    expect(understood).toBeGreaterThan(0);
  });
});

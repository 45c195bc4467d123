import { describe, expect, it } from 'vitest';
import { exitCodeOfTest, type Diagnostic } from '../../../src/config/diagnostics.ts';
import { formatDiagnostic, SourceLines } from '../../../src/config/format-diagnostic.ts';
import { missingInterfaces } from '../../../src/config/interfaces.ts';
import { editDistance, nearestWord } from '../../../src/config/nearest.ts';
import { newErrors } from '../../../src/config/new-errors.ts';
import { instance, load, mainFile, model, service } from './memory.ts';

function firstOf(text: string): Diagnostic {
  const [found] = load(text).diagnostics;
  if (!found) throw new Error('nothing reported');
  return found;
}

describe('places', () => {
  it.each([
    ['\tweigth 10\n', 5, 2, 6],
    ['  weight abc # comment\n', 5, 10, 3],
    ['  weight "abc"\n', 5, 10, 5],
    ['  weight\n', 5, 9, 1],
  ])('of %j', (line, row, column, length) => {
    const text = `virtual_server 10.0.0.1 80 {\nlvs_sched rr\nlvs_method NAT\nreal_server 10.0.0.2 80 {\n${line}}\nprotocol TCP\n}\n`;
    expect(firstOf(text)).toMatchObject({ at: { file: mainFile, line: row, column }, length });
  });

  it('point at the word in the line that a definition made, where the line has it', () => {
    expect(firstOf('$X=1\n  foo $X bar\n')).toMatchObject({ at: { line: 2, column: 3 }, length: 3 });
    expect(firstOf('$X=nonsense\n  $X\n')).toMatchObject({ at: { line: 2, column: 3 } });
  });

  it('are in order, whatever found them', () => {
    const text = `${instance('track_script {\nnone\n}')}nonsense\n`;
    expect(load(text).diagnostics.map(({ at }) => at?.line)).toEqual([8, 11]);
  });
});

describe('remedies', () => {
  it.each([
    ['virtual_server 10.0.0.1 80 {\nreal_server 10.0.0.2 80 {\nweigth 1\n}\n}\n', 'did you mean weight?'],
    ['vrrp_instance V {\nprompte_secondaries\n}\n', 'did you mean promote_secondaries?'],
    ['global_defs {\nweight 1\n}\n', 'it is valid'],
    ['router_id x\n', 'it is valid in global_defs; here you are at the top level'],
    ['<<<<<<< HEAD\n', 'keep one side'],
    ['virtual_server 10.0.0.1 80 {\nlb_kind dr\n}\n', 'write DR, in capitals'],
    ['virtual_server 10.0.0.1 80 {\nlvs_sched RR\n}\n', 'write rr, in lower case'],
  ])('%j', (text, remedy) => {
    expect(load(text).diagnostics.some((diagnostic) => diagnostic.remedy?.includes(remedy))).toBe(true);
  });

  it('every message that counts of the kinds above says where', () => {
    for (const diagnostic of load(service('foo\nquorum 9') + instance('bar\ndebug')).diagnostics) {
      expect(diagnostic.at?.line).toBeGreaterThan(0);
      expect(diagnostic.code).toMatch(/^CFG_[A-Z0-9_]+$/);
    }
  });
});

describe('nearestWord', () => {
  it.each([
    ['weigth', 'weight', 1],
    ['a', 'b', 1],
    ['same', 'same', 0],
    ['kitten', 'sitting', 3],
    ['far', 'distant', 4],
  ])('%s and %s are %i apart', (a, b, distance) => {
    expect(editDistance(a, b, 3)).toBe(distance);
  });

  it('says nothing rather than nonsense', () => {
    expect(nearestWord('xyzzy', ['weight', 'quorum'])).toBeUndefined();
    expect(nearestWord('WEIGHT', ['weight'])).toBe('weight');
  });
});

describe('formatDiagnostic', () => {
  const text = 'global_defs {\n\trouter_idd  x\n}\n';

  it('shows place, message, code, source line, carets and help', () => {
    expect(formatDiagnostic(firstOf(text), text).split('\n')).toEqual([
      `${mainFile}:2:2: error: unknown keyword "router_idd" in global_defs [CFG_UNKNOWN_KEYWORD]`,
      '    2 | \trouter_idd  x',
      '      | \t^^^^^^^^^^',
      '      = help: did you mean router_id?',
    ]);
  });

  it('fits one line for the log', () => {
    expect(formatDiagnostic(firstOf(text), text, { oneLine: true })).toBe(
      `${mainFile}:2:2: error: unknown keyword "router_idd" in global_defs [CFG_UNKNOWN_KEYWORD]; did you mean router_id?`,
    );
  });

  it('tells consequences below the line, and behind the message in the log', () => {
    const mistake = instance().replace('_id 51', '_id 0');
    const [found] = load(mistake).diagnostics;
    if (!found) throw new Error('nothing reported');
    expect(formatDiagnostic(found, mistake).split('\n')[3]).toBe(
      '      = therefore: vrrp_instance VI_1: virtual_router_id is not set',
    );
    const inLog = formatDiagnostic(found, mistake, { oneLine: true });
    expect(inLog).toMatch(/^\S+:3:19: error: .*; therefore: vrrp_instance VI_1: virtual_router_id is not set$/);
  });

  it('finds lines in any order', () => {
    const lines = new SourceLines('\ufeffa\r\nb\n\nd');
    expect([4, 1, 3, 2, 5, 1].map((line) => lines.at(line))).toEqual(['d', 'a', '', 'b', undefined, 'a']);
  });

  it('colours only when asked', () => {
    expect(formatDiagnostic(firstOf(text), text, { colour: true })).toContain('\x1b[1;31merror:\x1b[0m');
    expect(formatDiagnostic(firstOf(text), text)).not.toContain('\x1b');
  });

  it('never prints control characters of a word', () => {
    expect(formatDiagnostic(firstOf('\x1b[31mfoo\n'), undefined)).not.toContain('\x1b');
  });
});

describe('exitCodeOfTest', () => {
  const of = (kind: Diagnostic['class'], stops?: Diagnostic['stops']): Diagnostic => ({
    code: 'X',
    class: kind,
    message: '',
    ...(stops && { stops }),
  });

  it.each([
    [[], 0],
    [[of('note')], 0],
    [[of('file-not-found')], 4],
    [[of('fatal')], 4],
    [[of('fatal'), of('unknown-keyword')], 5],
    [[of('warning')], 5],
    [[of('deprecated')], 5],
    [[of('general'), of('security')], 6],
    [[of('security'), of('missing-parameter', { exitCode: 2, immediately: true })], 2],
    [[of('general', { exitCode: 2, immediately: false })], 5],
  ])('%#', (diagnostics, code) => {
    expect(exitCodeOfTest(diagnostics)).toBe(code);
  });
});

describe('newErrors', () => {
  const errors = (before: string, after: string) =>
    newErrors(load(before).diagnostics, load(after).diagnostics).map(({ code }) => code);

  it('ignores what was there, wherever it stands now', () => {
    expect(errors('foo\n', '\n\n\nfoo\n')).toEqual([]);
  });

  it('finds what was not, and a second of the same', () => {
    expect(errors('foo\n', 'foo\nbar\n')).toEqual(['CFG_UNKNOWN_KEYWORD']);
    expect(errors('foo\n', 'foo\nfoo\n')).toEqual(['CFG_UNKNOWN_KEYWORD']);
    expect(errors(instance(), instance() + instance())).toEqual(['CFG_DUPLICATE']);
  });

  it('lets warnings and deprecations pass', () => {
    expect(errors(instance(), instance('debug'))).toEqual([]);
  });

  it('a duplicate whose places moved is no new one', () => {
    expect(errors(instance() + instance(), `\n\n${instance()}${instance()}`)).toEqual([]);
  });
});

describe('missingInterfaces', () => {
  it('asks once for each name and reports each place', () => {
    const configuration = model(instance() + instance('', 'VI_2', 52));
    const asked: string[] = [];
    const missing = missingInterfaces(configuration, (name) => {
      asked.push(name);
      return false;
    });
    expect(asked).toEqual(['eth0']);
    expect(missing.map(({ at }) => at?.line)).toEqual([2, 10]);
    expect(missing[0]?.stops).toEqual({ exitCode: 2, immediately: false });
    expect(missingInterfaces(configuration, () => true)).toEqual([]);
  });

  it('is lenient with dynamic_interfaces', () => {
    const configuration = model(`global_defs {\ndynamic_interfaces\n}\n${instance()}`);
    expect(missingInterfaces(configuration, () => false)).toMatchObject([{ class: 'note' }]);
  });
});

describe('a network namespace that is not there', () => {
  it('ends the test with 0, as the original does, and says so', () => {
    const text = `net_namespace red\nnonsense\n`;
    const host = { networkNamespaceExists: () => false };
    expect(load(text, { host }).exitCode).toBe(0);
    expect(load(text, { host }).diagnostics.map(({ code }) => code)).toEqual([
      'CFG_NO_NAMESPACE',
      'CFG_UNKNOWN_KEYWORD',
    ]);
    expect(load(text, { host: { networkNamespaceExists: () => true } }).exitCode).toBe(5);
    expect(load(text).exitCode).toBe(5);
  });
});

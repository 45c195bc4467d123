// The short way of plain lines and the early check of virtual servers are only faster: what is read and said stays the same.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Reporter } from '../../src/config/reporter.ts';
import { SourceReader } from '../../src/config/source/reader.ts';
import type { StatementSink } from '../../src/config/source/sink.ts';
import { locate } from '../../src/config/statement.ts';
import { load, mainFile, memoryFiles } from '../unit/config/memory.ts';

/** What is handed on, each with its line and column. */
function read(text: string): string[] {
  const seen: string[] = [];
  const sink: StatementSink = {
    statement(statement) {
      const { line, column } = locate(statement);
      seen.push(`${line}:${column} ${JSON.stringify(statement.words)} ${statement.raw}`);
    },
    openBlock: (_file, line, _text, offset) => seen.push(`${line} { ${offset - text.lastIndexOf('\n', offset)}`),
    closeBlock: (_file, line, _text, offset) => seen.push(`${line} } ${offset - text.lastIndexOf('\n', offset)}`),
  };
  const options = { configId: 'node1', environment: {}, random: () => 0.5, allIncludesFatal: false };
  new SourceReader({ ...options, files: memoryFiles({ [mainFile]: text }) }, sink, new Reporter()).readMain(mainFile);
  return seen;
}

const word = fc.constantFrom('a', 'ab', 'weight', 'real_server', '10.0.0.1', '80', '1', '10');
const blanks = fc.constantFrom('', ' ', '    ', '\t');
const line = fc
  .tuple(
    blanks,
    fc.array(word, { maxLength: 4 }),
    fc.constantFrom(' ', '  ', '\t'),
    fc.constantFrom('', ' {', '{', ' {  '),
  )
  .map(([indentation, words, between, end]) => `${indentation}${words.join(between)}${end}`);
/** Few different lines, many times: each is expected behind another one. */
const lines = fc
  .array(fc.oneof(line, fc.constantFrom('}', '  }', '} ', '')), { minLength: 1, maxLength: 6 })
  .chain((some) => fc.array(fc.constantFrom(...some), { minLength: 1, maxLength: 40 }));
const lineEnd = fc.constantFrom('\n', '\r\n');

describe('plain lines', () => {
  it('are read as the whole pipeline reads them, which a comment makes them take', () => {
    fc.assert(
      fc.property(lines, lineEnd, fc.boolean(), (plain, end, lastEnd) => {
        const join = (all: readonly string[]): string => all.join(end) + (lastEnd ? end : '');
        expect(read(join(plain))).toEqual(read(join(plain.map((text) => `${text}#`))));
      }),
    );
  });

  it('are not taken for longer ones that begin alike', () => {
    const text = 'a {\nweight 1\n}\na {\nweight 10\n}\na {\nweight 1';
    expect(read(text).filter((seen) => seen.includes('weight'))).toEqual([
      '2:1 ["weight","1"] weight 1',
      '5:1 ["weight","10"] weight 10',
      '8:1 ["weight","1"] weight 1',
    ]);
  });
});

const service = fc
  .record({
    address: fc.constantFrom('10.0.0.1 80', '10.0.0.2 80', '10.0.0.1 81', 'fwmark 1', 'group G', 'fe80::1 80', 'x 1'),
    lines: fc.array(
      fc.constantFrom('lvs_sched rr', 'lvs_method NAT', 'lvs_method DR', 'protocol TCP', 'quorum 5', 'ops', 'bogus 1'),
    ),
    servers: fc.array(
      fc.constantFrom(
        'real_server 10.1.0.1 80 {\nTCP_CHECK {\n}\n}',
        'real_server 10.1.0.2 81 {\nweight x\n}',
        'real_server 10.1.0.3 80 {\nFILE_CHECK {\ntrack_file later\n}\n}',
        'real_server 10.1.0.4 80 {\nBFD_CHECK {\nname unknown\n}\n}',
        'real_server 10.1.0.5 80 {\nMISC_CHECK {\nmisc_path /nowhere\n}\nnotify_up /nowhere\n}',
        'sorry_server 10.1.0.1 80',
      ),
      { maxLength: 3 },
    ),
  })
  .map(({ address, lines: own, servers }) => `virtual_server ${address} {\n${[...own, ...servers].join('\n')}\n}`);
const other = fc.constantFrom(
  'virtual_server_group G {\n10.0.0.9 80\n}',
  'track_file later {\nfile /tmp/later\n}',
  'global_defs {\nsmtp_alert\n}',
);

describe('diagnostics without a model', () => {
  it('are the same', () => {
    fc.assert(
      fc.property(fc.array(fc.oneof({ arbitrary: service, weight: 4 }, other), { maxLength: 8 }), (blocks) => {
        const text = `${blocks.join('\n')}\n`;
        const { configuration, ...rest } = load(text);
        expect(load(text, { diagnosticsOnly: true })).toEqual(rest);
        expect(configuration === undefined).toBe(rest.diagnostics.some(({ stops }) => stops !== undefined));
      }),
    );
  });
});

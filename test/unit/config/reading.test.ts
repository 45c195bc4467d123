// Reference: configuration grammar, sections 1 to 4 and 7 to 9; values marked [T] there were observed on the original.
import { describe, expect, it } from 'vitest';
import { codes, instance, load, mainFile, model, routerId } from './memory.ts';

const id = (value: string) => `global_defs {\nrouter_id ${value}\n}\n`;

describe('comments', () => {
  it.each([
    ['foo!bar', 'foo'],
    ['foo#bar', 'foo'],
    ['foo # rest', 'foo'],
    ['foo\\#bar', 'foo#bar'],
    ['foo\\!bar', 'foo!bar'],
    ['"foo # ! bar"', 'foo # ! bar'],
    ["'foo#bar'", "'foo"],
  ])('router_id %s is %s', (written, read) => {
    expect(routerId(id(written))).toBe(read);
  });

  it('skips lines that hold nothing else, and counts them', () => {
    const { diagnostics } = load('# one\n  ! two\n\nnonsense\n');
    expect(diagnostics[0]?.at).toEqual({ file: mainFile, line: 4, column: 1 });
  });

  it('reports an odd number of double quotes once, as unmatched', () => {
    expect(codes(id('"abc'))).toContain('CFG_UNMATCHED_QUOTE');
    expect(codes(id('"abc')).filter((code) => code === 'CFG_UNMATCHED_QUOTE')).toHaveLength(1);
  });
});

describe('words', () => {
  it.each([
    ['"a b"', 'a b'],
    ["'a b'", "'a"],
    ['a\tb', 'a'],
    ['abc"def ghi"jkl', 'abc'],
  ])('router_id %s is %s', (written, read) => {
    expect(routerId(id(written))).toBe(read);
  });

  it('begins a new word at a quote inside a word', () => {
    const text = 'global_defs {\nnotification_email {\nabc"def ghi"jkl\n}\n}\n';
    expect(model(text).global.mail.recipients).toEqual(['abc', 'def ghi', 'jkl']);
  });

  it('takes CRLF and a missing final newline', () => {
    expect(routerId('global_defs {\r\nrouter_id abc\r\n}')).toBe('abc');
  });

  it('ignores extra words', () => {
    expect(model(instance('priority 120 130')).vrrp.instances[0]?.priority).toBe(120);
  });
});

describe('limits of lines', () => {
  it('reads 1022 octets, and refuses more', () => {
    const line = (length: number) => `router_id ${'a'.repeat(length - 'router_id '.length)}`;
    expect(routerId(`global_defs {\n${line(1022)}\n}`)).toHaveLength(1012);
    expect(codes(`global_defs {\n${line(1023)}\n}`)).toEqual(['CFG_LINE_TOO_LONG']);
  });

  it('counts octets, not characters', () => {
    expect(codes(`# ${'\u00e9'.repeat(510)}`)).toEqual([]);
    expect(codes(`# ${'\u00e9'.repeat(511)}`)).toEqual(['CFG_LINE_TOO_LONG']);
  });

  it('refuses a line with NUL', () => {
    expect(codes('global_defs {\nrouter_id a\0b\n}')).toEqual(['CFG_NUL']);
  });

  it('lives with a byte-order mark, with a warning', () => {
    expect(codes('\uFEFFglobal_defs {\n}\n')).toEqual(['CFG_BYTE_ORDER_MARK']);
  });
});

describe('conditionals', () => {
  it.each([
    ['@node1 router_id a', 'a'],
    ['  @node1   router_id a', 'a'],
    ['@node2 router_id a', undefined],
    ['@^node2 router_id a', 'a'],
    ['@^node1 router_id a', undefined],
    ['@!node2 router_id a', 'a'],
    ['@!node1 router_id a', undefined],
    ['@ router_id a', undefined],
    ['@node1', undefined],
    ['router_id @node1', '@node1'],
  ])('%s gives %s', (line, read) => {
    expect(routerId(`global_defs {\n${line}\n}`)).toBe(read);
  });

  it('stand before definitions and repetitions', () => {
    expect(routerId(`@node1 $X=yes\n@node2 $X=no\n${id('$X')}`)).toBe('yes');
    expect(model('@node1 ~SEQ(i, 2) global_defs { notification_email { u$i } }').global.mail.recipients).toEqual([
      'u1',
      'u2',
    ]);
  });
});

describe('definitions', () => {
  it.each([
    ['${X}', 'v'],
    ['a${X}b', 'avb'],
    ['$X', 'v'],
    ['$X/24', '$X/24'],
    ['$X.y', '$X.y'],
    ['$UNKNOWN', '$UNKNOWN'],
  ])('%s is %s', (written, read) => {
    expect(routerId(`$X=v\n${id(written)}`)).toBe(read);
  });

  it('are resolved when used', () => {
    expect(routerId(`$A=\${B}\n$B=1\n$B=2\n${id('$A')}`)).toBe('2');
  });

  it('drop blanks behind the equals sign and may be empty', () => {
    expect(routerId(`$X=   v\n${id('$X')}`)).toBe('v');
    expect(routerId(`$X=\n${id('a${X}b')}`)).toBe('ab');
  });

  it('of several lines end with the first line without a backslash', () => {
    const text = '$G=router_id \\\n  \\\nglobal_defs { \\\n# left out\nrouter_id x   \\\n}\n$G\n';
    expect(routerId(text)).toBe('x');
  });

  it('of several lines end with an empty line', () => {
    expect(routerId('$G=global_defs { \\\nrouter_id x \\\n}\\\n\n$G\n')).toBe('x');
  });

  it('of several lines put their first line behind what stands before', () => {
    expect(routerId('$TAIL=x \\\n}\nglobal_defs {\nrouter_id $TAIL\n')).toBe('x');
  });

  it('know the predefined names', () => {
    expect(routerId(id('${_PWD}'))).toBe('/etc/keepalived');
    expect(routerId(id('${_INSTANCE}'))).toBe('node1');
    expect(routerId(id('${_ENV HOME}'), { environment: { HOME: '/root' } })).toBe('/root');
    expect(routerId(id('a${_ENV NONE}'))).toBe('a');
    expect(routerId(id('"a${_HASH}b"'))).toBe('a#b');
    expect(routerId(id('"a${_BANG}b"'))).toBe('a!b');
    expect(routerId(id('a${_HASH}b'))).toBe('a');
  });

  it('draw random numbers within the bounds', () => {
    expect(routerId(id('${_RANDOM}'), { random: () => 0 })).toBe('0');
    expect(routerId(id('${_RANDOM}'), { random: () => 0.99999999 })).toBe('32767');
    expect(routerId(id('${_RANDOM 5 7}'), { random: () => 0.5 })).toBe('6');
    expect(codes(id('${_RANDOM 7 5}'))).toEqual(['CFG_DEFINITION']);
  });

  it('may expand to what is read again: conditionals, repetitions, other definitions', () => {
    expect(routerId(`$C=@node1 router_id c\nglobal_defs {\n$C\n}`)).toBe('c');
    const text = '$S=~SEQ(i, 2) user${i}\nglobal_defs {\nnotification_email {\n$S\n}\n}';
    expect(model(text).global.mail.recipients).toEqual(['user1', 'user2']);
  });

  it('of several lines are repeated whole by a repetition that a definition holds', () => {
    const text =
      '$B= \\\nuser${i}${j} \\\nadmin${i}\n$S=~SEQ(i, 2) $B\nglobal_defs {\nnotification_email {\n~SEQ(j, 2) $S\n}\n}';
    expect(model(text).global.mail.recipients).toEqual([
      'user11',
      'admin1',
      'user21',
      'admin2',
      'user12',
      'admin1',
      'user22',
      'admin2',
    ]);
  });

  it('that are missing give one message, in quotes none', () => {
    expect(codes(id('${NOPE}'))).toEqual(['CFG_UNDEFINED_REFERENCE']);
    expect(routerId(id('"${NOPE}"'))).toBe('${NOPE}');
  });
});

describe('~SEQ and ~LST', () => {
  const recipients = (line: string) =>
    model(`$E=4\nglobal_defs {\nnotification_email {\n${line}\n}\n}`).global.mail.recipients;

  it.each([
    ['~SEQ(v, 3) a${v}', ['a1', 'a2', 'a3']],
    ['~SEQ(v, -3) a${v}', ['a-1', 'a-2', 'a-3']],
    ['~SEQ(v, 3, 5) a${v}', ['a3', 'a4', 'a5']],
    ['~SEQ(v, 5, 3) a${v}', ['a5', 'a4', 'a3']],
    ['~SEQ(v, 1, 2, 6) a${v}', ['a1', 'a3', 'a5']],
    ['~SEQ(v, 0x10, 021) a${v}', ['a16', 'a17']],
    ['~SEQ (v, 2)a${v}', ['a1', 'a2']],
    ['~SEQ(v, 3, $E) a${v}', ['a3', 'a4']],
    ['~SEQx(v, 9, 11) a${v}', ['a9', 'aa', 'ab']],
    ['~SEQ(x, 2) ~SEQ(y, 2) ${x}-${y}', ['1-1', '1-2', '2-1', '2-2']],
    ['~LST(v, q, r) a${v}', ['aq', 'ar']],
    ['~LST({a,b}, {1,2}, {3}) ${a}:${b}', ['1:2', '3:']],
  ])('%s', (line, expected) => {
    expect(recipients(line)).toEqual(expected);
  });

  it('repeat whole blocks', () => {
    const instances = load('~SEQ(i, 2) vrrp_instance V${i} { interface eth0 }').diagnostics.filter(
      (d) => d.code === 'CFG_NO_VRID',
    );
    expect(instances).toHaveLength(2);
  });

  it('leave the last value behind', () => {
    expect(routerId(`~SEQ(v, 3) global_defs { }\n${id('$v')}`)).toBe('3');
  });

  it.each(['~SEQ(v, 1, 0, 5) x', '~SEQ(v, 1, -1, 5) x', '~LST({a}, {1,2}) x', '~SEQ(1, 5) x', '~SEQ(v 5 x'])(
    '%s is refused',
    (line) => {
      expect(codes(line)).toEqual(['CFG_REPETITION']);
    },
  );

  it('anything else that begins with a tilde is an unknown keyword', () => {
    expect(codes('~FOO(1) x')).toEqual(['CFG_UNKNOWN_KEYWORD']);
  });
});

describe('bounds of expansion', () => {
  it.each([
    ['a definition of itself', '$A=x $A\n$A\n'],
    ['two definitions of each other', '$A=$B\n$B=$A\n$A\n'],
    ['a doubling', '$A=${B}${B}\n$B=${C}${C}\n$C=${A}${A}\n$A\n'],
    ['a huge sequence', '~SEQ(a, 1000000000) x\n'],
    ['nested sequences', '~SEQ(a, 10000) ~SEQ(b, 10000) ~SEQ(c, 10000) x\n'],
    ['lines of definitions that name themselves', '$A=x \\\n$A \\\n$A\n$A\n'],
  ])('%s is cut with an error', (_name, text) => {
    const started = performance.now();
    const { diagnostics } = load(text);
    expect(diagnostics.some((diagnostic) => diagnostic.code === 'CFG_EXPANSION')).toBe(true);
    // Generous: what is not cut would take minutes.
    expect(performance.now() - started).toBeLessThan(20_000);
  });
});

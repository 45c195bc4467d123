// The canonical form of files: what changes, what stays, what is refused.
import { describe, expect, it } from 'vitest';
import { formatConfiguration, type FormatOptions, type FormatResult } from '../../../src/config/format/format.ts';
import { mainFile, memoryFiles, type FileTable } from './memory.ts';

function format(text: string, options: Partial<FormatOptions> = {}, files: FileTable = {}): FormatResult {
  return formatConfiguration({
    path: mainFile,
    text,
    files: memoryFiles(files),
    environment: {},
    configId: 'node1',
    despiteErrors: true,
    ...options,
  });
}

function formatted(text: string, options: Partial<FormatOptions> = {}, files: FileTable = {}): string {
  const result = format(text, options, files);
  if (result.outcome !== 'formatted') throw new Error(JSON.stringify(result));
  return result.text;
}

const cases: readonly (readonly [what: string, from: string, to: string])[] = [
  ['nothing', '', ''],
  ['blank lines only', '\n\n  \n', ''],
  ['indentation', 'global_defs {\nrouter_id a\n\t  script_user root\n}', 'global_defs {\n    router_id a\n    script_user root\n}\n'],
  ['braces in any place', 'global_defs\n{\nrouter_id a }', 'global_defs {\n    router_id a\n}\n'],
  ['several blocks on a line', 'a{b{c d}e}f', 'a {\n    b {\n        c d\n    }\n    e\n}\nf\n'],
  ['an empty block', 'a { }', 'a {\n}\n'],
  ['CRLF and a byte-order mark', '\uFEFFa {\r\nb\r\n}\r\n', 'a {\n    b\n}\n'],
  ['empty lines', '\n\na\n\n\n\nb\n\n', 'a\n\nb\n'],
  ['blanks at line ends', 'a   \n\tb \t\n', 'a\nb\n'],
  ['blanks between words stay', 'a   b\t c', 'a   b\t c\n'],
  ['quoted braces and signs', 'a "{" "}" "#" {\nb\n}', 'a "{" "}" "#" {\n    b\n}\n'],
  ['comments', '# one\na { # two\n! three\nb   # four\n# five\n} # six\n# seven', '# one\na { # two\n    ! three\n    b   # four\n    # five\n} # six\n# seven\n'],
  ['a comment behind a statement whose brace comes later', 'a # why\n{\nb\n}', 'a { # why\n    b\n}\n'],
  ['a comment between a statement and its brace', 'a\n# why\n{\nb\n}', 'a\n# why\n{\n    b\n}\n'],
  ['a comment behind a brace that is moved up', 'a\n{ # why\nb\n}', 'a { # why\n    b\n}\n'],
  ['two comments that would meet', 'a # x\n{ # y\nb\n}', 'a # x\n{ # y\n    b\n}\n'],
  ['a comment behind what is broken up', 'a { b } # c', 'a { # c\n    b\n}\n'],
  ['definitions', '  $A=x  {y}\n$B=\n  a ${A}', '$A=x  {y}\n$B=\na ${A}\n'],
  ['a definition of several lines', '$A=a { \\\n b \\\n c { \\\n d \\\n } \\\n }\nx {\n${A}\n}', '$A=a { \\\n    b \\\n    c { \\\n        d \\\n    } \\\n}\nx {\n    ${A}\n}\n'],
  ['blanks inside a definition, which an empty line would end', '$A=a \\\n   \nb\nc', '$A=a \\\n    b\nc\n'],
  ['an empty line that ends a definition', '$A=a \\\n\nb', '$A=a \\\n\nb\n'],
  ['braces from a definition', '$O=vrrp_instance A {\n$O\ninterface eth0\n}', '$O=vrrp_instance A {\n$O\n    interface eth0\n}\n'],
  ['references in blocks on one line', '$A=1\nx { y ${A}/24 }\nz { ${A} }', '$A=1\nx {\n    y ${A}/24\n}\nz {\n    ${A}\n}\n'],
  ['a reference that is none where it stands', '$A=a \\\nb\nx { y $A }', '$A=a \\\n    b\nx { y $A }\n'],
  ['conditionals that open one block', '@a x 1 {\n@b x 2 {\ny\n}', '@a x 1 {\n@b x 2 {\n    y\n}\n'],
  ['conditionals inside', 'x {\n@^a y\n  @!b z\n}', 'x {\n    @^a y\n    @!b z\n}\n'],
  ['repetitions', 'x {\n~SEQ(i, 3)   y$i {z}\n}', 'x {\n    ~SEQ(i, 3)   y$i {z}\n}\n'],
  ['includes', 'x {\ninclude   *.conf\n}', 'x {\n    include   *.conf\n}\n'],
  ['escapes', 'x {\ny \\#  \\!z # c\n}', 'x {\n    y \\#  \\!z # c\n}\n'],
]; // prettier-ignore

describe('the canonical form', () => {
  it.each(cases)('%s', (_what, from, to) => {
    expect(formatted(from)).toBe(to);
    expect(formatted(to)).toBe(to);
  });

  it('says whether anything changed', () => {
    expect(format('a\n')).toMatchObject({ outcome: 'formatted', changed: false });
    expect(format('a')).toMatchObject({ outcome: 'formatted', changed: true });
  });

  it('is read with the files that are included', () => {
    const files = { '/etc/keepalived/a.conf': 'interface eth0\nunicast_peer {\n' };
    expect(formatted('vrrp_instance A {\ninclude a.conf\n10.0.0.1\n}\n}\n', {}, files)).toMatch(
      /^vrrp_instance A \{\n +include a.conf\n {8}10.0.0.1\n {4}\}\n\}\n$/,
    );
  });
});

describe('a file with errors', () => {
  it('is refused with its diagnostics', () => {
    const result = format('global_defs {\nruoter_id a\n}', { despiteErrors: false });
    expect(result).toMatchObject({
      outcome: 'refused',
      diagnostics: [{ code: 'CFG_UNKNOWN_KEYWORD', at: { line: 2 } }],
    });
  });

  it('a missing brace too', () => {
    expect(format('global_defs {\nrouter_id a\n', { despiteErrors: false })).toMatchObject({ outcome: 'refused' });
  });

  it.each([
    ['a value out of range', 'vrrp_instance A {\n    priority 999\n}\n'],
    ['a name that is defined elsewhere', 'vrrp_instance A {\n    track_script {\n        s\n    }\n}\n'],
    ['what only one of the routers says', 'vrrp_instance A {\n    @lb1 priority 150\n    state MASTER\n}\n'],
  ])('%s does not stand in the way', (_what, text) => {
    expect(format(text, { despiteErrors: false })).toMatchObject({ outcome: 'formatted', changed: false });
  });

  it('warnings do not stand in the way', () => {
    const text = 'global_defs {\nlvs_flush_onstop\n}\n';
    expect(format(text, { despiteErrors: false })).toMatchObject({ outcome: 'formatted' });
  });

  it('is formatted if that is asked for, as a piece that others include', () => {
    expect(formatted('real_server 10.0.0.1 80 {\nweight 1\n}')).toBe('real_server 10.0.0.1 80 {\n    weight 1\n}\n');
  });
});

/** Pieces of manual pages in roff with the man macros (man(7)), for any text. */

/** Text as it is to be seen: nothing of it is a request or an escape. Line ends become blanks. */
export function escapeText(text: string): string {
  const escaped = text
    .replace(/\s*\n\s*/g, ' ')
    .replaceAll('\\', '\\e')
    .replaceAll('-', '\\-')
    .replaceAll('~', '\\(ti')
    .replaceAll('^', '\\(ha')
    .replaceAll("'", '\\(aq')
    .replaceAll('`', '\\(ga')
    .replaceAll('"', '\\(dq')
    .replaceAll('…', '...');
  return escaped.startsWith('.') ? `\\&${escaped}` : escaped;
}

/** A hyphen in prose may be a hyphen; what stands in backquotes becomes bold. */
export function prose(text: string): string {
  const parts = text.split('`').map((part, index) => (index % 2 === 1 ? bold(part) : escapeText(part)));
  const joined = parts.join('');
  return joined.startsWith('.') ? `\\&${joined}` : joined;
}

export function bold(text: string): string {
  return `\\fB${escapeText(text)}\\fR`;
}

export function italic(text: string): string {
  return `\\fI${escapeText(text)}\\fR`;
}

export function section(title: string, ...lines: readonly string[]): string[] {
  return [`.SH ${title}`, ...lines];
}

export function subsection(title: string, ...lines: readonly string[]): string[] {
  return [`.SS ${title}`, ...lines];
}

/** A paragraph of prose. */
export function paragraph(text: string): string[] {
  return ['.PP', prose(text)];
}

/** A term, already in roff, and its explanation in prose. */
export function entry(term: string, text: string): string[] {
  return ['.TP', term, text === '' ? '\\&' : prose(text)];
}

/** Lines as they are, indented. */
export function example(...lines: readonly string[]): string[] {
  return ['.PP', '.RS 4', '.EX', ...lines.map((line) => (line === '' ? '\\&' : escapeText(line))), '.EE', '.RE'];
}

export interface PageHead {
  readonly name: string;
  readonly section: number;
  /** Behind the name and a dash. */
  readonly purpose: string;
  readonly version: string;
}

/** A whole page, newline terminated. The date is left out, so that the same sources give the same page. */
export function page(head: PageHead, ...parts: readonly (readonly string[])[]): string {
  const title = `.TH ${head.name.toUpperCase()} ${head.section} "" "keepalived-ts ${head.version}"`;
  const name = section('NAME', `${escapeText(head.name)} \\- ${prose(head.purpose)}`);
  return `${[title, '.nh', '.ad l', ...name, ...parts.flat()].join('\n')}\n`;
}

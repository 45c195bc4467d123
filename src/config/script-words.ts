/**
 * The other way to read a line: words of script-type keywords and of `regex`, where both kinds of quote count and
 * backslash escapes are processed (reference: configuration grammar, section 4).
 */

export type ScriptWords =
  { readonly ok: true; readonly words: readonly string[] } | { readonly ok: false; readonly quote: string };

const escapes: Readonly<Record<string, string>> = {
  a: '\x07',
  b: '\b',
  E: '\x1b',
  f: '\f',
  n: '\n',
  r: '\r',
  t: '\t',
  v: '\v',
};

/** Reads the escape whose backslash stands at `position`; returns its text and the position behind it. */
function readEscape(text: string, position: number): { text: string; next: number } {
  const letter = text[position + 1] ?? '';
  const simple = escapes[letter];
  if (simple !== undefined) return { text: simple, next: position + 2 };
  const octal = /^[0-7]{1,3}/.exec(text.slice(position + 1, position + 4));
  if (octal) {
    return { text: String.fromCharCode(parseInt(octal[0], 8) & 0xff), next: position + 1 + octal[0].length };
  }
  if (letter === 'x') {
    const hex = /^[0-9a-fA-F]{1,2}/.exec(text.slice(position + 2, position + 4));
    if (hex) return { text: String.fromCharCode(parseInt(hex[0], 16)), next: position + 2 + hex[0].length };
  }
  if (letter === 'c' && position + 2 < text.length) {
    return { text: String.fromCharCode(text.charCodeAt(position + 2) & 0x1f), next: position + 3 };
  }
  return { text: letter, next: position + 2 };
}

/** Splits with both quotes and escapes. Adjacent quoted and unquoted parts make one word. */
export function splitScriptWords(text: string): ScriptWords {
  const words: string[] = [];
  let current: string[] | undefined;
  let quote = '';
  let position = 0;
  while (position < text.length) {
    const char = text[position] ?? '';
    if (char === '\\' && position + 1 < text.length) {
      const escape = readEscape(text, position);
      (current ??= []).push(escape.text);
      position = escape.next;
      continue;
    }
    if (quote !== '') {
      if (char === quote) quote = '';
      else current?.push(char);
    } else if (char === '"' || char === "'") {
      quote = char;
      current ??= [];
    } else if (char === ' ' || char === '\t') {
      if (current) words.push(current.join(''));
      current = undefined;
    } else {
      (current ??= []).push(char);
    }
    position++;
  }
  if (quote !== '') return { ok: false, quote };
  if (current) words.push(current.join(''));
  return { ok: true, words };
}

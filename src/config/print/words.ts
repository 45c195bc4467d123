/** Words to text in both kinds of quoting, so that reading the text gives the same words (see words.ts, script-words.ts). */

/** What needs no quotes wherever it stands: no blank, quote, brace, comment, reference or escape, nothing beyond ASCII. */
const plain = /^[A-Za-z0-9_%+=:,./()[\]*?|&;^<>`-]+$/;

/** Characters that mean nothing inside a word but something at the beginning of a line: conditionals and repetitions. */
const plainInside = /^[A-Za-z0-9_%+=:,./()[\]*?|&;^<>`'@~-]+$/;

/** Statements that begin with one of these are includes, wherever they stand. */
const includeWord = /^include[rmwba]?$/;

/**
 * One ordinary word. What contains a double quote cannot be written (and cannot be read either); its quotes are left out.
 * @param first whether it stands at the beginning of a line
 */
export function ordinaryWord(word: string, first = false): string {
  if (first ? plain.test(word) && !includeWord.test(word) : plainInside.test(word)) return word;
  return `"${word.replaceAll('"', '')}"`;
}

/** Octal with three digits is the one escape that every version of keepalived reads alike. */
function octal(char: string): string {
  return `\\${char.charCodeAt(0).toString(8).padStart(3, '0')}`;
}

/** Control characters and the double quote; a dollar that would be taken for a predefined definition. */
const escaped = /[\x00-\x1f\x7f"]|\$(?=\{?_)/g;

/** One word for a keyword that reads its line with both quotes and escapes. */
export function scriptWord(word: string): string {
  if (plain.test(word)) return word;
  return `"${word.replaceAll('\\', '\\\\').replace(escaped, octal)}"`;
}

/** Arguments of a command as the one word they stand in, before that word itself is quoted. */
export function joinScriptWords(argv: readonly string[]): string {
  return argv
    .map((argument) =>
      plain.test(argument)
        ? argument
        : `'${argument.replaceAll('\\', '\\\\').replaceAll("'", "\\'").replace(escaped, octal)}'`,
    )
    .join(' ');
}

/** What nobody should see who only looks: passwords and keys, hidden in the same way as in dumps. */
import type { PrintedLine } from './printed.ts';

/** What stands for a secret. */
export const secretMask = '********';

interface Secretive {
  readonly keyword: string;
  readonly words: readonly string[];
}

/** Words of a statement without its secrets: auth_pass, the key of auth_hmac, the pass phrase of SSL, passwords of the status page. */
export function withoutSecrets({ keyword, words }: Secretive): readonly string[] {
  if (keyword === 'auth_pass' || keyword === 'password') return words.map(() => secretMask);
  // `key ID SECRET` of auth_hmac; `key PATH` of SSL and `file:PATH` name files.
  if (keyword === 'key' && words.length > 1) {
    return words.map((word, index) => (index === 0 || word.startsWith('file:') ? word : secretMask));
  }
  // `auth basic USER PASSWORD`; `auth file PATH` names a file.
  if (keyword === 'auth' && words[0] === 'basic') return words.map((word, index) => (index < 2 ? word : secretMask));
  return words;
}

/** The line with its secrets hidden. */
export function hideSecrets(line: PrintedLine): PrintedLine {
  return { ...line, words: withoutSecrets(line) };
}

/** Whether a line of a file holds something that withoutSecrets would hide, wherever it stands in the line. */
export function holdsSecret(sourceLine: string): boolean {
  return /(^|[\s{}])(auth_pass|password|key|auth[ \t]+basic)[ \t]/.test(sourceLine);
}

/**
 * Characters that come with text copied from web pages and word processors: they look like blanks and quotes and are
 * neither, so that a line means something else than it seems to.
 */
import type { Reporter } from '../reporter.ts';
import { placeInLine, type LineText, type Origin } from './origin.ts';

const strange = /[\u00a0\u00ad\u1680\u2000-\u200f\u2018-\u201f\u2028-\u202f\u205f\u2060\u3000\ufeff\ufffd]/;

interface Strangeness {
  readonly code: string;
  readonly what: string;
  readonly remedy: string;
}

function describe(character: string): Strangeness {
  const point = `U+${character.charCodeAt(0).toString(16).toUpperCase().padStart(4, '0')}`;
  if (/[\u2018-\u201f]/.test(character))
    return {
      code: 'CFG_TYPOGRAPHIC_QUOTE',
      what: `${character} (${point}) is a typographic quote; it quotes nothing and is a part of the word`,
      remedy: /[\u2018-\u201b]/.test(character) ? "write ' or nothing" : 'write "',
    };
  if (character === '\ufffd')
    return {
      code: 'CFG_NOT_UTF8',
      what: 'there are octets here that are no UTF-8; they cannot be kept',
      remedy: 'save the file as UTF-8 (iconv -f latin1 -t utf8)',
    };
  const name = character === '\u00a0' ? 'a non-breaking space' : 'a character that cannot be seen';
  return {
    code: 'CFG_INVISIBLE_CHARACTER',
    what: `there is ${name} here (${point}); it does not separate words but is a part of them`,
    remedy: 'write an ordinary blank, or nothing, in its place',
  };
}

/** Reports the first such character outside double quotes of a line without its comment. */
export function reportStrangeCharacters({ text, start, end }: LineText, origin: Origin, reporter: Reporter): void {
  const line = text.slice(start, end);
  const position = line.search(strange);
  if (position < 0 || line.slice(0, position).split('"').length % 2 === 0) return;
  const { code, what, remedy } = describe(line.charAt(position));
  reporter.atPlace(placeInLine(origin, text, start + position), 1, { code, class: 'advice', message: what, remedy });
}

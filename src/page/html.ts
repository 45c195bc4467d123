/**
 * Markup that cannot be broken out of: the template tag `html` escapes everything that is put into it, unless the tag
 * made it itself. There is no way to say "this text is markup already".
 */

/** Made by `html` alone. */
export class Html {
  readonly #text: string;

  private constructor(text: string) {
    this.#text = text;
  }

  toString(): string {
    return this.#text;
  }

  /** For the tag below; the only maker. */
  static readonly make = (parts: TemplateStringsArray, values: readonly HtmlValue[]): Html => {
    let text = parts[0] ?? '';
    for (let index = 0; index < values.length; index++) {
      text += markupOf(values[index]) + (parts[index + 1] ?? '');
    }
    return new Html(text);
  };
}

/** What may stand in a template; `undefined` and `false` are nothing. */
export type HtmlValue = Html | string | number | undefined | false | readonly HtmlValue[];

const entities: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

/** Text for a place between tags or in a quoted attribute. Characters that HTML does not allow become U+FFFD. */
export function escapeHtml(text: string): string {
  return text
    .replace(/[&<>"']/g, (character) => entities[character] ?? '')
    .replace(/[\0-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]|\p{Surrogate}/gu, '\ufffd');
}

function markupOf(value: HtmlValue): string {
  if (value === undefined || value === false) return '';
  if (typeof value === 'string') return escapeHtml(value);
  if (typeof value === 'number') return String(value);
  if (value instanceof Html) return value.toString();
  return value.map(markupOf).join('');
}

/** Where a value stands: escaping is enough for a text or a quoted attribute; between attributes only markup may stand. */
type Place = 'text' | 'attribute' | 'tag';

/** A template is written once and used many times. */
const known = new WeakMap<TemplateStringsArray, readonly Place[]>();

/** Anywhere else a value would be code or an unquoted attribute: a mistake of the template. */
function placesOf(parts: TemplateStringsArray): readonly Place[] {
  const places: Place[] = [];
  let before = '';
  for (const part of parts.slice(0, -1)) {
    before += part;
    const tag = before.slice(before.lastIndexOf('<'));
    const open = tag.startsWith('<') && !tag.replace(/"[^"]*"/g, '').includes('>');
    const quoted = open && tag.split('"').length % 2 === 0;
    if (!quoted && (before.endsWith('=') || (open && /\S$/.test(tag))))
      throw new Error(`a value in an unquoted place: ${tag}`);
    if (quoted && /\s(on\w+|style|srcdoc)="[^"]*$/i.test(tag)) throw new Error(`a value in code: ${tag}`);
    if (/<(script|style)\b[^>]*>(?![\s\S]*<\/\1)/i.test(before)) throw new Error(`a value in code: ${tag}`);
    places.push(quoted ? 'attribute' : open ? 'tag' : 'text');
    if (quoted) before += '_';
  }
  known.set(parts, places);
  return places;
}

/** The template tag. Values stand between tags or in attributes with double quotes; `html` also between attributes. */
export function html(parts: TemplateStringsArray, ...values: readonly HtmlValue[]): Html {
  const places = known.get(parts) ?? placesOf(parts);
  values.forEach((value, index) => {
    if (places[index] !== 'tag' || value instanceof Html || value === undefined || value === false) return;
    throw new Error('only markup may stand between attributes');
  });
  return Html.make(parts, values);
}

/** Markup cut as a browser cuts it (HTML, 13.2.5: data, tag and attribute states), as far as the status page goes. */

export interface Token {
  readonly kind: 'text' | 'tag';
  /** The text, or the name of the tag with `/` before it at its end. */
  readonly name: string;
  readonly attributes: ReadonlyMap<string, string>;
}

/** References that the page uses. */
function decoded(text: string): string {
  const references: Readonly<Record<string, string>> = { lt: '<', gt: '>', quot: '"', '#39': "'", amp: '&' };
  return text.replace(/&(#?\w+);/g, (whole, name: string) => references[name] ?? whole);
}

/** @throws Error at what no template of the page may write: an attribute without quotes, a tag that does not end */
export function tokensOf(markup: string): Token[] {
  const tokens: Token[] = [];
  let place = 0;
  while (place < markup.length) {
    const open = markup.indexOf('<', place);
    const end = open < 0 ? markup.length : open;
    const text = markup.slice(place, end);
    if (text.trim() !== '') tokens.push({ kind: 'text', name: decoded(text), attributes: new Map() });
    if (open < 0) break;
    const head = /^<(!doctype|\/?[a-z][a-z0-9]*)/i.exec(markup.slice(open, open + 40));
    if (head === null) throw new Error(`no tag at ${markup.slice(open, open + 40)}`);
    place = open + head[0].length;
    const attributes = new Map<string, string>();
    for (;;) {
      const rest = markup.slice(place, place + 20_000);
      const close = /^\s*\/?>/.exec(rest);
      if (close !== null) {
        place += close[0].length;
        break;
      }
      const attribute = /^\s+([a-zA-Z][a-zA-Z0-9-]*)(?:="([^"]*)")?(?=[\s/>])/.exec(rest);
      if (attribute === null) throw new Error(`no attribute at ${rest.slice(0, 40)}`);
      attributes.set(attribute[1] ?? '', decoded(attribute[2] ?? ''));
      place += attribute[0].length;
    }
    tokens.push({ kind: 'tag', name: (head[1] ?? '').toLowerCase(), attributes });
  }
  return tokens;
}

/** Tags with the names of their attributes: what no name of anything may change. */
export function skeleton(markup: string): string[] {
  return tokensOf(markup)
    .filter(({ kind }) => kind === 'tag')
    .map(({ attributes, name }) => [name, ...attributes.keys()].join(' '));
}

/** Everything to be read, tags left out. */
export function textOf(markup: string): string {
  return tokensOf(markup)
    .filter(({ kind }) => kind === 'text')
    .map(({ name }) => name)
    .join(' ')
    .replace(/\s+/g, ' ');
}

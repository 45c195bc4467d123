/** The one door through which markup of the server comes into the page. It was escaped there. */

interface TrustedPolicy {
  createHTML(text: string): string;
}

interface TrustedTypeFactory {
  createPolicy(name: string, rules: { createHTML: (text: string) => string }): TrustedPolicy;
}

const factory = (globalThis as { readonly trustedTypes?: TrustedTypeFactory }).trustedTypes;
const policy = factory?.createPolicy('keepalived-status', { createHTML: (text) => text });

/** The first element of a piece of markup, like nothing in the page yet. Rows are parsed as rows. */
export function elementOf(markup: string): Element | null {
  const template = document.createElement('template');
  template.innerHTML = policy?.createHTML(markup) ?? markup;
  return template.content.firstElementChild;
}

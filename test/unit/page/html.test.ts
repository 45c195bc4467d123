import { describe, expect, it } from 'vitest';
import { escapeHtml, html, type HtmlValue } from '../../../src/page/html.ts';

/** A template as somebody could have written it by mistake. */
function written(parts: readonly string[], ...values: readonly HtmlValue[]): string {
  return html(Object.assign([...parts], { raw: parts }), ...values).toString();
}

describe('the template tag', () => {
  it('escapes what is put in, and not what it made itself', () => {
    const inner = html`<b>${'<&>'}</b>`;
    expect(html`<p title="${'"\'<'}">${inner}${['a', inner]}</p>`.toString()).toBe(
      '<p title="&quot;&#39;&lt;"><b>&lt;&amp;&gt;</b>a<b>&lt;&amp;&gt;</b></p>',
    );
  });

  it('leaves nothing for undefined and false, and a figure for nought', () => {
    expect(html`<p>${undefined}${false}${0}</p>`.toString()).toBe('<p>0</p>');
  });

  it('replaces what HTML does not allow: controls and halves of characters', () => {
    expect(escapeHtml('a\0b\x1b[31m\ud800c\n')).toBe('a\ufffdb\ufffd[31m\ufffdc\n');
    expect(escapeHtml('\u{1f600}')).toBe('\u{1f600}');
  });

  it.each([
    ['an attribute without quotes', ['<p title=', '>']],
    ['the name of a tag', ['<', '>']],
    ['the name of an attribute', ['<p x', '="1">']],
    ['code of an event', ['<p onclick="', '">']],
    ['a style', ['<p style="', '">']],
    ['a script', ['<script>', '</script>']],
    ['a style sheet', ['<style>', '</style>']],
  ])('refuses a value as %s', (_where, parts) => {
    expect(() => written(parts, 'x')).toThrow(/a value in/);
  });

  it('takes only markup between attributes', () => {
    const hidden = html`hidden`;
    expect(html`<p ${hidden}></p>`.toString()).toBe('<p hidden></p>');
    expect(html`<p ${false}></p>`.toString()).toBe('<p ></p>');
    expect(() => written(['<p ', '>'], 'onclick=alert(1)')).toThrow('only markup');
  });
});

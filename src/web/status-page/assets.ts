/** The style sheet, the script and the icons of the status page, under names that change with what is in them. */
import { createHash } from 'node:crypto';
import type { Assets } from '../../page/render/document.ts';
import type { Tone } from '../../page/model.ts';

/** A file as it is served. */
export interface ServedFile {
  readonly name: string;
  readonly type: string;
  readonly body: Uint8Array;
  readonly tag: string;
}

/** In the frame of a browser, light or dark. */
const iconColours: Readonly<Record<Tone, string>> = {
  good: '#1f9d63',
  idle: '#71829a',
  attention: '#d98a00',
  bad: '#d6392f',
};

const iconShapes: Readonly<Record<Tone, string>> = {
  good: '<circle cx="8" cy="8" r="7" stroke="none"/>',
  idle: '<circle cx="8" cy="8" r="5.5" fill="none" stroke-width="3"/>',
  attention: '<path d="M8 1l7 14H1z" stroke="none"/>',
  bad: '<path d="M3 3l10 10M13 3L3 13" fill="none" stroke-width="4" stroke-linecap="round"/>',
};

function icon(tone: Tone): string {
  const colour = iconColours[tone];
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 16 16" fill="${colour}" stroke="${colour}">${iconShapes[tone]}</svg>`;
}

export interface PageFiles {
  readonly names: Assets;
  readonly files: readonly ServedFile[];
}

/** @param texts style sheet and script */
export function pageFiles(texts: { readonly style: string; readonly script: string }): PageFiles {
  const files: ServedFile[] = [];
  const add = (base: string, extension: string, type: string, text: string): string => {
    const body = Buffer.from(text);
    const hash = createHash('sha256').update(body).digest('hex').slice(0, 16);
    const name = `assets/${base}-${hash}.${extension}`;
    files.push({ name, type, body, tag: `"${hash}"` });
    return name;
  };
  const addIcon = (tone: Tone): string => add(`icon-${tone}`, 'svg', 'image/svg+xml', icon(tone));
  const names: Assets = {
    style: add('page', 'css', 'text/css; charset=utf-8', texts.style),
    script: add('page', 'js', 'text/javascript; charset=utf-8', texts.script),
    icons: { good: addIcon('good'), idle: addIcon('idle'), attention: addIcon('attention'), bad: addIcon('bad') },
  };
  return { names, files };
}

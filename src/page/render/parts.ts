/** Pieces that every section is made of. */
import { formatAge } from '../../core/age.ts';
import { utcClock, utcDate, utcMoment, type EpochMs } from '../clock.ts';
import { html, type Html } from '../html.ts';
import type { Condition, Tone } from '../model.ts';
import { queryText, type Query } from '../query.ts';

/** Shapes, so that colour is never the only sign: a disc, a ring, a triangle, a cross. */
const shapes: Readonly<Record<Tone, Html>> = {
  good: html`<circle cx="6" cy="6" r="5" />`,
  idle: html`<circle class="ring" cx="6" cy="6" r="4" />`,
  attention: html`<path d="M6 .6 11.6 11H.4Z" />`,
  bad: html`<path class="cross" d="M2 2l8 8M10 2l-8 8" />`,
};

export function mark(tone: Tone): Html {
  return html`<svg class="mark ${tone}" viewBox="0 0 12 12" aria-hidden="true">${shapes[tone]}</svg>`;
}

export function badge(tone: Tone, word: string): Html {
  return html`<span class="badge ${tone}">${mark(tone)}${word}</span>`;
}

/** When ages are not to stand in the text, the reader's browser writes them: so a moment later the markup is the same. */
export interface Ages {
  readonly now: EpochMs | undefined;
}

/** "for 3 min"; the browser keeps it right. */
export function age(since: EpochMs, { now }: Ages): Html {
  return html`<time datetime="${utcMoment(since)}" data-since="${Math.round(since)}"
    >${now === undefined ? '' : formatAge(now - since)}</time
  >`;
}

/** "14:03:22"; the browser makes it local. */
export function moment(at: EpochMs): Html {
  return html`<time datetime="${utcMoment(at)}" data-at="${Math.round(at)}" title="${utcDate(at)} ${utcClock(at)} UTC"
    >${utcClock(at)}</time
  >`;
}

export function state({ since, tone, word }: Condition, ages: Ages): Html {
  return html`${badge(tone, word)} <span class="age">${age(since, ages)}</span>`;
}

/** 12,345 */
export function count(value: number): string {
  return Math.round(value)
    .toString()
    .replace(/\B(?=(\d{3})+$)/g, ',');
}

/** 0.4, 12, 1,234: as exact as a glance needs. */
export function rate(value: number): string {
  return value < 10 ? String(Math.round(value * 10) / 10) : count(value);
}

export function counted(value: number, one: string, many: string): string {
  return `${count(value)} ${value === 1 ? one : many}`;
}

export interface Fold {
  /** Of the group of rows; what is folded has the same with `-inside` behind it. */
  readonly id: string;
  /** Among what the address says is unfolded. */
  readonly key: string;
  readonly query: Query;
  readonly title: string;
}

/** Folds and unfolds what stands below a row: by another address of the page, or at once where there is a script. */
export function foldLink({ id, key, query, title }: Fold, content: Html): Html {
  const isOpen = query.open.includes(key);
  const toggled = isOpen ? query.open.filter((other) => other !== key) : [...query.open, key];
  return html`<a
    class="fold"
    href="${queryText({ ...query, open: toggled })}#${id}"
    data-fold="${id}-inside"
    aria-expanded="${isOpen ? 'true' : 'false'}"
    title="${title}"
    ><svg class="chevron" viewBox="0 0 12 12" aria-hidden="true"><path d="M4 2l4 4-4 4" /></svg>${content}</a
  >`;
}

/**
 * The script of the status page. The page is complete without it; it keeps the page up to date, searches while one
 * types, folds without loading, and knows some keys.
 */
import type { Update } from '../render/document.ts';
import { elementOf } from './markup.ts';
import { morph, type Kept } from './morph.ts';
import { Stream } from './stream.ts';
import { applyTheme, switchTheme } from './theme.ts';
import { setServerClock, writeTimes } from './times.ts';

/** What the reader has folded otherwise than the server's page had it: by the id of the servers' row. */
const unfolded = new Set<string>();

function byId<Kind extends HTMLElement>(id: string): Kind {
  const element = document.getElementById(id);
  if (element === null) throw new Error(`the page has no ${id}`);
  return element as Kind;
}

const kept: Kept = {
  attribute: (element, name) => name === 'hidden' && element.classList.contains('inside'),
  content: (element) =>
    element instanceof HTMLTimeElement && (element.dataset['since'] ?? element.dataset['at']) !== undefined,
};

/** Marks what a link says of the row it folds. */
function showFold(row: HTMLElement): void {
  row.hidden = !unfolded.has(row.id);
  const link = document.querySelector(`[data-fold="${CSS.escape(row.id)}"]`);
  link?.setAttribute('aria-expanded', String(!row.hidden));
}

function takePieces({ pieces }: Update): void {
  const focused = document.activeElement;
  for (const { id, markup } of pieces) {
    const wanted = elementOf(markup);
    const present = document.getElementById(id);
    if (wanted === null || present === null) continue;
    morph(present, wanted, kept);
    for (const row of present.querySelectorAll<HTMLElement>('tr.inside')) showFold(row);
  }
  // What is moved to another place loses the focus.
  if (focused instanceof HTMLElement && focused.isConnected && document.activeElement !== focused)
    focused.focus({ preventScroll: true });
}

let verdict = '';

function takeHead({ title, tone, verdict: said }: Update): void {
  if (document.title !== title) document.title = title;
  const icon = byId<HTMLLinkElement>('icon');
  const wanted = icon.dataset[tone] ?? '';
  if (icon.getAttribute('href') !== wanted) icon.setAttribute('href', wanted);
  // Only a change is said aloud, not the first sight.
  if (verdict !== '' && verdict !== said) byId('said').textContent = said;
  verdict = said;
}

let current = true;

function showAsOf(at: number): void {
  const time = byId('as-of').firstElementChild as HTMLElement | null;
  if (time === null) return;
  time.dataset['at'] = String(Math.round(at));
  time.setAttribute('datetime', new Date(at).toISOString());
}

function showCurrent(isCurrent: boolean, why = ''): void {
  document.documentElement.classList.toggle('current', isCurrent);
  byId('live-word').textContent = isCurrent ? 'live,' : 'as of';
  if (current === isCurrent && isCurrent) return;
  current = isCurrent;
  const lost = byId('lost');
  lost.hidden = isCurrent;
  const asOf = byId('as-of').textContent.trim();
  const text = isCurrent ? '' : `${why}. What stands here is of ${asOf}; trying again.`;
  if (lost.textContent !== text) lost.textContent = text;
}

/** The address of the stream: the words of the page's own address. */
function streamAddress(): string {
  return `events${location.search}`;
}

const stream = new Stream(streamAddress, {
  update(update, at) {
    setServerClock(at);
    if (update !== undefined) {
      takePieces(update);
      takeHead(update);
    }
    showAsOf(at);
    writeTimes(document);
    showCurrent(true);
  },
  lost: (why) => showCurrent(false, why),
});

/** Goes to another view without loading the page. */
function view(parameters: URLSearchParams, replace: boolean): void {
  const search = parameters.toString();
  const address = `${location.pathname}${search === '' ? '' : `?${search}`}`;
  if (replace) history.replaceState(null, '', address);
  else history.pushState(null, '', address);
  stream.open();
}

function searchFor(text: string, problemsOnly: boolean): void {
  const parameters = new URLSearchParams(location.search);
  parameters.delete('page');
  if (text === '') parameters.delete('q');
  else parameters.set('q', text);
  if (problemsOnly) parameters.set('show', 'problems');
  else parameters.delete('show');
  view(parameters, true);
}

function searchAsWritten(): void {
  searchFor(byId<HTMLInputElement>('q').value.trim(), byId<HTMLInputElement>('only').checked);
}

/** The form as the address has it. */
function showSearch(): void {
  const parameters = new URLSearchParams(location.search);
  byId<HTMLInputElement>('q').value = parameters.get('q') ?? '';
  byId<HTMLInputElement>('only').checked = parameters.get('show') === 'problems';
}

function fold(row: HTMLElement): void {
  if (!unfolded.delete(row.id)) unfolded.add(row.id);
  showFold(row);
}

function clicked(event: MouseEvent): void {
  if (event.button !== 0 || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return;
  if (!(event.target instanceof Element)) return;
  const link = event.target.closest<HTMLAnchorElement>('a');
  if (link === null) return;
  const row = document.getElementById(link.dataset['fold'] ?? '');
  if (row !== null) {
    event.preventDefault();
    fold(row);
  } else if (link.dataset['view'] !== undefined) {
    event.preventDefault();
    const { hash, searchParams } = new URL(link.href);
    view(searchParams, false);
    showSearch();
    document.getElementById(hash.slice(1))?.scrollIntoView();
  } else if (link.dataset['find'] !== undefined) {
    const target = document.getElementById(new URL(link.href).hash.slice(1));
    if (target !== null) return;
    // It is on another page of the services.
    event.preventDefault();
    view(new URLSearchParams({ q: link.dataset['find'] }), false);
    showSearch();
    byId('services').scrollIntoView();
  }
}

function services(): HTMLElement[] {
  return [...document.querySelectorAll<HTMLElement>('#services a.fold')];
}

function move(by: 1 | -1): void {
  const all = services();
  const at = all.indexOf(document.activeElement as HTMLElement);
  all[at === -1 ? (by === 1 ? 0 : all.length - 1) : at + by]?.focus();
}

const keys: Readonly<Record<string, () => void>> = {
  '/': () => byId<HTMLInputElement>('q').focus(),
  p: () => {
    const only = byId<HTMLInputElement>('only');
    only.checked = !only.checked;
    searchAsWritten();
  },
  j: () => move(1),
  k: () => move(-1),
  t: switchTheme,
  '?': () => byId<HTMLDialogElement>('keys').showModal(),
};

function pressed(event: KeyboardEvent): void {
  if (event.metaKey || event.ctrlKey || event.altKey) return;
  const search = byId<HTMLInputElement>('q');
  const writing = event.target instanceof HTMLInputElement && event.target.type !== 'checkbox';
  if (event.key === 'Escape' && event.target === search && search.value !== '') {
    event.preventDefault();
    search.value = '';
    searchAsWritten();
    return;
  }
  if (writing || document.querySelector('dialog[open]') !== null) return;
  const act = keys[event.key];
  if (act === undefined) return;
  event.preventDefault();
  act();
}

function begin(): void {
  for (const row of document.querySelectorAll<HTMLElement>('tr.inside:not([hidden])')) unfolded.add(row.id);
  for (const id of ['theme', 'help']) byId(id).hidden = false;
  byId('theme').addEventListener('click', switchTheme);
  byId('help').addEventListener('click', () => keys['?']?.());
  let pause: ReturnType<typeof setTimeout> | undefined;
  byId('q').addEventListener('input', () => {
    clearTimeout(pause);
    pause = setTimeout(searchAsWritten, 150);
  });
  byId('only').addEventListener('change', searchAsWritten);
  byId('search').addEventListener('submit', (event) => {
    event.preventDefault();
    clearTimeout(pause);
    searchAsWritten();
  });
  document.addEventListener('click', clicked);
  document.addEventListener('keydown', pressed);
  window.addEventListener('popstate', () => {
    showSearch();
    stream.open();
  });
  // Nobody looks: nothing is sent, and another page may have the connection.
  document.addEventListener('visibilitychange', () => {
    if (document.hidden) stream.close();
    else stream.open();
  });
  writeTimes(document);
  setInterval(() => writeTimes(document), 1000);
  if (!document.hidden) stream.open();
}

// Before anything is drawn.
document.documentElement.classList.add('script');
applyTheme();
document.addEventListener('DOMContentLoaded', begin);

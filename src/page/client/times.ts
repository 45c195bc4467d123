/** Ages that tick and moments in the reader's time zone. */
import { formatAge } from '../../core/age.ts';

/** How far the server's clock is ahead of the browser's. */
let ahead = 0;

const clock = new Intl.DateTimeFormat(undefined, {
  hour: '2-digit',
  minute: '2-digit',
  second: '2-digit',
  hour12: false,
});

/** Takes over the server's clock: ages are right even if the browser's clock is not. */
export function setServerClock(at: number): void {
  ahead = at - Date.now();
}

function write(element: HTMLElement, text: string): void {
  if (element.textContent !== text) element.textContent = text;
}

/** Writes every age and moment below `root`. */
export function writeTimes(root: ParentNode): void {
  const now = Date.now() + ahead;
  for (const element of root.querySelectorAll<HTMLElement>('time[data-since]'))
    write(element, formatAge(now - Number(element.dataset['since'])));
  for (const element of root.querySelectorAll<HTMLElement>('time[data-at]')) {
    const moment = new Date(Number(element.dataset['at']));
    write(element, clock.format(moment));
    const title = moment.toLocaleString();
    if (element.title !== title) element.title = title;
  }
}

/** What happened, the latest first, each with its reason. */
import { html, type Html } from '../html.ts';
import type { TimelineEntry } from '../timeline.ts';
import { utcDate } from '../clock.ts';
import { mark, moment } from './parts.ts';

/** Lines that stand on the page. */
export const timelineLength = 60;

function entry({ change, reason, subject, target, time, tone }: TimelineEntry): Html {
  return html`<li class="${tone}">
    ${moment(time)}${mark(tone)}<span class="what"
      ><b>${target === undefined ? subject : html`<a href="#${target}">${subject}</a>`}</b>
      <span class="change">${change}</span> <span class="reason">${reason}</span></span
    >
  </li>`;
}

/** @param entries the latest first */
export function renderTimeline(entries: readonly TimelineEntry[]): Html {
  const days = Map.groupBy(entries.slice(0, timelineLength), ({ time }) => utcDate(time));
  return html`<section id="events" aria-labelledby="events-title">
    <h2 id="events-title">Events</h2>
    ${entries.length === 0 && html`<p class="none">Nothing has happened since the start.</p>`}
    ${[...days].map(
      ([day, of]) =>
        html`<h3><time datetime="${day}">${day}</time></h3>
          <ol class="timeline">
            ${of.map(entry)}
          </ol>`,
    )}
  </section>`;
}

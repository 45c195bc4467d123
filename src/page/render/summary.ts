/** The head of the page: is all well, and if not, what is it. */
import type { VirtualServerReport } from '../../check/report-types.ts';
import { html, type Html } from '../html.ts';
import type { PageModel, Problem, Tone } from '../model.ts';
import { queryText, type Query } from '../query.ts';
import { serviceTrouble } from '../view.ts';
import { count, counted, mark } from './parts.ts';

/** Problems that stand in the list; the others are to be found below. */
export const mostProblems = 6;

/** In one sentence, also for the title and for screen readers. */
export function verdict({ problems, services, instances, sessions, waitingFor }: PageModel): {
  readonly tone: Tone;
  readonly text: string;
} {
  const busy = waitingFor.length > 0;
  const grave = problems.filter(({ tone }) => tone === 'bad').length;
  if (grave > 0) return { tone: 'bad', text: counted(problems.length, 'problem', 'problems') };
  if (busy) return { tone: 'attention', text: 'Not ready yet' };
  if (problems.length > 0)
    return { tone: 'attention', text: `${counted(problems.length, 'thing', 'things')} to look at` };
  if (services.length + instances.length + sessions.length === 0)
    return { tone: 'idle', text: 'Nothing is configured' };
  return { tone: 'good', text: 'All is well' };
}

interface Figure {
  readonly name: string;
  readonly target: string;
  readonly value: string;
  readonly of?: string;
  readonly note: string;
  readonly tone: Tone;
}

function tally<Thing extends { readonly condition: { readonly word: string } }>(things: readonly Thing[]): string {
  const words = new Map<string, number>();
  for (const { condition } of things) words.set(condition.word, (words.get(condition.word) ?? 0) + 1);
  return [...words].map(([word, number]) => `${count(number)} ${word}`).join(', ');
}

function worst(things: readonly { readonly condition: { readonly tone: Tone } }[]): Tone {
  const tones = new Set(things.map(({ condition }) => condition.tone));
  return (['bad', 'attention', 'good'] as const).find((tone) => tones.has(tone)) ?? 'idle';
}

function figures({ instances, limits, servers, services, sessions }: PageModel): Figure[] {
  const masters = instances.filter(({ condition }) => condition.word === 'MASTER').length;
  const served = services.filter(({ condition }) => condition.word === 'UP').length;
  const banned = limits.reduce((sum, limit) => sum + limit.banned + limit.listed, 0);
  return [
    ...(instances.length === 0
      ? []
      : [
          {
            name: 'Master of',
            target: 'instances',
            value: count(masters),
            of: count(instances.length),
            note: tally(instances),
            tone: worst(instances),
          },
        ]),
    ...(services.length === 0
      ? []
      : [
          {
            name: 'Services up',
            target: 'services',
            value: count(served),
            of: count(services.length),
            note: served === services.length ? 'all have their quorum' : tally(services),
            tone: worst(services),
          },
          {
            name: 'Servers up',
            target: 'services',
            value: count(servers.up),
            of: count(servers.total),
            note:
              servers.up === servers.total ? 'all answer' : counted(servers.total - servers.up, 'is down', 'are down'),
            tone: servers.up === servers.total ? ('good' as const) : ('attention' as const),
          },
        ]),
    ...(sessions.length === 0
      ? []
      : [
          {
            name: 'BFD sessions up',
            target: 'sessions',
            value: count(sessions.filter(({ condition }) => condition.word === 'Up').length),
            of: count(sessions.length),
            note: tally(sessions),
            tone: worst(sessions),
          },
        ]),
    ...(limits.length === 0
      ? []
      : [
          {
            name: 'Clients banned',
            target: 'limits',
            value: count(banned),
            note: counted(limits.length, 'limit', 'limits'),
            tone: banned > 0 ? ('attention' as const) : ('good' as const),
          },
        ]),
  ];
}

/** Of a service with its servers, where they are known. */
function problemText(
  { service, text }: Problem,
  model: PageModel,
  details: ReadonlyMap<string, VirtualServerReport>,
): string {
  const view = service === undefined ? undefined : model.services.find(({ label }) => label === service);
  return view === undefined ? text : serviceTrouble(view, details.get(view.label));
}

export function renderSummary(model: PageModel, query: Query, details: ReadonlyMap<string, VirtualServerReport>): Html {
  const { tone, text } = verdict(model);
  const { problems } = model;
  const more = problems.length - mostProblems;
  return html`<section id="summary" class="summary ${tone}" aria-label="Summary">
    <h1 class="verdict">${mark(tone)} ${text}</h1>
    ${model.waitingFor.length > 0 && html`<p class="waiting">Not ready yet: ${model.waitingFor.join('; ')}</p>`}
    <ul class="figures">
      ${figures(model).map(
        (figure) =>
          html`<li class="${figure.tone}">
            <a href="#${figure.target}"
              ><span class="name">${figure.name}</span>
              <span class="value"
                >${figure.value}${figure.of !== undefined && html`<span class="of"> of ${figure.of}</span>`}</span
              >
              <span class="note">${figure.note}</span></a
            >
          </li>`,
      )}
    </ul>
    ${
      problems.length > 0 &&
      html`<ul class="problems" aria-label="Problems">
        ${problems.slice(0, mostProblems).map(
          (problem) =>
            html`<li class="${problem.tone}">
              ${mark(problem.tone)}<span
                ><b
                  >${problem.target === undefined ? problem.subject : html`<a href="#${problem.target}" data-find="${problem.subject}">${problem.subject}</a>`}</b
                >
                ${problemText(problem, model, details)}</span
              >
            </li>`,
        )}${more > 0 && html`<li class="more"><a href="${queryText({ ...query, problemsOnly: true, page: 1 })}#services" data-view>${counted(more, 'more', 'more')}: show only problems</a></li>`}
      </ul>`
    }
  </section>`;
}

/** The whole page as a document, and the pieces that it is kept up to date with. */
import type { VirtualServerReport } from '../../check/report-types.ts';
import { wholeSection, sectionOfRows, type Piece, type Section } from '../fragments.ts';
import type { History } from '../history.ts';
import { html, type Html } from '../html.ts';
import { elementId, type PageModel, type Tone } from '../model.ts';
import type { Query } from '../query.ts';
import { selectInstances, selectServices, type Orders } from '../selection.ts';
import type { TimelineEntry } from '../timeline.ts';
import {
  renderDraining,
  renderGroups,
  renderInstance,
  renderInstances,
  renderLimits,
  renderSessions,
} from './instances.ts';
import { count, moment, type Ages } from './parts.ts';
import { renderSearch, renderService, renderServices } from './services.ts';
import { mostProblems, renderSummary, verdict } from './summary.ts';
import { renderTimeline } from './timeline.ts';

/** Everything that a view is made of. */
export interface PageState {
  readonly model: PageModel;
  readonly orders: Orders;
  /** Servers of services that somebody looks at, by label. */
  readonly details: ReadonlyMap<string, VirtualServerReport>;
  /** The latest first. */
  readonly timeline: readonly TimelineEntry[];
  /** Rates of services by label; `instance NAME`: places of `tones`. */
  readonly history: History;
  readonly steps: number;
}

/** Names of the files of the page, as they are asked for. */
export interface Assets {
  readonly style: string;
  readonly script: string;
  readonly icons: Readonly<Record<Tone, string>>;
}

/** Tones as figures of the history. */
const tones = ['idle', 'good', 'attention', 'bad'] as const satisfies readonly Tone[];

/** What the history keeps of a model. */
export function* samplesOf({ instances, services }: PageModel): Generator<readonly [string, number | undefined]> {
  for (const { condition, name } of instances) yield [`instance ${name}`, tones.indexOf(condition.tone)];
  for (const { label, rate } of services) if (rate !== undefined) yield [`service ${label}`, rate];
}

/** Services whose servers a view shows: those of its page, and those of the problems at its top. */
export function wantedDetails(model: PageModel, orders: Orders, query: Query): string[] {
  const problems = model.problems.slice(0, mostProblems).flatMap(({ service }) => service ?? []);
  return [...problems, ...selectServices(orders, query).shown.map(({ label }) => label)];
}

/** All sections of a view. Ages are left to the browser unless `ages` has a moment. */
export function sections(
  { details, history, model, orders, steps, timeline }: PageState,
  query: Query,
  ages: Ages,
): Section[] {
  const instances = selectInstances(model, query);
  const services = selectServices(orders, query);
  const toneAt = (value: number | undefined): Tone | undefined => (value === undefined ? undefined : tones[value]);
  return [
    wholeSection('summary', renderSummary(model, query, details)),
    sectionOfRows(
      'instances',
      instances.shown.map((instance) => ({
        id: elementId('instance', instance.name),
        markup: renderInstance(instance, {
          ages,
          query,
          past: { tones: history.of(`instance ${instance.name}`).map(toneAt), steps },
          epoch: model.vrrpEpoch,
        }),
      })),
      (rows) => renderInstances(instances, rows),
    ),
    wholeSection('groups', renderGroups(model, ages)),
    wholeSection('sessions', renderSessions(model, ages)),
    sectionOfRows(
      'services',
      services.shown.map((service) => ({
        id: elementId('service', service.label),
        markup: renderService(service, {
          ages,
          query,
          detail: details.get(service.label),
          rates: history.of(`service ${service.label}`),
          steps,
          epoch: model.checkerEpoch,
        }),
      })),
      (rows) => renderServices(services, query, rows),
    ),
    wholeSection('draining', renderDraining(model, ages)),
    wholeSection('limits', renderLimits(model)),
    wholeSection('events', renderTimeline(timeline)),
  ];
}

/** What is beside the sections: title, icon, the moment. */
export interface Head {
  readonly at: number;
  readonly title: string;
  readonly tone: Tone;
  /** For who hears the page. */
  readonly verdict: string;
}

export function headOf(model: PageModel): Head {
  const { text, tone } = verdict(model);
  const grave = model.problems.length;
  return {
    at: model.at,
    title: `${grave > 0 ? `(${count(grave)}) ` : ''}${model.host} · keepalived`,
    tone,
    verdict: text,
  };
}

/** One message of the stream of changes. */
export interface Update extends Head {
  readonly pieces: readonly Piece[];
}

/** The page as it is loaded, complete without a script. */
export function renderDocument(state: PageState, query: Query, assets: Assets): Html {
  const { model } = state;
  const all = sections(state, query, { now: model.at });
  const body = (id: string): Html | undefined => all.find((section) => section.id === id)?.html;
  const head = headOf(model);
  const { services } = model;
  return html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="color-scheme" content="light dark" />
        <meta name="robots" content="noindex" />
        <title>${head.title}</title>
        <link
          rel="icon"
          id="icon"
          type="image/svg+xml"
          href="${assets.icons[head.tone]}"
          data-good="${assets.icons.good}"
          data-idle="${assets.icons.idle}"
          data-attention="${assets.icons.attention}"
          data-bad="${assets.icons.bad}"
        />
        <link rel="stylesheet" href="${assets.style}" />
        <script src="${assets.script}"></script>
      </head>
      <body>
        <a class="skip" href="#services">Skip to the services</a>
        <header>
          <div class="who">
            <span class="host">${model.host}</span
            ><span class="muted"
              >keepalived ${model.version}, pid ${model.pid}<span class="file">, ${model.file}</span></span
            >
          </div>
          <nav aria-label="Sections">
            <a href="#instances">Instances</a><a href="#services">Services</a><a href="#events">Events</a>
          </nav>
          <div class="live">
            <span id="pulse" class="pulse" aria-hidden="true"></span
            ><span><span id="live-word">as of</span> <span id="as-of">${moment(model.at)}</span></span>
            <button type="button" id="theme" class="quiet" hidden title="Light or dark (t)">
              <span class="unseen">Light or dark</span
              ><svg viewBox="0 0 16 16" aria-hidden="true">
                <path d="M8 1a7 7 0 1 0 0 14Z" />
                <circle cx="8" cy="8" r="6.3" />
              </svg>
            </button>
            <button type="button" id="help" class="quiet" hidden title="Keys (?)">
              <span class="unseen">Keys</span><span aria-hidden="true">?</span>
            </button>
          </div>
        </header>
        <p id="lost" class="lost" role="alert" hidden></p>
        <p id="said" class="unseen" role="status" aria-live="polite"></p>
        <main>
          ${body('summary')}
          <div class="columns">
            <div class="first">
              ${body('instances')} ${body('groups')} ${body('sessions')} ${body('limits')}
              ${renderSearch(query, services.length)} ${body('services')} ${body('draining')}
            </div>
            <aside>${body('events')}</aside>
          </div>
        </main>
        <dialog id="keys" aria-labelledby="keys-title">
          <h2 id="keys-title">Keys</h2>
          <dl>
            <div>
              <dt><kbd>/</kbd></dt>
              <dd>search</dd>
            </div>
            <div>
              <dt><kbd>p</kbd></dt>
              <dd>only problems</dd>
            </div>
            <div>
              <dt><kbd>j</kbd> <kbd>k</kbd></dt>
              <dd>next and previous service</dd>
            </div>
            <div>
              <dt><kbd>Enter</kbd></dt>
              <dd>fold and unfold it</dd>
            </div>
            <div>
              <dt><kbd>t</kbd></dt>
              <dd>light or dark</dd>
            </div>
            <div>
              <dt><kbd>Esc</kbd></dt>
              <dd>empty the search</dd>
            </div>
          </dl>
          <form method="dialog"><button>Close</button></form>
        </dialog>
        <noscript
          ><p class="muted foot">Without a script this page shows one moment; load it again for another.</p></noscript
        >
      </body>
    </html> `;
}

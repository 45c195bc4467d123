/** The table of services, each with its servers folded below it, and what finds one among ten thousand. */
import type { CheckerReport, RealServerReport, VirtualServerReport } from '../../check/report-types.ts';
import type { EpochMs } from '../clock.ts';
import { html, type Html } from '../html.ts';
import { elementId, type ServiceView } from '../model.ts';
import { queryText, type Order, type Query } from '../query.ts';
import type { Selection } from '../selection.ts';
import { sparkline } from '../sparkline.ts';
import { serverTone, serviceTrouble, shortLabel } from '../view.ts';
import { count, counted, foldLink, mark, rate, state, type Ages } from './parts.ts';

/** Servers of a folded service that travel with the page; unfolded by the address, all of them do. */
const mostFoldedServers = 20;

export interface ServiceContext {
  readonly ages: Ages;
  readonly query: Query;
  /** Its servers; absent: not known yet. */
  readonly detail: VirtualServerReport | undefined;
  /** Rates of the last minutes, oldest first. */
  readonly rates: readonly (number | undefined)[];
  readonly steps: number;
  /** Difference between the checker's clock and the wall clock. */
  readonly epoch: EpochMs;
}

function checkText({ phases, reason, sharedBy, type }: CheckerReport): Html {
  const took = phases.map(({ failed, phase, took: span }) => `${phase} ${rate(span)} ms${failed ? ', failed' : ''}`);
  const shared = sharedBy > 1 ? [`made once for ${sharedBy} servers`] : [];
  return html`<span class="check"
    ><b>${type}</b> ${reason}<span class="muted below">${[...took, ...shared].join(' · ')}</span></span
  >`;
}

function renderServer(server: RealServerReport, { ages, epoch }: ServiceContext): Html {
  const { checkers, connections, effectiveWeight, explanation, forwarding, inPool, label, since, weight } = server;
  const tone = serverTone(server);
  const condition = { tone, word: server.state, since: epoch + since, reason: explanation };
  return html`<tr class="${tone}">
    <th scope="row">
      <span class="address" title="${label}">${shortLabel(label)}</span
      ><span class="muted below">${forwarding}${!inPool && ', out of the pool'}</span>
    </th>
    <td data-label="State">
      ${state(condition, ages)}${server.override && html`<span class="remark">${mark('attention')}${server.override.words}</span>`}
    </td>
    <td data-label="Weight" class="figure" title="${server.weightExplanation}">
      ${effectiveWeight}${effectiveWeight !== weight && html`<span class="muted"> of ${weight}</span>`}
    </td>
    <td data-label="Connections" class="figure">
      ${connections === undefined ? html`<span class="muted">–</span>` : html`${count(connections.active)}<span class="muted"> + ${count(connections.inactive)} inactive</span>`}
    </td>
    <td data-label="Checks">
      ${checkers.length === 0 ? html`<span class="muted">not checked</span>` : checkers.map(checkText)}
    </td>
  </tr>`;
}

function renderInside(service: ServiceView, context: ServiceContext, isOpen: boolean): Html {
  const { detail, query } = context;
  const id = elementId('service', service.label);
  const servers = detail?.servers ?? [];
  const shown = isOpen ? servers : servers.slice(0, mostFoldedServers);
  const rest = servers.length - shown.length;
  return html`<tr class="inside" id="${id}-inside" ${!isOpen && html` hidden`}>
    <td colspan="6">
      <table>
        <caption class="unseen">
          Real servers of ${service.name}
        </caption>
        <thead>
          <tr>
            <th scope="col">Server</th>
            <th scope="col">State</th>
            <th scope="col">Weight</th>
            <th scope="col">Connections</th>
            <th scope="col">Checks</th>
          </tr>
        </thead>
        <tbody>
          ${shown.map((server) => renderServer(server, context))}
        </tbody>
      </table>
      <p class="muted">
        ${detail === undefined ? 'Not known at the moment.' : `Scheduler ${detail.scheduler}.`}
        ${detail?.sorryServer && html`Sorry server <span class="address">${shortLabel(detail.sorryServer.label)}</span> ${detail.sorryServer.active ? 'answers now' : 'stands by'}.`}
      </p>
      ${rest > 0 && html`<p><a href="${queryText({ ...query, open: [...query.open, service.label] })}#${id}" data-view>${counted(rest, 'more server', 'more servers')}</a></p>`}
    </td>
  </tr>`;
}

/** A bar of what is up. */
function bar(up: number, total: number): Html {
  const width = total === 0 ? 0 : Math.round((up / total) * 48);
  return html`<svg class="bar" viewBox="0 0 48 4" preserveAspectRatio="none" aria-hidden="true">
    <rect class="all" width="48" height="4" />
    <rect class="up" width="${width}" height="4" />
  </svg>`;
}

const unknown = html`<span class="muted">–</span>`;

/** A service and its servers: one group of rows. */
export function renderService(service: ServiceView, context: ServiceContext): Html {
  const { condition, kind, label, name, quorum, total, up, weight } = service;
  const { ages, detail, query, rates, steps } = context;
  const id = elementId('service', label);
  const isOpen = query.open.includes(label);
  const trouble = condition.tone === 'bad' || condition.tone === 'attention';
  const connections = detail?.connections?.active;
  return html`<tbody id="${id}" class="service ${condition.tone}">
    <tr>
      <th scope="row">
        ${foldLink({ id, key: label, query, title: label }, html`<span class="title address">${name}</span> <span class="muted">${kind}</span>`)}${trouble && html`<span class="trouble">${mark(condition.tone)}${serviceTrouble(service, detail)}</span>`}
      </th>
      <td data-label="State">${state(condition, ages)}</td>
      <td data-label="Servers" class="figure">
        <span>${count(up)}<span class="muted"> of ${count(total)}</span></span
        >${bar(up, total)}
      </td>
      <td data-label="Weight" class="figure">${count(weight)}<span class="muted"> quorum ${count(quorum)}</span></td>
      <td data-label="Connections" class="figure${connections === undefined ? ' unknown' : ''}">
        ${connections === undefined ? unknown : count(connections)}
      </td>
      <td data-label="New a second" class="picture${service.rate === undefined ? ' unknown' : ''}">
        ${service.rate === undefined ? unknown : html`<span class="figure">${rate(service.rate)}</span>${sparkline(rates, steps, `new connections a second over the last minutes, now ${rate(service.rate)}`)}`}
      </td>
    </tr>
    ${renderInside(service, context, isOpen)}
  </tbody>`;
}

function heading(text: string, order: Order, { query }: { readonly query: Query }): Html {
  const current = query.order === order;
  const next = current ? ('problems' as const) : order;
  return html`<th scope="col" ${current && html` aria-sort="${order === 'name' ? 'ascending' : 'descending'}"`}>
    <a href="${queryText({ ...query, order: next, page: 1 })}#services" data-view>${text}</a>
  </th>`;
}

function pager({ found, page, pages }: Selection<ServiceView>, query: Query): Html {
  const to = (target: number): string => `${queryText({ ...query, page: target })}#services`;
  return html`<nav class="pager" aria-label="Pages of services" ${pages === 1 && html` hidden`}>
    ${page > 1 ? html`<a rel="prev" href="${to(page - 1)}" data-view>← before</a>` : html`<span class="muted">← before</span>`}
    <span
      >page ${count(page)} of ${count(pages)}
      <span class="muted">(${counted(found, 'service', 'services')})</span></span
    >
    ${page < pages ? html`<a rel="next" href="${to(page + 1)}" data-view>further →</a>` : html`<span class="muted">further →</span>`}
  </nav>`;
}

/** The form outlives every change of the rest: somebody is writing in it. */
export function renderSearch(query: Query, total: number): Html {
  return html`<form id="search" role="search" method="get" ${total === 0 && html` hidden`}>
    <label class="unseen" for="q">Search services and servers</label>
    <input
      id="q"
      name="q"
      type="search"
      placeholder="Search services and servers"
      value="${query.search}"
      maxlength="100"
      autocomplete="off"
      spellcheck="false"
      aria-controls="services"
    />
    <label class="only"
      ><input id="only" name="show" type="checkbox" value="problems" ${query.problemsOnly && html` checked`} /> only
      problems</label
    >
    ${query.order !== 'problems' && html`<input type="hidden" name="order" value="${query.order}" />`}
    <button type="submit">Search</button>
  </form>`;
}

function foundText({ found, total }: Selection<ServiceView>, { problemsOnly, search }: Query): Html {
  if (found === total) return html`<span class="total">${count(total)}</span>`;
  return html`<span class="total">${count(found)} of ${count(total)}</span
    >${search !== '' && html` <span class="muted">with “${search}”</span>`}${problemsOnly && html` <span class="muted">not well</span>`}`;
}

export function renderServices(selection: Selection<ServiceView>, query: Query, rows: readonly Html[]): Html {
  const { found, total } = selection;
  return html`<section id="services" aria-labelledby="services-title" ${total === 0 && html` hidden`}>
    <h2 id="services-title">Services ${foundText(selection, query)}</h2>
    <div class="scroll">
      <table class="services">
        <thead>
          <tr>
            ${heading('Service', 'name', { query })}${heading('State', 'since', { query })}
            <th scope="col">Servers</th>
            <th scope="col">Weight</th>
            <th scope="col">Connections</th>
            ${heading('New a second', 'rate', { query })}
          </tr>
        </thead>
        ${rows}
      </table>
    </div>
    ${found === 0 && html`<p class="none">${query.problemsOnly && query.search === '' ? 'No service has a problem.' : 'No service matches.'} <a href="${queryText({ ...query, search: '', problemsOnly: false, page: 1 })}#services" data-view data-clear>Show all</a></p>`}
    ${pager(selection, query)}
  </section>`;
}

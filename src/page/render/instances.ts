/** VRRP instances and sync groups, BFD sessions, draining servers, connection limits. */
import type { VrrpInstanceReport } from '../../vrrp/report-types.ts';
import type { EpochMs } from '../clock.ts';
import { html, type Html } from '../html.ts';
import { elementId, type GroupView, type InstanceView, type PageModel, type SessionView, type Tone } from '../model.ts';
import type { Query } from '../query.ts';
import type { Selection } from '../selection.ts';
import { strip } from '../sparkline.ts';
import { shortLabel } from '../view.ts';
import { age, count, counted, foldLink, mark, moment, state, type Ages } from './parts.ts';

/** The last minutes of an instance. */
export interface Past {
  readonly tones: readonly (Tone | undefined)[];
  readonly steps: number;
}

export interface InstanceContext {
  readonly ages: Ages;
  readonly query: Query;
  readonly past: Past;
  /** Difference between the clock of the VRRP process and the wall clock. */
  readonly epoch: EpochMs;
}

/** What stands for an instance among what is unfolded: services have names of another kind. */
export function instanceKey(name: string): string {
  return `instance ${name}`;
}

const trackerTones = { good: 'good', bad: 'bad', unknown: 'idle' } as const;

function addressList({ addresses }: VrrpInstanceReport): Html {
  return html`<ul>
    ${addresses.map(({ address, excluded, interface: name, kernel, prefixLength, wanted }) => {
      const tone: Tone = kernel === 'duplicate' || (wanted && kernel === 'absent') ? 'bad' : wanted ? 'good' : 'idle';
      const kernelWords = {
        present: 'here',
        absent: 'not here',
        tentative: 'tentative',
        duplicate: 'duplicate',
      } as const;
      const words = `on ${name}, ${kernelWords[kernel]}${excluded ? ', not advertised' : ''}`;
      return html`<li>
        ${mark(tone)}<span
          ><span class="address">${address}/${prefixLength}</span> <span class="muted">${words}</span></span
        >
      </li>`;
    })}
  </ul>`;
}

function trackerList({ trackers }: VrrpInstanceReport): Html {
  if (trackers.length === 0) return html`<p class="muted">nothing</p>`;
  return html`<ul>
    ${trackers.map(
      ({ contribution, fault, kind, name, state: verdict, words }) =>
        html`<li>
          ${mark(trackerTones[verdict])}<span
            >${kind} <b>${name}</b>
            <span class="muted"
              >${words}${contribution !== 0 && `, ${contribution > 0 ? '+' : ''}${contribution}`}${fault && ', demands FAULT'}</span
            ></span
          >
        </li>`,
    )}
  </ul>`;
}

function routerList({ peers, ranking }: VrrpInstanceReport, { ages, epoch }: InstanceContext): Html {
  const heard = new Map(peers.map((peer) => [peer.address, peer]));
  return html`<ol>
    ${ranking.map(({ address, priority, self }) => {
      const peer = heard.get(address);
      return html`<li>
        ${mark(self || peer?.advertising === true ? 'good' : 'idle')}<span
          ><span class="address">${address}</span>
          <span class="muted"
            >priority
            ${priority}${self && ', this machine'}${peer !== undefined && html`, heard ${age(epoch + peer.lastHeard, ages)} ago`}</span
          ></span
        >
      </li>`;
    })}
  </ol>`;
}

function renderInside(instance: InstanceView, context: InstanceContext, isOpen: boolean): Html {
  const { report } = instance;
  const { advertisementInterval, nopreempt, statistics, version } = report;
  return html`<tr class="inside" id="${elementId('instance', instance.name)}-inside" ${!isOpen && html` hidden`}>
    <td colspan="6">
      <div class="facts">
        <div>
          <h3>Addresses</h3>
          ${addressList(report)}
        </div>
        <div>
          <h3>Tracks</h3>
          ${trackerList(report)}
        </div>
        <div>
          <h3>Routers, by priority</h3>
          ${routerList(report, context)}
        </div>
        <div>
          <h3>Protocol</h3>
          <p>VRRP version ${version}, every ${advertisementInterval / 1000} s${nopreempt && ', nopreempt'}</p>
          <p>
            became master ${counted(statistics.becameMaster, 'time', 'times')},
            <span class="muted"
              >sent ${count(statistics.advertisementsSent)} and received ${count(statistics.advertisementsReceived)}
              advertisements</span
            >
          </p>
        </div>
      </div>
    </td>
  </tr>`;
}

/** An instance with what is folded below it: one group of rows. */
export function renderInstance(instance: InstanceView, context: InstanceContext): Html {
  const { condition, name, remarks, report } = instance;
  const { basePriority, effectivePriority, group, interfaces, masterAddress, masterPriority, virtualRouterId } = report;
  const { ages, past, query } = context;
  const id = elementId('instance', name);
  const isOpen = query.open.includes(instanceKey(name));
  const [own] = interfaces;
  return html`<tbody id="${id}" class="${condition.tone}">
    <tr>
      <th scope="row">
        ${foldLink({ id, key: instanceKey(name), query, title: name }, html`<span class="title">${name}</span>`)}<span
          class="muted below"
          >VRID
          ${virtualRouterId}${own !== undefined && ` on ${own.name}`}${group !== undefined && `, group ${group}`}</span
        >
      </th>
      <td data-label="State">${state(condition, ages)}</td>
      <td data-label="Why">
        <span class="why">${condition.reason}</span
        >${remarks.map((remark) => html`<span class="remark">${mark('attention')}${remark}</span>`)}
      </td>
      <td data-label="Priority" class="figure">
        ${effectivePriority}${basePriority !== effectivePriority && html` <span class="muted">of ${basePriority}</span>`}
      </td>
      <td data-label="Master">
        ${condition.word === 'MASTER' ? html`<span class="muted">this machine</span>` : masterAddress === undefined ? html`<span class="muted">none heard</span>` : html`<span class="address">${masterAddress}</span> <span class="muted">priority ${masterPriority}</span>`}
      </td>
      <td data-label="Last minutes" class="picture">
        ${strip(past.tones, past.steps, `states of the last minutes, now ${condition.word}`)}
      </td>
    </tr>
    ${renderInside(instance, context, isOpen)}
  </tbody>`;
}

export function renderInstances({ found, shown, total }: Selection<InstanceView>, rows: readonly Html[]): Html {
  return html`<section id="instances" aria-labelledby="instances-title" ${total === 0 && html` hidden`}>
    <h2 id="instances-title">VRRP instances <span class="total">${count(total)}</span></h2>
    <div class="scroll">
      <table class="instances">
        <thead>
          <tr>
            <th scope="col">Instance</th>
            <th scope="col">State</th>
            <th scope="col">Why</th>
            <th scope="col">Priority</th>
            <th scope="col">Master</th>
            <th scope="col">Last minutes</th>
          </tr>
        </thead>
        ${rows}
      </table>
    </div>
    ${found > shown.length && html`<p class="muted">${count(shown.length)} of ${counted(found, 'instance', 'instances')}; search by name to see others.</p>`}
  </section>`;
}

interface Column {
  readonly name: string;
}

/** A section with a table of few rows, which is drawn anew as a whole. @param total of which the rows are the first */
function smallSection(
  id: string,
  title: string,
  columns: readonly Column[],
  rows: readonly Html[],
  total = rows.length,
): Html {
  return html`<section id="${id}" aria-labelledby="${id}-title" ${rows.length === 0 && html` hidden`}>
    <h2 id="${id}-title">${title} <span class="total">${count(total)}</span></h2>
    <div class="scroll">
      <table class="${id}">
        <thead>
          <tr>
            ${columns.map(({ name }) => html`<th scope="col">${name}</th>`)}
          </tr>
        </thead>
        <tbody>
          ${rows}
        </tbody>
      </table>
    </div>
    ${total > rows.length && html`<p class="muted">The first ${count(rows.length)} of ${count(total)}.</p>`}
  </section>`;
}

const columns = (...names: readonly string[]): Column[] => names.map((name) => ({ name }));

function renderGroup({ condition, members, name }: GroupView, ages: Ages): Html {
  return html`<tr id="${elementId('group', name)}" class="${condition.tone}">
    <th scope="row">${name}</th>
    <td data-label="State">${state(condition, ages)}</td>
    <td data-label="Why"><span class="why">${condition.reason}</span></td>
    <td data-label="Members">${members.join(', ')}</td>
  </tr>`;
}

export function renderGroups({ groups }: PageModel, ages: Ages): Html {
  const rows = groups.map((group) => renderGroup(group, ages));
  return smallSection('groups', 'Sync groups', columns('Group', 'State', 'Why', 'Members'), rows);
}

function renderSession({ condition, name, neighbour, timing }: SessionView, ages: Ages): Html {
  return html`<tr id="${elementId('session', name)}" class="${condition.tone}">
    <th scope="row">${name} <span class="address muted">${neighbour}</span></th>
    <td data-label="State">${state(condition, ages)}</td>
    <td data-label="Why"><span class="why">${condition.reason}</span></td>
    <td data-label="Timing">${timing}</td>
  </tr>`;
}

export function renderSessions({ sessions }: PageModel, ages: Ages): Html {
  const rows = sessions.map((session) => renderSession(session, ages));
  return smallSection('sessions', 'BFD sessions', columns('Session', 'State', 'Why', 'Timing'), rows);
}

export function renderLimits({ limits }: PageModel): Html {
  const rows = limits.map(
    ({ banned, listed, name }) =>
      html`<tr>
        <th scope="row">${name}</th>
        <td data-label="Banned clients" class="figure">${count(banned)}</td>
        <td data-label="By the blacklist" class="figure">${count(listed)}</td>
      </tr>`,
  );
  return smallSection('limits', 'Connection limits', columns('Limit', 'Banned clients', 'By the blacklist'), rows);
}

/** Rows of servers that drain: a reload can take thousands away. */
const mostDraining = 50;

/** Servers that a reload took away and that keep their connections for a while. */
export function renderDraining({ checkerEpoch, draining }: PageModel, ages: Ages): Html {
  const rows = draining.slice(0, mostDraining).map(
    ({ connections, server, since, until, virtualServer }) =>
      html`<tr class="idle">
        <th scope="row"><span class="address">${shortLabel(server)}</span></th>
        <td data-label="Of">${shortLabel(virtualServer)}</td>
        <td data-label="For"><span class="age">${age(checkerEpoch + since, ages)}</span></td>
        <td data-label="Connections left" class="figure">
          ${connections === undefined ? html`<span class="muted">–</span>` : count(connections)}
        </td>
        <td data-label="Goes by">${moment(checkerEpoch + until)}</td>
      </tr>`,
  );
  const heads = columns('Server', 'Of', 'For', 'Connections left', 'Goes by');
  return smallSection('draining', 'Draining servers', heads, rows, draining.length);
}

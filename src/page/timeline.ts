/** Events as lines of the timeline. */
import type { RecordedEvent } from '../events/history.ts';
import type { EpochMs } from './clock.ts';
import { elementId, type Tone } from './model.ts';
import { shortLabel, vrrpTone } from './view.ts';

/** One event of the daemon as the page gets it. */
export interface TimedEvent {
  /** Rises by one with each event, over restarts of processes. */
  readonly sequence: number;
  /** The wall clock when it was decided. */
  readonly time: EpochMs;
  readonly event: RecordedEvent;
}

export interface TimelineEntry {
  readonly sequence: number;
  readonly time: EpochMs;
  readonly tone: Tone;
  readonly subject: string;
  /** Element of the page that it is about. */
  readonly target?: string;
  /** "BACKUP → MASTER" */
  readonly change: string;
  readonly reason: string;
}

type Said = Pick<TimelineEntry, 'tone' | 'subject' | 'target' | 'change'>;

const change = (from: string | number, to: string | number): string => (from === to ? String(to) : `${from} → ${to}`);

function wordsOf(event: RecordedEvent): Said | undefined {
  switch (event.kind) {
    case 'vrrp-instance':
      return {
        tone: event.to === 'DELETED' ? 'idle' : vrrpTone(event.to),
        subject: event.instance,
        target: elementId('instance', event.instance),
        change: change(event.from, event.to),
      };
    case 'vrrp-group':
      return {
        tone: event.to === 'DELETED' ? 'idle' : vrrpTone(event.to),
        subject: `group ${event.group}`,
        target: elementId('group', event.group),
        change: change(event.from, event.to),
      };
    case 'vrrp-unchanged':
      return undefined;
    case 'live-change':
      return { tone: 'attention', subject: event.subject, change: change(event.from, event.to) };
    case 'vrrp-priority':
      return {
        tone: event.to < event.from ? 'attention' : 'good',
        subject: event.instance,
        target: elementId('instance', event.instance),
        change: `priority ${change(event.from, event.to)}`,
      };
    case 'vrrp-lower-priority':
      return {
        tone: 'attention',
        subject: event.instance,
        target: elementId('instance', event.instance),
        change: `heard ${event.source} with priority ${event.priority}`,
      };
    case 'checker':
      return {
        tone: event.to === 'UP' ? 'good' : 'bad',
        subject: `${shortLabel(event.server)} of ${shortLabel(event.service)}`,
        target: elementId('service', event.service),
        change: `${event.checker} ${change(event.from, event.to)}`,
      };
    case 'real-server':
      return {
        tone: event.to === 'UP' ? 'good' : 'bad',
        subject: `${shortLabel(event.server)} of ${shortLabel(event.service)}`,
        target: elementId('service', event.service),
        change: change(event.from, event.to),
      };
    case 'virtual-server':
      return {
        tone: event.to === 'UP' ? 'good' : 'bad',
        subject: shortLabel(event.service),
        target: elementId('service', event.service),
        change: `quorum ${change(event.from, event.to)}`,
      };
    case 'bfd-session':
      return {
        tone: event.to === 'Up' ? 'good' : event.to === 'Down' ? 'bad' : 'attention',
        subject: `BFD ${event.session}`,
        target: elementId('session', event.session),
        change: change(event.from, event.to),
      };
    case 'ban':
      return {
        tone: event.to === 'BANNED' ? 'attention' : 'idle',
        subject: `${event.client} by ${event.limit}`,
        change: event.to === 'BANNED' ? 'banned' : 'released',
      };
    case 'daemon':
      return { tone: event.to === 'RUNNING' ? 'good' : 'idle', subject: 'keepalived', change: event.to.toLowerCase() };
    case 'reload':
      return {
        tone: event.outcome === 'applied' ? 'good' : 'attention',
        subject: 'reload',
        change: event.outcome,
      };
    case 'process':
      return {
        tone: event.to === 'STARTED' ? 'good' : event.to === 'DIED' ? 'bad' : 'idle',
        subject: `process ${event.process}`,
        change: event.to.toLowerCase(),
      };
  }
}

function reloadText({ errors, reason, summary }: Extract<RecordedEvent, { kind: 'reload' }>): string {
  return [reason, ...(summary === undefined ? [] : [summary]), ...errors.slice(0, 2)].join('; ');
}

/** The line for an event; undefined for what changes nothing, and for kinds that this page does not know. */
export function timelineEntry({ event, sequence, time }: TimedEvent): TimelineEntry | undefined {
  // The checks of a server say what the server says, once more.
  if (event.kind === 'checker') return undefined;
  const words = wordsOf(event);
  const reason = event.kind === 'reload' ? reloadText(event) : event.reason;
  return words && { sequence, time, reason, ...words };
}

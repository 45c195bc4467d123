/** An event in a line for people: who, from what to what, why. Pure. */
import type { RecordedEvent } from './history.ts';

export function eventText(event: RecordedEvent): string {
  return `${subject(event)}: ${change(event)} (${event.reason})`;
}

function subject(event: RecordedEvent): string {
  switch (event.kind) {
    case 'vrrp-instance':
    case 'vrrp-priority':
    case 'vrrp-lower-priority':
      return `instance ${event.instance}`;
    case 'vrrp-group':
      return `group ${event.group}`;
    case 'vrrp-unchanged':
      return `${event.subject} ${event.name}`;
    case 'checker':
      return `${event.checker} of ${event.server} of ${event.service}`;
    case 'real-server':
      return `server ${event.server} of ${event.service}`;
    case 'virtual-server':
      return `service ${event.service}`;
    case 'bfd-session':
      return `BFD session ${event.session}`;
    case 'ban':
      return `limit ${event.limit}, client ${event.client}`;
    case 'daemon':
      return 'daemon';
    case 'reload':
      return 'reload';
    case 'live-change':
      return event.subject;
    case 'process':
      return `process ${event.process}${event.pid === undefined ? '' : `, pid ${event.pid}`}`;
  }
}

function change(event: RecordedEvent): string {
  switch (event.kind) {
    case 'vrrp-instance':
      return `${event.from} -> ${event.to}, priority ${event.priority}`;
    case 'vrrp-priority':
      return `priority ${event.from} -> ${event.to}, ${event.state}`;
    case 'vrrp-lower-priority':
      return `heard ${event.source} with priority ${event.priority} below its own`;
    case 'vrrp-unchanged':
      return event.state;
    case 'virtual-server':
      return `quorum ${event.from} -> ${event.to}, weight ${event.weight} of ${event.quorum}`;
    case 'daemon':
    case 'process':
      return event.to;
    case 'reload': {
      const more = event.outcome === 'applied' ? event.summary : event.errors.join('; ');
      return more === undefined || more === '' ? event.outcome : `${event.outcome}, ${more}`;
    }
    default:
      return `${event.from} -> ${event.to}`;
  }
}

/** What the log says of an event. Log scrapers look for these phrases, so they stay; our reason stands behind them. */
import type { DaemonEvent, LogLine } from '../core/events.ts';

/** The lines for one event, in order. */
export function logLinesForEvent(event: DaemonEvent): readonly LogLine[] {
  const line = (level: LogLine['level'], message: string): readonly LogLine[] => [
    { level, message: event.reason === '' ? message : `${message} (${event.reason})` },
  ];
  switch (event.kind) {
    case 'vrrp-instance':
      if (event.to === 'DELETED') return line('info', `(${event.instance}) removed`);
      return line(event.to === 'FAULT' ? 'warning' : 'info', `(${event.instance}) Entering ${event.to} STATE`);
    case 'vrrp-group':
      return line('info', `VRRP_Group(${event.group}) Syncing instances to ${event.to} state`);
    case 'vrrp-priority':
      return line('info', `(${event.instance}) Changing effective priority from ${event.from} to ${event.to}`);
    case 'vrrp-lower-priority':
      return line(
        'info',
        `(${event.instance}) Received advert from ${event.source} with lower priority ${event.priority}, ours is higher`,
      );
    case 'checker':
      return line(
        event.to === 'UP' ? 'info' : 'warning',
        `${event.checker} of ${event.server} for VS ${event.service} ${event.to === 'UP' ? 'success' : 'failed'}`,
      );
    case 'real-server':
      return line(
        event.to === 'UP' ? 'info' : 'warning',
        event.to === 'UP'
          ? `Adding service ${event.server} to VS ${event.service}`
          : `Removing service ${event.server} from VS ${event.service}`,
      );
    case 'virtual-server': {
      const { quorum, hysteresis, weight } = event;
      return line(
        event.to === 'UP' ? 'info' : 'warning',
        event.to === 'UP'
          ? `Gained quorum ${quorum}+${hysteresis}=${quorum + hysteresis} <= ${weight} for VS ${event.service}`
          : `Lost quorum ${quorum}-${hysteresis}=${quorum - hysteresis} > ${weight} for VS ${event.service}`,
      );
    }
  }
}

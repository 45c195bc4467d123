/**
 * What the log says of an event of the health checks. Log scrapers look for these phrases, so they stay; our reason
 * stands behind them. The VRRP and BFD engines word their own lines, because one change of state is several lines there.
 */
import type { CheckerEvent, DaemonEvent, LogFields, LogLine } from '../core/events.ts';

type Phrases = Readonly<Record<string, (server: string) => string>>;
const successPhrases: Phrases = {
  UDP_CHECK: (server) => `UDP connection to ${server} success`,
  PING_CHECK: (server) => `ICMP connection to ${server} success`,
  SMTP_CHECK: (server) => `Remote SMTP server ${server} succeed on service`,
};
const failurePhrases: Phrases = {
  UDP_CHECK: (server) => `UDP_CHECK on service ${server} failed`,
  PING_CHECK: (server) => `ICMP CHECK on service ${server} failed`,
  DNS_CHECK: (server) => `DNS_CHECK (${server}) failed`,
};

/** What changed its mind, in the words of the original for its kind. */
function checkerPhrase({ checker, server, service, script, session }: CheckerEvent, up: boolean): string {
  if (checker === 'BFD_CHECK') return `BFD check of [${session ?? ''}] RS(${server}) is ${up ? 'UP' : 'DOWN'}`;
  if (checker === 'MISC_CHECK') {
    return `Misc check for [${server} VS ${service}] by [${script ?? ''}] ${up ? 'succeeded' : 'failed'}`;
  }
  const own = (up ? successPhrases : failurePhrases)[checker];
  if (own !== undefined) return own(server);
  return `${checker} on service ${server} of VS ${service} ${up ? 'success' : 'failed'}`;
}

function fieldsOf(event: DaemonEvent): LogFields {
  const { reason } = event;
  if (event.kind === 'virtual-server') return { service: event.service, state: event.to, reason };
  if (event.kind !== 'checker' && event.kind !== 'real-server') return { reason };
  const { server, service, to: state } = event;
  return { service, server, state, reason, ...(event.kind === 'checker' && { checker: event.checker }) };
}

/** The line for one event, or `undefined` if it has none here (VRRP and BFD). */
export function logLineForEvent(event: DaemonEvent): LogLine | undefined {
  const up = 'to' in event && event.to === 'UP';
  const line = (message: string): LogLine => ({ level: up ? 'notice' : 'warning', message, fields: fieldsOf(event) });
  switch (event.kind) {
    case 'checker': {
      return line(`${checkerPhrase(event, up)}: ${event.reason}`);
    }
    case 'real-server':
      // A first check that found what was assumed changes nothing in the pool.
      if (event.from === event.to) {
        return line(`Service ${event.server} of VS ${event.service} is ${event.to}: ${event.reason}`);
      }
      if (event.phase === 'stop') {
        return line(`Shutting down service ${event.server} from VS ${event.service}: ${event.reason}`);
      }
      return line(
        up
          ? `Adding service ${event.server} to VS ${event.service}: ${event.reason}`
          : `Removing service ${event.server} from VS ${event.service}: ${event.reason}`,
      );
    case 'virtual-server': {
      const { quorum, hysteresis, weight } = event;
      const numbers = up
        ? `Gained quorum ${quorum}+${hysteresis}=${quorum + hysteresis} <= ${weight}`
        : `Lost quorum ${quorum}-${hysteresis}=${quorum - hysteresis} > ${weight}`;
      const reason = event.reason === numbers ? '' : `: ${event.reason}`;
      return line(`${numbers} for VS ${event.service}${reason}`);
    }
    case 'ban':
      if (event.muted) return undefined;
      return {
        level: event.to === 'BANNED' ? 'warning' : 'notice',
        message: `connection_limit ${event.limit}: ${event.client} is ${event.to === 'BANNED' ? 'banned' : 'released'}: ${event.reason}`,
      };
    case 'vrrp-instance':
    case 'vrrp-group':
    case 'vrrp-unchanged':
    case 'vrrp-priority':
    case 'vrrp-lower-priority':
    case 'bfd-session':
      return undefined;
  }
}

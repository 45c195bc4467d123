/** Which mail an event sends, and its words (reference: runtime 8): a pure mapping. */
import type { DaemonEvent, VirtualServerEvent } from '../core/events.ts';
import { notifiedBan, notifiedState, tellsChecks, type NotifiedState } from './notified-state.ts';
import type { Subjects } from './subjects.ts';

export interface MailText {
  /** Without the router id in front. */
  readonly subject: string;
  /** The one line of the body, without its arrows. */
  readonly text: string;
  /** VRRP: whose mail it is and for which state, because a state is mailed only once in a row. */
  readonly once?: { readonly key: string; readonly state: string };
}

const subjectEndings: Readonly<Record<NotifiedState, string>> = {
  MASTER: 'Entering MASTER state',
  BACKUP: 'Entering BACKUP state',
  FAULT: 'Entering FAULT state',
  STOP: 'Stopping',
  DELETED: 'Deleted',
};

const instanceTexts: Readonly<Record<NotifiedState, string>> = {
  MASTER: 'VRRP Instance is now owning VRRP VIPs',
  BACKUP: 'VRRP Instance is no longer owning VRRP VIPs',
  FAULT: 'VRRP Instance is no longer owning VRRP VIPs',
  STOP: 'VRRP Instance stopping',
  DELETED: 'VRRP Deleted at reload',
};

/** `HTTP_GET` is `HTTP CHECK` in a mail, `TCP_CHECK` is `TCP CHECK`. */
function checkerWords(checker: string): string {
  return checker.replace(/_(CHECK|GET)$/, ' CHECK').replaceAll('_', ' ');
}

function quorumText(event: VirtualServerEvent): string {
  const { quorum, hysteresis, weight } = event;
  if (event.phase === 'stop') return 'Shutting down';
  const numbers =
    event.to === 'UP'
      ? `${quorum}+${hysteresis}=${quorum + hysteresis} <= ${weight}`
      : `${quorum}-${hysteresis}=${quorum - hysteresis} > ${weight}`;
  if (event.phase === 'start') return `Starting with quorum ${event.to === 'UP' ? 'up' : 'down'} ${numbers}`;
  return `${event.to === 'UP' ? 'Gained' : 'Lost'} quorum ${numbers}`;
}

/** The mail for one event, or `undefined` if none is due. Whether mail is configured at all is not asked here. */
export function mailForEvent(event: DaemonEvent, subjects: Subjects): MailText | undefined {
  const { mail } = subjects.current.global;
  switch (event.kind) {
    case 'vrrp-instance': {
      const notify = subjects.instance(event.instance)?.configuration.notify;
      if (notify?.smtpAlert !== true) return undefined;
      const state = notifiedState(event.to, notify.notifyDeleted);
      if (state === undefined || (state === 'FAULT' && mail.noFaultMail)) return undefined;
      return {
        subject: `VRRP Instance ${event.instance} - ${subjectEndings[state]}`,
        text: instanceTexts[state],
        once: { key: `instance ${event.instance}`, state },
      };
    }
    case 'vrrp-group': {
      const notify = subjects.group(event.group)?.configuration.notify;
      if (notify?.smtpAlert !== true) return undefined;
      const state = notifiedState(event.to, notify.notifyDeleted);
      if (state === undefined || (state === 'FAULT' && mail.noFaultMail)) return undefined;
      return {
        subject: `VRRP Group ${event.group} - ${subjectEndings[state]}`,
        text: `All VRRP group instances are now in ${state} state`,
        once: { key: `group ${event.group}`, state },
      };
    }
    case 'checker': {
      // The checker mails, whether or not the state of its server changes with it.
      const subject = subjects.realServer(event.service, event.server);
      if (subject?.realServer.smtpAlert !== true || mail.noCheckerMail) return undefined;
      const verdict = event.to === 'UP' ? 'succeed' : 'failed';
      return realServerMail(
        event.server,
        event.service,
        event.to,
        `${checkerWords(event.checker)} ${verdict} on service : ${event.reason}`,
      );
    }
    case 'real-server': {
      const subject = subjects.realServer(event.service, event.server);
      if (subject?.realServer.smtpAlert !== true || event.to !== 'DOWN' || !tellsChecks(event)) {
        return undefined;
      }
      if (event.phase === 'stop') return realServerMail(event.server, event.service, 'DOWN', 'Shutting down');
      if (event.phase === 'reload' && subject.removed) {
        return realServerMail(event.server, event.service, 'DOWN', 'Removing');
      }
      return undefined;
    }
    case 'virtual-server': {
      const subject = subjects.virtualServer(event.service);
      if (subject?.virtualServer.smtpAlert !== true || !tellsChecks(event)) return undefined;
      return { subject: `Virtualserver ${event.service} - ${event.to}`, text: quorumText(event) };
    }
    case 'ban': {
      const limit = subjects.connectionLimit(event.limit)?.configuration;
      if (limit?.smtpAlert !== true || event.muted) return undefined;
      return {
        subject: `Connection limit ${event.limit} - ${event.client} ${notifiedBan(event.to)}`,
        text: `${event.client} is ${event.to === 'BANNED' ? 'banned' : 'released'}: ${event.reason}`,
      };
    }
    case 'vrrp-unchanged':
    case 'vrrp-priority':
    case 'vrrp-lower-priority':
    case 'bfd-session':
      return undefined;
  }
}

function realServerMail(server: string, service: string, state: string, text: string): MailText {
  return { subject: `Realserver ${server} of virtual server ${service} - ${state}`, text };
}

/** Lets a state of an instance or group through only once in a row. */
export class MailRepetition {
  readonly #last = new Map<string, string>();

  admits(mail: MailText): boolean {
    if (mail.once === undefined) return true;
    if (this.#last.get(mail.once.key) === mail.once.state) return false;
    this.#last.set(mail.once.key, mail.once.state);
    return true;
  }
}

/** Everything of a mail that does not come from its event. */
export interface MailEnvelope {
  readonly routerId: string;
  readonly from: string;
  readonly recipients: readonly string[];
}

const dayNames = ['Sun', 'Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat'] as const;
const monthNames = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'] as const;
const two = (value: number): string => String(value).padStart(2, '0');

/** RFC 5322 section 3.3 date in local time. */
export function mailDate(date: Date): string {
  const offset = -date.getTimezoneOffset();
  const zone = `${offset < 0 ? '-' : '+'}${two(Math.floor(Math.abs(offset) / 60))}${two(Math.abs(offset) % 60)}`;
  const day = `${dayNames[date.getDay()] ?? ''}, ${two(date.getDate())} ${monthNames[date.getMonth()] ?? ''}`;
  return `${day} ${date.getFullYear()} ${two(date.getHours())}:${two(date.getMinutes())}:${two(date.getSeconds())} ${zone}`;
}

/** A header value: one line, and RFC 2047 for what is not ASCII. */
function headerValue(value: string): string {
  const line = value.replace(/[\r\n]+/g, ' ');
  return /^[\x20-\x7e\t]*$/.test(line) ? line : `=?UTF-8?B?${Buffer.from(line, 'utf8').toString('base64')}?=`;
}

/** The whole message, lines ended by CRLF, as it goes over the wire (before dots are doubled). */
export function mailMessage(mail: MailText, envelope: MailEnvelope, date: Date): string {
  return [
    `Date: ${mailDate(date)}`,
    `From: ${envelope.from}`,
    `Subject: ${headerValue(`[${envelope.routerId}] ${mail.subject}`)}`,
    'X-Mailer: Keepalived',
    `To: ${envelope.recipients.join(',\r\n ')}`,
    '',
    `=> ${mail.text.replace(/[\r\n]+/g, ' ')} <=`,
    '',
  ].join('\r\n');
}

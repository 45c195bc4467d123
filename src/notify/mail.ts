/**
 * Sends the mails of events over plain SMTP, one connection a mail, one after the other, from a bounded queue: a mail
 * server that is slow or dead delays no event, and costs at most the mails that do not fit. A mail that failed is not
 * sent again, as with the original; the log says what was refused.
 */
import type { MailConfiguration } from '../config/model.ts';
import type { DaemonEvent } from '../core/events.ts';
import type { Milliseconds } from '../core/time.ts';
import type { Log } from '../log/log.ts';
import type { EventSubscriber } from './dispatcher.ts';
import { MailRepetition, mailForEvent, mailMessage, type MailText } from './mail-text.ts';
import type { Subjects } from './subjects.ts';
import { waitAtMost } from './wait-at-most.ts';

const queueLimit = 200;

/** Names that a configuration may leave to the machine. */
export interface MailDefaults {
  readonly hostName: string;
}

/** Delivers one finished message. Rejects with the reason. */
export type MailTransport = (
  mail: MailConfiguration,
  envelope: { readonly from: string; readonly to: readonly string[]; readonly helo: string },
  message: string,
) => Promise<void>;

/**
 * The transport over SMTP: no TLS, no authentication, and QUIT at the end, which the library's own transport leaves
 * out. The library is loaded with the first mail.
 */
export const smtpTransport: MailTransport = async (mail, envelope, message) => {
  const { server } = mail;
  if (server === undefined) throw new Error('no smtp_server');
  const { default: SMTPConnection } = await import('nodemailer/lib/smtp-connection/index.js');
  const connection = new SMTPConnection({
    host: server.host,
    port: server.port,
    secure: false,
    ignoreTLS: true,
    name: envelope.helo,
    connectionTimeout: mail.connectTimeout,
    greetingTimeout: mail.connectTimeout,
    socketTimeout: mail.connectTimeout,
  });
  try {
    await new Promise<void>((resolve, reject) => {
      connection.on('error', reject);
      connection.once('end', () => reject(new Error('the connection was closed')));
      connection.connect(() => {
        connection.send({ from: envelope.from, to: [...envelope.to] }, message, (error) => {
          if (error === null) resolve();
          else reject(error);
        });
      });
    });
    connection.quit();
  } catch (error) {
    connection.close();
    throw error;
  }
};

/** True if the configuration wants mail at all. */
export function mailIsConfigured(mail: MailConfiguration): boolean {
  return mail.server !== undefined && mail.recipients.length > 0;
}

interface QueuedMail {
  readonly configuration: MailConfiguration;
  readonly routerId: string;
  readonly mail: MailText;
  readonly date: Date;
}

export class MailNotifier implements EventSubscriber {
  readonly name = 'mail';
  readonly #defaults: MailDefaults;
  readonly #log: Log;
  readonly #transport: MailTransport;
  readonly #repetition = new MailRepetition();
  #queue: QueuedMail[] = [];
  #dropped = 0;
  #sending: Promise<void> | undefined;

  constructor(defaults: MailDefaults, log: Log, transport: MailTransport = smtpTransport) {
    this.#defaults = defaults;
    this.#log = log;
    this.#transport = transport;
  }

  handle(event: DaemonEvent, subjects: Subjects): void {
    const { mail: configuration, routerId } = subjects.current.global;
    if (!mailIsConfigured(configuration)) return;
    const mail = mailForEvent(event, subjects);
    if (mail === undefined || !this.#repetition.admits(mail)) return;
    if (this.#queue.length >= queueLimit) {
      // What happens now says more than what happened first.
      this.#queue.shift();
      if (this.#dropped++ === 0)
        this.#log.warning(`more than ${queueLimit} mails wait for the SMTP server: dropping the oldest`);
    }
    this.#queue.push({ configuration, routerId: routerId ?? this.#defaults.hostName, mail, date: new Date() });
    this.#sending ??= this.#sendAll();
  }

  /** Waits until all mails are out, at most `timeout`; the rest is dropped. */
  async close(timeout: Milliseconds): Promise<void> {
    if (this.#sending === undefined) return;
    await waitAtMost(timeout, this.#sending);
    if (this.#queue.length > 0) this.#log.warning(`${this.#queue.length} mails were not sent before the end`);
    this.#queue = [];
  }

  async #sendAll(): Promise<void> {
    for (let next = this.#queue.shift(); next !== undefined; next = this.#queue.shift()) await this.#send(next);
    this.#sending = undefined;
    if (this.#dropped > 0) this.#log.warning(`${this.#dropped} mails were dropped while the SMTP server was behind`);
    this.#dropped = 0;
  }

  async #send({ configuration, routerId, mail, date }: QueuedMail): Promise<void> {
    const helo = configuration.heloName ?? this.#defaults.hostName;
    const from = configuration.from ?? `keepalived@${this.#defaults.hostName}`;
    const message = mailMessage(mail, { routerId, from, recipients: configuration.recipients }, date);
    try {
      await this.#transport(configuration, { from, to: configuration.recipients, helo }, message);
      this.#log.debug(`mail sent: ${mail.subject}`);
    } catch (error) {
      const server =
        configuration.server === undefined ? '' : `${configuration.server.host}:${configuration.server.port}`;
      const reason = error instanceof Error ? error.message : String(error);
      this.#log.warning(`mail "${mail.subject}" not sent through ${server}: ${reason}`);
    }
  }
}

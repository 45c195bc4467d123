/** All notifications of a daemon: the subscribers of its events, opened, reconfigured and closed together. */
import type { Configuration } from '../config/model.ts';
import type { DaemonEvent } from '../core/events.ts';
import type { Milliseconds } from '../core/time.ts';
import type { Log } from '../log/log.ts';
import { EventDispatcher } from './dispatcher.ts';
import { NotifyFifos } from './fifos.ts';
import { MailNotifier, type MailDefaults, type MailTransport } from './mail.ts';
import { ScriptNotifier } from './script-notifier.ts';
import { ScriptRunner, type ScriptPolicy } from './script-runner.ts';
import { Subjects } from './subjects.ts';

/** How long notify scripts may run on after the stop before they are killed, and mails may take to leave. */
const lastScriptsTime: Milliseconds = 1_000;
const lastMailsTime: Milliseconds = 2_000;

function scriptPolicy({ global }: Configuration): ScriptPolicy {
  const { enableScriptSecurity, scriptUser, setSupplementaryGroups, useSymlinkPaths } = global;
  return {
    enableScriptSecurity,
    useSymlinkPaths,
    supplementaryGroups: setSupplementaryGroups,
    ...(scriptUser === undefined ? {} : { scriptUser }),
  };
}

export class Notifications {
  /** Runs every script of the daemon: notify scripts and, for the VRRP process, vrrp_scripts. */
  readonly runner: ScriptRunner;
  readonly #fifos: NotifyFifos;
  readonly #mail: MailNotifier;
  readonly #dispatcher: EventDispatcher;
  #subjects: Subjects;

  private constructor(configuration: Configuration, defaults: MailDefaults, log: Log, transport?: MailTransport) {
    this.#subjects = new Subjects(configuration);
    this.runner = new ScriptRunner(scriptPolicy(configuration));
    this.#fifos = new NotifyFifos(this.runner, log);
    this.#mail = new MailNotifier(defaults, log, transport);
    this.#dispatcher = new EventDispatcher([new ScriptNotifier(this.runner, log), this.#fifos, this.#mail], log);
  }

  /** Opens FIFOs and starts their scripts. Await it before the first event, or its line is lost. */
  static async open(
    configuration: Configuration,
    defaults: MailDefaults,
    log: Log,
    transport?: MailTransport,
  ): Promise<Notifications> {
    const notifications = new Notifications(configuration, defaults, log, transport);
    await notifications.#fifos.open(configuration.global);
    return notifications;
  }

  /** Takes one event. Never waits. */
  dispatch(event: DaemonEvent): void {
    this.#dispatcher.dispatch(event, this.#subjects);
  }

  /** After a reload. Events of what the reload removed are still understood, until the next one. */
  async reconfigure(configuration: Configuration): Promise<void> {
    this.#subjects = new Subjects(configuration, this.#subjects.current);
    this.runner.setPolicy(scriptPolicy(configuration));
    await this.#fifos.open(configuration.global);
  }

  /** After the last event: gives scripts and mails a moment, then ends all. */
  async close(): Promise<void> {
    this.#fifos.close();
    await Promise.all([this.runner.finish(lastScriptsTime), this.#mail.close(lastMailsTime)]);
  }
}

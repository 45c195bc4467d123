/** One child of the parent: started, configured, started again when it dies, stopped. */
import type { Configuration } from '../config/model.ts';
import { DaemonError } from '../core/errors.ts';
import type { Milliseconds } from '../core/time.ts';
import type { ProcessEvent } from '../events/parent-event.ts';
import { now } from '../kernel/clock.ts';
import { noLiveChanges } from '../live/types.ts';
import type { LiveChanges } from '../live/types.ts';
import type { Log } from '../log/log.ts';
import type { ChildOptions, ChildToParent, ParentToChild } from './messages.ts';
import { OutstandingQuestions } from './questions.ts';
import type { Answered, Asked, Question } from './questions.ts';
import type { ProcessStatus } from './status-types.ts';
import { RespawnPolicy, internalErrorExitCode } from './respawn.ts';
import { childRoles } from './roles.ts';
import { childFlags } from './runtime-flags.ts';
import { snapshotPieces } from './snapshot-pieces.ts';
import { StartedProcess } from './started-process.ts';

export interface ChildListener {
  /** Anything the child says but `hello`, `configured`, `failed` and answers. */
  message(child: Child, message: ChildToParent): void;
  /** A snapshot has taken effect in the child. */
  configured(child: Child): void;
  /** The process came or went. */
  told(event: ProcessEvent): void;
  /** The child ended in a way that ends the daemon. */
  fatal(child: Child, exitCode: number, reason: string): void;
}

/** A child that stops and says that it is at work is waited for so long. */
const longestStop: Milliseconds = 60_000;

/** One that only comes to give back what another one left has so long to take it over. */
const longestTidying: Milliseconds = 20_000;

/** What the original's log calls them: scrapers look for "VRRP child process(4711) died: Respawning". */
const logNames = { vrrp: 'VRRP', checker: 'Healthcheck', bfd: 'BFD' } as const;

type ChildProcess = StartedProcess<ChildToParent, ParentToChild>;

interface Snapshot {
  readonly configuration: Configuration;
  readonly options: ChildOptions;
}

/** Supervises one kind of child process. All methods are safe in every state. */
export class Child {
  readonly kind: ChildOptions['kind'];
  readonly #log: Log;
  readonly #listener: ChildListener;
  readonly #respawnAllowed: boolean;
  readonly #descriptors: readonly number[];
  readonly #policy = new RespawnPolicy();
  readonly #questions: OutstandingQuestions;
  #snapshot: Snapshot;
  #live: LiveChanges = noLiveChanges;
  #process: ChildProcess | undefined;
  #restartTimer: NodeJS.Timeout | undefined;
  #greeted = false;
  #stopping = false;
  /** It died and no successor has taken over what it left. */
  #untidy = false;
  /** What a child that died had, where a reload has come in between. */
  #former: Snapshot | undefined;
  /** What the process has, or will have when it has read what was sent: the next snapshot is said as a difference. */
  #sent: Configuration | undefined;
  #answersDue = 0;
  #configured = false;
  #deaths = 0;
  /** Called when a child that stops says that it is at work. */
  #onProgress: (() => void) | undefined;
  /** Called when a child has taken its snapshot or ended. */
  #onSettled: (() => void) | undefined;
  /** What the child said before it gave up. */
  #complaint: string | undefined;

  /** @param descriptors what every process of this kind inherits, under the numbers from 4 on */
  constructor(
    snapshot: Snapshot,
    respawnAllowed: boolean,
    descriptors: readonly number[],
    log: Log,
    listener: ChildListener,
  ) {
    this.kind = snapshot.options.kind;
    this.#questions = new OutstandingQuestions(this.kind);
    this.#snapshot = snapshot;
    this.#respawnAllowed = respawnAllowed;
    this.#descriptors = descriptors;
    this.#log = log;
    this.#listener = listener;
  }

  get pid(): number | undefined {
    return this.#process?.pid;
  }

  /** How it is, as far as the parent can tell without asking it. */
  get status(): ProcessStatus {
    const state = this.#restartTimer !== undefined ? 'waiting' : this.#configured ? 'running' : 'starting';
    return { kind: this.kind, state, deaths: this.#deaths, ...(this.pid === undefined ? {} : { pid: this.pid }) };
  }

  /** Starts the process. It gets the snapshot as soon as it has said hello. */
  start(): void {
    clearTimeout(this.#restartTimer);
    this.#restartTimer = undefined;
    this.#complaint = undefined;
    this.#greeted = false;
    this.#sent = undefined;
    this.#policy.started(now());
    try {
      const child: ChildProcess = new StartedProcess(childFlags(this.kind), childRoles[this.kind], this.#descriptors, {
        message: (message) => this.#received(message),
        ended: (code, signal) => this.#ended(child, code, signal),
      });
      this.#process = child;
      this.#log.info(`Starting ${logNames[this.kind]} child process, pid=${child.pid}`);
      this.#tell(
        'STARTED',
        this.#deaths === 0 ? 'the configuration wants it' : 'to take the place of the one that died',
        child.pid,
      );
    } catch (error) {
      this.#log.error(`${this.#snapshot.options.ident} cannot be started: ${(error as Error).message}`);
      // No process, no memory: that may be better in a moment.
      setImmediate(() => this.#ended(undefined, null, null));
    }
  }

  /** Gives the child a new snapshot: now, or when it greets. */
  configure(snapshot: Snapshot): void {
    // Only with what the dead child had can its successor take away what this snapshot has no more.
    if (this.#untidy) this.#former ??= this.#snapshot;
    const isSame = this.#snapshot.configuration === snapshot.configuration;
    this.#snapshot = snapshot;
    if (this.#greeted && isSame && this.#former === undefined) {
      this.send({ type: 'configure-again', options: snapshot.options });
      this.#answersDue += 1;
    } else if (this.#greeted) this.#sendSnapshot();
    // What made it die may be mended in this snapshot: it does not wait its time out.
    else if (this.#restartTimer !== undefined) this.start();
  }

  /** Gives the child the operator's changes beside the file: now, and when it greets, before its snapshot. */
  change(live: LiveChanges): void {
    this.#live = live;
    if (this.#greeted) this.send({ type: 'live', changes: live });
  }

  send(message: ParentToChild): void {
    this.#process?.send(message);
  }

  /**
   * Asks the child; only one that has a configuration answers.
   * @throws DaemonError CHILD_ABSENT, CHILD_SILENT, CHILD_FAILED
   */
  async ask<Q extends Question>(question: Q, asked: Asked<Q>, patience: Milliseconds): Promise<Answered<Q>> {
    const { state } = this.status;
    if (state !== 'running') {
      const why = state === 'waiting' ? 'has died and is started again soon' : 'is starting';
      throw new DaemonError('CHILD_ABSENT', `process ${this.kind} ${why}`);
    }
    return this.#questions.ask((message) => this.send(message), question, asked, patience);
  }

  /**
   * Asks the child to stop and waits for it; after `grace` it is killed.
   * @returns a promise that settles when the process is gone.
   */
  async stop(grace: Milliseconds): Promise<void> {
    this.#stopping = true;
    // A child that died in disorder left addresses behind: only its successor knows how to take them away.
    if (this.#process === undefined && this.#restartTimer !== undefined) this.start();
    if (this.#untidy && this.#process !== undefined) await this.#tidied(longestTidying);
    this.#untidy = false;
    await this.#end(grace);
    if (!this.#untidy) return;
    this.#log.notice(
      `${this.#snapshot.options.ident} ended before it had given everything back: another one is started to do it`,
    );
    this.start();
    await this.#tidied(longestTidying);
    await this.#end(grace);
  }

  /** Tells the process to stop, if there is one, and waits until it is gone. */
  async #end(grace: Milliseconds): Promise<void> {
    const child = this.#process;
    if (child === undefined) return;
    const began = now();
    const kill = (): void => {
      const took = Math.round((now() - began) / 1000);
      this.#log.warning(`${this.#snapshot.options.ident} (pid ${child.pid}) did not stop in ${took} s, killing it`);
      child.kill('SIGKILL');
    };
    let timer = setTimeout(kill, grace);
    // Thousands of services take longer than the patience for a process that hangs; killed, it would leave them behind.
    this.#onProgress = () => {
      if (now() - began > longestStop) return;
      clearTimeout(timer);
      timer = setTimeout(kill, grace);
    };
    child.kill('SIGTERM');
    // Behind its last messages: states for notify scripts.
    await child.gone;
    clearTimeout(timer);
    this.#tell('STOPPED', 'told to stop', child.pid);
  }

  #tell(to: ProcessEvent['to'], reason: string, pid: number | undefined): void {
    const process = { process: this.kind, ...(pid !== undefined && { pid }) };
    this.#listener.told({ kind: 'process', ...process, to, reason, at: now() });
  }

  /** Waits until the child has taken its snapshot, or has ended, for at most `patience`. */
  #tidied(patience: Milliseconds): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, patience);
      this.#onSettled = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }

  #sendSnapshot(): void {
    const snapshots = this.#former === undefined ? [this.#snapshot] : [this.#former, this.#snapshot];
    for (const snapshot of snapshots) {
      for (const message of snapshotPieces({ type: 'configure', ...snapshot }, this.#sent)) this.send(message);
      this.#sent = snapshot.configuration;
    }
    this.#answersDue += snapshots.length;
  }

  #received(message: ChildToParent): void {
    switch (message.type) {
      case 'hello':
        this.#greeted = true;
        if (this.#live !== noLiveChanges) this.send({ type: 'live', changes: this.#live });
        this.#sendSnapshot();
        return;
      case 'configured':
        this.#answersDue -= 1;
        if (this.#answersDue > 0) return;
        this.#former = undefined;
        this.#untidy = false;
        this.#configured = true;
        this.#onSettled?.();
        this.#listener.configured(this);
        return;
      case 'failed':
        this.#complaint = message.message;
        this.#log.error(message.message);
        return;
      case 'events':
        for (const event of message.events) this.#listener.message(this, { type: 'event', event });
        return;
      case 'stopping':
        this.#onProgress?.();
        return;
      case 'answer':
        this.#questions.answered(message);
        return;
      default:
        this.#listener.message(this, message);
    }
  }

  /** @param child undefined: it could not be started */
  #ended(child: ChildProcess | undefined, code: number | null, signal: NodeJS.Signals | null): void {
    if (this.#process !== child) return;
    const hadSnapshot = this.#greeted;
    this.#process = undefined;
    this.#greeted = false;
    this.#sent = undefined;
    this.#configured = false;
    this.#answersDue = 0;
    this.#onSettled?.();
    this.#questions.ended();
    if (this.#stopping) {
      // Killed (it hung, or somebody else did it) or by a defect of ours, with addresses or services in its hands.
      if (hadSnapshot && this.kind !== 'bfd' && this.#respawnAllowed)
        this.#untidy = signal !== null || code === internalErrorExitCode;
      return;
    }
    this.#untidy = true;
    this.#deaths += 1;
    const how =
      signal !== null ? `was ended by ${signal}` : code === null ? 'did not start' : `exited with status ${code}`;
    this.#tell('DIED', `it ${how}`, child?.pid);
    const decision = this.#policy.died(code, now(), this.#respawnAllowed);
    const name = `${logNames[this.kind]} child process(${child?.pid ?? 'none'})`;
    if (decision.action === 'stop-daemon') {
      this.#log.error(`${name} died: Exiting (it ${how})`);
      this.#listener.fatal(this, decision.exitCode, this.#complaint ?? `${name} ${how}`);
      return;
    }
    const later = decision.after > 0 ? ` in ${decision.after / 1000} s` : '';
    this.#log.warning(`${name} died: Respawning${later} (it ${how})`);
    this.#restartTimer = setTimeout(() => this.start(), decision.after);
  }
}

/** The child processes of the daemon together: those that a configuration wants are started, given it, asked and stopped. */
import type { KeepalivedArguments } from '../cli/keepalived-arguments.ts';
import type { Configuration, GlobalConfiguration } from '../config/model.ts';
import { DaemonError } from '../core/errors.ts';
import type { Milliseconds } from '../core/time.ts';
import type { ProcessEvent } from '../events/parent-event.ts';
import { noLiveChanges } from '../live/types.ts';
import type { LiveChanges } from '../live/types.ts';
import type { Log } from '../log/log.ts';
import { BfdChannels } from './bfd-channel.ts';
import { Child } from './child.ts';
import { HeardPeers } from './heard-peers.ts';
import { OwnSetsRecord } from './limits/own-sets.ts';
import type { ChildKind, ChildToParent, ParentToChild } from './messages.ts';
import { fullStatus } from './status-types.ts';
import type { Answered, Asked, Question } from './questions.ts';
import { runFirewallProgram } from './run-nft.ts';
import { childOptions, pidFilePath, wantedChildren } from './settings.ts';

/** Wait for the children's answer to a snapshot; a child that takes longer is reported, not waited for. */
const configureTimeout = 60_000;
const answerTimeout: Milliseconds = 2_000;

export interface ChildrenListener {
  message(child: Child, message: ChildToParent): void;
  /** A child came or went. */
  told(event: ProcessEvent): void;
  /** A child ended in a way that ends the daemon. */
  fatal(exitCode: number, reason: string): void;
}

export class Children {
  readonly #args: KeepalivedArguments;
  readonly #log: Log;
  readonly #listener: ChildrenListener;
  readonly #children = new Map<ChildKind, Child>();
  readonly #bfdChannels = new BfdChannels();
  /** Children whose answer to the current snapshot is outstanding. */
  readonly #awaited = new Set<Child>();
  #allConfigured: (() => void) | undefined;
  #live: LiveChanges = noLiveChanges;
  readonly #heardPeers = new HeardPeers(
    () => this.ask('vrrp', 'status', { ...fullStatus, traffic: false }),
    (addresses) => this.send('checker', { type: 'vrrp-peers', addresses }),
  );

  constructor(args: KeepalivedArguments, log: Log, listener: ChildrenListener) {
    this.#args = args;
    this.#log = log;
    this.#listener = listener;
  }

  get count(): number {
    return this.#children.size;
  }

  all(): readonly Child[] {
    return [...this.#children.values()];
  }

  /** Says something to one of a kind, if there is one. */
  send(kind: ChildKind, message: ParentToChild): void {
    this.#children.get(kind)?.send(message);
  }

  /** @throws DaemonError CHILD_ABSENT, CHILD_SILENT, CHILD_FAILED */
  async ask<Q extends Question>(
    kind: ChildKind,
    question: Q,
    asked: Asked<Q>,
    patience: Milliseconds = answerTimeout,
  ): Promise<Answered<Q>> {
    const child = this.#children.get(kind);
    if (child === undefined)
      throw new DaemonError('CHILD_ABSENT', `there is no process ${kind}: the configuration has no use for one`);
    return child.ask(question, asked, patience);
  }

  /** Gives all of them the operator's changes beside the file, and everyone who comes after them. */
  change(live: LiveChanges): void {
    this.#live = live;
    for (const child of this.all()) child.change(live);
  }

  /** Gives every wanted child the snapshot, starts the missing ones, stops those no longer wanted; settles when all answered. */
  async follow(configuration: Configuration): Promise<void> {
    const wanted = wantedChildren(this.#args, configuration);
    const answered = new Promise<void>((resolve) => {
      this.#allConfigured = resolve;
    });
    this.#awaited.clear();
    const gone = [...this.#children.entries()].filter(([kind]) => !wanted.includes(kind));
    const stops = gone.map(([kind, child]) => {
      this.#children.delete(kind);
      return child.stop(configuration.global.childWaitTime);
    });
    for (const kind of wanted) this.#awaited.add(this.#give(kind, configuration));
    if (this.#awaited.size > 0) {
      const timer = setTimeout(() => {
        const silent = [...this.#awaited].map((child) => child.kind).join(', ');
        this.#log.warning(`no answer from ${silent} in ${configureTimeout / 1000} s`);
        this.#allConfigured?.();
      }, configureTimeout);
      await answered;
      clearTimeout(timer);
    }
    await Promise.all(stops);
    const { connectionLimits = [] } = configuration;
    this.#heardPeers.follow(connectionLimits.length > 0 && wanted.includes('checker') && wanted.includes('vrrp'));
    if (!wanted.includes('checker')) await this.#removeSets(configuration.global);
  }

  /** Settles when all are gone. */
  async stop(grace: Milliseconds): Promise<void> {
    this.#heardPeers.follow(false);
    await Promise.all(this.all().map((child) => child.stop(grace)));
  }

  #give(kind: ChildKind, configuration: Configuration): Child {
    const snapshot = { configuration, options: childOptions(kind, this.#args, configuration.global) };
    const known = this.#children.get(kind);
    if (known !== undefined) {
      known.configure(snapshot);
      return known;
    }
    const child = new Child(snapshot, !this.#args.dontRespawn, this.#bfdChannels.endsOf(kind), this.#log, {
      message: (from, message) => this.#listener.message(from, message),
      configured: (from) => this.#configured(from),
      told: (event) => this.#listener.told(event),
      fatal: (_from, exitCode, reason) => this.#listener.fatal(exitCode, reason),
    });
    this.#children.set(kind, child);
    child.change(this.#live);
    child.start();
    return child;
  }

  /** Sets of connection limits are the checker process's; where there is none any more, nobody else would take them away. */
  async #removeSets(global: GlobalConfiguration): Promise<void> {
    // Without checks (-P) there may be another daemon for them.
    if (!this.#args.checker) return;
    const pidFile = pidFilePath('checker', this.#args, global);
    await new OwnSetsRecord(pidFile, runFirewallProgram, this.#log).follow({ ipsets: [] });
  }

  #configured(child: Child): void {
    this.#awaited.delete(child);
    if (this.#awaited.size === 0) this.#allConfigured?.();
  }
}

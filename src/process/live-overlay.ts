/**
 * What operators change on the running daemon beside the file. The parent keeps it, so that it outlives its children and
 * every reload; it ends what has a time, and is gone with the daemon, whose next start knows the file alone.
 */
import type { MonotonicMs } from '../core/time.ts';
import type { LiveChangeEvent } from '../events/parent-event.ts';
import { now } from '../kernel/clock.ts';
import { LiveStore } from '../live/store.ts';
import { objectKey, targetKey, targetsIn, type Targetable } from '../live/targets.ts';
import type { AnyChange, LiveChanges } from '../live/types.ts';
import { endOf, reasonOf, settingText, targetText } from '../live/words.ts';
import type { Log } from '../log/log.ts';

/** Changes in force at one time: far more than people make, and no more than messages bear. */
const mostChanges = 20_000;
/** setTimeout knows no more milliseconds than 31 bits hold. */
const longestTimer = 2_147_483_647;

export interface LiveListener {
  /** These are all changes in force now. */
  changed(changes: LiveChanges): void;
  event(event: LiveChangeEvent): void;
}

/** A change in force. */
export interface LiveEntry {
  readonly change: AnyChange;
  /** Its target is not in the configuration: it counts when it is there again. */
  readonly waiting: boolean;
}

export class LiveOverlay {
  readonly #store = new LiveStore();
  readonly #log: Log;
  readonly #listener: LiveListener;
  readonly #clock: () => MonotonicMs;
  #timer: NodeJS.Timeout | undefined;
  /** Keys of changes whose target is not in the configuration. */
  #waiting: ReadonlySet<string> = new Set();

  constructor(log: Log, listener: LiveListener, clock: () => MonotonicMs = now) {
    this.#log = log;
    this.#listener = listener;
    this.#clock = clock;
  }

  /** Puts changes in force, together. @returns false if there would be too many; then nothing changes */
  set(changes: readonly AnyChange[]): boolean {
    const fresh = changes.filter((change) => this.#store.get(targetKey(change)) === undefined);
    if (this.#store.size + fresh.length > mostChanges) return false;
    for (const change of changes) {
      const before = this.#store.set(change);
      this.#tell(change, before === undefined ? 'file' : settingText(before.setting), reasonOf(change));
    }
    this.#spread();
    return true;
  }

  /** Takes changes back, together. @param keys targetKey() of each @returns those that were in force */
  clear(keys: Iterable<string>): AnyChange[] {
    const ended = [...keys].flatMap((key) => this.#store.clear(key) ?? []);
    this.#end(ended);
    return ended;
  }

  /** Oldest first. */
  list(): LiveEntry[] {
    return this.#store.all.map((change) => ({ change, waiting: this.#waiting.has(targetKey(change)) }));
  }

  /** Those whose target is not in the configuration, oldest first. */
  get waiting(): AnyChange[] {
    if (this.#waiting.size === 0) return [];
    return this.#store.all.filter((change) => this.#waiting.has(targetKey(change)));
  }

  /** By targetKey(). */
  get(key: string): AnyChange | undefined {
    return this.#store.get(key);
  }

  /** A configuration is in force: says which changes have lost their target by it, and which have found it again. */
  follow(configuration: Targetable): void {
    if (this.#store.size === 0) {
      this.#waiting = new Set();
      return;
    }
    const targets = targetsIn(configuration);
    const before = this.#waiting;
    const waiting = new Set<string>();
    for (const change of this.#store.all) {
      // It does not outlive this reload.
      if (change.by === 'SNMP') continue;
      const key = targetKey(change);
      const subject = targetText(change);
      const setting = settingText(change.setting);
      if (!targets.has(objectKey(change))) waiting.add(key);
      if (waiting.has(key) && !before.has(key))
        this.#log.warning(
          `${subject} is no longer in the configuration: ${setting} waits for it until it is taken back`,
        );
      else if (before.has(key) && !waiting.has(key))
        this.#log.notice(`${subject} is in the configuration again: ${setting} counts`);
    }
    this.#waiting = waiting;
  }

  /** A reload is done: the file counts again where SNMP has changed something, as under the original. */
  reloaded(): void {
    this.clear(this.#store.all.filter(({ by }) => by === 'SNMP').map(targetKey));
  }

  /** The daemon ends. */
  close(): void {
    clearTimeout(this.#timer);
    const { all } = this.#store;
    if (all.length === 0) return;
    const words = all.slice(0, 5).map((change) => `${targetText(change)}: ${settingText(change.setting)}`);
    const more = all.length > words.length ? ` and ${all.length - words.length} more` : '';
    this.#log.warning(`What was set beside the file ends with the daemon: ${words.join(', ')}${more}`);
  }

  #end(changes: readonly AnyChange[]): void {
    if (changes.length === 0) return;
    const at = this.#clock();
    for (const change of changes) this.#tell(change, settingText(change.setting), endOf(change, at), 'file');
    this.#spread();
  }

  #tell(change: AnyChange, from: string, reason: string, to = settingText(change.setting)): void {
    const subject = targetText(change);
    const again = to === 'file' ? ', the file counts again' : '';
    this.#log.notice(`${subject}: ${reason}${again}`);
    this.#listener.event({ kind: 'live-change', subject, from, to, reason, at: this.#clock() });
  }

  #spread(): void {
    this.#listener.changed(this.#store.changes);
    this.#arm();
  }

  #arm(): void {
    clearTimeout(this.#timer);
    const end = this.#store.nextExpiry();
    if (end === undefined) return;
    // Timers of the runtime may come some milliseconds early; then it is armed again.
    this.#timer = setTimeout(() => this.#expire(), Math.min(Math.max(end - this.#clock(), 1), longestTimer));
    this.#timer.unref();
  }

  #expire(): void {
    const over = this.#store.expire(this.#clock());
    if (over.length > 0) this.#end(over);
    else this.#arm();
  }
}

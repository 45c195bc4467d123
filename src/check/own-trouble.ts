/**
 * Checks that cannot be made for reasons of this machine (no descriptor, no free port, no such source address): what is
 * told of them. The first few say it each, of thousands more one line; and all of it has an end that is told, too.
 */
import type { LogLine } from '../core/events.ts';
import type { MonotonicMs } from '../core/time.ts';
import type { HealthCheck } from './health-check.ts';
import { describeCheck } from './result-text.ts';
import type { ProbeResult } from './types.ts';

/** Checks that are named of one kind of trouble at a time. */
const mostNamed = 5;

interface Trouble {
  readonly reason: string;
  readonly since: MonotonicMs;
  attempts: number;
  readonly isNamed: boolean;
}

/** All checks with one and the same trouble. */
interface Kind {
  readonly since: MonotonicMs;
  /** At present, and those that have said so. */
  count: number;
  named: number;
  /** The most of them at one time. */
  most: number;
}

export class OwnTrouble {
  readonly #troubles = new Map<HealthCheck, Trouble>();
  readonly #kinds = new Map<string, Kind>();

  /** False as long as all is well: over() then has nothing to say. */
  get any(): boolean {
    return this.#troubles.size > 0;
  }

  /** A check could not be made. */
  met(check: HealthCheck, result: ProbeResult, now: MonotonicMs): LogLine[] {
    const reason = reasonOf(result);
    const known = this.#troubles.get(check);
    if (known?.reason === reason) {
      known.attempts += 1;
      return [];
    }
    this.forget(check);
    const kind = this.#kinds.get(reason) ?? { since: now, count: 0, named: 0, most: 0 };
    this.#kinds.set(reason, kind);
    kind.count += 1;
    kind.most = Math.max(kind.most, kind.count);
    const isNamed = kind.named < mostNamed;
    this.#troubles.set(check, { reason, since: known?.since ?? now, attempts: (known?.attempts ?? 0) + 1, isNamed });
    kind.named += 1;
    if (isNamed) {
      const next = `The state stays ${check.state}; next attempt in ${check.checker.delayLoop / 1000} s`;
      return [warning(`${describeCheck(check)} cannot be made: ${result.detail}. ${next}`)];
    }
    if (kind.named > mostNamed + 1) return [];
    return [warning(`More checks cannot be made: ${reason}. Their states stay; they are in keepalivectl status`)];
  }

  /** A check could be made, whatever came of it. */
  over(check: HealthCheck, now: MonotonicMs): LogLine[] {
    const trouble = this.#troubles.get(check);
    if (trouble === undefined) return [];
    const kind = this.#kinds.get(trouble.reason);
    this.forget(check);
    const lines: LogLine[] = [];
    if (trouble.isNamed) {
      const span = `${trouble.attempts} ${trouble.attempts === 1 ? 'attempt' : 'attempts'} in ${seconds(now - trouble.since)}`;
      lines.push(notice(`${describeCheck(check)} can be made again, after ${span} without: ${trouble.reason}`));
    }
    if (kind !== undefined && kind.count === 0 && kind.most > mostNamed) {
      lines.push(notice(`All checks can be made again: up to ${kind.most} could not for ${seconds(now - kind.since)}`));
    }
    return lines;
  }

  /** A check that is no more. */
  forget(check: HealthCheck): void {
    const trouble = this.#troubles.get(check);
    if (trouble === undefined) return;
    this.#troubles.delete(check);
    const kind = this.#kinds.get(trouble.reason);
    if (kind === undefined) return;
    kind.count -= 1;
    if (kind.count === 0) this.#kinds.delete(trouble.reason);
  }

  clear(): void {
    this.#troubles.clear();
    this.#kinds.clear();
  }
}

/** The trouble itself: which url was to be asked for makes no other one of it. */
function reasonOf({ detail }: ProbeResult): string {
  return detail.replace(/^url \S+: /, '');
}

function seconds(duration: number): string {
  return `${Math.round(duration / 100) / 10} s`;
}

function warning(message: string): LogLine {
  return { level: 'warning', message };
}

function notice(message: string): LogLine {
  return { level: 'notice', message };
}

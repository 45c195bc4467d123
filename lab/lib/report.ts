/** Tells what the lab does, with times, and keeps what was expected, what was seen and what is to be compared. */
import { nowMs } from './clock.ts';

export interface Expectation {
  readonly what: string;
  readonly expected: string;
  readonly seen: string;
  readonly held: boolean;
}

/** What one play of a scene brought. */
export interface SceneResult {
  readonly scene: string;
  /** Which daemon played, such as "ours" or "ours/debian". */
  readonly daemon: string;
  readonly seconds: number;
  /** Milliseconds for which the machine let this program wait at most: a scene with long ones was not played fairly. */
  readonly longestPause: number;
  readonly expectations: readonly Expectation[];
  /** Facts to compare with another daemon's, by name. */
  readonly observations: Readonly<Record<string, unknown>>;
}

export class Narrator {
  readonly expectations: Expectation[] = [];
  readonly observations: Record<string, unknown> = {};
  readonly #started = nowMs();
  readonly #print: (line: string) => void;

  constructor(print: (line: string) => void) {
    this.#print = print;
  }

  /** Seconds since the scene began. */
  get seconds(): number {
    return this.secondsAt(nowMs());
  }

  /** The same for a moment in epoch milliseconds. */
  secondsAt(time: number): number {
    return (time - this.#started) / 1000;
  }

  /** A new step of the scene. */
  step(text: string): void {
    this.#print(`[${this.seconds.toFixed(1).padStart(5)} s] ${text}`);
  }

  /** Something worth showing within a step; may have several lines. */
  say(text: string): void {
    for (const line of text.trimEnd().split('\n')) this.#print(`            ${line}`);
  }

  /** Notes whether what was seen is what was expected; `held` decides where equality of the texts does not. */
  expect(what: string, expected: string, seen: string, held = expected === seen): boolean {
    this.expectations.push({ what, expected, seen, held });
    const verdict = held ? 'ok  ' : 'FAIL';
    const detail = held || expected.includes('\n') ? seen : `${seen} (expected: ${expected})`;
    if (!seen.includes('\n')) this.#print(`[${this.seconds.toFixed(1).padStart(5)} s]   ${verdict} ${what}: ${detail}`);
    else {
      this.#print(`[${this.seconds.toFixed(1).padStart(5)} s]   ${verdict} ${what}:`);
      this.say(held ? seen : `expected:\n${expected}\nseen:\n${seen}`);
    }
    return held;
  }

  /** Keeps a fact for the comparison with another daemon. */
  observe(name: string, value: unknown): void {
    this.observations[name] = value;
  }

  result(scene: string, daemon: string, longestPause: number): SceneResult {
    const { expectations, observations, seconds } = this;
    return { scene, daemon, seconds, longestPause, expectations, observations };
  }
}

function oneLine(text: string): string {
  return text.trim().replaceAll(/\s*\n\s*/g, ' | ');
}

function fit(text: string, width: number): string {
  return text.length <= width ? text.padEnd(width) : `${text.slice(0, width - 3)}...`;
}

/** The table at the end: what was expected and what was seen. Cells too long for it are cut. */
export function table(results: readonly SceneResult[]): string {
  const rows = results.flatMap(({ scene, expectations }) =>
    expectations.map(({ what, expected, seen, held }) => [
      scene,
      what,
      oneLine(expected),
      oneLine(seen),
      held ? 'ok' : 'FAIL',
    ]),
  );
  const head = ['scene', 'what', 'expected', 'seen', ''];
  const limits = [10, 62, 44, 44, 4];
  const widths = limits.map((limit, column) =>
    Math.min(limit, Math.max(...[head, ...rows].map((row) => (row[column] ?? '').length))),
  );
  const line = (row: readonly string[]): string =>
    row
      .map((cell, column) => fit(cell, widths[column] ?? 0))
      .join('  ')
      .trimEnd();
  const rule = '-'.repeat(widths.reduce((sum, width) => sum + width + 2, -2));
  return [line(head), rule, ...rows.map(line), rule].join('\n');
}

/** All expectations held, and there were some. */
export function allHeld(results: readonly SceneResult[]): boolean {
  return (
    results.length > 0 &&
    results.every(({ expectations }) => expectations.length > 0 && expectations.every(({ held }) => held))
  );
}

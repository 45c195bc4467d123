/** Compares what two plays of a scene observed. */
import { isDeepStrictEqual } from 'node:util';
import type { SceneResult } from './report.ts';

/** One difference, in words: name of the observation and both values as JSON. */
export interface Difference {
  readonly name: string;
  readonly first: string;
  readonly second: string;
}

/** Observations that differ, or that only one play has. */
export function differences(first: SceneResult, second: SceneResult): Difference[] {
  const names = [...new Set([...Object.keys(first.observations), ...Object.keys(second.observations)])];
  return names
    .filter((name) => !isDeepStrictEqual(first.observations[name], second.observations[name]))
    .map((name) => ({
      name,
      first: JSON.stringify(first.observations[name]) ?? 'nothing',
      second: JSON.stringify(second.observations[name]) ?? 'nothing',
    }));
}

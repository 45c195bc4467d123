/** What every scene is: a topology with a daemon in it, that can be played, or left open for a person. */
import type { CleanUp } from './clean-up.ts';
import type { DaemonKind } from './daemon.ts';
import { LabError } from './errors.ts';
import type { Narrator } from './report.ts';
import type { TimedLine } from './run.ts';

/** Which daemon runs on the first and on the second balancer. */
export interface DaemonChoice {
  readonly first: DaemonKind;
  readonly second: DaemonKind;
}

function kindOf(word: string): DaemonKind {
  if (word === 'ours' || word === 'debian') return word;
  throw new LabError(`"${word}" is no daemon. Use ours or debian, or two of them with a slash (ours/debian).`);
}

/** Reads "ours", "debian" or "ours/debian". */
export function parseDaemonChoice(text: string): DaemonChoice {
  const [first = '', second = first] = text.split('/');
  return { first: kindOf(first), second: kindOf(second) };
}

export interface SceneContext {
  readonly cleanUp: CleanUp;
  readonly narrator: Narrator;
  readonly daemons: DaemonChoice;
  /** A folder of its own for configurations, pages and logs. */
  readonly scratch: string;
  /** Folder for captures, kept until the result was looked at. */
  readonly results: string;
  /** Goes before the names of network namespaces. */
  readonly prefix: string;
  /** Play with the times of the example as written, instead of shortened ones. */
  readonly asWritten: boolean;
}

/** A scene whose machines stand. */
export interface OpenScene {
  /** Plays it from start to end. */
  play(): Promise<void>;
  /** Only starts the daemons and waits until they have settled. */
  start(): Promise<void>;
  /** What each daemon logged, by machine; shown when something expected was not seen. */
  logs(): Readonly<Record<string, readonly TimedLine[]>>;
  /** For a person: what to try. */
  readonly hints: readonly string[];
}

export interface Scene {
  readonly name: string;
  readonly title: string;
  /** Whether it needs a kernel with IPVS. */
  readonly needsIpvs: boolean;
  open(context: SceneContext): Promise<OpenScene>;
}

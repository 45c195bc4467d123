/** Plays a scene where it can be played: in this machine's own kernel, or in the guest kernel that has IPVS. */
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { CleanUp } from './clean-up.ts';
import { LabError } from './errors.ts';
import { PauseWatch } from './pauses.ts';
import { runInGuest } from './guest.ts';
import { kernelHasIpvs } from './kernel.ts';
import { projectRoot } from './places.ts';
import { Narrator, type SceneResult } from './report.ts';
import { parseDaemonChoice, type OpenScene, type Scene, type SceneContext } from './scene.ts';

export interface PlayOptions {
  readonly scene: Scene;
  /** "ours", "debian", or two of them such as "ours/debian". */
  readonly daemon: string;
  readonly asWritten?: boolean;
  /** Show the daemons' logs also when everything was as expected. */
  readonly logs?: boolean;
  /** Takes the live report. */
  readonly print: (line: string) => void;
  /** Seconds after which a guest is powered off. */
  readonly limit?: number;
}

export interface Played {
  readonly result: SceneResult;
  /** Capture files, there until the clean-up. */
  readonly captures: readonly string[];
}

export const resultFile = 'result.json';

/** A context for playing in the kernel this process runs on. */
export function localContext(
  options: PlayOptions,
  narrator: Narrator,
  cleanUp: CleanUp,
  results: string,
  prefix: string,
): SceneContext {
  const scratch = mkdtempSync(path.join(tmpdir(), 'kts-lab-'));
  cleanUp.add(`remove ${scratch}`, () => {
    rmSync(scratch, { recursive: true, force: true });
  });
  mkdirSync(results, { recursive: true });
  const { daemon, asWritten = false } = options;
  return { cleanUp, narrator, daemons: parseDaemonChoice(daemon), scratch, results, prefix, asWritten };
}

/** Plays in this kernel and returns what was seen; a failing step is an expectation that did not hold. */
export async function playHere(
  options: PlayOptions,
  cleanUp: CleanUp,
  results: string,
  prefix: string,
): Promise<SceneResult> {
  const narrator = new Narrator(options.print);
  const context = localContext(options, narrator, cleanUp, results, prefix);
  const pauses = new PauseWatch();
  let open: OpenScene | undefined;
  try {
    open = await options.scene.open(context);
    await open.play();
  } catch (error) {
    narrator.expect('the scene is played to its end', 'yes', error instanceof Error ? error.message : String(error));
    if (!(error instanceof LabError)) options.print(error instanceof Error ? (error.stack ?? '') : '');
  }
  const wanted = options.logs === true || narrator.expectations.some(({ held }) => !held);
  if (open !== undefined && wanted) printLogs(open, narrator, options.print);
  return narrator.result(options.scene.name, options.daemon, pauses.stop());
}

/** Longest part of a daemon's log that is shown. */
const shownLines = 150;

function printLogs(open: OpenScene, narrator: Narrator, print: (line: string) => void): void {
  for (const [machine, lines] of Object.entries(open.logs())) {
    print(`Log of keepalived on ${machine}:`);
    for (const { time, text } of lines.slice(-shownLines)) {
      print(`[${narrator.secondsAt(time).toFixed(3).padStart(7)} s] ${text}`);
    }
  }
}

let labs = 0;

/** Plays the scene and returns what was seen. */
export async function play(cleanUp: CleanUp, options: PlayOptions): Promise<Played> {
  if (!options.scene.needsIpvs || kernelHasIpvs()) {
    const results = mkdtempSync(path.join(tmpdir(), 'kts-results-'));
    cleanUp.add(`remove ${results}`, () => {
      rmSync(results, { recursive: true, force: true });
    });
    labs += 1;
    const result = await playHere(options, cleanUp, results, `kts-${process.pid}-${labs}-`);
    return { result, captures: capturesIn(results) };
  }
  const { scene, daemon, asWritten = false, logs = false, print, limit } = options;
  const { folder } = await runInGuest(cleanUp, {
    module: path.join(projectRoot(), 'lab', 'lib', 'inside.ts'),
    companions: { 'client-agent': path.join(projectRoot(), 'lab', 'lib', 'client-agent.ts') },
    args: ['play', scene.name, daemon, asWritten ? 'as-written' : 'shortened', logs ? 'logs' : 'no-logs'],
    onLine: print,
    ...(limit === undefined ? {} : { limit }),
  });
  const result = JSON.parse(readFileSync(path.join(folder, resultFile), 'utf8')) as SceneResult;
  return { result, captures: capturesIn(folder) };
}

function capturesIn(folder: string): string[] {
  return readdirSync(folder)
    .filter((name) => name.endsWith('.pcap'))
    .map((name) => path.join(folder, name));
}

/** Writes the result where the host finds it. */
export function writeResult(folder: string, result: SceneResult): void {
  writeFileSync(path.join(folder, resultFile), JSON.stringify(result));
}

/** What the tests that play scenes of the lab have in common. */
import type { CleanUp } from '../lab/lib/clean-up.ts';
import { differences } from '../lab/lib/compare.ts';
import { play, type Played } from '../lab/lib/play.ts';
import type { SceneResult } from '../lab/lib/report.ts';
import { run } from '../lab/lib/run.ts';
import { sceneNamed } from '../lab/scenes/index.ts';

/** The daemon under test. "debian" tries the test itself out with the original in both places. */
export const underTest = process.env['LAB_TEST_DAEMON'] ?? 'ours';

/** Milliseconds without the processor after which the protocol's timers may have run out for that reason alone. */
const unfairPause = 300;

/**
 * Plays a scene with each of the daemons at the same time. If something went otherwise than expected while the machine
 * stood still for a while, that play counts for nothing and another one decides. The caller empties the clean-up stack.
 */
export async function playEach(cleanUp: CleanUp, sceneName: string, daemons: readonly string[]): Promise<Played[]> {
  const plays = await playOnce(cleanUp, sceneName, daemons);
  const pause = Math.max(...plays.map(({ result }) => result.longestPause));
  if (pause < unfairPause || !isSuspicious(plays)) return plays;
  process.stderr.write(`${sceneName}: the machine stood still for ${pause} ms, the scene is played again\n`);
  return playOnce(cleanUp, sceneName, daemons);
}

/** Something failed, or the first two differ. */
function isSuspicious([first, second]: readonly Played[]): boolean {
  const results = [first, second].flatMap((played) => (played === undefined ? [] : [played.result]));
  return (
    results.some((result) => failed(result).length > 0) ||
    (first !== undefined && second !== undefined && differences(first.result, second.result).length > 0)
  );
}

function playOnce(cleanUp: CleanUp, sceneName: string, daemons: readonly string[]): Promise<Played[]> {
  return Promise.all(
    daemons.map((daemon) =>
      play(cleanUp, {
        scene: sceneNamed(sceneName),
        daemon,
        print: (line) => process.stderr.write(`${daemon}: ${line}\n`),
      }),
    ),
  );
}

/** Expectations of a play that did not hold, for a readable failure. */
export function failed(result: SceneResult): object[] {
  return result.expectations.filter(({ held }) => !held).map(({ what, expected, seen }) => ({ what, expected, seen }));
}

/**
 * What tshark finds wrong with a capture: malformed packets, bad checksums, expert remarks. That two machines claim one
 * address is what a takeover is, so that remark is left out.
 */
export async function complaints(capture: string): Promise<string[]> {
  const wrong =
    '_ws.malformed || ip.checksum.status == "Bad" || vrrp.checksum.status == "Bad" || _ws.expert.severity >= "Note"';
  const settings = ['-o', 'ip.check_checksum:TRUE', '-o', 'arp.detect_duplicate_ips:FALSE'];
  const { stdout } = await run('tshark', ['-r', capture, ...settings, '-Y', `(${wrong}) && !(tcp)`], {
    timeout: 60_000,
  });
  return stdout.split('\n').filter((line) => line !== '');
}

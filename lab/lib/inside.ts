/** First module in the guest: plays one scene, or leaves it open for a person, and writes what was seen. */
import { withCleanUp } from './clean-up.ts';
import { playHere, writeResult } from './play.ts';
import { allHeld } from './report.ts';
import { openShell } from './shell.ts';
import { sceneNamed } from '../scenes/index.ts';

/** Where the host's folder is mounted. */
const out = '/run/out';

const [verb, sceneName = '', daemon = 'ours', times, logs] = process.argv.slice(2);
const options = {
  scene: sceneNamed(sceneName),
  daemon,
  asWritten: times === 'as-written',
  logs: logs === 'logs',
  print: (line: string): void => {
    console.log(line);
  },
};

process.exitCode = await withCleanUp(async (cleanUp) => {
  if (verb === 'shell') return openShell(options, cleanUp, out, '');
  const result = await playHere(options, cleanUp, out, '');
  writeResult(out, result);
  return allHeld([result]) ? 0 : 1;
});
// The kernel is about to be powered off: nothing is worth waiting for.
process.exit();

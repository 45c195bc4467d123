/** Leaves a scene's machines up with running daemons and hands the terminal to a person. */
import { spawn } from 'node:child_process';
import type { CleanUp } from './clean-up.ts';
import { localContext, type PlayOptions } from './play.ts';
import { Narrator } from './report.ts';

/** Opens the scene, says how to look around, runs a shell until it is left. Returns the shell's exit code. */
export async function openShell(
  options: PlayOptions,
  cleanUp: CleanUp,
  results: string,
  prefix: string,
): Promise<number> {
  const narrator = new Narrator(options.print);
  const open = await options.scene.open(localContext(options, narrator, cleanUp, results, prefix));
  await open.start();
  options.print('');
  options.print(`The machines of "${options.scene.name}" are up. Leave this shell (exit, or Ctrl-D) to end them. Try:`);
  for (const hint of open.hints) options.print(`  ${hint.replaceAll('ip netns exec ', `ip netns exec ${prefix}`)}`);
  options.print('');
  const shell = spawn('bash', ['--norc', '-i'], {
    stdio: 'inherit',
    env: {
      ...process.env,
      PS1: `(${options.scene.name}) \\w # `,
      PATH: `${process.env['PATH'] ?? ''}:/usr/sbin:/sbin`,
    },
  });
  return new Promise((resolve, reject) => {
    shell.on('error', reject);
    shell.on('close', (code) => {
      resolve(code ?? 1);
    });
  });
}

/** npm run lab: plays the examples with a real daemon, or leaves one of them up for a person to explore. */
import path from 'node:path';
import { parseArgs } from 'node:util';
import { withCleanUp } from './lib/clean-up.ts';
import { LabError } from './lib/errors.ts';
import { runInGuest } from './lib/guest.ts';
import { kernelHasIpvs } from './lib/kernel.ts';
import { projectRoot } from './lib/places.ts';
import { play, type PlayOptions } from './lib/play.ts';
import { allHeld, table, type SceneResult } from './lib/report.ts';
import { parseDaemonChoice } from './lib/scene.ts';
import { openShell } from './lib/shell.ts';
import { sceneNamed } from './scenes/index.ts';

const help = `Usage: npm run lab [-- [options] [SCENE ...]]        plays scenes; the examples unless told otherwise
       npm run lab -- [options] shell SCENE        leaves a scene's machines up for you to explore

Scenes: pair        two balancers by direct routing (examples/pair)
        nat         one director by address translation (examples/nat)
        limit       the same site bans a client with 300 connections (examples/limit)
        pair-vrrp   the failover of the pair alone; needs no IPVS in the kernel

Options: --daemon WHICH   ours (default), debian (the original, from Debian's package), or two of them for the two
                          balancers of the pair, such as ours/debian
         --as-written     play nat with the times of its file instead of shortened ones (3 minutes instead of 1)
         --logs           show what the daemons logged, also when everything was as expected
         --help           this text

All machines are network namespaces without a way out; the lab checks that before it sends a packet. Where this machine's
kernel has no IPVS, the scenes run in a guest kernel (user-mode-linux). Everything is removed afterwards.
Exit status: 0 if everything expected was seen.`;

interface CommandLine {
  readonly shell: boolean;
  readonly sceneNames: readonly string[];
  readonly daemon: string;
  readonly asWritten: boolean;
  readonly logs: boolean;
  readonly help: boolean;
}

/** The original has no limits of connections. */
function scenesFor(daemon: string): readonly string[] {
  return daemon === 'ours' ? ['pair', 'nat', 'limit'] : ['pair', 'nat'];
}

function readCommandLine(): CommandLine {
  let parsed;
  try {
    parsed = parseArgs({
      allowPositionals: true,
      options: {
        daemon: { type: 'string', default: 'ours' },
        'as-written': { type: 'boolean', default: false },
        logs: { type: 'boolean', default: false },
        help: { type: 'boolean', default: false, short: 'h' },
      },
    });
  } catch (error) {
    throw new LabError(`${error instanceof Error ? error.message : String(error)}\nSee npm run lab -- --help`);
  }
  const { positionals, values } = parsed;
  const shell = positionals[0] === 'shell';
  const named = shell ? positionals.slice(1) : positionals;
  if (shell && named.length !== 1) throw new LabError('Which scene? npm run lab -- shell pair, or shell nat.');
  return {
    shell,
    sceneNames: named.length > 0 ? named : scenesFor(values.daemon),
    daemon: values.daemon,
    asWritten: values['as-written'],
    logs: values.logs,
    help: values.help,
  };
}

function optionsFor(sceneName: string, { daemon, asWritten, logs }: CommandLine): PlayOptions {
  return {
    scene: sceneNamed(sceneName),
    daemon,
    asWritten,
    logs,
    print: (line) => {
      console.log(line);
    },
  };
}

async function playAll(commandLine: CommandLine): Promise<number> {
  const results: SceneResult[] = [];
  for (const options of commandLine.sceneNames.map((name) => optionsFor(name, commandLine))) {
    const { scene } = options;
    const place =
      scene.needsIpvs && !kernelHasIpvs()
        ? 'in a guest kernel, since this one has no IPVS'
        : "in this machine's kernel";
    console.log(`\n${scene.title}: ${place}; keepalived: ${commandLine.daemon}`);
    const { result } = await withCleanUp((cleanUp) => play(cleanUp, options));
    results.push(result);
  }
  console.log(`\n${table(results)}`);
  const all = results.flatMap(({ expectations }) => expectations);
  const failed = all.filter(({ held }) => !held).length;
  const times = results.map(({ scene, seconds }) => `${scene} ${seconds.toFixed(0)} s`).join(', ');
  console.log(`${all.length - failed} of ${all.length} as expected (${times})`);
  return allHeld(results) ? 0 : 1;
}

async function explore(commandLine: CommandLine): Promise<number> {
  const options = optionsFor(commandLine.sceneNames[0] ?? '', commandLine);
  if (!process.stdin.isTTY) throw new LabError('shell needs a terminal.');
  return withCleanUp(async (cleanUp) => {
    if (kernelHasIpvs() || !options.scene.needsIpvs) {
      return openShell(options, cleanUp, '/run', `kts-${process.pid}-`);
    }
    console.log('Booting the guest kernel, since this one has no IPVS.');
    const { code } = await runInGuest(cleanUp, {
      module: path.join(projectRoot(), 'lab', 'lib', 'inside.ts'),
      companions: { 'client-agent': path.join(projectRoot(), 'lab', 'lib', 'client-agent.ts') },
      args: ['shell', options.scene.name, options.daemon],
      console: true,
    });
    return code;
  });
}

async function main(): Promise<number> {
  const commandLine = readCommandLine();
  if (commandLine.help) {
    console.log(help);
    return 0;
  }
  parseDaemonChoice(commandLine.daemon);
  if (process.getuid?.() !== 0)
    throw new LabError('The lab makes network namespaces, which only root may do: sudo npm run lab');
  return commandLine.shell ? explore(commandLine) : playAll(commandLine);
}

try {
  process.exitCode = await main();
} catch (error) {
  if (!(error instanceof LabError)) throw error;
  console.error(error.message);
  process.exitCode = 1;
}

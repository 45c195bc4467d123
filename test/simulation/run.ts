/**
 * `npm run soak -- simulation`: thousands of simulated runs from a seed that is printed. A run that breaks an invariant
 * is made as small as it gets and printed with the command that replays it.
 */
import { parseArgs } from 'node:util';
import fc from 'fast-check';
import type { Scene } from './scene.ts';
import { scene } from './scene.ts';
import { Story } from './story.ts';

export interface Runs {
  readonly seed: number;
  readonly runs: number;
  /** Where fast-check found it; with this the run is that one alone. */
  readonly path?: string;
}

/** @returns what failed and how to see it again; undefined: nothing did */
export function simulate(
  { seed, runs, path }: Runs,
  play: (drawn: Scene) => void = (drawn) => void new Story(drawn).play(),
): string | undefined {
  const result = fc.check(
    fc.property(scene, (drawn) => play(drawn)),
    { seed, numRuns: runs, ...(path !== undefined && { path }) },
  );
  if (!result.failed) return undefined;
  const error =
    result.errorInstance instanceof Error ? (result.errorInstance.stack ?? '') : String(result.errorInstance);
  const again = `npm run soak -- simulation --seed ${seed} --path ${result.counterexamplePath ?? ''}`;
  return `run ${result.numRuns} of seed ${seed}, made smaller ${result.numShrinks} times, broke an invariant:\n${error}\n${JSON.stringify(result.counterexample?.[0], undefined, 1)}\nAgain: ${again}\n`;
}

const help = `npm run soak -- simulation [options]

Plays simulated networks of 2 to 5 routers on a virtual clock and checks what must always hold. Ends with 1 if something
did not, with the smallest such run and the command that replays it.

Options
  --runs N   how many (5000)
  --seed N   of all of them (a new one)
  --path P   only the run that a failure named
  --help     this text
`;

/** @param argv words behind the command's name; @returns exit status */
export function simulationMain(argv: readonly string[]): number {
  const { values } = parseArgs({
    args: [...argv],
    options: {
      runs: { type: 'string', default: '5000' },
      seed: { type: 'string' },
      path: { type: 'string' },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help) {
    process.stdout.write(help);
    return 0;
  }
  const runs = Number(values.runs);
  const seed = values.seed === undefined ? Math.floor(Math.random() * 2 ** 31) : Number(values.seed);
  if (!Number.isInteger(runs) || runs < 1 || !Number.isInteger(seed)) {
    process.stderr.write('--runs wants a number from 1 on, --seed a whole number\n');
    return 1;
  }
  process.stdout.write(`seed ${seed}, ${runs} runs\n`);
  const failure = simulate({ seed, runs, ...(values.path !== undefined && { path: values.path }) });
  process.stdout.write(failure ?? `nothing broke in ${runs} runs\n`);
  return failure === undefined ? 0 : 1;
}

// The door to every command of package.json: sets the machine up as far as the command needs, then runs it with the
// pinned Node. Starts on any Node >= 18.
import { spawnSync } from 'node:child_process';
import path from 'node:path';
import { ensureDebianPackages, ensureNpmPackages, pinnedNode, root, SetupError } from './setup.mjs';

const commands = {
  setup: { purposes: ['build', 'lab', 'test'], steps: [] },
  build: { purposes: ['build'], steps: [['scripts/build.ts']] },
  docs: { purposes: [], steps: [['scripts/reference.ts']] },
  package: { purposes: ['build'], steps: [['scripts/build.ts'], ['scripts/package.ts']] },
  image: { purposes: ['build'], steps: [['scripts/build.ts'], ['scripts/image.ts']] },
  man: { purposes: [], steps: [['scripts/manual.ts']] },
  lint: { purposes: [], steps: lintSteps() },
  test: {
    purposes: ['build', 'lab', 'test'],
    rootWanted: true,
    steps: [['scripts/build.ts'], ...lintSteps(), ['node_modules/vitest/vitest.mjs', 'run']],
  },
  lab: { purposes: ['build', 'lab'], rootWanted: true, steps: [['scripts/build.ts'], ['lab/main.ts']] },
  bench: { purposes: ['build', 'lab'], rootWanted: true, steps: [['scripts/build.ts'], ['bench/main.ts']] },
  corpus: { purposes: ['build', 'lab'], rootWanted: true, steps: [['scripts/build.ts'], ['scripts/corpus.ts']] },
  'corpus:model': { purposes: ['lab'], rootWanted: true, steps: [['scripts/corpus-model.ts']] },
  soak: { purposes: ['build', 'lab'], rootWanted: true, steps: [['scripts/build.ts'], ['bench/soak.ts']] },
};

function lintSteps() {
  return [
    ['node_modules/typescript/bin/tsc', '-p', '.'],
    // The script of the status page lives in a browser, which has other globals.
    ['node_modules/typescript/bin/tsc', '-p', 'src/page/client'],
    ['node_modules/eslint/bin/eslint.js', '.', '--cache', '--cache-location', '.cache/eslint'],
    [
      'node_modules/prettier/bin/prettier.cjs',
      '--check',
      '--log-level=warn',
      '.',
      '--cache',
      '--cache-location=.cache/prettier',
    ],
  ];
}

function main() {
  const [name, ...rest] = process.argv.slice(2);
  const command = commands[name];
  if (command === undefined) {
    throw new SetupError(`Unknown command "${name}". Known: ${Object.keys(commands).join(', ')}.`);
  }
  if (command.rootWanted && process.getuid() !== 0) {
    throw new SetupError(
      `npm run ${name} makes network namespaces and a guest machine, which only root may do.\nRun it as root (sudo npm run ${name}). Without root, "npm run build" and "npm run lint" work.`,
    );
  }
  ensureNpmPackages();
  ensureDebianPackages(command.purposes);
  command.steps.forEach(([script, ...args], index) => {
    const last = index === command.steps.length - 1;
    const result = spawnSync(pinnedNode(), [script, ...args, ...(last ? rest : [])], {
      cwd: root,
      stdio: 'inherit',
      env: { ...process.env, PATH: `${path.dirname(pinnedNode())}:${process.env.PATH}:/usr/sbin:/sbin` },
    });
    if (result.error !== undefined) throw result.error;
    if (result.status !== 0) process.exit(result.status ?? 1);
  });
}

try {
  main();
} catch (error) {
  if (!(error instanceof SetupError)) throw error;
  console.error(error.message);
  process.exit(1);
}

/**
 * The one entrance: which program is meant by the name it was called with. The launchers in dist/bin pass that name as
 * the first word; children of the daemon are started with names of their own. The build makes one CommonJS script of it:
 * the loader of ES modules alone would be a sixth of what a child does before its first line. What is imported here on
 * demand stays modules, but for the processes that every start waits for (`loadPart`).
 */
import { runKeepalived } from './process/daemon.ts';
import { loadPart, loadRestSoon } from './process/precompiled.ts';
import { childRoles, daemonRole, limitWorkerRole, planRole, webRole } from './process/roles.ts';

async function main(name: string, argv: readonly string[]): Promise<number | undefined> {
  switch (name) {
    case childRoles.vrrp:
      (await loadPart('vrrp', () => import('./process/vrrp-part.ts'))).runVrrpProcess();
      loadRestSoon();
      return undefined;
    case childRoles.checker:
      (await loadPart('checker', () => import('./process/checker-part.ts'))).runCheckerProcess();
      return undefined;
    case childRoles.bfd:
      (await loadPart('bfd', () => import('./process/bfd-process.ts'))).runBfdProcess();
      loadRestSoon();
      return undefined;
    case webRole:
      (await loadPart('web', () => import('./web/web-process.ts'))).runWebProcess();
      return undefined;
    case planRole:
      (await import('./process/plan-process.ts')).runPlanProcess();
      return undefined;
    case limitWorkerRole:
      (await import('./process/limits/worker.ts')).runLimitWorker();
      return undefined;
    case 'genhash':
      return (await import('./cli/genhash.ts')).genhashMain(argv);
    case 'keepalivectl':
      return (await statusAtOnce(argv)) ?? (await import('./cli/keepalivectl.ts')).keepalivectlMain(argv);
    default: {
      const outcome = await runKeepalived(argv, name === daemonRole);
      return outcome.kind === 'exit' ? outcome.code : undefined;
    }
  }
}

/** `keepalivectl status` in plain words; undefined: something else. */
async function statusAtOnce(argv: readonly string[]): Promise<number | undefined> {
  if (argv[0] !== 'status') return undefined;
  return (await import('./cli/status/at-once.ts')).statusAtOnce(argv);
}

const [name = 'keepalived', ...argv] = process.argv.slice(2);
void main(name, argv).then((exitCode) => {
  if (exitCode !== undefined) process.exitCode = exitCode;
});

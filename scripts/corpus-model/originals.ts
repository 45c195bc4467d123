/**
 * What the original dumps of each configuration of a folder. Made once and kept in .cache/, because a run takes minutes:
 * the VRRP and BFD processes run in namespaces of this machine, the checker process in the guest kernel that has IPVS.
 */
import { createHash } from 'node:crypto';
import { cpSync, existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs';
import path from 'node:path';
import { withCleanUp } from '../../lab/lib/clean-up.ts';
import { guestObstacle, runInGuest } from '../../lab/lib/guest.ts';
import { dumpOriginal, inParallel } from './run-original.ts';

const here = import.meta.dirname;
const script = path.join(here, 'dump-original.sh');
const cache = path.join(path.dirname(path.dirname(here)), '.cache', 'corpus-model');

/** Of dump-original.sh: what was made with another one is made anew. */
const version = '2';

/** The dumps of one configuration; a process that did not run or refused the file has left none. */
export interface OriginalDumps {
  readonly vrrp?: string;
  readonly check?: string;
  readonly bfd?: string;
  readonly parent?: string;
}

/** Folder that keeps the dumps of a file with this content. */
function cacheFolder(file: string, mode: '-P' | '-C'): string {
  const digest = createHash('sha256').update(version).update(mode).update(readFileSync(file));
  return path.join(cache, `${path.basename(file)}${mode}.${digest.digest('hex').slice(0, 16)}`);
}

/** Makes the dumps that are not kept yet. */
export async function makeOriginalDumps(files: readonly string[]): Promise<void> {
  const missing = (mode: '-P' | '-C'): string[] =>
    files.filter((file) => !existsSync(path.join(cacheFolder(file, mode), 'status')));
  const vrrp = missing('-P');
  if (vrrp.length > 0) console.log(`corpus-model: running keepalived on ${vrrp.length} files, VRRP`);
  await inParallel(vrrp, 6, async (file) => {
    const folder = cacheFolder(file, '-P');
    mkdirSync(folder, { recursive: true });
    await dumpOriginal(script, file, folder, '-P');
  });
  const check = missing('-C').filter((file) => readFileSync(file, 'utf8').includes('virtual_server'));
  if (check.length === 0) return;
  const obstacle = guestObstacle();
  if (obstacle !== undefined) {
    console.log(`corpus-model: checkers skipped, no guest kernel: ${obstacle}`);
    return;
  }
  console.log(`corpus-model: running keepalived on ${check.length} files, checkers, in the guest kernel`);
  await withCleanUp((cleanUp) => checkersInGuest(check, cleanUp));
}

async function checkersInGuest(files: readonly string[], cleanUp: Parameters<typeof runInGuest>[0]): Promise<void> {
  // The guest sees the host's files, but its own /tmp: the input stands in the project.
  const input = path.join(cache, 'guest-input');
  rmSync(input, { recursive: true, force: true });
  mkdirSync(input, { recursive: true });
  for (const file of files) cpSync(file, path.join(input, path.basename(file)));
  const { folder } = await runInGuest(cleanUp, {
    module: path.join(here, 'guest-dumps.ts'),
    args: [script, input],
    limit: 1200,
  });
  for (const file of files) {
    const from = path.join(folder, 'dumps', path.basename(file));
    if (existsSync(from)) cpSync(from, cacheFolder(file, '-C'), { recursive: true });
  }
}

/** The dumps kept of a file. */
export function originalDumps(file: string): OriginalDumps {
  const read = (mode: '-P' | '-C', name: string): string | undefined => {
    const place = path.join(cacheFolder(file, mode), name);
    const text = existsSync(place) ? readFileSync(place, 'utf8') : '';
    // A large dump may have been cut off by the end of the run.
    return text.endsWith('\n') ? text : undefined;
  };
  const found = {
    vrrp: read('-P', 'keepalived.data'),
    check: read('-C', 'keepalived_check.data'),
    bfd: read('-P', 'keepalived_bfd.data'),
    parent: read('-P', 'keepalived_parent.data'),
  };
  return Object.fromEntries(Object.entries(found).filter(([, text]) => text !== undefined));
}

/** What every soak of daemons has in common: whom it is about, and that only ours is judged. */
import { printFindings } from './command.ts';
import type { Contender } from './contenders.ts';
import { BenchError, defaultBinaries, findContender } from './contenders.ts';
import { progressTo } from './progress.ts';
import type { Finding } from './soak-findings.ts';

/** Options for parseArgs. */
export const contenderOptions = {
  ours: { type: 'string' },
  original: { type: 'string' },
  'with-original': { type: 'boolean' },
  keep: { type: 'boolean' },
  help: { type: 'boolean', short: 'h' },
} as const;

interface ContenderValues {
  readonly ours?: string | undefined;
  readonly original?: string | undefined;
  readonly 'with-original'?: boolean | undefined;
}

/**
 * Soaks our daemon, and keepalived behind it if that is asked for, which is shown and not judged.
 * @returns the exit code
 * @throws BenchError without root
 */
export async function soakContenders(
  values: ContenderValues,
  soak: (contender: Contender, tell: (line: string) => void) => Promise<readonly Finding[]>,
): Promise<number> {
  if (process.getuid?.() !== 0) throw new BenchError('network namespaces need root: run this as root');
  const ours = findContender('keepalived-ts', values.ours ?? defaultBinaries['keepalived-ts']);
  const original =
    values['with-original'] === true
      ? findContender('keepalived', values.original ?? defaultBinaries.keepalived)
      : undefined;
  using progress = progressTo(process.stderr);
  const show = async (contender: Contender, judged: boolean): Promise<readonly Finding[]> => {
    const findings = await soak(contender, (line) => progress.show(line));
    progress.clear();
    printFindings(contender, findings, judged);
    return findings;
  };
  const findings = await show(ours, true);
  if (original !== undefined) await show(original, false);
  return findings.every(({ met }) => met) ? 0 : 1;
}

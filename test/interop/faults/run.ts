/** `npm run soak -- faults`: faults for as long as one likes, from a seed that is printed. */
import { parseArgs } from 'node:util';
import { withCleanUp } from '../../../lab/lib/clean-up.ts';
import { nowMs } from '../../../lab/lib/clock.ts';
import { masterDown } from './site.ts';
import { play } from './story.ts';

const help = `npm run soak -- faults [options]

Two balancers on a cable in namespaces of their own: kill -9, processes that stand still, full disk, read-only /run, no
/dev/log, steps of the clock, no descriptors, a cut cable. The other one must never see two masters for longer than its
master-down interval, somebody must be master again in time, and the log must say what recovered. Ends with 1 if not.

Options
  --minutes N      how long (10)
  --seed S         order and lengths of the faults (of the moment)
  --other WHICH    the other balancer: ours or debian (ours)
  --log            what the daemon logged of each fault
  --help           this text
`;

interface Row {
  times: number;
  silence: number;
  bothMasters: number;
}

/** Milliseconds that a busy machine may add to a takeover. */
const noise = 1000;

export async function faultsMain(argv: readonly string[]): Promise<number> {
  const { values } = parseArgs({
    args: [...argv],
    options: {
      minutes: { type: 'string', default: '10' },
      seed: { type: 'string' },
      other: { type: 'string', default: 'ours' },
      log: { type: 'boolean', default: false },
      help: { type: 'boolean', short: 'h', default: false },
    },
  });
  if (values.help) {
    process.stdout.write(help);
    return 0;
  }
  const seed = Number(values.seed ?? Date.now() % 1_000_000);
  const end = nowMs() + Number(values.minutes) * 60_000;
  const other = values.other === 'debian' ? 'debian' : 'ours';
  process.stdout.write(`seed ${seed}, the other balancer: ${other}\n`);
  const rows = new Map<string, Row>();
  let broken = 0;
  await withCleanUp((cleanUp) =>
    play(cleanUp, {
      seed,
      other,
      goOn: () => nowMs() < end,
      told: ({ bothMasters, fault, log, pause, silence }) => {
        const row = rows.get(fault) ?? { times: 0, silence: 0, bothMasters: 0 };
        row.times += 1;
        row.silence = Math.max(row.silence, silence);
        row.bothMasters = Math.max(row.bothMasters, bothMasters);
        rows.set(fault, row);
        const wrong = bothMasters > masterDown + pause || silence > masterDown + noise + pause;
        if (wrong) broken += 1;
        if (!wrong && !values.log) return;
        const verdict = wrong ? 'BROKEN' : '';
        const figures = `silent ${silence.toFixed(0)} ms, two masters ${bothMasters.toFixed(0)} ms, pause ${pause} ms`;
        process.stdout.write(`${fault}: ${figures} ${verdict}\n${log.map((line) => `    ${line}\n`).join('')}`);
      },
    }),
  );
  process.stdout.write(
    `\n${'fault'.padEnd(38)}times  longest without a master  longest with two (ms; master-down ${masterDown.toFixed(0)})\n`,
  );
  for (const [fault, { bothMasters, silence, times }] of rows) {
    const figures = [times, silence.toFixed(0), bothMasters.toFixed(0)];
    process.stdout.write(
      `${fault.padEnd(38)}${String(figures[0]).padStart(5)}  ${String(figures[1]).padStart(24)}  ${String(figures[2]).padStart(16)}\n`,
    );
  }
  process.stdout.write(broken === 0 ? 'Nothing broke.\n' : `${broken} broke.\n`);
  return broken === 0 ? 0 : 1;
}

/** `npm run soak -- afternoon`: an operator's afternoon with both daemons under systemd, packages and crashes included. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { withCleanUp } from '../../../lab/lib/clean-up.ts';
import { makePackage } from '../../../scripts/package.ts';
import { Afternoon } from './story.ts';
import type { Step } from './story.ts';

const transcript = path.join(import.meta.dirname, '..', '..', '..', 'docs', 'afternoon.md');
const help = `npm run soak -- afternoon [--write]

Plays what an operator does in an afternoon (install, status, a typing mistake, reload, failover, dumps, upgrade, a crash, a
hang, stop) with keepalived and with this daemon, under the systemd of this machine in namespaces of their own. Prints what
is typed and seen; ends with 1 where both should show the same and do not. --write puts it into docs/afternoon.md.
`;
const introduction = `# An operator's afternoon, with keepalived and with keepalived-ts

One balancer under systemd, its partner under Debian's keepalived on the same cable. Everything below was typed and printed
by \`npm run soak -- afternoon --write\`; where only one output stands, it was the same with both daemons. A part of it
is a test of every run (test/interop/afternoon).
`;

function block(seen: string): string {
  return `\`\`\`\n${seen === '' ? '(nothing)\n' : seen}\`\`\`\n`;
}

function section(ours: Step, original: Step | undefined): string {
  const head = `\n## ${ours.title}\n\n${ours.differs === undefined ? '' : `Differs: ${ours.differs}.\n\n`}\`\`\`sh\n${ours.command}\n\`\`\`\n\n`;
  if (ours.differs === undefined) return head + block(ours.seen);
  const other =
    original === undefined
      ? ''
      : `keepalived${original.command === ours.command ? '' : `, \`${original.command}\``}:\n\n${block(original.seen)}\n`;
  return `${head}${other}keepalived-ts:\n\n${block(ours.seen)}`;
}

export async function afternoonMain(argv: readonly string[]): Promise<number> {
  const { values } = parseArgs({
    args: [...argv],
    options: { write: { type: 'boolean', default: false }, help: { type: 'boolean', short: 'h', default: false } },
  });
  if (values.help) {
    process.stdout.write(help);
    return 0;
  }
  return withCleanUp(async (cleanUp) => {
    const output = mkdtempSync(path.join(tmpdir(), 'keepalived-packages-'));
    cleanUp.add('remove the packages', () => rmSync(output, { recursive: true, force: true }));
    const compression = ['-Zzstd', '-z1'];
    const [first, second] = ['0.0.1-1', '0.0.2-1'].map((version) => makePackage({ version, output, compression }));
    const packages = { first: first ?? '', second: second ?? '' };
    const [original, ours] = await Promise.all([
      Afternoon.play(cleanUp, 'keepalived', packages),
      Afternoon.play(cleanUp, 'keepalived-ts', packages),
    ]);
    const counterpart = (step: Step): Step | undefined => {
      const same = original.steps.find(({ title }) => title === step.title);
      // Where one has to be started that should have been reloaded.
      return same ?? (step.title === 'Reload' ? original.steps.findLast(({ title }) => title === 'Start') : undefined);
    };
    const text = introduction + ours.steps.map((step) => section(step, counterpart(step))).join('');
    process.stdout.write(text);
    if (values.write) writeFileSync(transcript, text);
    const unlike = ours.steps.filter((step) => step.differs === undefined && counterpart(step)?.seen !== step.seen);
    for (const { title } of unlike) process.stderr.write(`not the same: ${title}\n`);
    return unlike.length === 0 ? 0 : 1;
  });
}

/** keepalived_check.data with live state, against that of Debian's keepalived in the same situation. */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { CleanUp } from '../../lab/lib/clean-up.ts';
import { runInGuest } from '../../lab/lib/guest.ts';

const cleanUp = new CleanUp();

interface Dump {
  readonly text: string;
  readonly mode: number;
}
let result: { readonly original: Dump; readonly ours: Dump; readonly victim: string };

/** Lines of a section whose beginning tells the state of servers, in their order. */
function lines(text: string, beginnings: readonly string[]): string[] {
  const topology = text.slice(text.indexOf('------< LVS Topology >------'));
  return topology.split('\n').filter((line) => beginnings.some((beginning) => line.trim().startsWith(beginning)));
}

/** Without lines that only one side has (docs/differences.md) and what changes with the time. */
function masked(text: string): string[] {
  const one =
    /^ libnftnl version|^ nftables (table|base|don't)|^ Default script|^ {3}(Reason|reloaded|previous effective_weight) = /;
  return text
    .split('\n')
    .filter((line) => !one.test(line))
    .map((line) => line.replace(/= 4294967295$/, '= 5'));
}

// user-mode-linux exists for x86-64 only.
describe.skipIf(process.arch !== 'x64')('keepalived_check.data', () => {
  beforeAll(async () => {
    const printed: string[] = [];
    const { code, folder } = await runInGuest(cleanUp, {
      module: path.join(import.meta.dirname, 'programs', 'check-dump.ts'),
      onLine: (line) => printed.push(line),
    });
    if (code !== 0) throw new Error(`the program in the guest ended with ${code}:\n${printed.join('\n')}`);
    result = JSON.parse(readFileSync(path.join(folder, 'result.json'), 'utf8')) as typeof result;
  });
  afterAll(() => cleanUp.run());

  it('is that of keepalived line by line', () => {
    const theirs = masked(result.original.text);
    expect(theirs.length).toBeGreaterThan(120);
    expect(masked(result.ours.text)).toEqual(theirs);
  });

  it.each([
    [
      'real servers',
      ['RIP = ', 'effective weight = ', 'initial weight = ', 'alive = ', 'num failed checkers = ', 'RS set = '],
    ],
    ['the quorum', ['quorum = ', 'quorum_state_up = ']],
    ['checks', ['Up = ', 'Has run = ', 'Dest = ', 'Enabled = ']],
  ])('shows the state of %s as keepalived does', (_what, beginnings) => {
    const theirs = lines(result.original.text, beginnings);
    expect(theirs.length).toBeGreaterThan(1);
    expect(lines(result.ours.text, beginnings)).toEqual(theirs);
  });

  it('has the mode that the umask of keepalived leaves', () => {
    expect(result.ours.mode).toBe(result.original.mode);
  });

  it('tells why a server is down', () => {
    expect(lines(result.ours.text, ['Reason = ']).join('\n')).toMatch(/refused/i);
  });

  it('is not written through a link', () => {
    expect(result.victim).toBe('untouched');
  });
});

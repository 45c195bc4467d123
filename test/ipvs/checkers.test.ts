/** Every kind of checker on a kernel with IPVS: good, bad and absent servers under this daemon and under the original. */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { CleanUp } from '../../lab/lib/clean-up.ts';
import { runInGuest } from '../../lab/lib/guest.ts';

type Tables = Readonly<Record<string, readonly string[]>>;

const cleanUp = new CleanUp();
let original: Tables;
let ours: Tables;

/** `address:port weight` of what ipvsadm -Sn says of the servers. */
const servers = (table: readonly string[] = []) =>
  table.flatMap((line) => {
    const [, server = '', weight = ''] = /^-a .* -r (\S+) -m -w (\d+)$/.exec(line) ?? [];
    return server === '' ? [] : [`${server} ${weight}`];
  });

// user-mode-linux exists for x86-64 only.
describe.skipIf(process.arch !== 'x64')('the checkers', () => {
  beforeAll(async () => {
    const lines: string[] = [];
    const { code, folder } = await runInGuest(cleanUp, {
      module: path.join(import.meta.dirname, 'programs', 'checkers.ts'),
      onLine: (line) => lines.push(line),
    });
    if (code !== 0) throw new Error(`the program in the guest ended with ${code}:\n${lines.join('\n')}`);
    ({ original, ours } = JSON.parse(readFileSync(path.join(folder, 'result.json'), 'utf8')) as {
      original: Tables;
      ours: Tables;
    });
  });
  afterAll(() => cleanUp.run());

  it.each(['no servers', 'good servers', 'bad answers', 'recovered, one program fails', 'gone again', 'stopped'])(
    'make the table of the original: %s',
    (step) => {
      expect(ours[step]).toEqual(original[step]);
    },
  );

  it('really tell good servers from bad ones in this scene', () => {
    expect(servers(ours['good servers'])).toEqual(
      expect.arrayContaining([
        ...['127.0.0.1:2500 5', '127.0.0.1:5300 5', '127.0.0.1:6000 5', '127.0.0.3:82 7'],
        ...['127.0.0.5:87 5', '127.0.0.5:88 5'],
      ]),
    );
    expect(servers(ours['bad answers']).map((server) => server.split(' ')[0])).not.toEqual(
      expect.arrayContaining(['127.0.0.1:2500']),
    );
    expect(servers(ours['bad answers'])).toEqual(expect.arrayContaining(['127.0.0.1:6001 5', '127.0.0.3:82 0']));
    for (const gone of ['127.0.0.1:6001 5', '127.0.0.5:87 5', '127.0.0.5:88 5'])
      expect(servers(ours['gone again'])).not.toContain(gone);
    for (const step of Object.values(ours)) expect(servers(step)).not.toContain('127.0.0.5:89 5');
    expect(ours['stopped']).toEqual([]);
  });
});

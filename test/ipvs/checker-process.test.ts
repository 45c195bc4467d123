/** The life of the checker process on a kernel with IPVS: killed, reloaded away and back, orphaned. */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { CleanUp } from '../../lab/lib/clean-up.ts';
import { runInGuest } from '../../lab/lib/guest.ts';

const cleanUp = new CleanUp();
let tables: Readonly<Record<string, readonly string[]>>;

/** As ipvsadm -Sn writes it. */
function service(port: number, servers: readonly number[]): string[] {
  const address = `-t 10.9.1.1:${port}`;
  return [`-A ${address} -s rr`, ...servers.map((last) => `-a ${address} -r 10.9.0.${last}:${port} -m -w 1`)];
}

const operatedName = 'server 10.9.3.2:84 of 10.9.3.1:84/tcp';
/** A service whose server is drained by hand. */
const operated = ['-A -t 10.9.3.1:84 -s rr', '-a -t 10.9.3.1:84 -r 10.9.3.2:84 -m -w 0'];

// user-mode-linux exists for x86-64 only.
describe.skipIf(process.arch !== 'x64')('the checker process', () => {
  beforeAll(async () => {
    const lines: string[] = [];
    const { code, folder } = await runInGuest(cleanUp, {
      module: path.join(import.meta.dirname, 'programs', 'checker-process.ts'),
      onLine: (line) => lines.push(line),
    });
    if (code !== 0) throw new Error(`the program in the guest ended with ${code}:\n${lines.join('\n')}`);
    ({ result: tables } = JSON.parse(readFileSync(path.join(folder, 'result.json'), 'utf8')) as {
      result: typeof tables;
    });
  });
  afterAll(() => cleanUp.run());

  it.each([
    ['started', [...service(25, [1]), ...service(80, [1, 2])]],
    [
      'told',
      ['[10.9.1.1]:tcp:25 0 [10.9.0.1]:tcp:25 0', '[10.9.1.1]:tcp:80 0 [10.9.0.1]:tcp:80 0 [10.9.0.2]:tcp:80 0'],
    ],
    ['cleared by somebody', [...service(25, [1]), ...service(80, [1, 2]), '-A -t 10.9.9.9:99 -s rr']],
    ['told of it', ['1']],
    ['checker killed', [...service(25, [1]), ...service(80, [1, 2]), ...service(83, [1])]],
    ['lines never fewer than', ['7']],
    ['reloaded', service(80, [2, 3])],
    ['address elsewhere', ['-A -t 10.9.2.1:81 -s rr']],
    ['address here', ['-A -t 10.9.2.1:81 -s rr', '-a -t 10.9.2.1:81 -r 10.9.0.1:81 -m -w 1']],
    [
      'draining',
      [
        ...operated,
        '-A -t 10.9.3.1:82 -s rr',
        '-a -t 10.9.3.1:82 -r 10.9.3.2:82 -m -w 0',
        '-a -t 10.9.3.1:82 -r 10.9.3.3:82 -m -w 1',
      ],
    ],
    ['heard', ['after the reload']],
    [
      'operator drains',
      ['', 'it holds over reloads and ends with the daemon', `${operatedName}: weight 0: drained by the operator`],
    ],
    ['heard while drained', ['while it drains']],
    ['drained over a death', ['0']],
    ['drained', [...operated, '-A -t 10.9.3.1:82 -s rr', '-a -t 10.9.3.1:82 -r 10.9.3.3:82 -m -w 1']],
    ['no services', []],
    ['no checker', ['0']],
    ['services again', service(80, [2, 3])],
    ['parent killed', [...service(25, [1]), ...service(80, [2, 3])]],
    ['second start', service(80, [2, 3])],
    ['stopped right after a kill', []],
    ['hung at the stop', []],
    ['killed in the middle of a start', ['left something']],
    ['after that', []],
  ])('leaves the table as wanted: %s', (step, wanted) => {
    expect(tables[step]?.toSorted()).toEqual([...wanted].sort());
  });
});

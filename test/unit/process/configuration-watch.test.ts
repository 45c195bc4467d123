import { mkdirSync, mkdtempSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { loadConfiguration } from '../../../src/config/load.ts';
import { nodeConfigurationFiles } from '../../../src/process/configuration-files.ts';
import { ConfigurationWatcher } from '../../../src/process/configuration-watch.ts';
import { ReadTrace } from '../../../src/process/read-trace.ts';
import { keepingLog } from '../control/support.ts';
import { plainHost } from '../config/memory.ts';

let folder: string;
let watcher: ConfigurationWatcher;
const said: string[] = [];
/** router_id of every reading, and why it was read. */
const readings: (string | undefined)[] = [];
const reasons: string[] = [];
/** Called instead of waiting; settles when the time has passed. */
let settling: () => Promise<void>;

const file = (name: string): string => path.join(folder, name);
const routerId = (name: string): string => `global_defs {\n    router_id ${name}\n}\n`;

/** Reads as the daemon does, and goes on watching. */
function read(): void {
  const trace = new ReadTrace(nodeConfigurationFiles);
  const { configuration } = loadConfiguration({
    path: file('keepalived.conf'),
    files: trace.files,
    configId: 'x',
    environment: {},
    random: () => 0.5,
    host: plainHost,
    mode: 'run',
  });
  readings.push(configuration?.global.routerId);
  watcher.follow({ settleTime: 1 }, trace);
}

async function until(holds: () => boolean): Promise<void> {
  for (let tries = 0; !holds(); tries++) {
    if (tries > 2000) throw new Error(`it does not come: ${JSON.stringify({ readings, reasons, said })}`);
    await delay(10);
  }
}

/** A file of its own in the place of the former one, as careful programs write. */
function replace(name: string, text: string): void {
  writeFileSync(file('.new'), text);
  renameSync(file('.new'), file(name));
}

beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'watch-'));
  said.length = readings.length = reasons.length = 0;
  settling = () => delay(5);
  watcher = new ConfigurationWatcher({
    log: keepingLog(said),
    wait: () => settling(),
    reload: (reason) => {
      reasons.push(reason);
      read();
      return Promise.resolve();
    },
  });
});
afterEach(() => {
  watcher.close();
  rmSync(folder, { recursive: true, force: true });
});

describe('watch_config', () => {
  it('reads what was written in place, and what took the place of a file', async () => {
    writeFileSync(file('keepalived.conf'), routerId('one'));
    read();
    writeFileSync(file('keepalived.conf'), routerId('two'));
    await until(() => readings.includes('two'));
    replace('keepalived.conf', routerId('three'));
    await until(() => readings.includes('three'));
    // As editors do it: the old one is moved away first.
    renameSync(file('keepalived.conf'), file('keepalived.conf~'));
    writeFileSync(file('keepalived.conf'), routerId('four'));
    await until(() => readings.includes('four'));
    expect(reasons[0]).toBe(`watch_config: ${file('keepalived.conf')} changed`);
  });

  it('sees files that come to a pattern and go, and those of a directory that was empty', async () => {
    mkdirSync(file('conf.d'));
    writeFileSync(file('keepalived.conf'), 'include conf.d/*.conf\n');
    read();
    writeFileSync(file('conf.d/a.conf'), routerId('a'));
    await until(() => readings.includes('a'));
    writeFileSync(file('conf.d/b.conf'), routerId('b'));
    await until(() => readings.includes('b'));
    rmSync(file('conf.d/b.conf'));
    await until(() => readings.at(-1) === 'a' && readings.length >= 4);
  });

  it('follows links that are moved to another version of the whole', async () => {
    for (const version of ['1', '2']) {
      mkdirSync(file(version));
      writeFileSync(file(`${version}/keepalived.conf`), routerId(`version-${version}`));
    }
    symlinkSync('1', file('..data'));
    symlinkSync('..data/keepalived.conf', file('keepalived.conf'));
    read();
    symlinkSync('2', file('..next'));
    renameSync(file('..next'), file('..data'));
    await until(() => readings.includes('version-2'));
  });

  it('waits until a set of files is complete', async () => {
    writeFileSync(file('keepalived.conf'), `include part.conf\n${routerId('old')}`);
    writeFileSync(file('part.conf'), '# old\n');
    read();
    let rounds = 0;
    // Each time when it has waited, something more was written: nothing may be read before the last one.
    settling = async () => {
      rounds++;
      if (rounds < 5) writeFileSync(file('part.conf'), `# new, part ${rounds}\n`.repeat(rounds));
      if (rounds === 5) writeFileSync(file('keepalived.conf'), `include part.conf\n${routerId('new')}`);
      await delay(1);
    };
    writeFileSync(file('part.conf'), '# new\n');
    await until(() => readings.length >= 2);
    expect([readings, rounds]).toEqual([['old', 'new'], 6]);
    expect(reasons[0]).toContain(file('part.conf'));
  });

  it('does not read what was put back, nor files that are none of it', async () => {
    writeFileSync(file('keepalived.conf'), routerId('one'));
    read();
    writeFileSync(file('other.conf'), 'nonsense');
    replace('keepalived.conf', routerId('two'));
    await until(() => readings.length >= 2);
    expect(readings).toEqual(['one', 'two']);
  });

  it('waits for a file with a name that does not stay, but not for ever', async () => {
    mkdirSync(file('conf.d'));
    writeFileSync(file('conf.d/a.conf'), routerId('a'));
    writeFileSync(file('keepalived.conf'), 'include conf.d/*\n');
    read();
    let rounds = 0;
    settling = async () => {
      rounds++;
      if (rounds === 3) renameSync(file('conf.d/b.conf.tmp'), file('conf.d/b.conf'));
      await delay(1);
    };
    writeFileSync(file('conf.d/b.conf.tmp'), routerId('b'));
    await until(() => readings.length >= 2);
    expect([readings, reasons[0]]).toEqual([['a', 'b'], `watch_config: ${file('conf.d/b.conf')} changed`]);
    rounds = 10;
    writeFileSync(file('conf.d/c.conf~'), routerId('left-over'));
    await until(() => readings.length >= 3);
    expect([readings.at(-1), rounds]).toEqual(['left-over', 16]);
  });

  it('says once that what was written cannot be read, and goes on', async () => {
    writeFileSync(file('keepalived.conf'), routerId('one'));
    read();
    rmSync(file('keepalived.conf'));
    await until(() => readings.length >= 2);
    expect(readings.at(-1)).toBeUndefined();
    writeFileSync(file('keepalived.conf'), routerId('two'));
    await until(() => readings.includes('two'));
    expect(readings).toEqual(['one', undefined, 'two']);
  });
});

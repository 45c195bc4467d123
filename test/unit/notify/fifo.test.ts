import { execFileSync } from 'node:child_process';
import {
  chmodSync,
  closeSync,
  constants,
  existsSync,
  lstatSync,
  mkdtempSync,
  openSync,
  readFileSync,
  readSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { NotifyFifoWriter } from '../../../src/notify/fifo.ts';
import { Notifications } from '../../../src/notify/notifications.ts';
import { groupEvent, instanceEvent, realServerEvent } from './events.ts';
import { MemoryLog } from './memory-log.ts';
import {
  configurationModel,
  groupModel,
  instanceModel,
  notifyModel,
  realServerModel,
  virtualServerModel,
} from '../../support/models.ts';

const isRoot = process.getuid?.() === 0;
let folder = '';
let file = '';
let umask = 0;
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'kts-fifo-'));
  file = path.join(folder, 'fifo');
  umask = process.umask(0o022);
});
afterEach(() => {
  process.umask(umask);
  rmSync(folder, { recursive: true, force: true });
});

function readAll(descriptor: number): string {
  const buffer = Buffer.alloc(1 << 20);
  let text = '';
  try {
    for (let count = readSync(descriptor, buffer); count > 0; count = readSync(descriptor, buffer)) {
      text += buffer.toString('utf8', 0, count);
    }
  } catch {
    // EAGAIN: that was all.
  }
  return text;
}

const openReader = (from: string): number => openSync(from, constants.O_RDONLY | constants.O_NONBLOCK);

describe('a notify FIFO', () => {
  it('is made with rw-r--r-- less the umask, keeps lines until they are read, and is removed at the end', async () => {
    process.umask(0o027);
    const fifo = await NotifyFifoWriter.open({ path: file }, new MemoryLog());
    const status = lstatSync(file);
    expect(status.isFIFO()).toBe(true);
    expect(status.mode & 0o777).toBe(0o640);
    fifo.write('INSTANCE "VI_1" MASTER 150\n');
    const reader = openReader(file);
    expect(readAll(reader)).toBe('INSTANCE "VI_1" MASTER 150\n');
    closeSync(reader);
    fifo.close();
    expect(existsSync(file)).toBe(false);
  });

  it('is left in place if it was there before', async () => {
    execFileSync('mkfifo', [file]);
    const fifo = await NotifyFifoWriter.open({ path: file }, new MemoryLog());
    fifo.close();
    expect(existsSync(file)).toBe(true);
  });

  it('is not removed if somebody put another one in its place', async () => {
    const fifo = await NotifyFifoWriter.open({ path: file }, new MemoryLog());
    execFileSync('mkfifo', [`${file}.new`]);
    execFileSync('mv', [`${file}.new`, file]);
    fifo.close();
    expect(existsSync(file)).toBe(true);
  });

  it('loses lines rather than wait when nobody reads, counts them, and says so once', async () => {
    const log = new MemoryLog();
    const fifo = await NotifyFifoWriter.open({ path: file }, log);
    const line = `INSTANCE "${'x'.repeat(80)}" MASTER 150\n`;
    const begun = performance.now();
    const total = 3_000;
    for (let i = 0; i < total; i++) fifo.write(line);
    expect(performance.now() - begun).toBeLessThan(2_000);
    const lost = fifo.lost;
    expect(lost).toBeGreaterThan(0);
    expect(log.lines).toHaveLength(1);
    const reader = openReader(file);
    // Whole lines only: what did not fit was left out, not cut.
    expect(readAll(reader)).toBe(line.repeat(total - lost));
    fifo.write(line);
    expect(readAll(reader)).toBe(line);
    expect(log.lines.at(-1)).toContain(`${lost} lines were lost`);
    expect(fifo.lost).toBe(0);
    closeSync(reader);
    fifo.close();
  });

  it.each([
    ['a regular file', () => writeFileSync(file, 'x'), 'is not a FIFO'],
    ['a symbolic link', () => symlinkSync('/dev/null', file), 'symbolic link'],
  ])('refuses %s', async (_name, prepare, reason) => {
    prepare();
    await expect(NotifyFifoWriter.open({ path: file }, new MemoryLog())).rejects.toMatchObject({
      code: 'FIFO_UNUSABLE',
      message: expect.stringContaining(reason) as string,
    });
  });

  it('refuses a directory that is not there', async () => {
    await expect(NotifyFifoWriter.open({ path: '/nonexistent/fifo' }, new MemoryLog())).rejects.toMatchObject({
      code: 'FIFO_UNUSABLE',
    });
  });

  it.runIf(isRoot)("belongs to the user asked for, and is refused if it is a third one's", async () => {
    const fifo = await NotifyFifoWriter.open({ path: file, user: 'nobody', group: 'daemon' }, new MemoryLog());
    expect(lstatSync(file)).toMatchObject({ uid: 65534, gid: 1 });
    await expect(NotifyFifoWriter.open({ path: file }, new MemoryLog())).rejects.toThrow('belongs to user 65534');
    fifo.close();
  });
});

describe('all notifications together', () => {
  const other = (name: string): string => path.join(folder, name);

  function configuration(some: { readonly script?: string; readonly master?: string } = {}) {
    const notify = notifyModel(some.master === undefined ? {} : { generic: { argv: [some.master] } });
    return configurationModel({
      global: {
        scriptUser: { user: String(process.getuid?.()), group: String(process.getgid?.()) },
        notifyFifo: { path: other('all'), ...(some.script === undefined ? {} : { script: { argv: [some.script] } }) },
        vrrpNotifyFifo: { path: other('vrrp') },
        lvsNotifyFifo: { path: other('lvs') },
      },
      instances: [instanceModel({ name: 'VI_1', notify })],
      syncGroups: [groupModel({ name: 'G1', members: ['VI_1'], notify })],
      virtualServers: [virtualServerModel({ realServers: [realServerModel({ address: '172.16.1.2' })] })],
    });
  }

  it('bring each line to its FIFOs in the order of the events, over a reload too', async () => {
    const notifications = await Notifications.open(configuration(), { hostName: 'lb1' }, new MemoryLog());
    notifications.dispatch(instanceEvent());
    notifications.dispatch(groupEvent());
    await notifications.reconfigure(configuration());
    notifications.dispatch(realServerEvent());
    const readers = ['all', 'vrrp', 'lvs'].map((name) => openReader(other(name)));
    const vrrp = 'INSTANCE "VI_1" MASTER 150\nGROUP "G1" MASTER 0\n';
    const lvs = 'RS [172.16.1.2]:tcp:80 [192.168.1.54]:tcp:80 DOWN\n';
    expect(readers.map(readAll)).toEqual([vrrp + lvs, vrrp, lvs]);
    readers.forEach((reader) => closeSync(reader));
    await notifications.close();
    expect(existsSync(other('all'))).toBe(false);
  });

  it('run scripts in the same order and log how they ended', async () => {
    const log = new MemoryLog();
    const output = other('output');
    const script = other('notify.sh');
    writeFileSync(script, `#!/bin/sh\necho "$*" >> ${output}\necho trouble >&2\nexit 1\n`);
    chmodSync(script, 0o755);
    const notifications = await Notifications.open(configuration({ master: script }), { hostName: 'lb1' }, log);
    notifications.dispatch(instanceEvent());
    await expect.poll(() => log.lines.join('\n')).toMatch(/notify of VI_1: \S+ exit status 1 after \d+ ms: trouble/);
    expect(readFileSync(output, 'utf8')).toBe('INSTANCE VI_1 MASTER 150\n');
    await notifications.close();
  });

  it('start the script of a FIFO with its path, and end it at the close', async () => {
    const output = other('output');
    const script = other('reader.sh');
    writeFileSync(script, `#!/bin/sh\nexec 3<>"$1"\nread line <&3\necho "$1 $line" > ${output}\nexec sleep 60\n`);
    chmodSync(script, 0o755);
    const log = new MemoryLog();
    const notifications = await Notifications.open(configuration({ script }), { hostName: 'lb1' }, log);
    notifications.dispatch(instanceEvent());
    await expect
      .poll(() => existsSync(output) && readFileSync(output, 'utf8'))
      .toBe(`${other('all')} INSTANCE "VI_1" MASTER 150\n`);
    const begun = performance.now();
    await notifications.close();
    expect(performance.now() - begun).toBeLessThan(900);
    expect(log.lines).toEqual([]);
  });

  it('start a script again only when the one before has ended, which might take lines from it', async () => {
    const said = other('said');
    const script = other('slow.sh');
    const slowEnd = `trap 'sleep 0.05; echo ended >>${said}; exit' TERM`;
    writeFileSync(script, `#!/bin/sh\n${slowEnd}\necho started >>${said}\nwhile :; do sleep 60 & wait; done\n`);
    chmodSync(script, 0o755);
    const words = (): string => (existsSync(said) ? readFileSync(said, 'utf8').trim().replaceAll('\n', ' ') : '');
    const notifications = await Notifications.open(configuration({ script }), { hostName: 'lb1' }, new MemoryLog());
    await expect.poll(words, { timeout: 10_000 }).toBe('started');
    await notifications.reconfigure(configuration({ script }));
    await expect.poll(words, { timeout: 10_000 }).toBe('started ended started');
    await notifications.close();
  });

  it('live with a FIFO that cannot be used', async () => {
    const log = new MemoryLog();
    writeFileSync(other('all'), 'no FIFO');
    const notifications = await Notifications.open(configuration(), { hostName: 'lb1' }, log);
    notifications.dispatch(instanceEvent());
    const reader = openReader(other('vrrp'));
    expect(readAll(reader)).toBe('INSTANCE "VI_1" MASTER 150\n');
    closeSync(reader);
    expect(log.lines).toEqual([expect.stringContaining('notify_fifo: notify FIFO')]);
    await notifications.close();
  });
});

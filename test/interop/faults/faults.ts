/** What goes wrong on a machine: each fault is made, told of in the daemon's log, and undone. */
import { readdirSync } from 'node:fs';
import { sleep, until } from '../../../lab/lib/clock.ts';
import { configurationFile, patience } from '../process/machine.ts';
import { masterDown, victimConfiguration, virtualAddress } from './site.ts';
import type { Site } from './site.ts';

/** Numbers from 0 to 1, always the same from one seed (mulberry32). */
export function randomFrom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

export interface Fault {
  readonly name: string;
  /** Nobody can be master while it lasts. */
  readonly silent?: boolean;
  /** Makes it, waits for what must come of it, and undoes it. `since`: the number of log lines before it. */
  readonly happen: (site: Site, random: () => number, since: number) => Promise<void>;
}

const between = (random: () => number, low: number, high: number): number => low + random() * (high - low);

/** /run can be read only, for whoever opens something from now on. */
async function whileReadOnly(site: Site, work: () => Promise<void>): Promise<void> {
  await site.command('mount', '--bind', '/run', '/run');
  await site.command('mount', '-o', 'remount,bind,ro', '/run');
  try {
    await work();
  } finally {
    await site.command('umount', '-l', '/run');
  }
}

async function reloads(site: Site, since: number, outcome: RegExp): Promise<void> {
  site.signal(site.parentPid, 'SIGHUP');
  await site.said(outcome, since);
}

async function untilDumped(site: Site): Promise<void> {
  await site.command('rm', '-f', '/tmp/keepalived.data');
  await until('a state dump', { within: patience, every: 200 }, () => {
    // A signal before the process listens is ignored, as with the original.
    site.signal(site.parentPid, 'SIGUSR1');
    return site.victim.exists('/tmp/keepalived.data') && site.victim.read('/tmp/keepalived.data').includes('VI_1');
  });
}

/** A new VRRP process with the address. */
async function untilBack(site: Site, former: number): Promise<void> {
  await until('another VRRP process', { within: patience, every: 20 }, () => ![0, former].includes(site.vrrpPid));
}

const dead = /VRRP child process\(\d+\) died: Respawning.* \(it was ended by SIGKILL\)/;

export const faults: readonly Fault[] = [
  {
    name: 'kill -9 of the VRRP process',
    happen: async (site, _random, since) => {
      const { vrrpPid } = site;
      site.signal(vrrpPid, 'SIGKILL');
      await site.said(dead, since);
      await site.said(/Starting VRRP child process/, since);
      await untilBack(site, vrrpPid);
    },
  },
  {
    name: 'kill -9 of the BFD process',
    happen: async (site, _random, since) => {
      const { bfdPid } = site;
      site.signal(bfdPid, 'SIGKILL');
      await site.said(/BFD child process\(\d+\) died: Respawning/, since);
      await until('another BFD process', { within: patience, every: 20 }, () => ![0, bfdPid].includes(site.bfdPid));
    },
  },
  {
    name: 'kill -9 of the parent process',
    happen: async (site, _random, since) => {
      site.signal(site.parentPid, 'SIGKILL');
      await site.said(/The parent process has ended: stopping/, since);
      await site.said(/Startup complete/, since);
    },
  },
  {
    name: 'kill -9 of all processes at once',
    happen: async (site, _random, since) => {
      const { processes } = site;
      for (const signal of ['SIGSTOP', 'SIGKILL'] as const) for (const pid of processes) site.signal(pid, signal);
      await site.said(/Startup complete/, since);
    },
  },
  {
    name: 'the VRRP process stands still',
    happen: async (site, random, since) => {
      const { vrrpPid } = site;
      site.signal(vrrpPid, 'SIGSTOP');
      const pause = between(random, 0.1, 4) * masterDown;
      await sleep(pause);
      site.signal(vrrpPid, 'SIGCONT');
      if (pause > 2 * masterDown) await site.said(/was not run for [\d.]+ s/, since);
    },
  },
  {
    name: 'the parent process stands still',
    happen: async (site, random, since) => {
      const { parentPid } = site;
      site.signal(parentPid, 'SIGSTOP');
      await sleep(between(random, 2.2, 3) * 1000);
      site.signal(parentPid, 'SIGCONT');
      await site.said(/The parent process was not run for [\d.]+ s/, since);
    },
  },
  {
    name: 'the whole machine stands still',
    happen: async (site, random, since) => {
      const { processes } = site;
      for (const pid of processes) site.signal(pid, 'SIGSTOP');
      await sleep(between(random, 2, 4) * masterDown);
      for (const pid of processes) site.signal(pid, 'SIGCONT');
      await site.said(/was not run for [\d.]+ s/, since);
    },
  },
  {
    name: 'a full disk for dumps',
    happen: async (site, _random, since) => {
      await site.command('rm', '-f', '/tmp/keepalived.data');
      await site.command('sh', '-c', 'dd if=/dev/zero of=/tmp/full bs=64k 2>/dev/null; cat /dev/zero > /tmp/fuller');
      site.signal(site.parentPid, 'SIGUSR1');
      await site.said(/\/tmp\/keepalived\.data not written: .*no space left/, since);
      await site.command('rm', '/tmp/full', '/tmp/fuller');
      await untilDumped(site);
    },
  },
  {
    name: 'a read-only /run',
    happen: async (site, _random, since) => {
      const { vrrpPid } = site;
      await whileReadOnly(site, async () => {
        await reloads(site, since, /Reload complete/);
        site.signal(vrrpPid, 'SIGKILL');
        await site.said(dead, since);
        await site.said(/vrrp\.pid .*(read-only|EROFS)/, since);
        await site.said(/Entering MASTER STATE/, since);
      });
      // What could not be written is written with the next reload.
      site.signal(site.parentPid, 'SIGHUP');
      await untilBack(site, vrrpPid);
    },
  },
  {
    name: 'no /dev/log',
    happen: async (site, _random, since) => {
      await site.stopSystemLog();
      await reloads(site, since, /Reload complete/);
      const before = site.systemLog.length;
      await site.startSystemLog();
      await until('the lines of that time', { within: patience, every: 50 }, () =>
        site.systemLog.slice(before).some((line) => /Keepalived\[\d+\]: Reload complete/.test(line)),
      );
    },
  },
  {
    name: 'a step of the clock by an hour',
    happen: async (site, random) => {
      site.stepClock(random() < 0.5 ? 3600 : -3600);
      await sleep(2 * masterDown);
      site.stepClock(0);
      await sleep(masterDown);
    },
  },
  {
    name: 'no descriptor left',
    happen: async (site, _random, since) => {
      const { processes, vrrpPid } = site;
      for (const pid of processes) await site.limitDescriptors(pid, firstFree(pid));
      site.signal(site.parentPid, 'SIGUSR1');
      await site.said(/too many open files/i, since);
      site.signal(site.parentPid, 'SIGHUP');
      await site.said(/Reload refused/, since);
      site.signal(vrrpPid, 'SIGKILL');
      await site.said(dead, since);
      await sleep(500);
      for (const pid of processes) if (pid !== vrrpPid) await site.limitDescriptors(pid, 'as before');
      await untilBack(site, vrrpPid);
      await untilDumped(site);
    },
  },
  {
    name: 'a typing mistake',
    happen: async (site, _random, since) => {
      site.victim.write(configurationFile, victimConfiguration.replace('virtual_ipaddress', 'virtual_ipadress'));
      await reloads(site, since, /Reload refused/);
      site.victim.write(configurationFile, victimConfiguration);
      await reloads(site, since, /Reload complete/);
    },
  },
  {
    name: 'the cable is out',
    // Of both machines: it has two ends.
    silent: true,
    happen: async (site, random, since) => {
      await site.victim.ip('link set eth0 down');
      await site.said(/Entering FAULT STATE/, since);
      await sleep(between(random, 0, 2) * masterDown);
      await site.victim.ip('link set eth0 up');
      await site.said(/Entering BACKUP STATE/, since);
    },
  },
  {
    name: 'the address is taken away',
    happen: async (site, _random, since) => {
      await site.victim.ip(`addr del ${virtualAddress} dev eth0`);
      await site.said(/10\.88\.0\.100.* removed/, since);
    },
  },
];

/** The number that the next descriptor of a process gets. */
function firstFree(pid: number): number {
  const open = new Set(readdirSync(`/proc/${pid}/fd`).map(Number));
  let free = 0;
  while (open.has(free)) free += 1;
  return free;
}

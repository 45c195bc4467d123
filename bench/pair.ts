/** Master and backup of one daemon on a LAN of their own, settled and quiet: where most measurements begin. */
import type { Contender } from './contenders.ts';
import type { InstanceOptions } from './configurations.ts';
import { manyConfiguration, pairConfiguration } from './configurations.ts';
import { Daemon } from './daemon.ts';
import { Lan } from './lan.ts';
import type { WorkFolder } from './measurement.ts';
import type { ProtocolTiming } from './protocol-times.ts';
import { masterDownTime } from './protocol-times.ts';

export interface PairOptions extends Pick<InstanceOptions, 'version' | 'interval' | 'realTimePriority'> {
  /** So many instances of manyConfiguration(); absent: the one of pairConfiguration(). */
  readonly instances?: number;
}

const backupPriority = 100;

/** Priority of the master: the address owner's, so that a run need not wait for an election. */
export const masterPriority = 255;

export class Pair implements AsyncDisposable {
  readonly lan: Lan;
  readonly master: Daemon;
  readonly backup: Daemon;
  readonly timing: ProtocolTiming;
  readonly #resources: AsyncDisposableStack;

  private constructor(
    lan: Lan,
    master: Daemon,
    backup: Daemon,
    timing: ProtocolTiming,
    resources: AsyncDisposableStack,
  ) {
    this.lan = lan;
    this.master = master;
    this.backup = backup;
    this.timing = timing;
    this.#resources = resources;
  }

  /** Starts both and returns when the master has advertised and the backup has heard it. */
  static async start(contender: Contender, folder: WorkFolder, options: PairOptions): Promise<Pair> {
    await using resources = new AsyncDisposableStack();
    const lan = resources.use(await Lan.create());
    const timing = { version: options.version, interval: options.interval, backupPriority, downTimerAdverts: 3 };
    const launch = (machine: 'first' | 'second', priority: number): Daemon => {
      const side = { ...options, priority };
      const text =
        options.instances === undefined ? pairConfiguration(side) : manyConfiguration(options.instances, side);
      const configuration = folder.write(`${machine}.conf`, text);
      const { namespace } = lan[machine];
      return resources.use(Daemon.start(contender, namespace, configuration, folder.file(`${machine}.log`)));
    };
    const master = launch('first', masterPriority);
    const patience = 15_000 + masterDownTime(timing);
    // Counted by the kernel's stamps: the capture hands packets on some 0.3 s late, and those from before the backup
    // listened are nothing it has heard.
    const advertised = (more: number): Promise<true> => {
      const since = performance.timeOrigin + performance.now();
      return lan.capture.until('an advertisement of the master', patience, (seen) =>
        seen.filter(({ source, at }) => source === lan.first.address && at > since).length >= more ? true : undefined,
      );
    };
    await master.achieves(advertised(1));
    const backup = launch('second', backupPriority);
    await backup.achieves(backup.logged('Entering BACKUP STATE', patience));
    await master.achieves(advertised(2));
    return new Pair(lan, master, backup, timing, resources.move());
  }

  /** Milliseconds after which a takeover that has not come will not come. */
  get patience(): number {
    return masterDownTime(this.timing) + 5000;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#resources.disposeAsync();
  }
}

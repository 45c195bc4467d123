/** The addresses of this machine, followed for as long as some virtual server has ha_suspend. */
import { InterfaceMonitor } from '../kernel/rtnetlink-monitor.ts';
import type { Log } from '../log/log.ts';

export class LocalAddresses {
  readonly #log: Log;
  readonly #changed: (addresses: ReadonlySet<string>) => void;
  #monitor: InterfaceMonitor | undefined;

  /** @param changed told of all addresses when the following starts, and at each change */
  constructor(log: Log, changed: (addresses: ReadonlySet<string>) => void) {
    this.#log = log;
    this.#changed = changed;
  }

  /**
   * Begins or ends the following.
   * @throws SystemError if the kernel refuses
   */
  async follow(wanted: boolean): Promise<void> {
    if (!wanted) {
      this.close();
      return;
    }
    if (this.#monitor !== undefined) return;
    const monitor = await InterfaceMonitor.open({ onProblem: (error) => this.#log.error(error.message) });
    this.#monitor = monitor;
    const tell = (): void => this.#changed(new Set(monitor.addresses.map(({ address }) => address)));
    monitor.onAddresses(tell);
    tell();
  }

  close(): void {
    this.#monitor?.close();
    this.#monitor = undefined;
  }
}

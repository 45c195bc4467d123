/** The IPVS synchronisation daemon that follows a VRRP instance (reference: behaviour A11), in the VRRP process. */
import { DaemonError } from '../core/errors.ts';
import { IpvsTable } from '../kernel/ipvs-table.ts';
import type { Log } from '../log/log.ts';
import type { SyncDaemonIntent } from '../vrrp/types.ts';
import { applySyncDaemons } from './sync-daemons.ts';

export class SyncDaemonKeeper {
  readonly #log: Log;
  /** Opened with the first need: a router without IPVS never touches it. */
  #table: Promise<IpvsTable> | undefined;
  /** Role changes are carried out one after the other, off the VRRP loop's path. */
  #queue: Promise<void> = Promise.resolve();
  #running = false;

  constructor(log: Log) {
    this.#log = log;
  }

  /** Brings the kernel's daemon into the role of the intent. Returns at once. */
  follow(intent: SyncDaemonIntent): void {
    this.#queue = this.#queue
      .then(() => this.#apply(intent))
      .catch((error: unknown) => {
        this.#log.error(`sync daemon on ${intent.daemon.interface}: ${(error as Error).message}`);
      });
  }

  /** Waits for what is under way and lets go; the daemon was stopped by the engine's last intent. */
  async close(): Promise<void> {
    await this.#queue;
    if (this.#table === undefined) return;
    await this.#table.then((table) => table.close()).catch(() => undefined);
  }

  async #apply(intent: SyncDaemonIntent): Promise<void> {
    if (intent.role === 'stop' && !this.#running) return;
    this.#table ??= IpvsTable.open();
    let table: IpvsTable;
    try {
      table = await this.#table;
    } catch (error) {
      this.#table = undefined;
      throw error;
    }
    const { at: _at, interface: interfaceName, syncId: _id, vrrpInstance: _instance, ...options } = intent.daemon;
    const wanted =
      intent.role === 'stop'
        ? []
        : [{ role: intent.role, interface: interfaceName, syncId: intent.syncId, ...options }];
    const [refusal] = await applySyncDaemons(table, wanted);
    if (refusal !== undefined) throw new DaemonError('SYNC_DAEMON_REFUSED', refusal);
    this.#running = intent.role !== 'stop';
    this.#log.info(
      intent.role === 'stop'
        ? `sync daemon on ${interfaceName} stopped`
        : `sync daemon on ${interfaceName}, syncid ${intent.syncId}, is now ${intent.role}`,
    );
  }
}

/** The kernel's LVS synchronisation daemon, when it follows an instance (reference: behaviour A11). */
import type { LvsSyncDaemonConfiguration } from '../config/model.ts';
import type { Instance } from './instance.ts';
import type { Outbox } from './outbox.ts';
import type { SyncDaemonIntent } from './types.ts';

type Role = SyncDaemonIntent['role'];

export class SyncDaemon {
  readonly #out: Outbox;
  #daemon: LvsSyncDaemonConfiguration | undefined;
  #syncId = 0;
  #role: Role = 'stop';

  constructor(out: Outbox) {
    this.#out = out;
  }

  /** At start and at a reload; a daemon whose settings did not change is left alone. */
  configure(daemon: LvsSyncDaemonConfiguration | undefined, instances: readonly Instance[]): void {
    const followed = daemon && instances.find((instance) => instance.name === daemon.vrrpInstance);
    const next = followed ? daemon : undefined;
    const syncId = daemon?.syncId ?? followed?.configuration.virtualRouterId ?? 0;
    const unchanged = settings(next) === settings(this.#daemon) && syncId === this.#syncId;
    if (!unchanged) this.#become('stop');
    this.#daemon = next;
    this.#syncId = syncId;
    if (followed) this.follow(followed);
  }

  follow(instance: Instance): void {
    if (this.#daemon?.vrrpInstance !== instance.name) return;
    this.#become(instance.state === 'MASTER' ? 'master' : 'backup');
  }

  stop(): void {
    this.#become('stop');
  }

  #become(role: Role): void {
    if (!this.#daemon || this.#role === role) return;
    this.#role = role;
    this.#out.push({ type: 'sync-daemon', daemon: this.#daemon, syncId: this.#syncId, role });
  }
}

function settings(daemon: LvsSyncDaemonConfiguration | undefined): string {
  if (!daemon) return '';
  const { interface: name, vrrpInstance, syncId, maxLength, port, ttl, group } = daemon;
  return JSON.stringify([name, vrrpInstance, syncId, maxLength, port, ttl, group]);
}

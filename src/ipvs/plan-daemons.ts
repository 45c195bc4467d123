/** The synchronisation daemons: at most one of each role, and the kernel cannot change a running one. */
import type { IpvsOperation, SyncDaemon } from './types.ts';

/** Options left out are the kernel's to choose, so only those asked for are compared. */
function serves(running: SyncDaemon, wanted: SyncDaemon): boolean {
  return (
    running.interface === wanted.interface &&
    running.syncId === wanted.syncId &&
    (wanted.maxLength === undefined || wanted.maxLength === running.maxLength) &&
    (wanted.port === undefined || wanted.port === running.port) &&
    (wanted.ttl === undefined || wanted.ttl === running.ttl) &&
    (wanted.group === undefined || wanted.group === running.group)
  );
}

/** The writes that leave exactly the wanted daemons running; those that already run as wanted are not touched. */
export function planSyncDaemons(running: readonly SyncDaemon[], wanted: readonly SyncDaemon[]): IpvsOperation[] {
  const stops: IpvsOperation[] = [];
  const starts: IpvsOperation[] = [];
  for (const role of ['master', 'backup'] as const) {
    const present = running.find((daemon) => daemon.role === role);
    const daemon = wanted.find((candidate) => candidate.role === role);
    if (present && daemon && serves(present, daemon)) continue;
    if (present) stops.push({ op: 'stop-daemon', role });
    if (daemon) starts.push({ op: 'start-daemon', daemon });
  }
  return [...stops, ...starts];
}

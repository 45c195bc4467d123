/** Brings the kernel's synchronisation daemons to exactly those wanted. */
import type { IpvsOutcome } from '../ipvs/outcome.ts';
import { planSyncDaemons } from '../ipvs/plan-daemons.ts';
import type { SyncDaemon } from '../ipvs/types.ts';
import type { IpvsTable } from '../kernel/ipvs-table.ts';

/** @returns the refusals of the kernel in words; empty: all is as wanted */
export async function applySyncDaemons(table: IpvsTable, wanted: readonly SyncDaemon[]): Promise<readonly string[]> {
  const outcomes = await table.apply(planSyncDaemons(await table.daemons(), wanted));
  return outcomes
    .filter((outcome: IpvsOutcome) => outcome.result === 'failed')
    .map(({ operation, reason }) => reason ?? operation.op);
}

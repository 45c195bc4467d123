/** What a reload would change: a pure function of two checked models and of what is known of the running instances. */
import type { Configuration } from '../config/model.ts';
import { configurationLines } from '../config/print/configuration.ts';
import { itemChanges } from './items.ts';
import { serviceItems } from './services.ts';
import type { InstanceSituation, ItemChange, KernelWrite, PlanCounts, PlanItem, PlanSummary } from './types.ts';
import { vrrpItems } from './vrrp.ts';

/** Looked at with more knowledge than their lines. */
const special: ReadonlySet<string> = new Set(['vrrp_instance', 'virtual_server']);

/** Everything but virtual servers, of which there may be tens of thousands. */
function linesOf(configuration: Configuration): ReturnType<typeof configurationLines> {
  return configurationLines({ ...configuration, check: { ...configuration.check, virtualServers: [] } });
}

/**
 * Everything that changes, piece by piece; `undefined` now and then, so that whoever has other work can do it between two
 * pieces.
 * @param situations of the running instances; undefined: nothing is known
 * @param withWrites false: without what is written into IPVS
 */
export function* planItems(
  before: Configuration,
  after: Configuration,
  situations: readonly InstanceSituation[] | undefined,
  withWrites = true,
): Generator<PlanItem | undefined> {
  for (const change of itemChanges(linesOf(before), linesOf(after), special)) yield { type: 'change', change };
  yield* vrrpItems(before, after, situations);
  yield* serviceItems(before, after, withWrites);
}

const noCounts: PlanCounts = { added: 0, changed: 0, removed: 0 };

/** Counts what comes by, and keeps what there is little of. */
export class PlanTally {
  readonly #counts = new Map<string, PlanCounts>();
  readonly #writes = new Map<string, number>();
  readonly #masterships: PlanSummary['masterships'][number][] = [];
  readonly #warnings: string[] = [];

  take(item: PlanItem): void {
    switch (item.type) {
      case 'change': {
        const { kind, what } = item.change;
        const counts = this.#counts.get(kind) ?? noCounts;
        this.#counts.set(kind, { ...counts, [what]: counts[what] + 1 });
        return;
      }
      case 'write':
        this.#writes.set(item.write.kind, (this.#writes.get(item.write.kind) ?? 0) + 1);
        return;
      case 'mastership':
        this.#masterships.push(item.mastership);
        return;
      case 'warning':
        this.#warnings.push(item.text);
    }
  }

  get summary(): PlanSummary {
    return {
      counts: Object.fromEntries(this.#counts),
      writes: Object.fromEntries(this.#writes),
      masterships: this.#masterships,
      warnings: this.#warnings,
    };
  }
}

/** All of it at once, for configurations of any size that may take their time. */
export function plan(
  before: Configuration,
  after: Configuration,
  situations?: readonly InstanceSituation[],
): { readonly changes: readonly ItemChange[]; readonly writes: readonly KernelWrite[]; readonly summary: PlanSummary } {
  const tally = new PlanTally();
  const changes: ItemChange[] = [];
  const writes: KernelWrite[] = [];
  for (const item of planItems(before, after, situations)) {
    if (item === undefined) continue;
    tally.take(item);
    if (item.type === 'change') changes.push(item.change);
    if (item.type === 'write') writes.push(item.write);
  }
  return { changes, writes, summary: tally.summary };
}

/** "1 vrrp_instance changed, 2 real_server added"; empty: nothing changes. */
export function summaryText({ counts }: Pick<PlanSummary, 'counts'>): string {
  return Object.entries(counts)
    .flatMap(([kind, { added, changed, removed }]) =>
      [[added, 'added'] as const, [changed, 'changed'] as const, [removed, 'removed'] as const].flatMap(
        ([count, what]) => (count === 0 ? [] : [`${count} ${kind} ${what}`]),
      ),
    )
    .join(', ');
}

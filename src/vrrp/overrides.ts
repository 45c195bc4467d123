/** What the operator sets on instances and sync groups beside the file: which of it is for whom. */
import type { VrrpChange } from '../live/types.ts';
import { preemptionKey, targetKey, vrrpTargetKey } from '../live/targets.ts';
import { settingText, vrrpTargetText } from '../live/words.ts';
import type { Instance } from './instance.ts';

export class VrrpOverrides {
  /** By targetKey(). */
  #changes: ReadonlyMap<string, VrrpChange> = new Map();

  /** These are in force now, and no others. */
  take(changes: readonly VrrpChange[]): void {
    this.#changes = new Map(changes.map((change) => [targetKey(change), change]));
  }

  /**
   * What counts for an instance. A group elects together, so its release stands above everything; else the word on the
   * instance itself is the more precise one.
   */
  of({ group, name }: Instance): VrrpChange | undefined {
    const ofGroup =
      group?.name === undefined ? undefined : this.#changes.get(vrrpTargetKey({ kind: 'group', name: group.name }));
    if (ofGroup?.setting.kind === 'release') return ofGroup;
    return this.#changes.get(vrrpTargetKey({ kind: 'instance', name })) ?? ofGroup;
  }

  /** What counts for the preemption of an instance: the word on itself, or that on its group. */
  preemptionOf({ group, name }: Instance): VrrpChange | undefined {
    return (
      this.#changes.get(preemptionKey({ kind: 'instance', name })) ??
      (group?.name === undefined ? undefined : this.#changes.get(preemptionKey({ kind: 'group', name: group.name })))
    );
  }

  /** Why an instance has lost what is still set: it bears another name now. undefined: it is not set any more. */
  lost({ override }: Instance): string | undefined {
    if (override === undefined || !this.#changes.has(targetKey(override))) return undefined;
    return `${settingText(override.setting)} is set on ${vrrpTargetText(override.target)}, which this is no more`;
  }

  /** Instances whose setting is another one now, each with the new one; null: none any more. */
  changed(instances: readonly Instance[]): ReadonlyMap<Instance, VrrpChange | null> {
    const changed = new Map<Instance, VrrpChange | null>();
    for (const instance of instances) {
      const next = this.of(instance);
      // They come as messages, each time as other objects.
      if (JSON.stringify(next) !== JSON.stringify(instance.override)) changed.set(instance, next ?? null);
    }
    return changed;
  }
}

/** What a reload would change, as plain data. */

/** One setting of an item, in the language of the file. Secrets are masked. */
export interface SettingChange {
  /** Blocks around it within the item: "auth_hmac"; empty: none. */
  readonly within: string;
  /** The statement as it is; absent: it is not there. */
  readonly before?: string;
  readonly after?: string;
}

/** Something with a name of its own that comes, changes or goes. */
export interface ItemChange {
  readonly what: 'added' | 'changed' | 'removed';
  /** The keyword of its block: vrrp_instance, virtual_server, real_server, vrrp_script, global_defs... */
  readonly kind: string;
  /** Empty where there is one of a kind. */
  readonly name: string;
  /** The service of a real server. */
  readonly of?: string;
  /** Of what is changed. */
  readonly settings: readonly SettingChange[];
  /** What follows for the running system, in words. */
  readonly consequences: readonly string[];
}

/** Writes to the kernel by kind: "add address", "edit destination". */
export interface KernelWrite {
  readonly kind: string;
  /** "192.0.2.1/24 on eth0". */
  readonly subject: string;
}

/** A finding about mastership: certain, or depending on others (`may-be-lost`, `may-be-taken`). */
export interface MastershipChange {
  readonly instance: string;
  readonly outcome: 'given-up' | 'may-be-lost' | 'may-be-taken' | 'begins' | 'stays';
  readonly reason: string;
}

export interface PlanCounts {
  readonly added: number;
  readonly changed: number;
  readonly removed: number;
}

/** What is known of a running instance. */
export interface InstanceSituation {
  readonly name: string;
  readonly state: string;
  readonly basePriority: number;
  readonly effectivePriority: number;
  /** An operator has set something beside the file, which counts instead of it. */
  readonly overridden?: true;
  /** The highest priority of other routers heard lately. */
  readonly rival?: { readonly address: string; readonly priority: number };
}

/** What comes out piece by piece. */
export type PlanItem =
  | { readonly type: 'change'; readonly change: ItemChange }
  | { readonly type: 'write'; readonly write: KernelWrite }
  | { readonly type: 'mastership'; readonly mastership: MastershipChange }
  | { readonly type: 'warning'; readonly text: string };

/** Everything that is not listed one by one. */
export interface PlanSummary {
  readonly counts: Readonly<Record<string, PlanCounts>>;
  readonly writes: Readonly<Record<string, number>>;
  readonly masterships: readonly MastershipChange[];
  readonly warnings: readonly string[];
}

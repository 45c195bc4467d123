/** What all parts of the checked model share. */

/** Where a statement stands. Lines and columns count from 1. */
export interface SourceLocation {
  readonly file: string;
  readonly line: number;
  readonly column: number;
}

export type AddressFamily = 'inet' | 'inet6';

/** A command of the configuration with its arguments split, and whom it runs as. */
export interface ScriptCommand {
  /** argv; [0] is the path as written. */
  readonly argv: readonly string[];
  readonly user?: string;
  readonly group?: string;
}

/** An interface that the configuration names where it must exist. */
export interface InterfaceUse {
  readonly name: string;
  /** What names it, for messages: "vrrp_instance VI_1". */
  readonly usedBy: string;
  readonly at: SourceLocation;
}

/** What is served over HTTP, checked. */
import type { AddressFamily, SourceLocation } from './common.ts';

/** Where to listen. */
export type ListenPlace =
  | { readonly kind: 'tcp'; readonly family: AddressFamily; readonly address: string; readonly port: number }
  | {
      readonly kind: 'unix';
      readonly path: string;
      /** Permission bits: who may connect needs to write. */
      readonly mode: number;
      /** Absent: that of the daemon. */
      readonly group?: string;
    };

/** metrics. */
export interface MetricsConfiguration {
  /** At least one. */
  readonly listen: readonly ListenPlace[];
  readonly at: SourceLocation;
}

/** What is served over HTTP, checked. */
import type { ScryptHash } from '../password-hash.ts';
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

/** Somebody who may look at the status page. */
export interface PageUser {
  readonly name: string;
  readonly password: { readonly kind: 'plain'; readonly text: string } | ScryptHash;
  /** The file it stands in; absent: the configuration. */
  readonly file?: string;
}

/** status_page. */
export interface StatusPageConfiguration {
  /** At least one. */
  readonly listen: readonly ListenPlace[];
  /** Empty: whoever can connect may look. */
  readonly users: readonly PageUser[];
  /** `auth none` is written: nobody is asked, also where others can connect. */
  readonly open: boolean;
  /** Path below which the page is, with a slash at both ends. */
  readonly basePath: string;
  /** Names under which it is asked for without authentication, beside addresses and the name of this machine. */
  readonly hosts: readonly string[];
  /** Pages that are kept up to date at the same time. */
  readonly maximumViewers: number;
  readonly at: SourceLocation;
}

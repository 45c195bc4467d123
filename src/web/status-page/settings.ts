/** What the process that serves the status page learns of it: plain data, from the parent. */
import type { ScryptHash } from '../../config/password-hash.ts';

/** A password that stood in the configuration as it is: the process that talks to strangers gets a digest of it. */
export interface DigestedPassword {
  readonly kind: 'digest';
  /** base64url, both; SHA-256 of salt and password. */
  readonly salt: string;
  readonly digest: string;
}

export interface PageAccount {
  readonly name: string;
  readonly password: DigestedPassword | ScryptHash;
}

export interface PageSettings {
  /** With a slash at both ends. */
  readonly basePath: string;
  /** Nobody: whoever can connect may look. */
  readonly accounts: readonly PageAccount[];
  /** The name of this machine, shown and allowed in requests. */
  readonly host: string;
  /** Further names that requests may have, in lower case. */
  readonly hosts: readonly string[];
  readonly maximumViewers: number;
  /** The style sheet and the script, as text. */
  readonly style: string;
  readonly script: string;
}

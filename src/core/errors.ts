/**
 * Errors with stable codes. The message names the thing, the place and the remedy; the code is what scripts and tests
 * rely on.
 */
export class DaemonError extends Error {
  /** Stable, upper-case, never reused: `CONFIG_UNREADABLE`, `IPVS_MISSING`, ... */
  readonly code: string;

  constructor(code: string, message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'DaemonError';
    this.code = code;
  }
}

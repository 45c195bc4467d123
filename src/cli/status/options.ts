/** What `keepalivectl status` was asked for. */

export interface StatusOptions {
  readonly socket: string;
  readonly names: readonly string[];
  readonly json: boolean;
  readonly verbose: boolean;
  /** Seconds between two looks; absent: one look. */
  readonly watch?: number;
  /** Whether the daemon is ready, as an exit status. */
  readonly ready: boolean;
  /** How long readiness is waited for, in milliseconds. */
  readonly wait: number;
}

export const defaultWatch = 2;

/** "30", "30s", "2m", "500ms" in milliseconds; undefined: none of them. */
export function parseSpan(text: string): number | undefined {
  const [, number = '', unit = 's'] = /^(\d+(?:\.\d+)?)(ms|s|m|h)?$/.exec(text) ?? [];
  if (number === '') return undefined;
  const factors: Readonly<Record<string, number>> = { ms: 1, s: 1000, m: 60_000, h: 3_600_000 };
  return Number(number) * (factors[unit] ?? 1000);
}

/** Advertisements refused for the trailer of auth_hmac, by what was wrong with it. */
import type { VrrpRefusalStatus } from '../../vrrp/types.ts';

export interface TrailerErrors {
  readonly missing: number;
  readonly malformed: number;
  readonly unknownKey: number;
  readonly digest: number;
  readonly stale: number;
  readonly replay: number;
}

export function trailerErrors(refusals: readonly VrrpRefusalStatus[]): TrailerErrors {
  const refused = (code: string): number => refusals.find((refusal) => refusal.code === code)?.count ?? 0;
  return {
    missing: refused('hmac-missing'),
    malformed: refused('hmac-malformed'),
    unknownKey: refused('hmac-key'),
    digest: refused('hmac-digest'),
    stale: refused('hmac-stale'),
    replay: refused('hmac-replay'),
  };
}

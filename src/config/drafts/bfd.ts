/** bfd_instance as written. Times are milliseconds. */
import type { Statement } from '../statement.ts';

export interface BfdInstanceDraft {
  readonly statement: Statement;
  readonly name: string;
  neighbor?: string;
  neighborAt?: Statement;
  source?: string;
  minRx?: number;
  minTx?: number;
  idleTx?: number;
  multiplier?: number;
  passive?: boolean;
  ttl?: number;
  maxHops?: number;
  maxHopsAt?: Statement;
  multihop?: boolean;
  weight?: number;
  reverse?: boolean;
  vrrp?: boolean;
  checker?: boolean;
}

/** bfd_instance as written. */
import type { Statement } from '../statement.ts';

export interface BfdInstanceDraft {
  readonly statement: Statement;
  readonly name: string;
  neighbor?: string;
  source?: string;
  weight?: number;
  reverse?: boolean;
}

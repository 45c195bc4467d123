/** Blocks about interfaces as written. */
import type { LinkbeatInterface } from '../model/interfaces.ts';
import type { Statement } from '../statement.ts';

export interface InterfaceDelaysDraft {
  readonly statement: Statement;
  readonly down: number;
  readonly up: number;
}

export interface LinkbeatDraft {
  readonly statement: Statement;
  method?: NonNullable<LinkbeatInterface['method']>;
}

/** What the checks of one vrrp_instance report with: every message begins with its name. */
import type { InstanceDraft } from '../drafts.ts';
import type { Context } from '../schema/context.ts';
import type { Statement } from '../statement.ts';

export class InstanceReports {
  readonly draft: InstanceDraft;
  readonly context: Context;
  /** "vrrp_instance VI_1". */
  readonly name: string;

  constructor(draft: InstanceDraft, context: Context) {
    this.draft = draft;
    this.context = context;
    this.name = `vrrp_instance ${draft.name}`;
  }

  error(statement: Statement, code: string, message: string, remedy?: string, word = 0): void {
    this.context.error(statement, word, code, `${this.name}: ${message}`, remedy);
  }

  /** What is accepted and probably not meant. */
  note(statement: Statement, code: string, message: string, remedy?: string): void {
    this.context.report('note', statement, 0, code, `${this.name}: ${message}`, remedy);
  }

  /** What the original cannot run with at all: the daemon ends with 2. */
  fatal(statement: Statement, code: string, message: string, remedy: string): void {
    this.context.reporter.at(statement, 0, {
      code,
      class: 'general',
      message: `${this.name}: ${message}`,
      remedy,
      stops: { exitCode: 2, immediately: false },
    });
  }
}

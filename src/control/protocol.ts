/** What the daemon and its clients say over the control socket (docs/control.md): one JSON object a line, plain data. */

export const controlProtocolVersion = 1;

/** The last line of an answer, and the only one of most commands. */
export type Answer = { readonly ok: true; readonly result: unknown } | { readonly ok: false; readonly error: string };

/** A line ahead of the answer: commands that go on have many. */
export interface Part {
  readonly ok: true;
  readonly part: unknown;
}

export type ControlLine = { readonly version: number } & (Answer | Part);

export function done(result: unknown): Answer {
  return { ok: true, result };
}

export function refused(error: string): Answer {
  return { ok: false, error };
}

/** A terminal that shows one text after the other in the same place, without flicker. */
import { once } from 'node:events';
import { setTimeout as pause } from 'node:timers/promises';

/** ECMA-48 and xterm: the alternate screen, the cursor, no second line for what is too long; what is left of a line and of the screen. */
const codes = {
  begin: '\u001b[?1049h\u001b[?25l\u001b[?7l',
  end: '\u001b[?7h\u001b[?25h\u001b[?1049l',
  home: '\u001b[H',
  restOfLine: '\u001b[K',
  restOfScreen: '\u001b[J',
} as const;

export class Screen implements Disposable {
  readonly #stream: NodeJS.WriteStream;

  /** Without a terminal texts come one behind the other. */
  constructor(stream: NodeJS.WriteStream) {
    this.#stream = stream;
    if (stream.isTTY) stream.write(codes.begin);
  }

  /** One write, over what is there: nothing is empty in between. */
  show(text: string): void {
    if (!this.#stream.isTTY) {
      this.#stream.write(text);
      return;
    }
    const lines = text.trimEnd().split('\n');
    const room = this.#stream.rows;
    const fits = lines.length <= room;
    const visible = fits ? lines : [...lines.slice(0, room - 1), `(${lines.length - room + 1} more lines)`];
    const screen = visible.map((line) => `${line}${codes.restOfLine}`).join('\r\n');
    this.#stream.write(`${codes.home}${screen}${codes.restOfScreen}`);
  }

  /** Settles after `span` milliseconds, when the terminal gets another size, or when `signal` is aborted. */
  async pause(span: number, signal: AbortSignal): Promise<void> {
    const over = new AbortController();
    const ending = { signal: AbortSignal.any([signal, over.signal]) };
    await Promise.race([pause(span, undefined, ending), once(this.#stream, 'resize', ending)]).catch(() => undefined);
    over.abort();
  }

  [Symbol.dispose](): void {
    if (this.#stream.isTTY) this.#stream.write(codes.end);
  }
}

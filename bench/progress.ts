/** One line that says what runs now, rewritten in place on a terminal and absent elsewhere. */
import type { WriteStream } from 'node:tty';

export interface Progress extends Disposable {
  show(line: string): void;
  clear(): void;
}

export function progressTo(stream: WriteStream): Progress {
  const write = (text: string): void => {
    if (stream.isTTY) stream.write(text);
  };
  const clear = (): void => write('\r\x1b[K');
  return { show: (line) => write(`\r\x1b[K${line}`), clear, [Symbol.dispose]: clear };
}

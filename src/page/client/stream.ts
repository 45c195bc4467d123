/** The stream of changes: opened for what the reader looks at, opened again when it breaks, closed while nobody looks. */
import type { Update } from '../render/document.ts';

export interface StreamListener {
  /** Something came; `undefined`: nothing has changed, and the server is there. */
  update(update: Update | undefined, at: number): void;
  /** Nothing comes any more; why, in words. */
  lost(why: string): void;
}

/** The server says something at least every 5 s. */
const silence = 15_000;
const firstDelay = 1_000;
const longestDelay = 30_000;

export class Stream {
  readonly #listener: StreamListener;
  readonly #address: () => string;
  #source: EventSource | undefined;
  #retry: ReturnType<typeof setTimeout> | undefined;
  #watchdog: ReturnType<typeof setTimeout> | undefined;
  #delay = firstDelay;

  /** @param address where the changes of what the reader looks at come from */
  constructor(address: () => string, listener: StreamListener) {
    this.#address = address;
    this.#listener = listener;
  }

  open(): void {
    this.close();
    const source = new EventSource(this.#address());
    this.#source = source;
    this.#watch();
    source.addEventListener('update', ({ data }: MessageEvent<string>) => {
      const update = JSON.parse(data) as Update;
      this.#heard();
      this.#listener.update(update, update.at);
    });
    source.addEventListener('beat', ({ data }: MessageEvent<string>) => {
      this.#heard();
      this.#listener.update(undefined, Number(data));
    });
    source.addEventListener('error', () => this.#failed(source));
  }

  close(): void {
    this.#source?.close();
    this.#source = undefined;
    clearTimeout(this.#retry);
    clearTimeout(this.#watchdog);
  }

  #heard(): void {
    this.#delay = firstDelay;
    this.#watch();
  }

  #watch(): void {
    clearTimeout(this.#watchdog);
    this.#watchdog = setTimeout(() => {
      this.#listener.lost('Nothing comes from the server');
      this.#again();
    }, silence);
  }

  /** The browser would try again by itself, at once and for ever; a server that refuses is asked more and more seldom. */
  #failed(source: EventSource): void {
    if (this.#source !== source) return;
    const refused = source.readyState === EventSource.CLOSED;
    this.#listener.lost(refused ? 'The server sends no changes to this page' : 'The connection is lost');
    this.#again();
  }

  #again(): void {
    this.close();
    this.#retry = setTimeout(() => this.open(), this.#delay);
    this.#delay = Math.min(this.#delay * 2, longestDelay);
  }
}

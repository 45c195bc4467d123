/**
 * The fields of a request, which anybody may have written: each is taken by name as what it must be, and what nobody took
 * is refused. A daemon that ignored a field it does not know would do something else than was asked.
 */
import { DaemonError } from '../core/errors.ts';

/** A request that makes no sense; the message is the answer. */
export class RequestError extends DaemonError {
  constructor(message: string) {
    super('CONTROL_REQUEST', message);
  }
}

/** Those of every request. */
const envelope: readonly string[] = ['version', 'command'];

export class RequestFields {
  readonly #values: ReadonlyMap<string, unknown>;
  readonly #taken = new Set(envelope);

  constructor(request: Readonly<Record<string, unknown>>) {
    this.#values = new Map(Object.entries(request));
  }

  /**
   * A text, or undefined where there is none.
   * @param what it is, for the complaint: "the name of a connection_limit"
   * @throws RequestError
   */
  text(name: string, what: string): string | undefined {
    const value = this.#take(name);
    if (value !== undefined && typeof value !== 'string') throw new RequestError(`${name} is ${what}`);
    return value;
  }

  /** A text that must be there and not be empty. @throws RequestError */
  requiredText(name: string, what: string): string {
    const value = this.text(name, what);
    if (value === undefined || value === '') throw new RequestError(`${name} is ${what}`);
    return value;
  }

  /** A list of texts, or undefined where there is none. @throws RequestError */
  texts(name: string, what: string, most: number): readonly string[] | undefined {
    const value = this.#take(name);
    if (value === undefined) return undefined;
    const isText = (each: unknown): each is string => typeof each === 'string';
    if (!Array.isArray(value) || value.length > most || !value.every(isText))
      throw new RequestError(`${name} is ${what}, at most ${most}`);
    return value;
  }

  /** A number within bounds, or undefined where there is none. @throws RequestError */
  number(name: string, what: string, { least, most }: { least: number; most: number }): number | undefined {
    const value = this.#take(name);
    if (value !== undefined && (typeof value !== 'number' || !(value >= least && value <= most)))
      throw new RequestError(`${name} is ${what}, ${least} to ${most}`);
    return value;
  }

  /** One of some words, or undefined where there is none. @throws RequestError */
  choice<Word extends string>(name: string, words: readonly Word[]): Word | undefined {
    const value = this.#take(name);
    const word = words.find((known) => known === value);
    if (value !== undefined && word === undefined) throw new RequestError(`${name} is one of ${words.join(', ')}`);
    return word;
  }

  /** false where it is missing. @throws RequestError */
  flag(name: string): boolean {
    const value = this.#take(name) ?? false;
    if (typeof value !== 'boolean') throw new RequestError(`${name} is true or false`);
    return value;
  }

  /** @throws RequestError about a field that nobody took */
  end(): void {
    const strange = [...this.#values.keys()].find((name) => !this.#taken.has(name));
    if (strange !== undefined) {
      const known = [...this.#taken].filter((name) => !envelope.includes(name));
      const hint = known.length === 0 ? 'this command has none' : `known: ${known.join(', ')}`;
      throw new RequestError(`unknown field ${JSON.stringify(strange.slice(0, 64))}; ${hint}`);
    }
  }

  #take(name: string): unknown {
    this.#taken.add(name);
    // JSON has no undefined; null says the same.
    return this.#values.get(name) ?? undefined;
  }
}

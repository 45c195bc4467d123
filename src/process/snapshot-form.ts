/**
 * Virtual servers that are said alike: how, is said once (the form), and then only what each has of its own (the values).
 * Of tens of thousands nearly all differ from the one before in the same few settings, their addresses and those of their
 * servers; the names of these settings, and what belongs where, would be most of the text.
 */

/**
 * What stands in a form beside names of settings. A name means: the next value is of this setting. What is not said is as
 * in the object that this one is made from.
 *
 *     service   ORIGIN name... [identity name...] [servers number (kept first count | server)...] [sorryServer server]
 *     server    ORIGIN name... [checkers number (kept first count | checker)...]
 *     checker   ORIGIN (name | ofServer name)...
 *     ORIGIN    whole | last | next | numbered | from number
 */
export const mark = {
  /** Made from nothing: the next value is all of it, but for what has marks of its own. */
  whole: 1,
  /** Made from the one of the same kind that was said before. */
  last: 2,
  /** Of services: made from the one of the former snapshot that comes behind the one said or kept last. */
  next: 3,
  /** Of services: made from the one of the former snapshot whose number is the next value. */
  numbered: 4,
  /** Of servers and checkers: made from the one with the number behind this, of what this one's service or server is made from. */
  from: 5,
  /** As they are: the number of the first of them and how many. */
  kept: 6,
  identity: 7,
  /** Of all of them, and how many there are. */
  servers: 8,
  sorryServer: 9,
  checkers: 10,
  /** Of checkers: the setting whose name is behind this is the server's of the same name. */
  ofServer: 11,
} as const;

export type FormEntry = string | number;

export interface AlikeServices {
  readonly form: readonly FormEntry[];
  readonly count: number;
  /** Of one virtual server after the other, in the order of the form. */
  readonly values: readonly unknown[];
}

/** Writes one virtual server after the other, and makes nothing for one that is said as the one before. */
export class FormWriter {
  #run: { form: readonly FormEntry[]; count: number; values: unknown[] } | undefined;
  #form: readonly FormEntry[] = [];
  #values: unknown[] = [];
  /** Where the values of this virtual server begin. */
  #first = 0;
  /** It begins as so much of the form, */
  #alike = 0;
  /** and this is its own, where it goes on in another way. */
  #own: FormEntry[] | undefined;

  /** The next virtual server. The one before is forgotten if it was not ended. */
  begin(): void {
    if (this.#values.length !== this.#first) this.#values.length = this.#first;
    this.#alike = 0;
    this.#own = undefined;
  }

  put(entry: FormEntry): void {
    if (this.#own === undefined) {
      if (this.#form[this.#alike] === entry) {
        this.#alike++;
        return;
      }
      this.#own = this.#form.slice(0, this.#alike);
    }
    this.#own.push(entry);
  }

  /** @param value JSON can say it */
  value(value: unknown): void {
    this.#values.push(value);
  }

  /** @returns what a new form begins, and goes on to fill; undefined: the virtual server is said as the one before */
  end(): AlikeServices | undefined {
    if (this.#own === undefined && this.#run !== undefined && this.#alike === this.#form.length) {
      this.#run.count++;
      this.#first = this.#values.length;
      return undefined;
    }
    this.#form = this.#own ?? this.#form.slice(0, this.#alike);
    if (this.#run !== undefined) this.#values = this.#values.splice(this.#first);
    this.#first = this.#values.length;
    this.#run = { form: this.#form, count: 1, values: this.#values };
    return this.#run;
  }

  /** What is said next does not go on with what was said so far. */
  close(): void {
    this.begin();
    this.#run = undefined;
    this.#values = [];
    this.#first = 0;
  }
}

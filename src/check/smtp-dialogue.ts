/**
 * What SMTP_CHECK says to a mail server and expects of it (reference: behaviour B3): greeting 220, HELO answered by 250,
 * QUIT answered by anything. Pure: octets in, octets to send or a verdict out. Only the first line of an answer counts,
 * and its status needs a blank behind it, so an answer of several lines (`250-`) is a bad one, as for the original.
 */

/** RFC 5321 section 4.5.3.1.5: a reply line has at most 512 octets, its end included. */
const longestLine = 512;
/** More of a line says nothing to an operator. */
const longestQuote = 80;

export type SmtpReaction =
  /** The line is not complete yet. */
  | { readonly type: 'wait' }
  /** Say this, and expect the answer to it. */
  | { readonly type: 'send'; readonly text: string }
  | { readonly type: 'passed' }
  | { readonly type: 'failed'; readonly detail: string };

export class SmtpDialogue {
  readonly #heloName: string;
  #step: 'greeting' | 'HELO' | 'QUIT' = 'greeting';
  #line = '';

  /** @param heloName what HELO says we are */
  constructor(heloName: string) {
    this.#heloName = heloName;
  }

  /** What is waited for, for messages: "the greeting", "the answer to HELO". */
  get awaited(): string {
    return this.#step === 'greeting' ? 'the greeting' : `the answer to ${this.#step}`;
  }

  /** Takes what the server sent; what came behind the line that counts is let go. */
  receive(octets: Uint8Array): SmtpReaction {
    const room = longestLine - this.#line.length;
    this.#line += String.fromCharCode(...octets.subarray(0, room));
    const end = this.#line.indexOf('\n');
    if (end < 0) {
      if (this.#line.length < longestLine) return { type: 'wait' };
      return { type: 'failed', detail: `${this.awaited} is a line of more than ${longestLine} octets` };
    }
    const line = this.#line.slice(0, end).replace(/\r$/, '');
    this.#line = '';
    return this.#answered(line);
  }

  #answered(line: string): SmtpReaction {
    switch (this.#step) {
      case 'greeting':
        if (!line.startsWith('220 ')) return this.#bad(line, '220');
        this.#step = 'HELO';
        return { type: 'send', text: `HELO ${this.#heloName}\r\n` };
      case 'HELO':
        if (!line.startsWith('250 ')) return this.#bad(line, '250');
        this.#step = 'QUIT';
        return { type: 'send', text: 'QUIT\r\n' };
      case 'QUIT':
        return { type: 'passed' };
    }
  }

  #bad(line: string, wanted: string): SmtpReaction {
    const shown = line.slice(0, longestQuote).replace(/[\x00-\x1f\x7f-\xff]/g, '?');
    return { type: 'failed', detail: `${this.awaited} is "${shown}", wanted ${wanted} and a blank` };
  }
}

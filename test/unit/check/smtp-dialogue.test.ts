/** The dialogue of SMTP_CHECK (behaviour B3; RFC 5321 section 4.2 for the form of replies). */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { SmtpDialogue, type SmtpReaction } from '../../../src/check/smtp-dialogue.ts';

const octets = (text: string) => Uint8Array.from(text, (char) => char.charCodeAt(0));

/** Plays the answers of a server, one call each; the reactions. */
function play(...answers: readonly string[]): SmtpReaction[] {
  const dialogue = new SmtpDialogue('me.example');
  return answers.map((answer) => dialogue.receive(octets(answer)));
}

describe('the dialogue', () => {
  it('greets, takes leave, and passes with any answer to that', () => {
    expect(play('220 mail.example ESMTP\r\n', '250 hello\r\n', '500 what?\r\n')).toEqual([
      { type: 'send', text: 'HELO me.example\r\n' },
      { type: 'send', text: 'QUIT\r\n' },
      { type: 'passed' },
    ]);
  });

  it.each([
    [['554 no\r\n'], 'the greeting is "554 no", wanted 220 and a blank'],
    [['220-first\r\n'], 'the greeting is "220-first", wanted 220 and a blank'],
    [['220\r\n'], 'the greeting is "220", wanted 220 and a blank'],
    [['\r\n'], 'the greeting is "", wanted 220 and a blank'],
    [['220 hi\r\n', '250-several\r\n'], 'the answer to HELO is "250-several", wanted 250 and a blank'],
    [['220 hi\r\n', '501 no\x1b[2J\r\n'], 'the answer to HELO is "501 no?[2J", wanted 250 and a blank'],
  ])('fails with %j', (answers, detail) => {
    expect(play(...answers).at(-1)).toEqual({ type: 'failed', detail });
  });

  it('takes lines in pieces, with or without carriage return, and lets go what stands behind the first', () => {
    expect(play('22', '0 hi', '\n', '250 ok\r\n250 more\r\n', 'x\n').map(({ type }) => type)).toEqual([
      'wait',
      'wait',
      'send',
      'send',
      'passed',
    ]);
  });

  it('does not wait for the end of a line without end', () => {
    expect(play('220 '.padEnd(400, 'x'), 'x'.repeat(200)).map(({ type }) => type)).toEqual(['wait', 'failed']);
    expect(play(`220 ${'x'.repeat(506)}\r\n`)[0]?.type).toBe('send');
  });

  it('comes to an end or waits whatever arrives, however it is cut', () => {
    fc.assert(
      fc.property(fc.array(fc.uint8Array({ minLength: 1, maxLength: 700 }), { maxLength: 6 }), (pieces) => {
        const dialogue = new SmtpDialogue('me.example');
        const said = pieces.map((piece) => dialogue.receive(piece)).filter(({ type }) => type === 'send');
        expect(said.length).toBeLessThanOrEqual(2);
      }),
    );
  });
});

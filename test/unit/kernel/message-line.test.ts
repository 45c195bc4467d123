import { closeSync, openSync } from 'node:fs';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { afterEach, describe, expect, it } from 'vitest';
import { addon } from '../../../src/kernel/addon.ts';
import { MessageLine, messageLinePair } from '../../../src/kernel/message-line.ts';

const open: { close(): void }[] = [];
afterEach(() => {
  for (const each of open.splice(0)) each.close();
});

interface Heard {
  readonly line: MessageLine;
  readonly messages: unknown[];
  hasEnded: boolean;
}

function lineAt(end: number): Heard {
  const heard: { messages: unknown[]; hasEnded: boolean } = { messages: [], hasEnded: false };
  const line = new MessageLine(end, {
    message: (message) => heard.messages.push(message),
    ended: () => {
      heard.hasEnded = true;
    },
  });
  open.push(line);
  return Object.assign(heard, { line });
}

function pair(): [one: Heard, other: Heard] {
  const [one, other] = messageLinePair();
  return [lineAt(one), lineAt(other)];
}

async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await nextTurn();
}

describe('a line of messages', () => {
  it('carries what JSON can say, in order, both ways', async () => {
    const [one, other] = pair();
    const said = [{ type: 'hello' }, null, ['ä', '漢', '🦀', '\n', '\u0000'], 4.5, 'x'.repeat(70_000)];
    for (const message of said) one.line.send(message);
    other.line.send({ answer: 42 });
    await until(() => other.messages.length === said.length && one.messages.length === 1);
    expect(other.messages).toEqual(said);
    expect(one.messages).toEqual([{ answer: 42 }]);
  });

  it('carries messages longer than any buffer, and short ones behind them', async () => {
    const [one, other] = pair();
    const said = ['é'.repeat(3_000_000), 'short', 'y'.repeat(300_000), 'shorter'];
    for (const message of said) one.line.send(message);
    await until(() => other.messages.length === said.length);
    expect(other.messages).toEqual(said);
  });

  it('carries messages about as long as the usual buffer', async () => {
    const [one, other] = pair();
    const lengths = [...Array(12).keys()].map((number) => 262_134 + number);
    const said = [...lengths.map((length) => 'x'.repeat(length)), ...lengths.map((length) => 'ö'.repeat(length / 2))];
    for (const message of said) one.line.send(message);
    await until(() => other.messages.length === said.length);
    expect(other.messages).toEqual(said);
  });

  it('keeps what the other side has not read yet, and says when it is gone', async () => {
    const [one, other] = pair();
    const said = Array.from({ length: 100 }, (_value, number) => `${number} ${'z'.repeat(50_000)}`);
    for (const message of said) one.line.send(message);
    let isGone = false;
    const gone = one.line.flush().then(() => {
      isGone = true;
    });
    // Five megabytes are more than a pair of sockets holds.
    await Promise.resolve();
    expect(isGone).toBe(false);
    await gone;
    await until(() => other.messages.length === said.length);
    expect(other.messages).toEqual(said);
    await one.line.flush();
  });

  it('puts a message together from single octets', async () => {
    const [raw, end] = messageLinePair();
    const heard = lineAt(end);
    const text = JSON.stringify({ word: 'größer' });
    const octets = Buffer.from(`\0\0\0\0${text}`);
    octets.writeUInt32LE(octets.length - 4);
    for (const octet of [...octets, ...octets]) {
      addon().send(raw, Uint8Array.of(octet));
      await nextTurn();
    }
    await until(() => heard.messages.length === 2);
    expect(heard.messages).toEqual([{ word: 'größer' }, { word: 'größer' }]);
    addon().close(raw);
    await until(() => heard.hasEnded);
  });

  it('ends behind the last message, once, and then says nothing to nobody', async () => {
    const [one, other] = pair();
    for (let number = 0; number < 3; number++) one.line.send(number);
    one.line.close();
    await until(() => other.hasEnded);
    expect(other.messages).toEqual([0, 1, 2]);
    expect(one.hasEnded).toBe(false);
    other.line.send('is anybody there?');
    await other.line.flush();
  });

  it('lets nobody wait for a side that is gone without having read', async () => {
    const [one, end] = messageLinePair();
    const { line } = lineAt(one);
    for (let count = 0; count < 20; count++) line.send('x'.repeat(100_000));
    const gone = line.flush();
    addon().close(end);
    await gone;
  });

  it('hears all that is there when it is told that nothing more will come', () => {
    const [one, other] = pair();
    for (let number = 0; number < 5; number++) one.line.send(number);
    other.line.drain();
    expect(other.messages).toEqual([0, 1, 2, 3, 4]);
  });

  it('is not made of what is no socket, which stays as it is', () => {
    const file = openSync('/dev/null', 'r');
    expect(() => lineAt(file)).toThrow(expect.objectContaining({ code: 'ENOTSOCK' }));
    closeSync(file);
    expect(() => lineAt(file)).toThrow(expect.objectContaining({ code: 'EBADF' }));
  });
});

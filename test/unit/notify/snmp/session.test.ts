/** A session with a master agent that is put together here: a stream in pieces, silence, nonsense, and nobody who reads. */
import { mkdtempSync, rmSync } from 'node:fs';
import net from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { ERROR, PDU } from '../../../../src/notify/snmp/agentx/constants.ts';
import type { SetTest } from '../../../../src/notify/snmp/agentx/set-transactions.ts';
import { AgentxSession } from '../../../../src/notify/snmp/agentx/session.ts';
import { integer, text } from '../../../../src/notify/snmp/value.ts';
import { Scalars, View } from '../../../../src/notify/snmp/view.ts';

const root = [1, 3, 6, 1, 4, 1, 99];

/** One message, in network byte order. */
function message(type: number, packetId: number, payload: readonly number[], sessionId = 7): Buffer {
  const head = Buffer.alloc(20);
  head.set([1, type, 0x10, 0]);
  head.writeUInt32BE(sessionId, 4);
  head.writeUInt32BE(packetId, 12);
  head.writeUInt32BE(payload.length, 16);
  return Buffer.concat([head, Uint8Array.from(payload)]);
}

/** sysUpTime, error 0, index 0. */
const accepted = (packetId: number): Buffer => message(PDU.response, packetId, [0, 0, 0, 0, 0, 0, 0, 0]);
/** The object 1.3.6.1.4.1.99.1. */
/** TestSet, CommitSet, UndoSet or CleanupSet (RFC 2741 section 6.2.9) of a transaction. */
function setMessage(type: number, packetId: number, transaction: number, payload: readonly number[] = []): Buffer {
  const octets = message(type, packetId, payload);
  octets.writeUInt32BE(transaction, 8);
  return octets;
}
/** VarBind: the object 1.3.6.1.4.1.99.1 is to be the integer. */
const binding = (value: number): number[] => [
  0,
  2,
  0,
  0,
  3,
  4,
  0,
  0,
  0,
  0,
  0,
  1,
  0,
  0,
  0,
  99,
  0,
  0,
  0,
  1,
  0,
  0,
  0,
  value,
];
const getRequest = (packetId: number): Buffer =>
  message(PDU.get, packetId, [3, 4, 0, 0, 0, 0, 0, 1, 0, 0, 0, 99, 0, 0, 0, 1, 0, 0, 0, 0]);

class Master {
  readonly server = net.createServer((socket) => this.#accept(socket));
  /** Heads of what came: type and packet. */
  readonly heard: { readonly type: number; readonly packetId: number; readonly error?: number }[] = [];
  readonly #path: string;
  socket: net.Socket | undefined;
  #rest = Buffer.alloc(0);
  answers = true;

  constructor(file: string) {
    this.#path = file;
  }

  listen(): Promise<void> {
    return new Promise((resolve) => this.server.listen(this.#path, resolve));
  }

  #accept(socket: net.Socket): void {
    this.socket = socket;
    socket.on('error', () => undefined);
    socket.on('data', (octets: Buffer) => {
      this.#rest = Buffer.concat([this.#rest, octets]);
      while (this.#rest.length >= 20 && this.#rest.length >= 20 + this.#rest.readUInt32BE(16)) {
        const type = this.#rest[1] ?? 0;
        const packetId = this.#rest.readUInt32BE(12);
        const error = type === PDU.response ? this.#rest.readUInt16BE(24) : 0;
        this.#rest = this.#rest.subarray(20 + this.#rest.readUInt32BE(16));
        this.heard.push({ type, packetId, error });
        if (this.answers && type !== PDU.response) socket.write(accepted(packetId));
      }
    });
  }

  /** Sends, and waits for the error of the answer. */
  async ask(octets: Buffer): Promise<number | undefined> {
    const packetId = octets.readUInt32BE(12);
    this.socket?.write(octets);
    await until(() => this.answered(packetId));
    return this.heard.find((each) => each.type === PDU.response && each.packetId === packetId)?.error;
  }

  answered(packetId: number): boolean {
    return this.heard.some((each) => each.type === PDU.response && each.packetId === packetId);
  }
}

let folder: string;
let master: Master;
let session: AgentxSession | undefined;
let lost: (string | undefined)[];
/** What the object was set to, one behind the other. */
let values: number[];

/** Takes integers up to 100, together; a commit of 50 fails. */
const testSet: SetTest = (variables) => {
  const wanted = variables.map(({ value }) => (value.type === 'integer' ? value.value : NaN));
  const bad = wanted.findIndex((value) => !(value <= 100));
  if (bad >= 0) return { error: ERROR.wrongValue, index: bad + 1 };
  return {
    commit: () => {
      if (wanted.includes(50)) return undefined;
      const before = values;
      values = [...values, ...wanted];
      return () => (values = before);
    },
  };
};

function begin(): Promise<void> {
  const view = new View([], [new Scalars(root, { 1: () => integer(5), 2: () => text('two') }, undefined)]);
  return new Promise((resolve) => {
    session = new AgentxSession({
      master: { path: path.join(folder, 'master') },
      description: 'test',
      subtrees: [root],
      answer: (read) => Promise.resolve(read(view)),
      testSet,
      ready: resolve,
      lost: (reason) => lost.push(reason),
    });
  });
}

/** The loop goes round, whatever the clock of the timers says. */
async function until(probe: () => boolean): Promise<void> {
  while (!probe()) await new Promise((resolve) => setImmediate(resolve));
}

beforeEach(async () => {
  folder = mkdtempSync(path.join(tmpdir(), 'kts-agentx-'));
  master = new Master(path.join(folder, 'master'));
  lost = [];
  values = [];
  await master.listen();
});

afterEach(() => {
  vi.useRealTimers();
  session?.close();
  session = undefined;
  master.socket?.destroy();
  master.server.close();
  rmSync(folder, { recursive: true, force: true });
});

describe('a session', () => {
  it('answers requests that come octet by octet, and several that come at once', async () => {
    await begin();
    const [first, ...rest] = [100, 101, 102, 103].map(getRequest);
    for (const octet of first ?? []) {
      master.socket?.write(Uint8Array.of(octet));
      await new Promise((resolve) => setImmediate(resolve));
    }
    await until(() => master.answered(100));
    master.socket?.write(Buffer.concat(rest));
    await until(() => [101, 102, 103].every((packetId) => master.answered(packetId)));
    expect(lost).toEqual([]);
  });

  it('sets when all have tested, undoes what failed elsewhere, and forgets what was given up', async () => {
    await begin();
    expect(await master.ask(setMessage(PDU.testSet, 200, 1, [...binding(5), ...binding(6)]))).toBe(ERROR.none);
    expect(values).toEqual([]);
    expect(await master.ask(setMessage(PDU.commitSet, 201, 1))).toBe(ERROR.none);
    expect(values).toEqual([5, 6]);
    master.socket?.write(setMessage(PDU.cleanupSet, 202, 1));
    expect(await master.ask(setMessage(PDU.undoSet, 203, 1))).toBe(ERROR.undoFailed);
    expect(values).toEqual([5, 6]);

    // One message for each subtree, as Net-SNMP sends them.
    expect(await master.ask(setMessage(PDU.testSet, 210, 2, binding(7)))).toBe(ERROR.none);
    expect(await master.ask(setMessage(PDU.testSet, 211, 2, binding(50)))).toBe(ERROR.none);
    expect(await master.ask(setMessage(PDU.commitSet, 212, 2))).toBe(ERROR.none);
    expect(await master.ask(setMessage(PDU.commitSet, 213, 2))).toBe(ERROR.commitFailed);
    expect(values).toEqual([5, 6, 7]);
    expect(await master.ask(setMessage(PDU.undoSet, 214, 2))).toBe(ERROR.none);
    expect(await master.ask(setMessage(PDU.undoSet, 215, 2))).toBe(ERROR.none);
    expect(values).toEqual([5, 6]);

    expect(await master.ask(setMessage(PDU.testSet, 220, 3, [...binding(8), ...binding(101)]))).toBe(ERROR.wrongValue);
    expect(await master.ask(setMessage(PDU.testSet, 221, 4, binding(9)))).toBe(ERROR.none);
    master.socket?.write(setMessage(PDU.cleanupSet, 222, 4));
    for (const transaction of [3, 4, 5])
      expect(await master.ask(setMessage(PDU.commitSet, 222 + transaction, transaction))).toBe(ERROR.commitFailed);
    expect(values).toEqual([5, 6]);
    expect(lost).toEqual([]);
  });

  it('keeps no more than a few sets that a master never finishes', async () => {
    await begin();
    for (let each = 0; each < 100; each++)
      expect(await master.ask(setMessage(PDU.testSet, 300 + each, each, binding(each)))).toBe(ERROR.none);
    expect(await master.ask(setMessage(PDU.commitSet, 400, 0))).toBe(ERROR.commitFailed);
    expect(await master.ask(setMessage(PDU.commitSet, 401, 99))).toBe(ERROR.none);
    expect(values).toEqual([99]);
  });

  it.each([
    ['another version', Buffer.from('02061000000000000000000000000000000000ff', 'hex')],
    ['a length beyond reason', Buffer.from('010610000000000000000000000000007fffffff', 'hex')],
    ['an identifier that is cut off', message(PDU.get, 1, [9, 4, 0, 0, 0, 0, 0, 1])],
    ['a value of an unknown type', message(PDU.testSet, 1, [0, 99, 0, 0, 0, 0, 0, 0])],
    ['a string that goes beyond its message', message(PDU.testSet, 1, [0, 4, 0, 0, 0, 0, 0, 0, 255, 255, 255, 255])],
  ])('ends at %s', async (_what, octets) => {
    await begin();
    master.socket?.write(octets);
    await until(() => lost.length > 0);
    expect(lost).toHaveLength(1);
    expect(lost[0]).toMatch(/^AgentX: /);
  });

  it('ends with a master that never answers', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'setInterval', 'clearInterval'] });
    master.answers = false;
    void begin();
    await until(() => master.heard.length === 1);
    vi.advanceTimersByTime(9_999);
    expect(lost).toEqual([]);
    vi.advanceTimersByTime(1);
    expect(lost).toEqual(['the master agent does not answer']);
  });

  it('goes on with a master that answers all the time and is never done', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'setInterval', 'clearInterval'] });
    await begin();
    master.answers = false;
    const trap = [{ oid: [1, 3, 6, 1, 6, 3, 1, 1, 4, 1, 0], value: { type: 'oid', value: root } }] as const;
    session?.notify(trap);
    for (let second = 0; second < 60; second += 6) {
      const before = master.heard.length;
      session?.notify(trap);
      await until(() => master.heard.length > before);
      // The one before is answered, the new one is not.
      const [previous] = master.heard.filter(({ type }) => type === PDU.notify).slice(-2);
      master.socket?.write(accepted(previous?.packetId ?? 0));
      master.socket?.write(getRequest(1_000 + second));
      await until(() => master.answered(1_000 + second));
      vi.advanceTimersByTime(6_000);
    }
    expect(lost).toEqual([]);
  });

  it('gives up a master that reads nothing, and keeps no more than a few megabytes for it', async () => {
    await begin();
    master.socket?.pause();
    const long = [{ oid: [...root, 1, 0], value: text(new Uint8Array(100_000)) }];
    for (let notification = 0; notification < 100; notification++) session?.notify(long);
    expect(lost).toEqual(['the master agent reads nothing']);
  });
});

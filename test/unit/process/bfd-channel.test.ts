/** What the BFD process and its followers say to each other, over queues of a few messages on a virtual clock. */
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { longestMessage } from '../../../src/kernel/message-socket.ts';
import { BfdFollower, BfdTeller, type FollowedState, type MessageEnd } from '../../../src/process/bfd-channel.ts';
import { MemoryLog } from '../notify/memory-log.ts';

/** One end of a pair: what was sent waits for the other process, for at most `room` messages. */
class End implements MessageEnd {
  readonly queue: Uint8Array[] = [];
  readonly room: number;
  other: End | undefined;
  #received: ((message: Uint8Array) => void) | undefined;
  /** The process does not read: it is stopped, or busy. */
  asleep = false;

  constructor(room: number) {
    this.room = room;
  }

  send(message: Uint8Array): boolean {
    expect(message.length).toBeLessThanOrEqual(longestMessage);
    const { other } = this;
    if (other === undefined || other.queue.length >= other.room) return false;
    other.queue.push(message);
    return true;
  }

  discard(): void {
    this.queue.length = 0;
  }

  onMessage(received: (message: Uint8Array) => void): void {
    this.#received = received;
  }

  close(): void {
    this.#received = undefined;
  }

  /** @returns whether there was something to read and somebody to read it */
  read(): boolean {
    const received = this.#received;
    if (this.asleep || received === undefined) return false;
    const message = this.queue.shift();
    if (message === undefined) return false;
    received(message);
    return true;
  }
}

function pair(room = 8): [bfd: End, follower: End] {
  const ends: [End, End] = [new End(room), new End(room)];
  [ends[0].other, ends[1].other] = [ends[1], ends[0]];
  return ends;
}

/** Both processes read what there is, until there is nothing more. */
function settle(...ends: readonly End[]): void {
  while (ends.some((end) => end.read()));
}

const up = (session: string): FollowedState => ({ session, state: 'UP', reason: `${session} is reachable` });
const down = (session: string): FollowedState => ({ session, state: 'DOWN', reason: `${session} is silent` });

function follow(end: End): { follower: BfdFollower; heard: string[] } {
  const heard: string[] = [];
  const follower = new BfdFollower(new MemoryLog(), ({ session, state }) => heard.push(`${session} ${state}`), end);
  return { follower, heard };
}

/** A BFD process with these sessions. */
function teller(end: End, sessions: FollowedState[]): { teller: BfdTeller; believed: string[][] } {
  const believed: string[][] = [];
  return {
    teller: new BfdTeller(
      'vrrp',
      () => sessions,
      (names) => believed.push([...names]),
      end,
    ),
    believed,
  };
}

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

describe('a follower', () => {
  it('gets the states of all sessions for asking, and then each change', () => {
    const [bfd, mine] = pair();
    const { teller: process } = teller(bfd, [up('a'), down('b')]);
    const { follower, heard } = follow(mine);
    void follower.ask(1_000);
    settle(bfd, mine);
    expect(heard).toEqual(['a UP']);
    process.tell(up('b'));
    process.tell(down('a'));
    process.tell(down('a'));
    settle(bfd, mine);
    expect(heard).toEqual(['a UP', 'b UP', 'a DOWN']);
  });

  it('does not wait longer than its patience for a process that is not there', async () => {
    const [, mine] = pair();
    let settled = false;
    void follow(mine)
      .follower.ask(1_000)
      .then(() => (settled = true));
    await vi.advanceTimersByTimeAsync(999);
    expect(settled).toBe(false);
    await vi.advanceTimersByTimeAsync(1);
    expect(settled).toBe(true);
  });

  it('settles with the answer, not with the patience', async () => {
    const [bfd, mine] = pair();
    teller(bfd, []);
    let settled = false;
    void follow(mine)
      .follower.ask(60_000)
      .then(() => (settled = true));
    settle(bfd, mine);
    await vi.advanceTimersByTimeAsync(0);
    expect(settled).toBe(true);
  });

  it('does not act upon what was said to a process before it', () => {
    const [bfd, mine] = pair();
    const { teller: process } = teller(bfd, [down('a')]);
    process.tell(up('a'));
    const { follower, heard } = follow(mine);
    void follower.ask(0);
    settle(bfd, mine);
    expect(heard).toEqual([]);
  });

  it('takes a session that is gone for down', () => {
    const [bfd, mine] = pair();
    const sessions = [up('a'), up('b')];
    const { teller: process } = teller(bfd, sessions);
    const { follower, heard } = follow(mine);
    void follower.ask(0);
    settle(bfd, mine);
    sessions.shift();
    process.tellAll();
    settle(bfd, mine);
    expect(heard).toEqual(['a UP', 'b UP', 'a DOWN']);
  });
});

describe('a follower that did not read in time', () => {
  it('is told everything once it reads again', () => {
    const [bfd, mine] = pair(4);
    const sessions = [down('a'), down('b')];
    const { teller: process } = teller(bfd, sessions);
    const { follower, heard } = follow(mine);
    void follower.ask(0);
    settle(bfd, mine);
    mine.asleep = true;
    for (let time = 0; time < 20; time++) {
      sessions[0] = time % 2 === 0 ? up('a') : down('a');
      process.tell(sessions[0]);
    }
    sessions[1] = up('b');
    process.tell(sessions[1]);
    expect(mine.queue.length).toBe(4);
    vi.advanceTimersByTime(5_000);
    mine.asleep = false;
    settle(bfd, mine);
    vi.advanceTimersByTime(10);
    settle(bfd, mine);
    expect(heard.at(-1)).toBe('b UP');
    expect(heard.filter((line) => line.startsWith('a')).at(-1)).toBe('a DOWN');
    // Nothing goes on being repeated.
    vi.advanceTimersByTime(5_000);
    expect(mine.queue.length).toBe(0);
  });

  it('does not keep the process from others: a full queue is never waited for', () => {
    const [bfd, mine] = pair(1);
    const { teller: process } = teller(bfd, [up('a')]);
    mine.asleep = true;
    for (let time = 0; time < 100; time++) process.tell(up('a'));
    expect(mine.queue.length).toBe(1);
  });
});

describe('the death of the BFD process', () => {
  it('changes nothing; its successor hears what was believed and has the last word', () => {
    const [bfd, mine] = pair();
    const first = teller(bfd, [up('a'), up('b')]);
    const { follower, heard } = follow(mine);
    void follower.ask(0);
    settle(bfd, mine);
    expect(heard).toEqual(['a UP', 'b UP']);
    bfd.close();
    first.teller.close();
    vi.advanceTimersByTime(60_000);
    settle(bfd, mine);
    expect(heard).toEqual(['a UP', 'b UP']);

    const second = teller(bfd, [up('a'), down('b')]);
    second.teller.greet();
    settle(bfd, mine);
    expect(second.believed).toEqual([['a', 'b']]);
    expect(heard).toEqual(['a UP', 'b UP', 'b DOWN']);
  });

  it('leaves no question behind for its successor that was meant for it', () => {
    const [bfd, mine] = pair();
    const { follower } = follow(mine);
    void follower.ask(0);
    expect(bfd.queue.length).toBe(1);
    const { believed } = teller(bfd, []);
    settle(bfd, mine);
    expect(believed).toEqual([]);
  });
});

describe('thousands of sessions', () => {
  it('are told in messages that fit, and believed in messages that fit', () => {
    const [bfd, mine] = pair(1_000);
    const sessions = Array.from({ length: 5_000 }, (_, at) => up(`session-with-quite-a-long-name-${at}`));
    const { believed, teller: process } = teller(bfd, sessions);
    const { follower, heard } = follow(mine);
    void follower.ask(0);
    settle(bfd, mine);
    expect(heard.length).toBe(5_000);
    process.greet();
    settle(bfd, mine);
    expect(believed.flat().length).toBe(5_000);
    sessions.length = 4_999;
    process.tellAll();
    settle(bfd, mine);
    expect(heard.slice(5_000)).toEqual(['session-with-quite-a-long-name-4999 DOWN']);
  });
});

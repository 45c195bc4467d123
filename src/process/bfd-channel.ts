/**
 * What the BFD process and those that follow its sessions (the VRRP process, the checkers) say to each other. Each of the
 * two has a pair of sockets of its own with the BFD process. The parent makes them once and keeps them, so that a process
 * started anew meets the others as before.
 *
 * Who begins asks: a follower sends what it believes and gets the state of every session; the BFD process greets, and
 * followers answer with what they believe. Every state is said in full, so nothing depends on what got lost before.
 */
import type { HealthState } from '../core/events.ts';
import type { MonotonicMs } from '../core/time.ts';
import { now } from '../kernel/clock.ts';
import { MessageSocket, longestMessage, messageSocketPair } from '../kernel/message-socket.ts';
import type { Log } from '../log/log.ts';
import type { ChildKind } from './messages.ts';

export type FollowerKind = 'vrrp' | 'checker';

/** The state of one session. */
export interface FollowedState {
  readonly session: string;
  readonly state: HealthState;
  readonly reason: string;
}

type ToFollower =
  /** The BFD process begins. */
  | { readonly type: 'hello' }
  | { readonly type: 'states'; readonly at: MonotonicMs; readonly states: readonly FollowedState[] }
  /** These sessions exist, and those of the messages behind it while there are `more`, and no others. Behind their states. */
  | { readonly type: 'sessions'; readonly names: readonly string[]; readonly more?: true };

/** Sessions that a follower holds to be up; behind the last of these messages the answer is the state of all. */
interface FromFollower {
  readonly type: 'believed';
  readonly up: readonly string[];
  readonly more?: true;
}

/** Numbers under which children inherit their ends: behind the standard streams and the channel to the parent. */
const followerEnd = 4;
const bfdEnds = { vrrp: 4, checker: 5 } as const satisfies Record<FollowerKind, number>;

/** What of a list goes into one message, in octets of JSON: it leaves room for what stands around it. */
const octetsInMessage = longestMessage - 1_000;
/** When a follower did not read, it is told everything again after this time, in milliseconds. */
const retryAfter = 10;

const encoder = new TextEncoder();
const decoder = new TextDecoder();

/** An end of a pair of sockets. */
export type MessageEnd = Pick<MessageSocket, 'send' | 'discard' | 'onMessage' | 'close'>;

/** A list in parts that fit into a message; one part that is empty for an empty list. */
function partsOf<Item>(items: readonly Item[]): Item[][] {
  let part: Item[] = [];
  const parts = [part];
  let octets = 0;
  for (const item of items) {
    const length = encoder.encode(JSON.stringify(item)).length + 1;
    if (part.length > 0 && octets + length > octetsInMessage) {
      part = [];
      parts.push(part);
      octets = 0;
    }
    part.push(item);
    octets += length;
  }
  return parts;
}

/** The pairs of sockets, of the parent. */
export class BfdChannels {
  readonly #vrrp = messageSocketPair();
  readonly #checker = messageSocketPair();

  /** What a child of this kind inherits, in the order of its numbers. */
  endsOf(kind: ChildKind): readonly number[] {
    const [[bfdToVrrp, vrrp], [bfdToChecker, checker]] = [this.#vrrp, this.#checker];
    return { bfd: [bfdToVrrp, bfdToChecker], vrrp: [vrrp], checker: [checker] }[kind];
  }
}

/** A follower's end. */
export class BfdFollower {
  readonly #socket: MessageEnd;
  readonly #log: Log;
  readonly #changed: (state: FollowedState) => void;
  readonly #states = new Map<string, HealthState>();
  /** Names of the sessions, while their list comes in several messages. */
  #names: string[] = [];
  #listening = false;
  #answered: (() => void) | undefined;

  /** @param changed called with each state that is not what was known before; a session never heard of is down */
  constructor(log: Log, changed: (state: FollowedState) => void, socket: MessageEnd = new MessageSocket(followerEnd)) {
    this.#log = log;
    this.#changed = changed;
    this.#socket = socket;
  }

  /**
   * Asks for all states; settles with the answer, or without it after `patience` milliseconds. Nothing is heard before the
   * first call: what is said is for somebody who is there to act upon it.
   */
  ask(patience: number): Promise<void> {
    if (!this.#listening) {
      this.#listening = true;
      this.#socket.discard();
      this.#socket.onMessage((message) => this.#take(JSON.parse(decoder.decode(message)) as ToFollower));
    }
    const answer = new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, patience);
      this.#answered = () => {
        clearTimeout(timer);
        resolve();
      };
    });
    this.#say();
    return answer;
  }

  close(): void {
    this.#socket.close();
  }

  #say(): void {
    const up = [...this.#states].flatMap(([session, state]) => (state === 'UP' ? [session] : []));
    const parts = partsOf(up);
    for (const [at, part] of parts.entries()) {
      const more = at < parts.length - 1;
      const message: FromFollower = { type: 'believed', up: part, ...(more && { more }) };
      // Where nobody reads, nobody is there: who begins greets, and is answered.
      if (!this.#socket.send(encoder.encode(JSON.stringify(message)))) return;
    }
  }

  #take(message: ToFollower): void {
    switch (message.type) {
      case 'hello':
        this.#say();
        return;
      case 'states':
        // A list of names that was under way is followed by a new one.
        this.#names = [];
        for (const state of message.states) this.#learn(state, message.at);
        return;
      case 'sessions': {
        this.#names.push(...message.names);
        if (message.more === true) return;
        const names = new Set(this.#names);
        this.#names = [];
        for (const session of [...this.#states.keys()].filter((known) => !names.has(known))) {
          this.#learn({ session, state: 'DOWN', reason: 'the session is no longer in the configuration' });
          this.#states.delete(session);
        }
        this.#answered?.();
        this.#answered = undefined;
      }
    }
  }

  #learn(state: FollowedState, at?: MonotonicMs): void {
    const before = this.#states.get(state.session) ?? 'DOWN';
    this.#states.set(state.session, state.state);
    if (state.state === before) return;
    const delay = at === undefined ? '' : ` (delivered in ${Math.round((now() - at) * 1000)} usec)`;
    this.#changed(state);
    const word = state.state === 'UP' ? 'Up' : 'Down';
    this.#log.debug(`Received BFD event: instance ${state.session} is in state ${word}${delay}`);
  }
}

/** The BFD process's end to one kind of follower. */
export class BfdTeller {
  readonly #socket: MessageEnd;
  readonly #all: () => readonly FollowedState[];
  #retry: NodeJS.Timeout | undefined;

  /**
   * @param all the states of all sessions that this kind of follower is to know
   * @param believed called with what it believes; it gets all states afterwards
   */
  constructor(
    kind: FollowerKind,
    all: () => readonly FollowedState[],
    believed: (up: readonly string[]) => void,
    socket: MessageEnd = new MessageSocket(bfdEnds[kind]),
  ) {
    this.#all = all;
    this.#socket = socket;
    this.#socket.discard();
    this.#socket.onMessage((message) => {
      const { more = false, up } = JSON.parse(decoder.decode(message)) as FromFollower;
      believed(up);
      if (!more) this.tellAll();
    });
  }

  /** Says that this process begins; who follows answers. */
  greet(): void {
    this.#send({ type: 'hello' });
  }

  /** A state that has just changed. */
  tell(state: FollowedState): void {
    // Where a complete account is due, the news is in it.
    if (this.#retry === undefined) this.#send({ type: 'states', at: now(), states: [state] });
  }

  tellAll(): void {
    clearTimeout(this.#retry);
    this.#retry = undefined;
    const states = this.#all();
    for (const part of partsOf(states)) if (!this.#send({ type: 'states', at: now(), states: part })) return;
    const names = partsOf(states.map(({ session }) => session));
    for (const [at, part] of names.entries()) {
      const more = at < names.length - 1;
      if (!this.#send({ type: 'sessions', names: part, ...(more && { more }) })) return;
    }
  }

  close(): void {
    clearTimeout(this.#retry);
    this.#socket.close();
  }

  #send(message: ToFollower): boolean {
    if (this.#socket.send(encoder.encode(JSON.stringify(message)))) return true;
    this.#retry = setTimeout(() => this.tellAll(), retryAfter);
    return false;
  }
}

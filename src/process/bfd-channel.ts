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
  /** These sessions exist, and no others. Behind their states. */
  | { readonly type: 'sessions'; readonly names: readonly string[] };

/** Sessions that a follower holds to be up; the answer is the state of all. */
interface FromFollower {
  readonly type: 'believed';
  readonly up: readonly string[];
}

/** Numbers under which children inherit their ends: behind the standard streams and the channel to the parent. */
const followerEnd = 4;
const bfdEnds = { vrrp: 4, checker: 5 } as const satisfies Record<FollowerKind, number>;

/** Sessions in one message. */
const statesInMessage = 100;
/** When a follower did not read, it is told everything again after this time, in milliseconds. */
const retryAfter = 10;

const encoder = new TextEncoder();
const decoder = new TextDecoder();

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
  readonly #socket: MessageSocket;
  readonly #log: Log;
  readonly #changed: (state: FollowedState) => void;
  readonly #states = new Map<string, HealthState>();
  #listening = false;
  #answered: (() => void) | undefined;

  /** @param changed called with each state that is not what was known before; a session never heard of is down */
  constructor(log: Log, changed: (state: FollowedState) => void) {
    this.#log = log;
    this.#changed = changed;
    this.#socket = new MessageSocket(followerEnd);
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
    const message: FromFollower = { type: 'believed', up };
    this.#socket.send(encoder.encode(JSON.stringify(message)));
  }

  #take(message: ToFollower): void {
    switch (message.type) {
      case 'hello':
        this.#say();
        return;
      case 'states':
        for (const state of message.states) this.#learn(state, message.at);
        return;
      case 'sessions': {
        const names = new Set(message.names);
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
  readonly #socket: MessageSocket;
  readonly #all: () => readonly FollowedState[];
  #retry: NodeJS.Timeout | undefined;

  /**
   * @param all the states of all sessions that this kind of follower is to know
   * @param believed called with what it believes; it gets all states afterwards
   */
  constructor(kind: FollowerKind, all: () => readonly FollowedState[], believed: (up: readonly string[]) => void) {
    this.#all = all;
    this.#socket = new MessageSocket(bfdEnds[kind]);
    this.#socket.discard();
    this.#socket.onMessage((message) => {
      const { up } = JSON.parse(decoder.decode(message)) as FromFollower;
      believed(up);
      this.tellAll();
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
    for (let first = 0; first < states.length; first += statesInMessage) {
      if (!this.#send({ type: 'states', at: now(), states: states.slice(first, first + statesInMessage) })) return;
    }
    this.#send({ type: 'sessions', names: states.map(({ session }) => session) });
  }

  close(): void {
    clearTimeout(this.#retry);
    this.#socket.close();
  }

  #send(message: ToFollower): boolean {
    const octets = encoder.encode(JSON.stringify(message));
    if (octets.length <= longestMessage && this.#socket.send(octets)) return true;
    this.#retry = setTimeout(() => this.tellAll(), retryAfter);
    return false;
  }
}

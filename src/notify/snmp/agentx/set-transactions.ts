/**
 * Sets in progress (RFC 2741 section 7.2.4): a master agent has every subagent test, then all commit, and undoes
 * everywhere what failed somewhere. Nothing is in force before the commit.
 */
import type { SetValue, Variable } from '../value.ts';
import type { Received } from './codec.ts';
import { ERROR } from './constants.ts';

/** Why a variable cannot be set: an error of `ERROR`, and the number of the variable, from 1. */
export interface SetRefusal {
  readonly error: number;
  readonly index: number;
}

/** A set that can be done. */
export interface TestedSet {
  /** @returns what takes it back; undefined: it could not be done */
  readonly commit: () => (() => void) | undefined;
}

/** Tests variables that are to be set together. Has no effect. */
export type SetTest = (variables: readonly Variable<SetValue>[]) => TestedSet | SetRefusal;

/** A master does one after the other; what it has forgotten is not kept for ever. */
const mostSets = 16;

interface PendingSet {
  readonly transactionId: number;
  readonly set: TestedSet;
  /** Absent: not done. */
  undo?: () => void;
}

const done: SetRefusal = { error: ERROR.none, index: 0 };

export class SetTransactions {
  readonly #test: SetTest;
  /**
   * Oldest first. A transaction may have several: Net-SNMP sends a message for each registered subtree that it is about,
   * each through all of its steps.
   */
  #pending: PendingSet[] = [];

  constructor(test: SetTest) {
    this.#test = test;
  }

  /** @returns the error to answer with; error 0: none */
  test({ transactionId, variables }: Extract<Received, { type: 'test-set' }>): SetRefusal {
    const tested = this.#test(variables);
    if ('error' in tested) return tested;
    this.#pending = [...this.#pending.slice(1 - mostSets), { transactionId, set: tested }];
    return done;
  }

  commit(transactionId: number): SetRefusal {
    const next = this.#pending.find((each) => each.transactionId === transactionId && each.undo === undefined);
    const undo = next?.set.commit();
    if (next === undefined || undo === undefined) return { error: ERROR.commitFailed, index: 1 };
    next.undo = undo;
    return done;
  }

  undo(transactionId: number): SetRefusal {
    // What was done last is undone first.
    const last = this.#pending.findLast((each) => each.transactionId === transactionId);
    if (last === undefined) return { error: ERROR.undoFailed, index: 1 };
    this.#pending = this.#pending.filter((each) => each !== last);
    last.undo?.();
    return done;
  }

  /** The master is done with it. */
  cleanUp(transactionId: number): void {
    this.#pending = this.#pending.filter((each) => each.transactionId !== transactionId);
  }
}

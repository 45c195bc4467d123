/**
 * Memory for the bodies that regular expressions are to be looked for in, of all checks together. Each body has its own
 * limit; without one over all of them a few hundred hostile servers would take the memory of the machine.
 */
import { maximumKeptOctets, octetsKeptAnyway } from '../limits.ts';

export class KeptBodies {
  readonly #most: number;
  #octets = 0;

  /** @param most octets of all bodies that are kept at a time */
  constructor(most: number = maximumKeptOctets) {
    this.#most = most;
  }

  /**
   * Asks for room for another piece of a body; what is given is to be given back.
   * @param kept octets of this body that are kept already: pages of a modest length always have room
   * @returns false: there is none
   */
  take(octets: number, kept: number): boolean {
    if (this.#octets + octets > this.#most && kept + octets > octetsKeptAnyway) return false;
    this.#octets += octets;
    return true;
  }

  giveBack(octets: number): void {
    this.#octets -= octets;
  }

  /** Of all bodies that are kept now. */
  get octets(): number {
    return this.#octets;
  }

  /** In mebibytes, for messages. */
  get most(): number {
    return this.#most / 1024 / 1024;
  }
}

/** Of all checks of this process. */
export const keptBodies = new KeptBodies();

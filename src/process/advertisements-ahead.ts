/**
 * Advertisements that go by themselves at their moment, one for each instance (for each unicast peer one), beside the
 * event loop: a garbage collection, a reload or a long answer then delays none of them.
 */
import type { RawSocket, SendTarget } from '../kernel/raw-socket.ts';
import { TimedSend } from '../kernel/timed-send.ts';
import type { SendAdvertisementIntent, SendAheadIntent } from '../vrrp/types.ts';

export interface AheadPlace {
  /** Undefined: there is no way to send it at present. */
  way(intent: SendAdvertisementIntent): { readonly socket: RawSocket; readonly target: SendTarget } | undefined;
  sendNow(intent: SendAdvertisementIntent): void;
  sent(intent: SendAdvertisementIntent): void;
  refused(intent: SendAdvertisementIntent, error: Error): void;
}

interface Underway {
  readonly advertisement: SendAdvertisementIntent;
  readonly socket: RawSocket;
  readonly send: TimedSend;
}

interface Arrangement {
  readonly intent: SendAheadIntent;
  readonly underway: readonly Underway[];
}

export class AdvertisementsAhead {
  readonly #place: AheadPlace;
  readonly #arrangements = new Map<string, Arrangement>();
  /** Instances whose advertisement has gone, and nobody asked yet. */
  readonly #gone = new Set<string>();

  constructor(place: AheadPlace) {
    this.#place = place;
  }

  /** In place of the instance's earlier one, which must have been ended. */
  arrange(intent: SendAheadIntent): void {
    const { advertisements, at, instance, until } = intent;
    const count = this.#arrangements.size + 1;
    const underway = advertisements.flatMap((advertisement): Underway[] => {
      try {
        const way = this.#place.way(advertisement);
        if (way === undefined) return [];
        const { socket, target } = way;
        const send = new TimedSend(socket.datagram(advertisement.packet, target), at, until, count);
        return [{ advertisement, socket, send }];
      } catch {
        // It is sent when its time has come, and then it is told why not.
        return [];
      }
    });
    // All or none: who sends the rest must not have to ask which.
    if (underway.length === advertisements.length) this.#arrangements.set(instance, { intent, underway });
    else for (const { send } of underway) send.take();
  }

  /** Sockets were closed or opened: what was to leave by one of the former leaves by one of the latter. */
  rearrange(): void {
    for (const [instance, { intent, underway }] of this.#arrangements) {
      const isSame = underway.every(({ advertisement, socket }) => this.#place.way(advertisement)?.socket === socket);
      if (isSame) continue;
      if (this.end(instance)) this.#gone.add(instance);
      else this.arrange(intent);
    }
  }

  /**
   * Ends the arrangement of an instance.
   * @returns whether its advertisement has gone; a refusal by the kernel counts, and is told
   */
  end(instance: string): boolean {
    if (this.#gone.delete(instance)) return true;
    const arrangement = this.#arrangements.get(instance);
    if (arrangement === undefined) return false;
    this.#arrangements.delete(instance);
    const outcomes = arrangement.underway.map(({ advertisement, send }) => ({ advertisement, outcome: send.take() }));
    if (outcomes.every(({ outcome }) => outcome === 'not-sent')) return false;
    for (const { advertisement, outcome } of outcomes) {
      // Some have gone, so that now is the moment.
      if (outcome === 'not-sent') this.#place.sendNow(advertisement);
      else if (outcome === 'sent') this.#place.sent(advertisement);
      else this.#place.refused(advertisement, outcome);
    }
    return true;
  }
}

/**
 * Advertisements that go by themselves at their moment, one for each instance (for each unicast peer one), beside the
 * event loop: a garbage collection, a reload or a long answer then delays none of them.
 */
import type { MonotonicMs } from '../core/time.ts';
import type { RawSocket, SendTarget } from '../kernel/raw-socket.ts';
import { TimedSend } from '../kernel/timed-send.ts';
import type { SendAdvertisementIntent, SendAheadIntent } from '../vrrp/types.ts';

export interface AheadPlace {
  /** Undefined: there is no way to send it at present. */
  way(intent: SendAdvertisementIntent): { readonly socket: RawSocket; readonly target: SendTarget } | undefined;
  sendNow(intent: SendAdvertisementIntent): void;
  sent(intent: SendAdvertisementIntent): void;
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
  /** When the advertisement of an instance has gone, if nobody has asked yet. */
  readonly #gone = new Map<string, MonotonicMs>();

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
      const wentAt = this.end(instance);
      if (wentAt === undefined) this.arrange(intent);
      else this.#gone.set(instance, wentAt);
    }
  }

  /**
   * Ends the arrangement of an instance. What the kernel refused has not gone: who sends it again tells why, if there is
   * something to tell; a cable that was pulled is told by the change of state.
   * @returns when its advertisement has gone
   */
  end(instance: string): MonotonicMs | undefined {
    const told = this.#gone.get(instance);
    if (this.#gone.delete(instance)) return told;
    const underway = this.#arrangements.get(instance)?.underway ?? [];
    this.#arrangements.delete(instance);
    const ended = underway.map(({ advertisement, send }) => ({ advertisement, wentAt: send.take() }));
    const moments = ended.flatMap(({ wentAt }) => wentAt ?? []);
    if (moments.length === 0) return undefined;
    for (const { advertisement, wentAt } of ended) {
      // Some have gone, so that now is the moment.
      if (wentAt === undefined) this.#place.sendNow(advertisement);
      else this.#place.sent(advertisement);
    }
    return Math.max(...moments);
  }
}

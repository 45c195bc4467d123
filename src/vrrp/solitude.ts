/**
 * A master that has never heard another router: mostly it is alone, or the others are backups, which are silent. If two
 * are master it is mostly a filter between them: said once where to look, when there was time for a sign of life.
 */
import type { MonotonicMs } from '../core/time.ts';
import type { Deadline } from '../core/deadlines.ts';
import type { Instance } from './instance.ts';

/**
 * Master-down intervals as master in which nobody was heard. Who is configured to be master is right to hear nobody, and
 * has more patience.
 */
const patience = { backup: 3, master: 10 } as const;

export class Solitude {
  readonly #instance: Instance;
  readonly #hint: Deadline;
  #hinted = false;

  constructor(instance: Instance) {
    this.#instance = instance;
    this.#hint = instance.host.deadlines.create(() => this.#say());
  }

  becameMaster(now: MonotonicMs): void {
    const { configuration, downInterval, heardPeer, host, lastRefusal, owner } = this.#instance;
    if (heardPeer || this.#hinted || owner) return;
    if (lastRefusal) {
      this.#hinted = true;
      host.out.log(
        'notice',
        `(${configuration.name}) is master, and every advertisement heard so far was dropped, the last from ` +
          `${lastRefusal.source}: ${lastRefusal.reason}. As long as the two routers disagree, both are masters`,
      );
      return;
    }
    const intervals = configuration.initialState === 'MASTER' ? patience.master : patience.backup;
    host.deadlines.set(this.#hint, now + intervals * downInterval);
  }

  /** Another router was heard, or we are master no more. */
  end(): void {
    this.#instance.host.deadlines.clear(this.#hint);
  }

  #say(): void {
    this.#hinted = true;
    const { configuration, host, sourceAddress } = this.#instance;
    const { initialState, multicastGroup, name, unicastPeers, virtualRouterId } = configuration;
    const peers = unicastPeers.map((peer) => peer.address).join(', ');
    const to = peers === '' ? `the multicast group ${multicastGroup}` : `the unicast peers ${peers}`;
    const preferred = initialState === 'MASTER';
    host.out.log(
      preferred ? 'info' : 'notice',
      `(${name}) is master without ever having heard another router${preferred ? ', which is right while the others are backups' : ''}. ` +
        `If there is another master, check that IP protocol 112 passes between the machines (firewall, security group), ` +
        `that ${to} can be reached from ${sourceAddress ?? 'here'}, ` +
        `and that virtual_router_id ${virtualRouterId} and version are the same on both`,
    );
  }
}

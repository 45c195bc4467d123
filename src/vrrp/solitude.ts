/**
 * A master that has never heard another router: mostly it is alone, or the others are backups, which are silent. If two
 * are master it is mostly a filter between them: said once where to look, when there was time for a sign of life.
 */
import type { Milliseconds, MonotonicMs } from '../core/time.ts';
import type { Deadline } from '../core/deadlines.ts';
import type { Instance } from './instance.ts';

/**
 * Master-down intervals as master in which nobody was heard. Who is configured to be master is right to hear nobody, and
 * has more patience.
 */
const patience = { backup: 3, master: 10 } as const;

/** Instances that became master together are alone together. */
const foldingTime: Milliseconds = 1000;

export class Solitude {
  readonly #instance: Instance;
  readonly #hint: Deadline;
  #hinted = false;

  constructor(instance: Instance) {
    this.#instance = instance;
    this.#hint = instance.host.deadlines.create((now) => this.#say(now));
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

  #say(now: MonotonicMs): void {
    this.#hinted = true;
    const { configuration, host, sourceAddress } = this.#instance;
    const { initialState, multicastGroup, name, unicastPeers, virtualRouterId } = configuration;
    const peers = unicastPeers.map((peer) => peer.address).join(', ');
    const to = peers === '' ? `the multicast group ${multicastGroup}` : `the unicast peers ${peers}`;
    const preferred = initialState === 'MASTER';
    const right = preferred ? ', which is right while the others are backups' : '';
    const check =
      'If there is another master, check that IP protocol 112 passes between the machines (firewall, security group)';
    const line = {
      level: preferred ? 'info' : 'notice',
      wait: foldingTime,
      one:
        `(${name}) is master without ever having heard another router${right}. ${check}, ` +
        `that ${to} can be reached from ${sourceAddress ?? 'here'}, ` +
        `and that virtual_router_id ${virtualRouterId} and version are the same on both`,
      many: (who: string) =>
        `${who} are masters without ever having heard another router${right}. ${check}, ` +
        'that the multicast groups or unicast peers can be reached, ' +
        'and that virtual_router_id and version are the same on both',
    } as const;
    host.folded.say(preferred ? 'alone-preferred' : 'alone', name, line, now);
  }
}

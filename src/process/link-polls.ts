/**
 * Polled links (linkbeat_interfaces, linkbeat_use_polling): of drivers that do not tell when the cable goes the state is
 * asked for every second. What the driver answers counts, but an interface that is set down is down.
 */
import type { GlobalConfiguration, VrrpConfiguration } from '../config/model.ts';
import type { Milliseconds } from '../core/time.ts';
import { describeErrno } from '../kernel/errors.ts';
import { LinkStateSocket } from '../kernel/link-state.ts';
import type { LinkMethod } from '../kernel/link-state.ts';
import type { Log } from '../log/log.ts';
import { IFF } from '../network/constants.ts';
import type { Link } from '../network/types.ts';

/** As the original. */
const pollInterval: Milliseconds = 1000;

/** Without a method in the configuration: the first that the driver knows. */
const inOrder: readonly LinkMethod[] = ['MII', 'ETHTOOL', 'IOCTL'];

export interface LinkAsker {
  /** As LinkStateSocket. */
  ask(name: string, method: LinkMethod): number;
  close(): void;
}

interface PolledLink {
  /** Methods that may be used. */
  readonly methods: readonly LinkMethod[];
  /** What is known is about the interface of this index. */
  index?: number;
  /** The one that works; absent: none does, netlink's word counts. */
  method?: LinkMethod;
  up?: boolean;
}

/** Which interfaces a configuration wants polled, and how. */
export function polledInterfaces(
  { instances, linkbeatInterfaces }: VrrpConfiguration,
  { pollLinks }: Pick<GlobalConfiguration, 'pollLinks'>,
): Map<string, readonly LinkMethod[]> {
  const polled = new Map<string, readonly LinkMethod[]>();
  for (const { interface: name, linkbeatUsePolling } of instances)
    if (name !== '' && (pollLinks || linkbeatUsePolling)) polled.set(name, inOrder);
  for (const { interface: name, method } of linkbeatInterfaces)
    polled.set(name, method === undefined ? inOrder : [method]);
  return polled;
}

export class LinkPolls {
  readonly #log: Log;
  readonly #changed: () => void;
  readonly #open: () => LinkAsker;
  #asker: LinkAsker | undefined;
  #timer: NodeJS.Timeout | undefined;
  #polled: ReadonlyMap<string, PolledLink> = new Map();
  #links: readonly Link[] = [];

  /**
   * @param changed a link counts differently now: apply() again
   * @param open how to ask
   */
  constructor(log: Log, changed: () => void, open: () => LinkAsker = () => LinkStateSocket.open()) {
    this.#log = log;
    this.#changed = changed;
    this.#open = open;
  }

  /**
   * Polls what this configuration wants, and nothing else.
   * @returns whether something else is polled than before: apply() again
   * @throws SystemError
   */
  follow(vrrp: VrrpConfiguration, global: Pick<GlobalConfiguration, 'pollLinks'>): boolean {
    const before = this.#polled;
    const wanted = polledInterfaces(vrrp, global);
    const isKept = ([name, methods]: [string, readonly LinkMethod[]]): boolean =>
      before.get(name)?.methods.join() === methods.join();
    if (wanted.size === before.size && [...wanted].every(isKept)) return false;
    this.#polled = new Map(
      [...wanted].map(([name, methods]) => {
        const known = before.get(name);
        return [name, known?.methods.join() === methods.join() ? known : { methods }];
      }),
    );
    if (wanted.size === 0) this.close();
    else {
      this.#asker ??= this.#open();
      this.#timer ??= setInterval(() => {
        if (this.#askAll()) this.#changed();
      }, pollInterval);
    }
    return true;
  }

  /** The links as they count: netlink's word replaced where a link is polled. What netlink tells of is asked for at once. */
  apply(links: readonly Link[]): readonly Link[] {
    if (this.#polled.size === 0) return links;
    this.#links = links;
    this.#askAll();
    return links.map((link) => {
      const up = this.#polled.get(link.name)?.up;
      if (up === undefined) return link;
      const counts = up && (link.flags & IFF.UP) !== 0;
      return counts === link.up ? link : { ...link, up: counts };
    });
  }

  close(): void {
    clearInterval(this.#timer);
    this.#timer = undefined;
    this.#asker?.close();
    this.#asker = undefined;
    this.#polled = new Map();
  }

  /** @returns whether an answer was another one than before */
  #askAll(): boolean {
    let isNew = false;
    for (const { index, name } of this.#links) {
      const polled = this.#polled.get(name);
      if (polled === undefined) continue;
      const before = polled.up;
      if (polled.index === index) this.#ask(name, polled);
      else this.#choose(name, index, polled);
      if (polled.up !== before) isNew = true;
    }
    return isNew;
  }

  /** Finds the first method that the driver knows. */
  #choose(name: string, index: number, polled: PolledLink): void {
    polled.index = index;
    delete polled.method;
    delete polled.up;
    const refusals: string[] = [];
    for (const method of polled.methods) {
      const answer = this.#asker?.ask(name, method) ?? 0;
      if (answer < 0) {
        refusals.push(`${method}: ${describeErrno(-answer).description}`);
        continue;
      }
      polled.method = method;
      polled.up = answer === 1;
      this.#log.info(`the link of ${name} is polled (${method}), it is ${polled.up ? 'up' : 'down'}`);
      return;
    }
    this.#log.warning(
      `the link of ${name} cannot be polled (${refusals.join('; ')}): what the kernel tells of it counts`,
    );
  }

  #ask(name: string, polled: PolledLink): void {
    if (polled.method === undefined) return;
    const answer = this.#asker?.ask(name, polled.method) ?? -1;
    // It goes at this moment, and netlink tells so.
    if (answer < 0 || polled.up === (answer === 1)) return;
    polled.up = answer === 1;
    this.#log.info(`${name} ${polled.up ? 'has a link' : 'has no link'} (polled, ${polled.method})`);
  }
}

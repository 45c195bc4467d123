/** Writes routes and rules, and follows those of keepalived's protocol in one network namespace. */
import { decodeRoutingMessage, routeProtocol } from '../network/route-message.ts';
import { encodeDumpRoutes, encodeRouteChange } from '../network/route-codec.ts';
import { RTM_ROUTE, RTNLGRP_ROUTE, RTPROT_KEEPALIVED } from '../network/route-constants.ts';
import type { KernelRoute, KernelRule, RoutingChange } from '../network/route-types.ts';
import { judgeRoutingChange } from '../network/routing-outcome.ts';
import type { RoutingOutcome } from '../network/routing-outcome.ts';
import { encodeDumpRules, encodeRuleChange } from '../network/rule-codec.ts';
import type { RoutingView } from '../network/plan-routing.ts';
import { DaemonError } from '../core/errors.ts';
import { NLM_F } from '../core/netlink/constants.ts';
import { SystemError, describeErrno } from './errors.ts';
import { NetlinkSocket } from './netlink-socket.ts';

const groups = [RTNLGRP_ROUTE.IPV4_ROUTE, RTNLGRP_ROUTE.IPV6_ROUTE, RTNLGRP_ROUTE.IPV4_RULE, RTNLGRP_ROUTE.IPV6_RULE];

/** EOPNOTSUPP, EAFNOSUPPORT: no IPv6, or no rules, in this kernel. */
const absentTable: ReadonlySet<number> = new Set([95, 97]);

const families = ['inet', 'inet6'] as const;

export interface RoutingSocketOptions {
  /** Path of a network namespace (/run/netns/NAME); the process's own if absent. */
  readonly namespacePath?: string;
  /** The view is another one than before. */
  readonly onChange?: () => void;
  /** Told of messages that could not be read, and of dumps that failed after the start. */
  readonly onProblem?: (error: Error) => void;
}

/**
 * The kernel does not tell of every route that goes: those of an IPv4 interface that is set down vanish silently. So
 * notifications only say that the tables are to be read again, and refresh() is called when links or addresses changed.
 */
export class RoutingSocket {
  readonly #socket: NetlinkSocket;
  readonly #onChange: () => void;
  readonly #onProblem: (error: Error) => void;
  #view: RoutingView = { routes: [], rules: [] };
  #seen = '';
  #reading: Promise<void> | undefined;
  #again = false;
  #closed = false;

  private constructor(socket: NetlinkSocket, options: RoutingSocketOptions) {
    this.#socket = socket;
    this.#onChange = options.onChange ?? (() => undefined);
    this.#onProblem = options.onProblem ?? (() => undefined);
  }

  /** Subscribes and reads the tables once. @throws SystemError if the kernel refuses */
  static async open(options: RoutingSocketOptions = {}): Promise<RoutingSocket> {
    const { namespacePath } = options;
    const socket = NetlinkSocket.open({
      protocol: 'route',
      groups,
      strictDumps: true,
      ...(namespacePath !== undefined && { namespacePath }),
    });
    const routing = new RoutingSocket(socket, options);
    socket.onMessage((message) => {
      if (routing.#concerns(message)) routing.refreshLater();
    });
    socket.onOverrun(() => routing.refreshLater());
    try {
      await routing.refresh();
    } catch (error) {
      routing.close();
      throw error;
    }
    return routing;
  }

  /** Routes and rules of keepalived's protocol, as last read. */
  get view(): RoutingView {
    return this.#view;
  }

  #concerns(message: Uint8Array): boolean {
    const flags = new DataView(message.buffer, message.byteOffset, message.byteLength).getUint16(6, true);
    const ours = routeProtocol(message) === RTPROT_KEEPALIVED;
    const decoded = ours || (flags & NLM_F.REPLACE) !== 0 ? decodeRoutingMessage(message) : undefined;
    // The protocol of a rule is elsewhere; rules are few.
    if (decoded === undefined) return isRuleMessage(message);
    if (!decoded.ok) {
      this.#onProblem(decoded.error);
      return false;
    }
    const { value } = decoded;
    if (value?.what !== 'route' || ours) return value !== undefined;
    // Another's route that took the place of one: of ours?
    const { destination, family, table } = value.route;
    return this.#view.routes.some(
      (route) =>
        route.family === family &&
        route.table === table &&
        route.destination.address === destination.address &&
        route.destination.prefixLength === destination.prefixLength,
    );
  }

  /** Reads the tables again without waiting for them. */
  refreshLater(): void {
    this.refresh().catch((error: unknown) => {
      if (!this.#closed) this.#onProblem(error instanceof Error ? error : new Error(String(error)));
    });
  }

  /** Reads the tables; what was written before the call is in the view afterwards. Rejects if the kernel refuses. */
  refresh(): Promise<void> {
    if (this.#reading) this.#again = true;
    this.#reading ??= this.#read().finally(() => {
      this.#reading = undefined;
    });
    return this.#reading;
  }

  async #read(): Promise<void> {
    do {
      this.#again = false;
      const routes: KernelRoute[] = [];
      const rules: KernelRule[] = [];
      for (const family of families) {
        const messages = [
          ...(await this.#dump(encodeDumpRoutes(family))),
          ...(await this.#dump(encodeDumpRules(family))),
        ];
        for (const message of messages) this.#take(message, routes, rules);
      }
      this.#view = { routes, rules };
    } while (this.#again && !this.#closed);
    const seen = JSON.stringify(this.#view);
    if (seen === this.#seen || this.#closed) return;
    this.#seen = seen;
    this.#onChange();
  }

  /** A table of the kernel; one that it was built without is empty. */
  async #dump(request: Uint8Array): Promise<readonly Uint8Array[]> {
    try {
      return await this.#socket.dump(request);
    } catch (error) {
      if (error instanceof SystemError && absentTable.has(error.errno)) return [];
      throw error;
    }
  }

  #take(message: Uint8Array, routes: KernelRoute[], rules: KernelRule[]): void {
    const decoded = decodeRoutingMessage(message);
    if (!decoded.ok) this.#onProblem(decoded.error);
    else if (decoded.value?.what === 'route') {
      if (decoded.value.route.protocol === RTPROT_KEEPALIVED) routes.push(decoded.value.route);
    } else if (decoded.value?.rule.protocol === RTPROT_KEEPALIVED) rules.push(decoded.value.rule);
  }

  /**
   * Writes the changes in their order. The kernel does what the first batch says inside this call.
   * @returns one outcome a change; refusals are outcomes. Rejects with SystemError ENOBUFS if answers were lost
   */
  async apply(changes: readonly RoutingChange[]): Promise<readonly RoutingOutcome[]> {
    const unsayable = new Map<RoutingChange, RoutingOutcome>();
    const messages: Uint8Array[] = [];
    for (const change of changes) {
      try {
        messages.push(
          change.what === 'route'
            ? encodeRouteChange(change.change, change.route)
            : encodeRuleChange(change.change, change.rule),
        );
      } catch (error) {
        if (!(error instanceof DaemonError)) throw error;
        unsayable.set(change, { result: 'failed', reason: error.message });
      }
    }
    const acknowledgements = (await this.#socket.transact(messages)).values();
    return changes.map((change) => {
      const known = unsayable.get(change);
      if (known) return known;
      const { errno, message } = acknowledgements.next().value ?? { errno: 0 };
      const { code, description } = describeErrno(errno);
      return judgeRoutingChange(change, errno, `${message ?? description} (${code})`);
    });
  }

  /** Safe to call twice. */
  close(): void {
    this.#closed = true;
    this.#socket.close();
  }
}

function isRuleMessage(message: Uint8Array): boolean {
  const type = new DataView(message.buffer, message.byteOffset, message.byteLength).getUint16(4, true);
  return type === RTM_ROUTE.NEWRULE || type === RTM_ROUTE.DELRULE;
}

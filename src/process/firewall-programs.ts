/**
 * The parent's side of nft and ipset: runs them for the other processes, and tells those when somebody has taken away a
 * table. It listens where a keeper of tables has had one made, so that no protocol loop wakes up for every change of a
 * machine's rules.
 */
import { NetlinkSocket } from '../kernel/netlink-socket.ts';
import { NFNLGRP_NFTABLES, RemovedTables } from '../network/nftables-notices.ts';
import type { ChildToParent, ParentToChild } from './messages.ts';
import { runFirewallProgram } from './run-nft.ts';

interface Receiver {
  send(message: ParentToChild): void;
}

type RunMessage = Extract<ChildToParent, { readonly type: 'run-firewall' }>;

export class FirewallPrograms {
  readonly #receivers: () => readonly Receiver[];
  /** By the path of the network namespace; "" is the daemon's. */
  readonly #sockets = new Map<string, NetlinkSocket>();

  /** @param receivers who is told of tables that are gone */
  constructor(receivers: () => readonly Receiver[]) {
    this.#receivers = receivers;
  }

  /** Runs a program and answers who asked. */
  run(asker: Receiver, { program, run }: RunMessage): void {
    if (program.keepsTables === true) this.#listen(program.namespace);
    void runFirewallProgram(program).then(
      (output) => asker.send({ type: 'firewall-finished', run, output }),
      (error: unknown) => asker.send({ type: 'firewall-finished', run, output: '', trouble: (error as Error).message }),
    );
  }

  #listen(namespace: string | undefined): void {
    const place = namespace ?? '';
    if (this.#sockets.has(place)) return;
    const tables = new RemovedTables();
    try {
      const socket = NetlinkSocket.open({
        protocol: 'netfilter',
        groups: [NFNLGRP_NFTABLES],
        ...(namespace !== undefined && { namespacePath: namespace }),
      });
      socket.onMessage((message) => {
        for (const { family, name } of tables.take(message))
          for (const receiver of this.#receivers()) receiver.send({ type: 'table-removed', family, table: name });
      });
      this.#sockets.set(place, socket);
    } catch {
      // Without nf_tables nft says so itself; it is tried again with the next script.
    }
  }

  close(): void {
    for (const socket of this.#sockets.values()) socket.close();
    this.#sockets.clear();
  }
}

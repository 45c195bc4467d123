/** lvs_timeouts: the kernel's times for connections of IPVS, given back when nobody wants others any more. */
import type { GlobalConfiguration } from '../config/model.ts';
import type { IpvsTimeouts } from '../ipvs/types.ts';
import type { IpvsTable } from '../kernel/ipvs-table.ts';

export class KernelTimeouts {
  /** The kernel's own before ours. */
  #former: IpvsTimeouts | undefined;

  /** Sets what the configuration wants; what it does not name stays as it was. */
  async follow(table: IpvsTable, wanted: GlobalConfiguration['lvsTimeouts']): Promise<void> {
    if (wanted === undefined) {
      await this.restore(table);
      return;
    }
    this.#former ??= await table.timeouts();
    const former = this.#former;
    const seconds = (milliseconds: number | undefined, otherwise: number): number =>
      milliseconds === undefined ? otherwise : Math.round(milliseconds / 1000);
    await table.apply([
      {
        op: 'set-timeouts',
        tcp: seconds(wanted.tcp, former.tcp),
        tcpFin: seconds(wanted.tcpFin, former.tcpFin),
        udp: seconds(wanted.udp, former.udp),
      },
    ]);
  }

  /** Gives back what was there before ours. */
  async restore(table: IpvsTable): Promise<void> {
    if (this.#former !== undefined) await table.apply([{ op: 'set-timeouts', ...this.#former }]);
    this.#former = undefined;
  }
}

/** Prints bfd_instance. */
import type { BfdInstanceConfiguration } from '../model.ts';
import { blockLine, boolLine, decimal, flagLine, line, optional, type PrintedLine } from './printed.ts';
import { weightLine } from './trackables.ts';

/** bfd_instance. Its intervals are written in milliseconds. */
export function printBfdInstance(bfd: BfdInstanceConfiguration): PrintedLine {
  return blockLine(
    'bfd_instance',
    [bfd.name],
    [
      line('neighbor_ip', bfd.neighborAddress),
      ...optional('source_ip', bfd.sourceAddress),
      line('min_rx', decimal(bfd.minRx)),
      line('min_tx', decimal(bfd.minTx)),
      line('idle_tx', decimal(bfd.idleTx)),
      line('multiplier', bfd.multiplier),
      ...flagLine('passive', bfd.passive),
      line('ttl', bfd.ttl),
      line('max_hops', bfd.maxHops),
      boolLine('multihop', bfd.multihop),
      weightLine(bfd.weight, bfd.reverse),
      ...flagLine('vrrp', bfd.vrrp),
      ...flagLine('checker', bfd.checker),
    ],
    bfd.at,
  );
}

/** Prints interface_up_down_delays and linkbeat_interfaces. */
import type { InterfaceDelays, LinkbeatInterface } from '../model.ts';
import { seconds, valueLine, type PrintedLine } from './printed.ts';

/** One line of interface_up_down_delays. */
export function printDelays(delays: InterfaceDelays): PrintedLine {
  return valueLine([delays.interface, seconds(delays.down), seconds(delays.up)], delays.at);
}

/** One line of linkbeat_interfaces. */
export function printLinkbeat({ interface: name, method, at }: LinkbeatInterface): PrintedLine {
  return valueLine([name, ...(method === undefined ? [] : [method])], at);
}

/** The sessions as keepalived_bfd.data shows them: what is configured. */
import type { BfdInstanceConfiguration, Configuration } from '../../config/model.ts';
import { globalDataText, type MachineFacts } from './global-data.ts';
import { textOf, trueFalse } from './texts.ts';

const microseconds = (milliseconds: number): string => `${Math.round(milliseconds * 1000)} us`;
const yes = (value: boolean): string => (value ? 'Yes' : 'No');

/** The whole file. */
export function bfdDataText({ global, bfd }: Configuration, facts: MachineFacts): string {
  return [
    globalDataText(global, { ...facts, process: 'bfd' }),
    ...(bfd.instances.length === 0 ? [] : ['------< BFD Topology >------\n']),
    ...bfd.instances.map((session) => textOf(sessionLines(session))),
  ].join('');
}

function sessionLines(session: BfdInstanceConfiguration): string[] {
  return [
    ` BFD Instance = ${session.name}`,
    `   Neighbor IP = ${session.neighborAddress}`,
    ...(session.sourceAddress === undefined ? [] : [`   Source IP = ${session.sourceAddress}`]),
    `   Required min RX interval = ${microseconds(session.minRx)}`,
    `   Desired min TX interval = ${microseconds(session.minTx)}`,
    `   Desired idle TX interval = ${microseconds(session.idleTx)}`,
    `   Detection multiplier = ${session.multiplier}`,
    `   ${session.family === 'inet' ? 'TTL' : 'hoplimit'} = ${session.ttl}`,
    `   max_hops = ${session.maxHops}`,
    `   passive = ${trueFalse(session.passive)}`,
    `   send event to VRRP process = ${yes(session.vrrp)}`,
    `   send event to checker process = ${yes(session.checker)}`,
  ];
}

/** keepalived_bfd.data: the sessions as they are configured and as they are. */
import type { BfdSessionStatus } from '../../bfd/types.ts';
import { diagnosticText } from '../../bfd/wire/constants.ts';
import type { BfdInstanceConfiguration, Configuration } from '../../config/model.ts';
import { consoleDate, microseconds as microsecondDigits } from '../../log/timestamps.ts';
import { globalDataText, type MachineFacts } from './global-data.ts';
import { wallTime, type DumpClock } from './input.ts';
import { textOf, trueFalse } from './texts.ts';

const microseconds = (milliseconds: number): string => `${Math.round(milliseconds * 1000)} us`;
const yes = (value: boolean): string => (value ? 'Yes' : 'No');

/** What only the running process knows. */
export interface BfdDumpState {
  readonly sessions: readonly BfdSessionStatus[];
  readonly senderOf: (session: string) => { readonly descriptor?: number; readonly troubled: boolean };
  /** Descriptors that packets come in by. */
  readonly listening: readonly number[];
  readonly clock: DumpClock;
}

/** The whole file; without `state` what is configured. */
export function bfdDataText({ global, bfd }: Configuration, facts: MachineFacts, state?: BfdDumpState): string {
  const statusOf = new Map(state?.sessions.map((session) => [session.name, session]));
  return [
    globalDataText(global, { ...facts, process: 'bfd' }),
    ...(state === undefined || bfd.instances.length === 0
      ? []
      : [textOf(['------< BFD Data >------', ...state.listening.map((descriptor) => ` fd_in = ${descriptor}`)])]),
    ...(bfd.instances.length === 0 ? [] : ['------< BFD Topology >------\n']),
    ...bfd.instances.map((session) => {
      const status = statusOf.get(session.name);
      const lines = state === undefined || status === undefined ? [] : statusLines(status, state);
      return textOf([...sessionLines(session), ...lines]);
    }),
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

/** `1795320951.537086 (Sun Nov 22 04:15:51 2026.537086)` */
function moment(milliseconds: number): string {
  const digits = microsecondDigits(milliseconds);
  return `${Math.floor(milliseconds / 1000)}.${digits} (${consoleDate(milliseconds)}.${digits})`;
}

const discriminator = (value: number): string => `0x${value.toString(16)}`;

/** In the order of the original; what it says of its own memory (timer threads) is left out. */
function statusLines(status: BfdSessionStatus, { clock, senderOf }: BfdDumpState): string[] {
  const { remote } = status;
  const { descriptor, troubled } = senderOf(status.name);
  return [
    `   fd_out ${descriptor ?? -1}`,
    `   send error = ${trueFalse(troubled)}`,
    `   local state = ${status.state}`,
    `   remote state = ${remote.state}`,
    `   local discriminator = ${discriminator(status.localDiscriminator)}`,
    `   remote discriminator = ${discriminator(remote.discriminator)}`,
    `   local diag = ${diagnosticText(status.localDiagnostic)}`,
    `   remote diag = ${diagnosticText(remote.diagnostic)}`,
    `   remote min tx intv = ${microseconds(remote.desiredMinTx)}`,
    `   remote min rx intv = ${microseconds(remote.requiredMinRx)}`,
    '   local demand = 0',
    `   remote demand = ${remote.demand ? 1 : 0}`,
    `   remote detect multiplier = ${remote.multiplier}`,
    `   ${status.polling ? '' : '!'}poll, !final`,
    `   local tx intv = ${microseconds(status.sendInterval)}`,
    `   remote tx intv = ${microseconds(remote.sendInterval)}`,
    `   local detection time = ${microseconds(status.detectionTime)}`,
    `   remote detection time = ${microseconds(status.remoteDetectionTime)}`,
    status.lastReceived === undefined
      ? '   last_seen = [never]'
      : `   last seen = ${moment(wallTime(status.lastReceived, clock))}`,
    `   Reason = ${status.reason}`,
  ];
}

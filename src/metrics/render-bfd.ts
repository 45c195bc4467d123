/** BFD sessions. */
import type { BfdSessionState } from '../core/events.ts';
import type { BfdFigures } from './figures.ts';
import type { Exposition, Sample } from './render.ts';

/** RFC 5880 section 4.1. */
const stateNumbers: Readonly<Record<BfdSessionState, number>> = { AdminDown: 0, Down: 1, Init: 2, Up: 3 };

export function renderBfd(exposition: Exposition, { sessions }: BfdFigures): void {
  exposition.family(
    'keepalived_bfd_session_state',
    sessions.map(({ name, neighbor, state }) => [[name, neighbor], stateNumbers[state]]),
  );
  exposition.family(
    'keepalived_bfd_packets_sent_total',
    sessions.map(({ name, neighbor, packetsSent }) => [[name, neighbor], packetsSent]),
  );
  exposition.family(
    'keepalived_bfd_packets_received_total',
    sessions.map(({ name, neighbor, packetsReceived }) => [[name, neighbor], packetsReceived]),
  );
  exposition.family(
    'keepalived_bfd_packets_dropped_total',
    sessions.flatMap(({ name, neighbor, refusals }) =>
      refusals.map(([code, count]): Sample => [[name, neighbor, code], count]),
    ),
  );
}

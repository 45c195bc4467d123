/** Virtual and real servers, checks, connection limits. */
import { forEachServer, forEachService, type ServicePiece } from './checker-mirror.ts';
import type { FamilyName } from './families.ts';
import type { LimitMetrics } from './figures.ts';
import { durationBounds } from './histogram.ts';
import type { Collected, Exposition } from './render.ts';

/** In the order of the numbers of a service (src/check/figures.ts). */
const ofServices: readonly FamilyName[] = [
  'keepalived_virtual_server_up',
  'keepalived_virtual_server_weight',
  'keepalived_virtual_server_quorum',
  'keepalived_virtual_server_real_servers',
  'keepalived_virtual_server_real_servers_up',
  'keepalived_virtual_server_sorry',
  'keepalived_virtual_server_suspended',
];

/** In the order of the numbers of a server. */
const ofServers: readonly FamilyName[] = [
  'keepalived_real_server_up',
  'keepalived_real_server_weight',
  'keepalived_real_server_check_duration_seconds',
  'keepalived_real_server_checks_total',
  'keepalived_real_server_check_failures_total',
  'keepalived_real_server_active_connections',
  'keepalived_real_server_inactive_connections',
  'keepalived_real_server_connections_total',
  'keepalived_real_server_incoming_packets_total',
  'keepalived_real_server_outgoing_packets_total',
  'keepalived_real_server_incoming_bytes_total',
  'keepalived_real_server_outgoing_bytes_total',
];

const perLimit: readonly (readonly [FamilyName, (limit: LimitMetrics) => number | undefined])[] = [
  ['keepalived_connection_limit_banned', ({ banned }) => banned],
  ['keepalived_connection_limit_listed', ({ listed }) => listed],
  ['keepalived_connection_limit_bans_total', ({ totals }) => totals.banned],
  ['keepalived_connection_limit_releases_total', ({ totals }) => totals.released],
  ['keepalived_connection_limit_established', ({ table }) => table?.established],
  ['keepalived_connection_limit_clients', ({ table }) => table?.clients],
  ['keepalived_connection_limit_largest_client', ({ table }) => table?.most],
  ['keepalived_connection_limit_count_duration_seconds', ({ table }) => table && table.duration / 1000],
];

function sumOf(pieces: readonly ServicePiece[], each: typeof forEachService, place: number): number {
  let sum = 0;
  for (const piece of pieces) each(piece, place, (_labels, value) => (sum += value));
  return sum;
}

/** Leaves in the exposition what may be taken behind the last piece. */
export function* renderChecker(
  exposition: Exposition,
  { common, pieces }: NonNullable<Collected['checker']>,
): Generator<string> {
  if (common !== undefined) renderCommon(exposition, common);
  const services = pieces.reduce((sum, piece) => sum + piece.services.length, 0);
  exposition.family('keepalived_virtual_servers', [[[], services]]);
  exposition.family('keepalived_virtual_servers_up', [[[], sumOf(pieces, forEachService, 0)]]);
  exposition.family('keepalived_real_servers', [[[], sumOf(pieces, forEachService, 3)]]);
  exposition.family('keepalived_real_servers_up', [[[], sumOf(pieces, forEachService, 4)]]);
  for (const [place, name] of ofServices.entries())
    yield* renderFamily(exposition, name, pieces, forEachService, place);
  for (const [place, name] of ofServers.entries()) yield* renderFamily(exposition, name, pieces, forEachServer, place);
}

/** What is not known (-1) has no sample. Two services of the same name are possible (the same address twice). */
function* renderFamily(
  exposition: Exposition,
  name: FamilyName,
  pieces: readonly ServicePiece[],
  each: typeof forEachService,
  place: number,
): Generator<string> {
  let begun = false;
  for (const piece of pieces) {
    each(piece, place, (labels, value) => {
      if (value < 0) return;
      if (!begun) exposition.head(name);
      begun = true;
      exposition.sample(name, labels, value);
    });
    if (exposition.isMuch) yield exposition.take();
  }
}

function renderCommon(exposition: Exposition, common: NonNullable<NonNullable<Collected['checker']>['common']>): void {
  const { checks, draining, durations, failures, limits, probesInFlight, probesWaiting, trafficAge } = common;
  exposition.family('keepalived_checks', [[[], checks]]);
  exposition.family('keepalived_checks_in_flight', [[[], probesInFlight]]);
  exposition.family('keepalived_checks_waiting', [[[], probesWaiting]]);
  exposition.family('keepalived_draining_servers', [[[], draining]]);
  exposition.histograms('keepalived_check_duration_seconds', durationBounds, durations);
  exposition.family(
    'keepalived_check_failures_total',
    // Beside each duration, so that a rate has its denominator.
    Object.keys(durations).map((checker) => [[checker], failures[checker] ?? 0]),
  );
  if (trafficAge !== undefined) exposition.family('keepalived_ipvs_statistics_age_seconds', [[[], trafficAge]]);
  for (const [name, read] of perLimit) {
    exposition.family(
      name,
      limits.flatMap((limit) => {
        const value = read(limit);
        return value === undefined ? [] : [[[limit.name], value] as const];
      }),
    );
  }
}

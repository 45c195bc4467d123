/** Virtual and real servers, checks, connection limits. */
import { sumOf } from './checker-mirror.ts';
import { headOf } from './exposition.ts';
import type { FamilyName } from './families.ts';
import type { LimitMetrics } from './figures.ts';
import { durationBounds } from './histogram.ts';
import type { Collected, Exposition } from './render.ts';
import { SampleOctets } from './sample-octets.ts';

/** In the order of the numbers of a service, and of a server (src/check/figures.ts). */
const families = {
  services: [
    'keepalived_virtual_server_up',
    'keepalived_virtual_server_weight',
    'keepalived_virtual_server_quorum',
    'keepalived_virtual_server_real_servers',
    'keepalived_virtual_server_real_servers_up',
    'keepalived_virtual_server_sorry',
    'keepalived_virtual_server_suspended',
  ],
  servers: [
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
  ],
} as const satisfies Readonly<Record<'services' | 'servers', readonly FamilyName[]>>;

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

/** What came together in the exposition before goes first. */
export function* renderChecker(
  exposition: Exposition,
  { common, pieces }: NonNullable<Collected['checker']>,
): Generator<Uint8Array> {
  if (common !== undefined) renderCommon(exposition, common);
  const services = pieces.reduce((sum, piece) => sum + piece.services.first.length, 0);
  exposition.family('keepalived_virtual_servers', [[[], services]]);
  exposition.family('keepalived_virtual_servers_up', [[[], sumOf(pieces, 0)]]);
  exposition.family('keepalived_real_servers', [[[], sumOf(pieces, 3)]]);
  exposition.family('keepalived_real_servers_up', [[[], sumOf(pieces, 4)]]);
  const octets = new SampleOctets();
  octets.text(exposition.take());
  for (const kind of ['services', 'servers'] as const) {
    for (const [place, name] of families[kind].entries()) {
      let head = headOf(name, exposition.format);
      for (const piece of pieces) {
        // What is not known has no sample. Two services of the same name are possible (the same address twice).
        if (octets.rows(name, piece[kind], piece.numbers, place, head)) head = '';
        yield* octets.takeFull();
      }
    }
  }
  yield* octets.takeAll();
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

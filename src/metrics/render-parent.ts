/** The daemon itself: processes, reloads, scripts. */
import { durationBounds, latenessBounds, type HistogramFigures } from './histogram.ts';
import type { Collected, Exposition } from './render.ts';

export function renderParent(exposition: Exposition, collected: Collected): void {
  const { parent, silent } = collected;
  const { lastReload, processes, reloads, scriptDurations, scriptFailures } = parent;
  const answers = (name: string): boolean => !silent.includes(name);
  exposition.family('keepalived_up', [[[], silent.length === 0 ? 1 : 0]]);
  exposition.family('keepalived_build_info', [[[parent.version, parent.level, parent.runtime], 1]]);
  exposition.family(
    'keepalived_process_up',
    processes.map(({ name, up }) => [[name], up && answers(name) ? 1 : 0]),
  );
  exposition.family(
    'keepalived_process_deaths_total',
    processes.map(({ deaths, name }) => [[name], deaths]),
  );
  const known = (read: (process: (typeof processes)[number]) => number | undefined): [readonly string[], number][] =>
    processes.flatMap((process) => {
      const value = read(process);
      return value === undefined ? [] : [[[process.name], value]];
    });
  exposition.family(
    'keepalived_process_cpu_seconds_total',
    known(({ processorTime }) => processorTime),
  );
  exposition.family(
    'keepalived_process_resident_memory_bytes',
    known(({ residentMemory }) => residentMemory),
  );
  exposition.family(
    'keepalived_process_start_time_seconds',
    known(({ startTime }) => startTime),
  );
  exposition.histograms('keepalived_loop_lateness_seconds', latenessBounds, latenesses(collected));
  exposition.family('keepalived_reloads_total', [
    [['applied'], reloads.applied],
    [['refused'], reloads.refused],
  ]);
  exposition.family('keepalived_last_reload_successful', [[[], lastReload?.successful === false ? 0 : 1]]);
  if (lastReload !== undefined) {
    exposition.family('keepalived_last_reload_time_seconds', [[[], lastReload.at]]);
    exposition.family('keepalived_last_reload_duration_seconds', [[[], lastReload.took]]);
  }
  exposition.histograms('keepalived_script_duration_seconds', durationBounds, scriptDurations);
  exposition.family(
    'keepalived_script_failures_total',
    Object.entries(scriptFailures).map(([kind, count]) => [[kind], count]),
  );
}

function latenesses({ bfd, checker, lateness, parent, vrrp }: Collected): Record<string, HistogramFigures> {
  return {
    parent: parent.lateness,
    ...(vrrp?.common && { vrrp: vrrp.common.lateness }),
    ...(checker?.common && { checker: checker.common.lateness }),
    ...(bfd && { bfd: bfd.lateness }),
    web: lateness,
  };
}

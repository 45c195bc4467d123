/** Whether a reload of what stands in the files now would be applied: the same judgement for a reload and for its plan. */
import { missingInterfaces } from '../config/interfaces.ts';
import { newErrors } from '../config/new-errors.ts';
import type { KeepalivedArguments } from '../cli/keepalived-arguments.ts';
import type { Diagnostic } from '../config/diagnostics.ts';
import type { LoadResult } from '../config/load.ts';
import type { Configuration } from '../config/model.ts';
import { interfaceIndex } from '../kernel/process-control.ts';
import { readConfiguration } from './configuration-source.ts';
import { unchangeableSettings } from './reload-limits.ts';

/** A configuration with what there was to say of it. */
export interface Loaded {
  readonly configuration: Configuration;
  readonly diagnostics: readonly Diagnostic[];
}

export interface Judgement {
  /** Absent: nothing can be done with the files. */
  readonly configuration?: Configuration;
  /** Of the files alone: what a later reload is compared with. */
  readonly diagnostics: readonly Diagnostic[];
  /** Everything that is worth a line in the log. */
  readonly told: readonly Diagnostic[];
  /** Any of these, or no configuration: it is refused. */
  readonly errors: readonly Diagnostic[];
}

/**
 * Reads the files and compares.
 * @param test the configuration test of `reload_check_config`: its exit status
 * @param read how the files are read
 */
export function judgeReload(
  args: KeepalivedArguments,
  running: Loaded,
  test: () => number,
  read: () => LoadResult = () => readConfiguration(args, 'run'),
): Judgement {
  const { global } = running.configuration;
  const checked = global.reload.checkConfiguration ? test() : 0;
  const { configuration, diagnostics } = read();
  const absent = absentInterfaces(args, configuration);
  const stoppers = [...diagnostics, ...absent].filter((diagnostic) => diagnostic.stops !== undefined);
  const fixed = configuration === undefined ? [] : unchangeableSettings(global, configuration.global);
  const added = args.reloadDespiteErrors ? [] : newErrors(running.diagnostics, diagnostics);
  const errors = [...new Set([...added, ...stoppers, ...fixed, ...failedCheck(checked, global.reload.checkLog)])];
  return { ...(configuration && { configuration }), diagnostics, told: [...diagnostics, ...absent, ...fixed], errors };
}

/** The error of a configuration that reload_check_config refuses. */
function failedCheck(exitCode: number, file: string | undefined): readonly Diagnostic[] {
  if (exitCode === 0) return [];
  const where = file === undefined ? 'run keepalived -t to see why' : `${file} says why`;
  return [
    {
      code: 'RELOAD_CHECK_FAILED',
      class: 'general',
      message: `reload_check_config: the configuration test ends with ${exitCode}`,
      remedy: where,
    },
  ];
}

/** Interfaces without which VRRP cannot run, as this process's network namespace has them now. */
export function absentInterfaces(
  args: KeepalivedArguments,
  configuration: Configuration | undefined,
): readonly Diagnostic[] {
  if (configuration === undefined || !args.vrrp) return [];
  return missingInterfaces(configuration, (name) => interfaceIndex(name) !== undefined);
}

/** What a reload cannot change, because the processes were started with it. Pure. */
import type { Diagnostic } from '../config/diagnostics.ts';
import type { GlobalConfiguration } from '../config/model.ts';

/** Keywords and what they set. */
const settings: readonly (readonly [keyword: string, value: (global: GlobalConfiguration) => string | undefined])[] = [
  ['net_namespace', (global) => global.netNamespace],
  ['net_namespace_ipvs', (global) => global.netNamespaceIpvs],
  ['instance', (global) => global.instance],
  ['disable_local_igmp', (global) => (global.disableLocalIgmp ? 'on' : undefined)],
];

function quote(value: string | undefined): string {
  return value === undefined ? 'not set' : `"${value}"`;
}

/** One error for each setting that differs and needs a new start; the original refuses such a reload too. */
export function unchangeableSettings(running: GlobalConfiguration, wanted: GlobalConfiguration): Diagnostic[] {
  return settings
    .map(([keyword, value]) => ({ keyword, before: value(running), after: value(wanted) }))
    .filter(({ after, before }) => before !== after)
    .map(({ after, before, keyword }) => ({
      code: 'RELOAD_UNCHANGEABLE',
      class: 'general',
      message: `${keyword} was ${quote(before)} and is ${quote(after)} now, which a reload cannot change`,
      remedy: 'restart the daemon, or put the former value back',
    }));
}

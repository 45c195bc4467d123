/** What a reload cannot change, because the processes were started with it. Pure. */
import type { Diagnostic } from '../config/diagnostics.ts';
import type { GlobalConfiguration } from '../config/model.ts';

const keywords = {
  netNamespace: 'net_namespace',
  netNamespaceIpvs: 'net_namespace_ipvs',
  instance: 'instance',
} as const satisfies Partial<Record<keyof GlobalConfiguration, string>>;

function quote(value: string | undefined): string {
  return value === undefined ? 'not set' : `"${value}"`;
}

/** One error for each setting that differs and needs a new start; the original refuses such a reload too. */
export function unchangeableSettings(running: GlobalConfiguration, wanted: GlobalConfiguration): Diagnostic[] {
  return (Object.keys(keywords) as (keyof typeof keywords)[])
    .filter((key) => running[key] !== wanted[key])
    .map((key) => ({
      code: 'RELOAD_UNCHANGEABLE',
      class: 'general',
      message: `${keywords[key]} was ${quote(running[key])} and is ${quote(wanted[key])} now, which a reload cannot change`,
      remedy: 'restart the daemon, or put the former value back',
    }));
}

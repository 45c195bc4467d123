/** Where the dump files stand: the defaults, and what global_defs says of them. Pure. */
import path from 'node:path';
import type { GlobalConfiguration } from '../config/model.ts';

/** The files that signals ask for, and what tells the state dumps of the processes apart. */
const files = {
  vrrpData: { name: 'keepalived.data', setting: 'state', process: '' },
  parentData: { name: 'keepalived.data', setting: 'state', process: '_parent' },
  checkerData: { name: 'keepalived.data', setting: 'state', process: '_check' },
  bfdData: { name: 'keepalived.data', setting: 'state', process: '_bfd' },
  statistics: { name: 'keepalived.stats', setting: 'statistics', process: '' },
  json: { name: 'keepalived.json', setting: 'json', process: '' },
} as const;

export type DumpFile = keyof typeof files;

/** What the names depend on. */
export interface DumpNaming {
  readonly global: Pick<GlobalConfiguration, 'dumps' | 'instance'>;
  /** Network namespace, from the command line or the configuration. */
  readonly namespace?: string | undefined;
  readonly environment: NodeJS.ProcessEnv;
}

/** `data_use_instance`: `.NAMESPACE_INSTANCE`, or the one of the two that is there. */
function suffix({ global, namespace }: DumpNaming): string {
  if (!global.dumps.useInstance) return '';
  const parts = [namespace, global.instance].filter((part) => part !== undefined);
  return parts.length === 0 ? '' : `.${parts.join('_')}`;
}

/**
 * Path of a dump file: in TMPDIR if that is absolute, else in /tmp, unless the configuration names another place. A
 * setting may be a path, a name, or (with a `/` at its end) a directory. The parts that tell processes and instances
 * apart go before the last dot; they belong to state dumps only (reference: runtime contract, files).
 */
export function dumpFilePath(file: DumpFile, naming: DumpNaming): string {
  const { name, process, setting } = files[file];
  const wanted = naming.environment['TMPDIR'];
  const temporary = wanted !== undefined && path.isAbsolute(wanted) ? wanted : '/tmp';
  const configured = naming.global.dumps[setting] ?? '';
  const whole = path.resolve(
    temporary,
    configured.endsWith('/') || configured === '' ? `${configured}${name}` : configured,
  );
  if (setting !== 'state') return whole;
  const { dir, ext, name: stem } = path.parse(whole);
  return path.join(dir, `${stem}${process}${suffix(naming)}${ext}`);
}

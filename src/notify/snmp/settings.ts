/**
 * What can be set (MAX-ACCESS read-write in KEEPALIVED-MIB, and accepted by keepalived): priority and preemption of
 * instances, weights of real servers. Pure: tests variables, and says which live changes they mean.
 */
import type { Configuration, VrrpInstanceConfiguration } from '../../config/model.ts';
import { preemptionKey, serverTargetKey, serviceTargetOf, vrrpTargetKey } from '../../live/targets.ts';
import type { ServerSetting, ServerTarget, VrrpSetting, VrrpTarget } from '../../live/types.ts';
import { ERROR } from './agentx/constants.ts';
import { startsWith, type Oid } from './oid.ts';
import type { SetValue, Variable } from './value.ts';
import { realServerEntry } from './mib/real-servers.ts';
import { keepalivedMib } from './mib/roots.ts';

/** A live change without its term. */
export type Setting = (
  | { readonly target: VrrpTarget; readonly setting: VrrpSetting }
  | { readonly target: ServerTarget; readonly setting: ServerSetting }
) & {
  /** targetKey() of the change. */
  readonly key: string;
  /** The file says the same: a change of this key has ended by that. */
  readonly asInFile: boolean;
};

/** What variables mean, or the first that cannot be set: an error of `ERROR`, and its number, from 1. */
export type SettingsRead =
  { readonly settings: readonly Setting[] } | { readonly error: number; readonly index: number };

const instanceEntry: Oid = [...keepalivedMib, 2, 3, 1];
const column = { basePriority: 7, preempt: 13, accept: 27, weight: 7 } as const;
/** Weights that IPVS takes in a configuration. */
const mostWeight = 65_535;

/** @param variables to be set together */
export function readSettings(configuration: Configuration, variables: readonly Variable<SetValue>[]): SettingsRead {
  const settings: Setting[] = [];
  for (const [at, variable] of variables.entries()) {
    const setting = readSetting(configuration, variable);
    if (typeof setting === 'number') return { error: setting, index: at + 1 };
    settings.push(setting);
  }
  return { settings };
}

function readSetting({ check, vrrp }: Configuration, { oid, value }: Variable<SetValue>): Setting | number {
  if (startsWith(oid, instanceEntry)) {
    const [number, row, ...rest] = oid.slice(instanceEntry.length);
    const instance = rest.length === 0 ? vrrp.instances[(row ?? 0) - 1] : undefined;
    if (instance === undefined) return ERROR.notWritable;
    if (number === column.basePriority) return priorityOf(instance, value);
    if (number === column.preempt) return preemptionOf(instance, value);
    // Writable in the document; keepalived takes nothing either, and says so with this error.
    return number === column.accept ? ERROR.noAccess : ERROR.notWritable;
  }
  if (!startsWith(oid, realServerEntry)) return ERROR.notWritable;
  const [number, service, row, ...rest] = oid.slice(realServerEntry.length);
  const pool = rest.length === 0 && number === column.weight ? check.virtualServers[(service ?? 0) - 1] : undefined;
  // A sorry server is the first row.
  const server = pool?.realServers[(row ?? 0) - (pool.sorryServer === undefined ? 1 : 2)];
  if (pool === undefined || server === undefined) return ERROR.notWritable;
  if (value.type !== 'integer') return ERROR.wrongType;
  if (value.value < 0 || value.value > mostWeight) return ERROR.wrongValue;
  const target = { service: serviceTargetOf(pool.identity), address: server.address, port: server.port };
  const setting = { kind: 'weight' as const, weight: value.value };
  return { key: serverTargetKey(target), target, setting, asInFile: value.value === server.weight };
}

function priorityOf({ name, priority }: VrrpInstanceConfiguration, value: SetValue): Setting | number {
  if (value.type !== 'integer') return ERROR.wrongType;
  if (value.value < 1 || value.value > 255) return ERROR.wrongValue;
  const target = { kind: 'instance' as const, name };
  const setting = { kind: 'priority' as const, priority: value.value };
  return { key: vrrpTargetKey(target), target, setting, asInFile: value.value === priority };
}

/** enabled(1), disabled(2). */
function preemptionOf({ name, nopreempt }: VrrpInstanceConfiguration, value: SetValue): Setting | number {
  if (value.type !== 'integer') return ERROR.wrongType;
  if (value.value !== 1 && value.value !== 2) return ERROR.wrongValue;
  const target = { kind: 'instance' as const, name };
  const kind = value.value === 1 ? 'preempt' : 'nopreempt';
  return { key: preemptionKey(target), target, setting: { kind }, asInFile: nopreempt === (kind === 'nopreempt') };
}

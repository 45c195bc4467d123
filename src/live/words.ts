/** Live changes in words: for log, events, status and answers. */
import type { LiveChange } from '../core/live-change.ts';
import type { MonotonicMs } from '../core/time.ts';
import { durationText } from './duration.ts';
import type {
  AnyChange,
  LiveTerm,
  ServerSetting,
  ServerTarget,
  ServiceTarget,
  VrrpSetting,
  VrrpTarget,
} from './types.ts';

/** As it was asked for: `weight 5`, `drain`, `maint`, `priority 50`, `release`, `nopreempt`. */
export function settingText(setting: ServerSetting | VrrpSetting): string {
  switch (setting.kind) {
    case 'weight':
      return `weight ${setting.weight}`;
    case 'priority':
      return `priority ${setting.priority}`;
    default:
      return setting.kind;
  }
}

/** "by the operator for 10m". */
export function termText({ by, since, until }: LiveTerm): string {
  // Root is who operates a machine; anybody else is worth a number.
  const who = by === 'SNMP' ? by : by === undefined || by === 0 ? 'the operator' : `the operator (uid ${by})`;
  return until === undefined ? `by ${who}` : `by ${who} for ${durationText(until - since)}`;
}

/** Why something is as it is: "weight 0: drained by the operator for 10m". */
export function reasonOf(change: AnyChange): string {
  const term = termText(change);
  switch (change.setting.kind) {
    case 'weight':
      return `weight ${change.setting.weight} set ${term}`;
    case 'drain':
      return `weight 0: drained ${term}`;
    case 'maint':
      return `put into maintenance ${term}`;
    case 'priority':
      return `priority ${change.setting.priority} set ${term}`;
    case 'release':
      return `released ${term}`;
    case 'preempt':
    case 'nopreempt':
      return `${change.setting.kind} set ${term}`;
  }
}

/** Why it is no more: its time is over, or somebody took it back. */
export function endOf({ by, setting, since, until }: AnyChange, now: MonotonicMs): string {
  const what = settingText(setting);
  if (by === 'SNMP') return `${what} set by SNMP has ended`;
  if (until === undefined || now < until) return `${what} taken back by the operator`;
  return `the ${durationText(until - since)} of ${what} are over`;
}

/** As status shows it beside what it changes. */
export function overrideStatus({ by, setting, since, until }: AnyChange, connections?: number): LiveChange {
  return {
    words: settingText(setting),
    since,
    ...(until !== undefined && { until }),
    ...(by !== undefined && { by }),
    ...(connections !== undefined && { connections }),
  };
}

/** As operators write it, and as the command takes it: `192.0.2.1:80/tcp`, `fwmark:5/inet`, `web/tcp`. */
export function serviceText(service: ServiceTarget): string {
  switch (service.kind) {
    case 'address':
      return `${endpointText(service)}/${service.protocol}`;
    case 'fwmark':
      return `fwmark:${service.mark}/${service.family}`;
    case 'group':
      return `${service.name}/${service.protocol}`;
  }
}

/** `192.0.2.1:80`, `[2001:db8::1]:80`. */
export function endpointText({ address, port }: { readonly address: string; readonly port: number }): string {
  return address.includes(':') ? `[${address}]:${port}` : `${address}:${port}`;
}

export function serverTargetText(target: ServerTarget): string {
  return `server ${endpointText(target)} of ${serviceText(target.service)}`;
}

export function vrrpTargetText({ kind, name }: VrrpTarget): string {
  return kind === 'group' ? `sync group ${name}` : `instance ${name}`;
}

export function targetText({ target }: AnyChange): string {
  return 'service' in target ? serverTargetText(target) : vrrpTargetText(target);
}

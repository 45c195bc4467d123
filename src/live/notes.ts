/** What an operator ought to know of a change that he has just made: consequences that the configuration tells of. */
import type { CheckConfiguration, VrrpConfiguration } from '../config/model.ts';
import { serviceKey, serviceTargetOf } from './targets.ts';
import type { ServerSetting, ServerTarget, VrrpSetting, VrrpTarget } from './types.ts';
import { serviceText } from './words.ts';

/** Services named in one note. */
const mostNamed = 5;

/** @param targets all with the same setting */
export function serverNotes(
  { virtualServers }: CheckConfiguration,
  setting: ServerSetting,
  targets: readonly ServerTarget[],
): string[] {
  const concerned = new Set(targets.map(({ service }) => serviceKey(service)));
  const services = virtualServers.filter(({ identity }) => concerned.has(serviceKey(serviceTargetOf(identity))));
  const named = (chosen: typeof services): string => {
    const texts = [...new Set(chosen.map(({ identity }) => serviceText(serviceTargetOf(identity))))];
    return texts.length > mostNamed
      ? `${texts.slice(0, mostNamed).join(', ')} and ${texts.length - mostNamed} more`
      : texts.join(', ');
  };
  const isQuiet = setting.kind === 'drain' || (setting.kind === 'weight' && setting.weight === 0);
  const persistent = services.filter(({ persistenceTimeout = 0 }) => persistenceTimeout > 0);
  if (isQuiet && persistent.length > 0)
    return [
      `${named(persistent)} binds clients by persistence_timeout: those that are bound to the server come to it with new connections too, until sysctl net.ipv4.vs.expire_quiescent_template is 1`,
    ];
  if (setting.kind !== 'maint') return [];
  return [
    'its connections stall until they time out; with sysctl net.ipv4.vs.expire_nodest_conn=1 they end at their next packet. To let them finish: drain',
  ];
}

/** The group of an instance, as the engine sees it: the first that names it. */
export function groupOf({ syncGroups }: Pick<VrrpConfiguration, 'syncGroups'>, instance: string): string | undefined {
  return syncGroups.find(({ members }) => members.includes(instance))?.name;
}

/** @param target what the setting is on: of a release the group, where there is one */
export function vrrpNotes(configuration: VrrpConfiguration, setting: VrrpSetting, target: VrrpTarget): string[] {
  if (setting.kind === 'preempt' || setting.kind === 'nopreempt') return [];
  const { instances, syncGroups } = configuration;
  const members =
    target.kind === 'instance' ? [target.name] : (syncGroups.find(({ name }) => name === target.name)?.members ?? []);
  const concerned = instances.filter(({ name }) => members.includes(name));
  const notes: string[] = [];
  const group = target.kind === 'instance' ? groupOf(configuration, target.name) : undefined;
  if (group !== undefined)
    notes.push(
      `it is a member of sync group ${group}, which changes as one: with other priorities than the others it may keep the group from being master`,
    );
  if (concerned.some(({ priority }) => priority === 255))
    notes.push('while this lasts, nobody here is the owner (priority 255): it is a router like the others');
  if (concerned.some(({ nopreempt }) => nopreempt))
    notes.push(
      setting.kind === 'release'
        ? 'nopreempt is set: behind the end of this it stays backup until the other router fails or gives way'
        : 'nopreempt is set: a backup does not take over from a master of lower priority',
    );
  return notes;
}

/** `vrrp`: priority, release, preemption and auto of instances and sync groups, beside the file. */
import type { VrrpConfiguration } from '../../config/model.ts';
import { groupOf, vrrpNotes } from '../../live/notes.ts';
import { isVrrpChange } from '../../live/store.ts';
import { preemptionKey, vrrpTargetKey } from '../../live/targets.ts';
import type { VrrpSetting, VrrpTarget } from '../../live/types.ts';
import { defineCommand } from '../command.ts';
import type { Caller } from '../command.ts';
import { clearLive, listOf, readTerm, readWhole, setLive, termOf } from '../live-fields.ts';
import type { ControlPorts } from '../ports.ts';
import { done, refused } from '../protocol.ts';
import type { Answer } from '../protocol.ts';
import type { RequestFields } from '../request-fields.ts';

type VrrpRequest =
  | { readonly action: 'list' }
  | { readonly action: 'auto'; readonly name: string; readonly kind: VrrpTarget['kind'] | undefined }
  | {
      readonly action: 'set';
      readonly name: string;
      readonly kind: VrrpTarget['kind'] | undefined;
      readonly setting: VrrpSetting;
      readonly term: number | undefined;
    };

function read(fields: RequestFields): VrrpRequest {
  const action = fields.choice('action', ['list', 'priority', 'release', 'preempt', 'nopreempt', 'auto']) ?? 'list';
  if (action === 'list') return { action };
  const name = fields.requiredText('name', 'the name of an instance or a sync group');
  const kind = fields.choice('kind', ['instance', 'group']);
  if (action === 'auto') return { action, name, kind };
  // 255 says that the addresses are the machine's own (RFC 5798 section 5.2.4): that is for the file to say.
  const setting: VrrpSetting =
    action === 'priority' ? { kind: action, priority: readWhole(fields, 'priority', 1, 254) } : { kind: action };
  return { action: 'set', name, kind, setting, term: readTerm(fields) };
}

export const vrrpCommand = defineCommand<VrrpRequest>({
  name: 'vrrp',
  access: ({ action }) => (action === 'list' ? 'read' : 'change'),
  read,
  run: (request, ports, caller) => Promise.resolve(answer(request, ports, caller)),
});

function answer(request: VrrpRequest, ports: ControlPorts, caller: Caller): Answer {
  const { live } = ports;
  const entries = live.list().filter(({ change }) => isVrrpChange(change));
  if (request.action === 'list') return done(listOf(entries));
  const vrrp = ports.configuration()?.vrrp;
  if (vrrp === undefined) return refused('the daemon is starting');
  const { kind, name } = request;
  const found = findTarget(vrrp, name, kind);
  if (request.action === 'auto') {
    const group = groupOf(vrrp, name);
    const waiting = entries.flatMap(({ change: { target } }) =>
      'name' in target && target.name === name ? [target] : [],
    );
    const targets = [...(found.ok ? [found.target] : []), ...waiting.filter((target) => isMeant(target, kind))];
    if (targets.length === 0 && !found.ok) return refused(found.error);
    // A member was released with its group; who takes it back means that.
    const released: VrrpTarget | undefined = group === undefined ? undefined : { kind: 'group', name: group };
    if (released !== undefined && live.get(vrrpTargetKey(released))?.setting.kind === 'release') targets.push(released);
    const keys = targets.flatMap((each) => [vrrpTargetKey(each), preemptionKey(each)]);
    return clearLive(live, keys);
  }
  if (!found.ok) return refused(found.error);
  const group = found.target.kind === 'instance' ? groupOf(vrrp, name) : undefined;
  const isForGroup = request.setting.kind === 'release' && group !== undefined;
  const target: VrrpTarget = isForGroup ? { kind: 'group', name: group } : found.target;
  const change = { target, setting: request.setting, ...termOf(request.term, caller) };
  return setLive(
    live,
    [change],
    [
      ...(isForGroup ? [`${name} is a member of sync group ${group}, which is released as a whole`] : []),
      ...vrrpNotes(vrrp, request.setting, target),
    ],
  );
}

type Found = { readonly ok: true; readonly target: VrrpTarget } | { readonly ok: false; readonly error: string };

function findTarget(
  { instances, syncGroups }: VrrpConfiguration,
  name: string,
  kind: VrrpTarget['kind'] | undefined,
): Found {
  const targets: VrrpTarget[] = [
    ...instances.map((instance) => ({ kind: 'instance' as const, name: instance.name })),
    ...syncGroups.map((group) => ({ kind: 'group' as const, name: group.name })),
  ];
  const [first, second] = targets.filter((target) => target.name === name && isMeant(target, kind));
  if (first === undefined) {
    const names = targets.map((target) => target.name).slice(0, 10);
    const known = names.length === 0 ? 'the configuration has no vrrp_instance' : `there are ${names.join(', ')}`;
    return { ok: false, error: `there is no ${kind ?? 'instance or sync group'} ${name}; ${known}` };
  }
  if (second === undefined) return { ok: true, target: first };
  return { ok: false, error: `${name} is an instance and a sync group: say which (kind instance or group)` };
}

function isMeant(target: VrrpTarget, kind: VrrpTarget['kind'] | undefined): boolean {
  return kind === undefined || target.kind === kind;
}

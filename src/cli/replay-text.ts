/** A step of a replay in words: when, what came in, what was decided and why. */
import { reasonOf, targetText } from '../live/words.ts';
import type { AddressFamily } from '../config/model.ts';
import { seconds } from '../vrrp/outbox.ts';
import { peekVirtualRouterId } from '../vrrp/examine.ts';
import type { RecordedCall } from '../vrrp/recording/records.ts';
import type { ReplayStep } from '../vrrp/recording/replay.ts';
import type { VrrpIntent } from '../vrrp/types.ts';
import { AUTHENTICATION_HEADER, IP_PROTOCOL } from '../vrrp/wire/constants.ts';

/** Priority of an advertisement, read from its octets. */
function priorityIn(packet: Uint8Array, family: AddressFamily): number {
  if (family === 'inet6') return packet[2] ?? 0;
  const header = ((packet[0] ?? 0) & 15) * 4;
  const wrapped = packet[9] === IP_PROTOCOL.authenticationHeader ? AUTHENTICATION_HEADER.length : 0;
  return packet[header + wrapped + 2] ?? 0;
}

function inputWords(call: RecordedCall, news: readonly string[]): string {
  switch (call.call) {
    case 'begin':
      return 'the process began';
    case 'start':
      return 'start';
    case 'receive': {
      const { meta, packet } = call;
      const router = peekVirtualRouterId(packet, meta.family) ?? '?';
      return `heard priority ${priorityIn(packet, meta.family)} of virtual router ${router} from ${meta.source}`;
    }
    case 'timeout':
      return 'a timer was due';
    case 'links':
      return `links: ${news.join(', ') || 'as they were'}`;
    case 'addresses':
      return `addresses: ${news.join(', ') || 'as they were'}`;
    case 'script':
      return `script ${call.script} ${outcomeWords(call)}`;
    case 'file':
      return `track file ${call.name} says ${call.value ?? 'nothing'}`;
    case 'processes':
      return `${call.running} processes of ${call.name}`;
    case 'suspended':
      return `the machine slept for ${seconds(call.span)}`;
    case 'sockets':
      return call.missing.map(([name, reason]) => `${name}: ${reason}`).join(', ') || 'all sockets are open';
    case 'gratuitous':
      return `gratuitous messages of ${call.instance} asked for`;
    case 'bfd':
      return `BFD session ${call.session} is ${call.up ? 'up' : 'down'}: ${call.reason}`;
    case 'overridden': {
      const words = call.changes.map((change) => `${targetText(change)}: ${reasonOf(change)}`);
      return `settings of the operator: ${words.join(', ') || 'none'}`;
    }
    case 'reload':
      return 'reload';
    case 'stop':
      return 'stop';
  }
}

function outcomeWords({ outcome }: RecordedCall & { readonly call: 'script' }): string {
  switch (outcome.kind) {
    case 'exited':
      return `exited with status ${outcome.code}`;
    case 'killed':
      return `was ended by ${outcome.signal}`;
    case 'not-started':
      return `could not be started: ${outcome.error}`;
  }
}

/** What is routine is left out: of frames and advertisements only how many. */
function decisions(intents: readonly VrrpIntent[]): string[] {
  const lines: string[] = [];
  const frames = new Map<string, number>();
  for (const intent of intents) {
    switch (intent.type) {
      case 'send-advertisement':
        lines.push(
          `${intent.instance}: sends priority ${priorityIn(intent.packet, intent.family)} to ${intent.destination}`,
        );
        break;
      case 'send-ahead':
        for (const { destination, family, packet } of intent.advertisements)
          lines.push(
            `${intent.instance}: the next one, priority ${priorityIn(packet, family)} to ${destination}, is on its way`,
          );
        break;
      case 'reconcile-addresses':
        lines.push(`${intent.instances.join(', ')}: addresses are set or removed as the states are now`);
        break;
      case 'send-frame':
        frames.set(intent.interface, (frames.get(intent.interface) ?? 0) + 1);
        break;
      case 'sync-daemon':
        lines.push(`LVS sync daemon: ${intent.role}`);
        break;
      case 'run-script':
        lines.push(`runs script ${intent.script}`);
        break;
      case 'kill-script':
        lines.push(`${intent.signal} to script ${intent.script}`);
        break;
      case 'event':
        lines.push(eventWords(intent));
        break;
      case 'log':
        lines.push(`log: ${intent.line.message}`);
        break;
      case 'refused':
        // The log line beside it says why.
        break;
    }
  }
  for (const [name, count] of frames) lines.push(`announces addresses on ${name} (${count} messages)`);
  return lines;
}

function eventWords({ event }: VrrpIntent & { readonly type: 'event' }): string {
  switch (event.kind) {
    case 'vrrp-instance':
      return `${event.instance}: ${event.from} -> ${event.to}: ${event.reason}`;
    case 'vrrp-group':
      return `sync group ${event.group}: ${event.from} -> ${event.to}: ${event.reason}`;
    case 'vrrp-priority':
      return `${event.instance}: priority ${event.from} -> ${event.to}: ${event.reason}`;
    default:
      return `${event.kind}: ${event.reason}`;
  }
}

/** Whether anything was decided but to go on. */
export function decidesSomething({ call, intents, difference }: ReplayStep): boolean {
  if (difference !== undefined || call.call === 'begin' || call.call === 'start' || call.call === 'stop') return true;
  return call.call === 'reload' || intents.some(({ type }) => type === 'event' || type === 'log');
}

/** Whether a step is about an instance: by what is decided, or by the virtual router of a packet. */
export function isAbout({ call, engine, intents }: ReplayStep, instance: string): boolean {
  const groups = engine.groupStatus().filter(({ members }) => members.includes(instance));
  const names = [instance, ...groups.map(({ name }) => name)];
  if (call.call === 'begin') return true;
  return intents.some((intent) => {
    if (intent.type === 'send-advertisement') return intent.instance === instance;
    if (intent.type === 'reconcile-addresses') return intent.instances.includes(instance);
    if (intent.type === 'log') return names.some((name) => intent.line.message.includes(`(${name})`));
    if (intent.type !== 'event') return false;
    const { event } = intent;
    return ('instance' in event && event.instance === instance) || ('group' in event && names.includes(event.group));
  });
}

/** Lines for people; without end of line. */
export function stepText(step: ReplayStep, since: string): string[] {
  const { call, difference, intents, news, time } = step;
  const at = new Date(time).toISOString().replace('T', ' ').replace('Z', '');
  const lines = [`${at} ${since}  ${inputWords(call, news)}`, ...decisions(intents).map((line) => `    ${line}`)];
  if (call.failure !== undefined) lines.push(`    the process died: ${call.failure}`);
  if (difference !== undefined) {
    lines.push(`    DIFFERS (line ${step.line}) from what was recorded:`);
    lines.push(`      recorded ${difference.recorded}`, `      replayed ${difference.replayed}`);
  }
  return lines;
}

/** `server`: weight, drain, maint and ready of real servers, beside the file. */
import { serverNotes } from '../../live/notes.ts';
import { selectServers } from '../../live/selector.ts';
import { isServerChange } from '../../live/store.ts';
import { serverTargetKey } from '../../live/targets.ts';
import type { ServerSetting, ServerTarget } from '../../live/types.ts';
import { endpointText, serviceText } from '../../live/words.ts';
import { defineCommand } from '../command.ts';
import type { Caller } from '../command.ts';
import { clearLive, listOf, readTerm, readWhole, setLive, termOf } from '../live-fields.ts';
import type { ControlPorts } from '../ports.ts';
import { done, refused } from '../protocol.ts';
import type { Answer } from '../protocol.ts';
import type { RequestFields } from '../request-fields.ts';

type ServerRequest =
  | { readonly action: 'list' }
  /** Without words: of all servers. */
  | { readonly action: 'clear'; readonly words?: ServerWords }
  | {
      readonly action: 'set';
      readonly words: ServerWords;
      readonly setting: ServerSetting;
      readonly term: number | undefined;
    };

interface ServerWords {
  readonly service: string;
  readonly server: string;
}

const serviceMeaning = 'a virtual server: ADDRESS:PORT, fwmark:NUMBER, the name of a group, or all';
const serverMeaning = 'a real server: ADDRESS:PORT, or ADDRESS for all its ports';

/** The kernel's weights are 32 bits, but no scheduler tells more than these apart in time. */
const mostWeight = 65_535;

function read(fields: RequestFields): ServerRequest {
  const action = fields.choice('action', ['list', 'weight', 'drain', 'maint', 'ready', 'clear']) ?? 'list';
  if (action === 'list') return { action };
  if (action === 'clear' && fields.text('service', serviceMeaning) === undefined) return { action };
  const words = {
    service: fields.requiredText('service', serviceMeaning),
    server: fields.requiredText('server', serverMeaning),
  };
  if (action === 'ready' || action === 'clear') return { action: 'clear', words };
  const setting: ServerSetting =
    action === 'weight' ? { kind: 'weight', weight: readWhole(fields, 'weight', 0, mostWeight) } : { kind: action };
  return { action: 'set', words, setting, term: readTerm(fields) };
}

export const serverCommand = defineCommand<ServerRequest>({
  name: 'server',
  access: ({ action }) => (action === 'list' ? 'read' : 'change'),
  read,
  run: (request, ports, caller) => Promise.resolve(answer(request, ports, caller)),
});

function answer(request: ServerRequest, ports: ControlPorts, caller: Caller): Answer {
  const { live } = ports;
  const entries = live.list().filter(({ change }) => isServerChange(change));
  if (request.action === 'list') return done(listOf(entries));
  const changes = entries.flatMap(({ change }) => (isServerChange(change) ? [change] : []));
  if (request.action === 'clear' && request.words === undefined)
    return clearLive(
      live,
      changes.map(({ target }) => serverTargetKey(target)),
    );
  const { words } = request;
  const check = ports.configuration()?.check;
  if (check === undefined || words === undefined) return refused('the daemon is starting');
  const selection = selectServers(check, words.service, words.server);
  if (request.action === 'clear') {
    // One that waits for its target is taken back by the words that the list has for it.
    const waiting = changes.flatMap(({ target }) => (isNamed(target, words) ? [target] : []));
    if (!selection.ok && waiting.length === 0) return refused(selection.error);
    return clearLive(live, [...(selection.ok ? selection.targets : []), ...waiting].map(serverTargetKey));
  }
  if (!selection.ok) return refused(selection.error);
  const term = termOf(request.term, caller);
  const set = selection.targets.map((target) => ({ target, setting: request.setting, ...term }));
  return setLive(live, set, serverNotes(check, request.setting, selection.targets));
}

/** In the words of the list, without the protocol, or as `all` and an address alone. */
function isNamed(target: ServerTarget, { server, service }: ServerWords): boolean {
  const text = serviceText(target.service);
  const isService = service === 'all' || text === service || text.slice(0, text.lastIndexOf('/')) === service;
  return isService && (endpointText(target) === server || target.address === server);
}

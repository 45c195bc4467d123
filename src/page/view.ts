/** From the daemon's status to what the page shows. */
import type { RealServerReport, VirtualServerReport, VirtualServerSummary } from '../check/report-types.ts';
import type { VirtualServerIdentity } from '../config/model.ts';
import { meansOf } from '../core/live-change.ts';
import type { VrrpInstanceReport } from '../vrrp/report-types.ts';
import { elementId } from './model.ts';
import type {
  Condition,
  GroupView,
  InstanceView,
  PageModel,
  Problem,
  ServiceView,
  SessionView,
  StatusForPage,
  Tone,
} from './model.ts';
import type { EpochMs } from './clock.ts';

export interface Surroundings {
  readonly host: string;
  /** The wall clock at the moment of the status. */
  readonly at: EpochMs;
}

const vrrpTones: Readonly<Record<VrrpInstanceReport['state'], Tone>> = {
  MASTER: 'good',
  BACKUP: 'idle',
  FAULT: 'bad',
  INIT: 'attention',
  STOP: 'idle',
};

const sessionTones = { Up: 'good', Init: 'attention', Down: 'bad', AdminDown: 'idle' } as const;

/** The tone of a state of a VRRP instance or group. */
export function vrrpTone(state: VrrpInstanceReport['state']): Tone {
  return vrrpTones[state];
}

const plural = (count: number, one: string, many: string): string => `${count} ${count === 1 ? one : many}`;

/** `[10.0.0.1]:tcp:80` as `10.0.0.1:80`: addresses with colons keep their brackets. */
export function shortLabel(label: string): string {
  const parts = /^\[([^\]]+)\]:[a-z]+:(\d+)$/.exec(label);
  if (parts === null) return label;
  const [, address = '', port = ''] = parts;
  return address.includes(':') ? `[${address}]:${port}` : `${address}:${port}`;
}

function kindOf(identity: VirtualServerIdentity): string {
  if (identity.kind === 'fwmark') return 'mark';
  return identity.kind === 'group' && identity.onlyMarks === true ? 'marks' : identity.protocol;
}

/** A sentence without the state before it, which has a place of its own, and with the short names of servers. */
function withoutState(explanation: string): string {
  return explanation.replace(/^[A-Z]+: /, '').replace(/\[[0-9A-Fa-f.:]+\]:(?:tcp|udp|sctp):\d+/g, shortLabel);
}

function addressRemarks({ addresses }: VrrpInstanceReport): string[] {
  return addresses.flatMap(({ address, kernel, wanted }) => {
    if (kernel === 'duplicate') return [`${address} has another owner (duplicate address detection)`];
    if (wanted && kernel === 'absent') return [`${address} belongs here and is not on this machine`];
    return !wanted && kernel !== 'absent' ? [`${address} is on this machine and does not belong here`] : [];
  });
}

function instanceRemarks(report: VrrpInstanceReport): string[] {
  const { heardPeer, notFault, override, preemptionOverride, refusals, state, unicastPeers } = report;
  return [
    ...[override, preemptionOverride].flatMap((change) =>
      change === undefined ? [] : [`${change.words}, by ${meansOf(change)} and not in the file`],
    ),
    ...addressRemarks(report),
    ...(state === 'MASTER' && !heardPeer && unicastPeers.length > 0 ? ['no other router was heard so far'] : []),
    ...notFault,
    ...refusals.map(
      (refusal) =>
        `dropped ${plural(refusal.count, 'advertisement', 'advertisements')}: ${refusal.reason} (last from ${refusal.source})`,
    ),
  ];
}

function instanceView(report: VrrpInstanceReport, epoch: EpochMs): InstanceView {
  const { addresses, explanation, group = '', interfaces, masterAddress = '', name, since, state } = report;
  const condition = { tone: vrrpTone(state), word: state, since: epoch + since, reason: withoutState(explanation) };
  const names = [...addresses.map(({ address }) => address), ...interfaces.map((each) => each.name)];
  return {
    name,
    condition,
    report,
    remarks: instanceRemarks(report),
    search: [name, group, state, explanation, masterAddress, ...names].join(' ').toLowerCase(),
  };
}

/** Whether a server does what it is there for. */
export function serverTone(server: RealServerReport): Tone {
  if (server.state === 'DOWN') return 'bad';
  return server.effectiveWeight === 0 || server.override !== undefined ? 'attention' : 'good';
}

function serviceTone({ state, suspended, trouble }: VirtualServerSummary): Tone {
  if (suspended) return 'idle';
  if (state === 'DOWN') return 'bad';
  return trouble ? 'attention' : 'good';
}

/** @param serverNames what its servers are called, for the search */
function serviceView(service: VirtualServerSummary, epoch: EpochMs, serverNames: string): ServiceView {
  const { explanation, identity, label, name, quorum, servers, since, state, suspended, traffic, weight } = service;
  const short = shortLabel(label);
  const condition: Condition = {
    tone: serviceTone(service),
    word: suspended ? 'SUSPENDED' : state,
    since: epoch + since,
    reason: withoutState(explanation),
  };
  return {
    label,
    name: short,
    kind: name === undefined ? kindOf(identity) : `${kindOf(identity)} ${name}`,
    condition,
    up: servers.up,
    total: servers.total,
    weight,
    quorum,
    ...(traffic && { rate: traffic.connectionsPerSecond }),
    search: `${label} ${short} ${name ?? ''} ${serverNames}`.toLowerCase(),
  };
}

/** What is wrong with a service, in one sentence: with its servers, where they are known. */
export function serviceTrouble({ condition }: ServiceView, detail: VirtualServerReport | undefined): string {
  const servers = detail?.servers ?? [];
  const down = servers.filter(({ state }) => state === 'DOWN');
  const changed = servers.flatMap(({ label, override }) =>
    override === undefined ? [] : [`${shortLabel(label)}: ${override.words} by ${meansOf(override)}`],
  );
  const [first] = down;
  const which =
    first === undefined
      ? []
      : [
          `${shortLabel(first.label)} is down (${withoutState(first.explanation)})`,
          ...(down.length > 1 ? [`${down.length - 1} more`] : []),
        ];
  return [condition.reason, ...which, ...changed].join('; ');
}

function processProblems({ processes, lastReload, waitingChanges = [] }: StatusForPage): Problem[] {
  const words = {
    running: undefined,
    starting: 'is starting',
    waiting: 'has died and is started again soon',
    silent: 'does not answer',
  } as const;
  const found: Problem[] = [];
  for (const { deaths, kind, state } of processes) {
    const word = words[state];
    if (word !== undefined)
      found.push({ tone: state === 'starting' ? 'attention' : 'bad', subject: `process ${kind}`, text: word });
    else if (deaths > 0)
      found.push({
        tone: 'attention',
        subject: `process ${kind}`,
        text: `runs, and died ${plural(deaths, 'time', 'times')} since the start`,
      });
  }
  if (lastReload?.outcome === 'refused') {
    const more = lastReload.errors.length > 1 ? ` (and ${lastReload.errors.length - 1} more)` : '';
    found.push({
      tone: 'attention',
      subject: 'last reload',
      text: `refused at ${lastReload.at}, the configuration before it runs: ${lastReload.errors[0] ?? 'no reason given'}${more}`,
    });
  }
  for (const { subject, what } of waitingChanges)
    found.push({
      tone: 'attention',
      subject,
      text: `${what} was set with keepalivectl and waits: it is not in the configuration`,
    });
  return found;
}

function conditionProblem(kind: 'instance' | 'session' | 'group', name: string, condition: Condition): Problem[] {
  if (condition.tone !== 'bad' && condition.tone !== 'attention') return [];
  const text = `${condition.word}: ${condition.reason}`;
  const subject = kind === 'session' ? `BFD session ${name}` : `${kind} ${name}`;
  return [{ tone: condition.tone, subject, text, target: elementId(kind, name) }];
}

function sessionViews(status: StatusForPage, at: EpochMs): SessionView[] {
  const { bfd } = status;
  if (!bfd) return [];
  return bfd.sessions.map(({ detectionTime, name, neighbor, reason, remote, sendInterval, since, state }) => ({
    name,
    neighbour: neighbor,
    condition: { tone: sessionTones[state], word: state, since: at - (bfd.now - since), reason },
    timing:
      state === 'Up'
        ? `sends every ${Number(sendInterval.toFixed(1))} ms, hears every ${Number(remote.sendInterval.toFixed(1))} ms, down after ${Number(detectionTime.toFixed(1))} ms`
        : '',
  }));
}

/** Services in their order. */
function serviceViews(
  checker: StatusForPage['checker'],
  epoch: EpochMs,
  serverNames: ReadonlyMap<string, string>,
): ServiceView[] {
  const services = checker?.services ?? [];
  return services.map((service) => serviceView(service, epoch, serverNames.get(service.label) ?? ''));
}

/**
 * Everything that the page shows of this moment.
 * @param serverNames what the servers of each service are called, by its label
 */
export function pageModel(
  status: StatusForPage,
  { at, host }: Surroundings,
  serverNames: ReadonlyMap<string, string> = new Map(),
): PageModel {
  const { checker, vrrp } = status;
  const vrrpEpoch = at - (vrrp?.now ?? 0);
  const checkerEpoch = at - (checker?.now ?? 0);
  const instances = (vrrp?.instances ?? []).map((report) => instanceView(report, vrrpEpoch));
  const groups: GroupView[] = (vrrp?.groups ?? []).map(({ explanation, members, name, since, state }) => ({
    name,
    members,
    condition: { tone: vrrpTone(state), word: state, since: vrrpEpoch + since, reason: withoutState(explanation) },
  }));
  const sessions = sessionViews(status, at);
  const services = serviceViews(checker, checkerEpoch, serverNames);
  const problems = [
    ...processProblems(status),
    ...instances.flatMap(({ condition, name }) => conditionProblem('instance', name, condition)),
    ...sessions.flatMap(({ condition, name }) => conditionProblem('session', name, condition)),
    ...services.flatMap(serviceProblem),
  ];
  const { up = 0, total = 0 } = checker?.totals.servers ?? {};
  return {
    host,
    version: status.release,
    at,
    pid: status.pid,
    file: status.files[0] ?? '',
    waitingFor: status.readiness.waitingFor,
    instances,
    groups,
    sessions,
    services,
    servers: { up, total },
    limits: checker?.connectionLimits ?? [],
    draining: checker?.draining ?? [],
    problems: problems.sort((one, other) => Number(other.tone === 'bad') - Number(one.tone === 'bad')),
    vrrpEpoch,
    checkerEpoch,
  };
}

function serviceProblem({ condition, label, name }: ServiceView): Problem[] {
  const { reason, tone } = condition;
  if (tone !== 'bad' && tone !== 'attention') return [];
  return [{ tone, subject: name, text: reason, target: elementId('service', label), service: label }];
}

/** Why a service, a server and its weight are what they are, in a sentence each. */
import { reasonOf } from '../live/words.ts';
import type { ProbePhaseReport } from './report-types.ts';
import { realServerLabel } from './labels.ts';
import { HealthCheck } from './health-check.ts';
import type { RealServerState, ServerCheck } from './real-server.ts';
import { probeFailureText } from './result-text.ts';
import type { ProbeResult } from './types.ts';
import type { VirtualServerState } from './virtual-server.ts';

/** "UP: 2 of 3 servers, weight 2, quorum 1"; "DOWN: 0 of 3 servers, weight 0 of quorum 1; sorry server [..] answers". */
export function explainService(virtualServer: VirtualServerState, up: number): string {
  const { configuration, liveWeight, quorum: state, servers, sorryActive, suspended } = virtualServer;
  const { hysteresis, quorum, sorryServer } = configuration;
  const count = `${up} of ${servers.length} ${servers.length === 1 ? 'server' : 'servers'}`;
  const parts = [`${count}, weight ${liveWeight}, ${quorumWords(state, quorum, hysteresis)}`];
  if (sorryActive && sorryServer !== undefined)
    parts.push(`sorry server ${realServerLabel(configuration, sorryServer)} answers`);
  if (suspended) parts.push('checks wait: its address is not on this machine (ha_suspend)');
  return `${state}: ${parts.join('; ')}`;
}

/** With a hysteresis the limits differ on the way up and on the way down. */
function quorumWords(state: VirtualServerState['quorum'], quorum: number, hysteresis: number): string {
  if (hysteresis === 0) return state === 'UP' ? `quorum ${quorum}` : `${quorum} needed`;
  return state === 'UP'
    ? `quorum ${quorum}, lost below ${quorum - hysteresis}`
    : `${quorum + hysteresis} needed (quorum ${quorum} + hysteresis ${hysteresis})`;
}

/** The checks that keep it down, or what it is up by. */
export function explainServer(server: RealServerState): string {
  const { checks, inMaintenance, override, reason, state } = server;
  if (override !== undefined && inMaintenance)
    return `${state}: ${reasonOf(override)}; checks say ${statesOfChecks(checks)}`;
  const failed = checks.filter((check) => check.state === 'DOWN');
  if (state === 'DOWN' && failed.length > 0) return `DOWN: ${failed.map(checkWords).join('; ')}`;
  // What was assumed at the start is knowledge once all checks have run.
  const known = state === 'UP' && checks.length > 0 && checks.every(hasConcluded);
  return `${state}: ${known ? checks.map(passWords).join('; ') : reason}`;
}

function hasConcluded(check: ServerCheck): boolean {
  return !(check instanceof HealthCheck) || check.progress.hasRun;
}

/** A check that passes, or whose failures are forgiven so far. */
function passWords(check: ServerCheck): string {
  const { checker, reason } = check;
  if (!(check instanceof HealthCheck) || check.lastResult === undefined) return `${checker.type} ${reason}`;
  const forgiven = check.lastResult.ok ? '' : `, ${check.progress.retriesUsed} of ${check.checker.retry} retries used`;
  return `${checker.type} ${probeFailureText(check.lastResult)}${forgiven}`;
}

function statesOfChecks(checks: readonly ServerCheck[]): string {
  return checks.length === 0
    ? 'nothing, there are none'
    : checks.map(({ checker, state }) => `${checker.type} ${state}`).join(', ');
}

function checkWords(check: ServerCheck): string {
  const { checker, reason } = check;
  if (!(check instanceof HealthCheck)) return `${checker.type} ${reason}`;
  const { failures, lastResult, progress, runs } = check;
  if (!progress.hasRun) return `${checker.type}: ${reason}`;
  const last =
    lastResult === undefined
      ? reason
      : lastResult.ok
        ? `${reason}, the last probe passed`
        : probeFailureText(lastResult);
  return `${checker.type} ${last}, ${failures} of ${runs} probes failed`;
}

/** "1", "1 + 2 (FILE_CHECK track_file load is 2) = 3"; "0 in the kernel while it is down". */
export function explainWeight(server: RealServerState): string {
  const { weight } = server.configuration;
  const { override } = server;
  if (override !== undefined && !server.inMaintenance)
    return `${server.effectiveWeight} (${reasonOf(override)}; the file says ${weight})`;
  const changes = server.checks.flatMap((check) => {
    const change = check.weightChange(weight);
    if (change === 0) return [];
    const words = check instanceof HealthCheck ? (check.lastResult?.detail ?? check.reason) : check.reason;
    return `${change < 0 ? '-' : '+'} ${Math.abs(change)} (${check.checker.type} ${words})`;
  });
  return changes.length === 0 ? `${weight}` : `${weight} ${changes.join(' ')} = ${server.effectiveWeight}`;
}

/** Names of the parts of a probe by what ends them. */
const phaseNames: Readonly<Record<string, string>> = { connected: 'connect', TLS: 'tls' };

/** How long each part of a probe took. */
export function phasesOf(result: ProbeResult | undefined): readonly ProbePhaseReport[] {
  if (result === undefined) return [];
  const phases: ProbePhaseReport[] = [];
  let before = 0;
  for (const { at, reached } of result.steps ?? []) {
    phases.push({ phase: phaseNames[reached] ?? reached, took: at - before });
    before = at;
  }
  const took = Math.max(0, result.duration - before);
  if (!result.ok) phases.push({ phase: result.phase, took, failed: true });
  else phases.push({ phase: phases.length === 0 ? 'all' : 'rest', took });
  return phases;
}

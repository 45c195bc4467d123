/** The sections of scripts, files, processes and BFD sessions that instances track. */
import type { BfdInstanceConfiguration, VrrpScript, VrrpTrackFile, VrrpTrackProcess } from '../../config/model.ts';
import type { VrrpScriptStatus } from '../../vrrp/types.ts';
import type { VrrpDumpInput } from './input.ts';
import { commandText, seconds, sixDecimals, textOf, trueFalse } from './texts.ts';
import { trackingInstances } from './tracking-lines.ts';

const scriptStates = {
  idle: 'idle',
  running: 'running',
  terminating: 'requested termination',
  killing: 'forcing termination',
} as const satisfies Record<VrrpScriptStatus['state'], string>;

const weightLine = ({ weight, reverse }: { readonly weight: number; readonly reverse: boolean }): string =>
  `   Weight = ${weight}${reverse ? ' reverse' : ''}`;

/** `   Tracking instances :` with what follows it; left out if there is none. */
function following(lines: readonly string[]): string[] {
  return lines.length === 0 ? [] : ['   Tracking instances :', ...lines];
}

/** Empty for a script that nothing follows: it is not run. */
export function scriptDataText(script: VrrpScript, input: VrrpDumpInput): string {
  const instances = trackingInstances(input.configuration.vrrp, ({ trackScripts }) =>
    trackScripts.find((tracked) => tracked.script === script.name),
  );
  if (instances.length === 0) return '';
  const status = input.scripts?.find(({ name }) => name === script.name);
  const identity = input.identityOf?.(script.command);
  return textOf([
    ` VRRP Script = ${script.name}`,
    `   Command = ${commandText(script.command)}`,
    `   Interval = ${seconds(script.interval)} sec`,
    // The original shows 0 for "the interval".
    `   Timeout = ${script.timeout === script.interval ? '0' : seconds(script.timeout)} sec`,
    weightLine(script),
    `   Rise = ${script.rise}`,
    `   Fall = ${script.fall}`,
    ...(status === undefined ? [] : [`   Result = ${status.counter}`]),
    '   Insecure = no',
    `   Init state = ${script.initFail ? 'fail' : 'unknown'}`,
    // The exporters know two words; a script that has not run counts as what it is taken for until then.
    `   Status = ${status?.result === 'bad' ? 'BAD' : 'GOOD'}`,
    ...(identity === undefined ? [] : [`   Script uid:gid = ${identity.uid}:${identity.gid}`]),
    '   VRRP instances :',
    ...following(instances),
    `   State = ${scriptStates[status?.state ?? 'idle']}`,
  ]);
}

/** Empty for a file that no instance follows: it is of the checkers. */
export function trackFileDataText(file: VrrpTrackFile, input: VrrpDumpInput): string {
  const instances = trackingInstances(input.configuration.vrrp, ({ trackFiles }) =>
    trackFiles.find((tracked) => tracked.file === file.name),
  );
  if (instances.length === 0) return '';
  return textOf([
    ` Track file = ${file.name}`,
    `   File = ${file.path}`,
    `   Status = ${input.trackFileValues?.get(file.name) ?? 0}`,
    weightLine(file),
    ...following(instances),
  ]);
}

export function trackProcessDataText(process: VrrpTrackProcess, input: VrrpDumpInput): string {
  const { parameterMatch: match, parameters } = process;
  const status = input.processes?.find(({ name }) => name === process.name);
  return textOf([
    ` VRRP Track process = ${process.name}`,
    `   Process = ${process.process}`,
    ...(match === 'none' && parameters.length === 0
      ? []
      : [
          ...(parameters.length === 0 ? [] : [`   Parameters = ${parameters.join(' ')}`]),
          `   Param match${match === 'none' || match === 'exact' ? '' : ` = ${match}`}`,
        ]),
    `   Min processes = ${process.quorum}`,
    ...(process.quorumMax === undefined ? [] : [`   Max processes = ${process.quorumMax}`]),
    ...(status === undefined
      ? []
      : [`   Current processes = ${status.running ?? 0}`, `   Have quorum = ${trueFalse(status.up === true)}`]),
    weightLine(process),
    `   Terminate delay = ${sixDecimals(process.terminateDelay)}s`,
    `   Fork delay = ${sixDecimals(process.forkDelay)}s`,
    `   Fork delay timer ${status?.delayed === 'fork' ? '' : 'not '}running`,
    `   Terminate delay timer ${status?.delayed === 'terminate' ? '' : 'not '}running`,
    `   Full command = ${trueFalse(process.fullCommand)}`,
    ...following(
      trackingInstances(input.configuration.vrrp, ({ trackProcesses }) =>
        trackProcesses.find((tracked) => tracked.process === process.name),
      ),
    ),
  ]);
}

/** A BFD session as the VRRP process knows it. */
export function trackBfdDataText(session: BfdInstanceConfiguration, input: VrrpDumpInput): string {
  const { vrrp } = input.configuration;
  return textOf([
    ` VRRP Track BFD = ${session.name}`,
    weightLine(session),
    ...(input.bfdStates ? [`   Bfd is ${input.bfdStates.get(session.name) === true ? 'up' : 'down'}`] : []),
    '   Tracking VRRP instances :',
    ...following(trackingInstances(vrrp, ({ trackBfd }) => trackBfd.find((tracked) => tracked.bfd === session.name))),
  ]);
}

/** Prints vrrp_script, track_file, vrrp_track_process and the track_* lines that name them; track_group. */
import type {
  TrackGroup,
  TrackedBfd,
  TrackedFile,
  TrackedInterface,
  TrackedProcess,
  TrackedScript,
  VrrpScript,
  VrrpTrackFile,
  VrrpTrackProcess,
} from '../model.ts';
import {
  blockLine,
  flagLine,
  line,
  optional,
  scriptLine,
  seconds,
  valueBlock,
  valueLine,
  userLine,
  type PrintedLine,
} from './printed.ts';

/** `weight N [reverse]` of a thing that can be tracked. */
export function weightLine(weight: number, reverse: boolean): PrintedLine {
  return line('weight', weight, ...(reverse ? ['reverse'] : []));
}

/** vrrp_script. */
export function printScript(script: VrrpScript): PrintedLine {
  const { user, group } = script.command;
  return blockLine(
    'vrrp_script',
    [script.name],
    [
      ...scriptLine('script', script.command, false),
      line('interval', seconds(script.interval)),
      line('timeout', seconds(script.timeout)),
      weightLine(script.weight, script.reverse),
      line('rise', script.rise),
      line('fall', script.fall),
      ...userLine(user, group),
      ...flagLine('init_fail', script.initFail),
    ],
    script.at,
  );
}

function initializeLine({ initialize }: VrrpTrackFile): PrintedLine[] {
  if (!initialize) return [];
  return [line('init_file', initialize.value, ...(initialize.overwrite ? ['overwrite'] : []))];
}

/** track_file. */
export function printTrackFile(file: VrrpTrackFile): PrintedLine {
  return blockLine(
    'track_file',
    [file.name],
    [line('file', file.path), weightLine(file.weight, file.reverse), ...initializeLine(file)],
    file.at,
  );
}

function parameterMatchLine({ parameterMatch, parameters }: VrrpTrackProcess): PrintedLine[] {
  if (parameterMatch === 'none') return [];
  if (parameterMatch === 'exact') return parameters.length > 0 ? [] : [line('param_match')];
  return [line('param_match', parameterMatch)];
}

/** A delay that is none cannot be written: the least one is a microsecond. */
function delayLine(keyword: string, delay: number): PrintedLine[] {
  return delay === 0 ? [] : [line(keyword, seconds(delay))];
}

/** vrrp_track_process. */
export function printTrackProcess(process: VrrpTrackProcess): PrintedLine {
  return blockLine(
    'vrrp_track_process',
    [process.name],
    [
      line('process', process.process, ...process.parameters),
      ...parameterMatchLine(process),
      ...flagLine('full_command', process.fullCommand),
      weightLine(process.weight, process.reverse),
      // A quorum of 0 is what quorum_max 0 means.
      ...(process.quorum === 0 ? [] : [line('quorum', process.quorum)]),
      ...optional('quorum_max', process.quorumMax),
      ...delayLine('terminate_delay', process.terminateDelay),
      ...delayLine('fork_delay', process.forkDelay),
    ],
    process.at,
  );
}

/** track_group. */
export function printTrackGroup(group: TrackGroup): PrintedLine {
  const members = group.members.map((member) => valueLine([member]));
  return blockLine('track_group', [group.name], valueBlock('group', members), group.at);
}

interface Tracked {
  readonly trackInterfaces: readonly TrackedInterface[];
  readonly trackScripts: readonly TrackedScript[];
  readonly trackFiles: readonly TrackedFile[];
  readonly trackProcesses: readonly TrackedProcess[];
  readonly trackBfd: readonly TrackedBfd[];
}

/** Words of one track_* line; `noreverse` where a reverse could be inherited. */
export function trackedLine(name: string, weight: number, reverse: boolean, inherits: boolean): PrintedLine {
  return valueLine([name, 'weight', weight, ...(reverse ? ['reverse'] : inherits ? ['noreverse'] : [])]);
}

/** The track_* blocks of instances and sync groups. */
export function printTracked(tracked: Tracked): PrintedLine[] {
  return [
    ...valueBlock(
      'track_interface',
      tracked.trackInterfaces.map((item) => trackedLine(item.interface, item.weight, item.reverse, false)),
    ),
    ...valueBlock(
      'track_script',
      tracked.trackScripts.map((item) => trackedLine(item.script, item.weight, item.reverse, true)),
    ),
    ...valueBlock(
      'track_file',
      tracked.trackFiles.map((item) => trackedLine(item.file, item.weight, item.reverse, true)),
    ),
    ...valueBlock(
      'track_process',
      tracked.trackProcesses.map((item) => trackedLine(item.process, item.weight, item.reverse, true)),
    ),
    ...valueBlock(
      'track_bfd',
      tracked.trackBfd.map((item) => trackedLine(item.bfd, item.weight, item.reverse, true)),
    ),
  ];
}

/** Prints vrrp_script and track_file, and the track_* lines that name them. */
import type { TrackedFile, TrackedInterface, TrackedScript, VrrpScript, VrrpTrackFile } from '../model.ts';
import { blockLine, flagLine, line, scriptLine, seconds, valueBlock, valueLine, type PrintedLine } from './printed.ts';

function weightLine(weight: number, reverse: boolean): PrintedLine {
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
      ...(user === undefined ? [] : [line('user', user, ...(group === undefined ? [] : [group]))]),
      ...flagLine('init_fail', script.initFail),
    ],
    script.at,
  );
}

/** track_file. */
export function printTrackFile(file: VrrpTrackFile): PrintedLine {
  return blockLine(
    'track_file',
    [file.name],
    [line('file', file.path), weightLine(file.weight, file.reverse)],
    file.at,
  );
}

interface Tracked {
  readonly trackInterfaces: readonly TrackedInterface[];
  readonly trackScripts: readonly TrackedScript[];
  readonly trackFiles: readonly TrackedFile[];
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
  ];
}

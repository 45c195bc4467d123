/** track_* lines of instances and groups: names to what they name. */
import type { ConfigurationDraft, TrackDraft, TrackersDraft } from '../drafts.ts';
import type {
  InterfaceUse,
  TrackedBfd,
  TrackedFile,
  TrackedInterface,
  TrackedProcess,
  TrackedScript,
} from '../model.ts';
import type { Statement } from '../statement.ts';
import { nearestWord } from '../nearest.ts';
import type { Context } from '../schema/context.ts';
import { interfaceUse } from '../interfaces.ts';
import { notifiesVrrp } from './bfd.ts';

/** Things that can be tracked, by name. */
export interface Trackables {
  readonly scripts: ReadonlyMap<string, Trackable>;
  readonly files: ReadonlyMap<string, Trackable>;
  readonly processes: ReadonlyMap<string, Trackable>;
  readonly bfd: ReadonlyMap<string, Trackable>;
}

interface Trackable {
  readonly statement: Statement;
  readonly weight: number;
  readonly reverse: boolean;
  readonly usable: boolean;
}

function byName<D extends { readonly name: string; readonly statement: Statement; weight?: number; reverse?: boolean }>(
  drafts: readonly D[],
  defaultWeight: number,
  usable: (draft: D) => boolean = () => true,
): ReadonlyMap<string, Trackable> {
  return new Map(
    drafts.map((draft) => [
      draft.name,
      {
        statement: draft.statement,
        weight: draft.weight ?? defaultWeight,
        reverse: draft.reverse ?? false,
        usable: usable(draft),
      },
    ]),
  );
}

export function collectTrackables(draft: ConfigurationDraft): Trackables {
  return {
    scripts: byName(draft.vrrpScripts, 0, (script) => script.script?.disabled !== true),
    files: byName(draft.trackFiles, 1),
    processes: byName(draft.trackProcesses, 0),
    // Sessions that tell the checkers only are unknown to VRRP.
    bfd: byName(draft.bfdInstances.filter(notifiesVrrp), 0),
  };
}

export interface ResolvedTrackers {
  readonly trackInterfaces: TrackedInterface[];
  readonly trackScripts: TrackedScript[];
  readonly trackFiles: TrackedFile[];
  readonly trackProcesses: TrackedProcess[];
  readonly trackBfd: TrackedBfd[];
}

interface Owner {
  /** "vrrp_instance VI_1". */
  readonly what: string;
  /** Its own interface, whose failure is FAULT anyway. */
  readonly ownInterface?: string;
  readonly isOwner: boolean;
}

interface Resolved {
  readonly track: TrackDraft;
  readonly weight: number;
  readonly reverse: boolean;
}

/** Finds what a line names. The original wants it defined before; any order will do here, but that is worth a warning. */
function resolve(
  keyword: string,
  lines: readonly TrackDraft[],
  known: ReadonlyMap<string, Trackable>,
  owner: Owner,
  context: Context,
): Resolved[] {
  const resolved: Resolved[] = [];
  for (const track of lines) {
    const target = known.get(track.name);
    if (!target) {
      const nearest = nearestWord(track.name, known.keys());
      context.error(
        track.statement,
        0,
        'CFG_UNKNOWN_REFERENCE',
        `${owner.what}: ${keyword} names ${track.name}, which is not defined; the line is ignored`,
        nearest === undefined ? 'define it' : `did you mean ${nearest}?`,
      );
      continue;
    }
    if (target.statement.file === track.statement.file && target.statement.line > track.statement.line) {
      context.report(
        'warning',
        track.statement,
        0,
        'CFG_DEFINED_LATER',
        `${track.name} is defined only in line ${target.statement.line}; keepalived would not find it`,
        'move the definition before the first use',
      );
    }
    if (!target.usable) continue;
    resolved.push({ track, weight: track.weight ?? target.weight, reverse: track.reverse ?? target.reverse });
  }
  return resolved;
}

/** `eth1:2` of old files means the interface that carries the alias. */
function baseInterface(track: TrackDraft, owner: Owner, context: Context): string {
  const colon = track.name.indexOf(':');
  if (colon <= 0) return track.name;
  const base = track.name.slice(0, colon);
  context.report(
    'warning',
    track.statement,
    0,
    'CFG_TRACKED_ALIAS',
    `${owner.what}: ${track.name} is an alias, an address with a label; its interface ${base} is tracked`,
    `write ${base}, or remove the line if ${base} is listed already`,
  );
  return base;
}

function resolveInterfaces(
  lines: readonly TrackDraft[],
  owner: Owner,
  context: Context,
  uses: InterfaceUse[],
): TrackedInterface[] {
  const resolved: TrackedInterface[] = [];
  for (const track of lines) {
    const name = baseInterface(track, owner, context);
    const alias = name !== track.name;
    if (name === owner.ownInterface) {
      if (!alias) {
        context.report(
          'warning',
          track.statement,
          0,
          'CFG_TRACK_OWN',
          `${owner.what}: its own interface ${name} is tracked anyway; the line is ignored`,
          'remove the line',
        );
      }
      continue;
    }
    if (resolved.some((other) => other.interface === name)) continue;
    uses.push(interfaceUse(name, `${owner.what}, track_interface`, track.statement, 0));
    const weight = track.weight ?? 0;
    if (owner.isOwner && weight !== 0) {
      context.error(
        track.statement,
        1,
        'CFG_OWNER_WEIGHT',
        `${owner.what}: the priority of an address owner never changes; ${name} is not tracked`,
        'remove the weight',
      );
      continue;
    }
    resolved.push({ interface: name, weight, reverse: track.reverse ?? false });
  }
  return resolved;
}

/** Weighted trackers have no meaning for the owner of the addresses (behaviour A6). */
function withoutOwnerWeights(resolved: readonly Resolved[], owner: Owner, context: Context): Resolved[] {
  if (!owner.isOwner) return [...resolved];
  return resolved.filter(({ track, weight }) => {
    if (weight === 0) return true;
    context.error(
      track.statement,
      0,
      'CFG_OWNER_WEIGHT',
      `${owner.what}: the priority of an address owner never changes; ${track.name} is not tracked`,
      'remove the weight, or choose a priority below 255',
    );
    return false;
  });
}

export function resolveTrackers(
  drafts: TrackersDraft,
  known: Trackables,
  owner: Owner,
  context: Context,
  uses: InterfaceUse[],
): ResolvedTrackers {
  const find = (keyword: string, lines: readonly TrackDraft[], of: ReadonlyMap<string, Trackable>): Resolved[] =>
    withoutOwnerWeights(resolve(keyword, lines, of, owner, context), owner, context);
  const scripts = find('track_script', drafts.scripts, known.scripts);
  const files = find('track_file', drafts.files, known.files);
  const processes = find('track_process', drafts.processes, known.processes);
  const bfd = find('track_bfd', drafts.bfd, known.bfd);
  return {
    trackInterfaces: resolveInterfaces(drafts.interfaces, owner, context, uses),
    trackScripts: scripts.map(({ track, weight, reverse }) => ({ script: track.name, weight, reverse })),
    trackFiles: files.map(({ track, weight, reverse }) => ({ file: track.name, weight, reverse })),
    trackProcesses: processes.map(({ track, weight, reverse }) => ({ process: track.name, weight, reverse })),
    trackBfd: bfd.map(({ track, weight, reverse }) => ({ bfd: track.name, weight, reverse })),
  };
}

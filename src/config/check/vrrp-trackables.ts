/** vrrp_script, track_file and vrrp_track_process: drafts to model. */
import type { TrackProcessDraft } from '../drafts.ts';
import type { ParameterMatch, VrrpScript, VrrpTrackFile, VrrpTrackProcess } from '../model.ts';
import { locate } from '../statement.ts';
import type { Context } from '../schema/context.ts';
import { commandOf } from './scripts.ts';

export function vrrpScripts(context: Context): VrrpScript[] {
  const scripts: VrrpScript[] = [];
  for (const draft of context.draft.vrrpScripts) {
    const command = commandOf(draft.script);
    if (!command) continue;
    const interval = draft.interval ?? 1000;
    scripts.push({
      name: draft.name,
      command,
      interval,
      timeout: draft.timeout ?? interval,
      weight: draft.weight ?? 0,
      reverse: draft.reverse ?? false,
      rise: draft.rise ?? 1,
      fall: draft.fall ?? 1,
      initFail: draft.initFail ?? false,
      at: locate(draft.statement),
    });
  }
  return scripts;
}

export function trackFiles(context: Context): VrrpTrackFile[] {
  return context.draft.trackFiles.map((draft) => ({
    name: draft.name,
    path: draft.path ?? '',
    weight: draft.weight ?? 1,
    reverse: draft.reverse ?? false,
    ...(draft.initialize && { initialize: draft.initialize }),
    at: locate(draft.statement),
  }));
}

export function trackProcesses(context: Context): VrrpTrackProcess[] {
  return context.draft.trackProcesses.map((draft) => trackProcess(draft, context));
}

/** Without parameters and without param_match any process of the name will do. */
function parameterMatch(draft: TrackProcessDraft): ParameterMatch {
  return draft.parameterMatch ?? ((draft.parameters ?? []).length > 0 ? 'exact' : 'none');
}

function trackProcess(draft: TrackProcessDraft, context: Context): VrrpTrackProcess {
  let { quorumMax } = draft;
  // `quorum_max 0` alone says that none may run.
  const quorum = draft.quorum ?? (quorumMax === 0 ? 0 : 1);
  if (quorumMax !== undefined && quorumMax < quorum && !(quorumMax === 0 && quorum === 1)) {
    context.error(
      draft.quorumMaxAt ?? draft.statement,
      1,
      'CFG_QUORUM',
      `vrrp_track_process ${draft.name}: quorum_max ${quorumMax} is below the quorum of ${quorum} and is ignored`,
      'write a quorum_max that is at least the quorum',
    );
    quorumMax = undefined;
  }
  const match = parameterMatch(draft);
  return {
    name: draft.name,
    process: draft.process ?? '',
    parameters: draft.parameters ?? [],
    parameterMatch: match,
    // Parameters stand in the command line only, so that is what is compared.
    fullCommand: draft.fullCommand === true || match !== 'none',
    weight: draft.weight ?? 0,
    reverse: draft.reverse ?? false,
    quorum: quorumMax === 0 ? 0 : quorum,
    ...(quorumMax !== undefined && { quorumMax }),
    terminateDelay: draft.terminateDelay ?? 0,
    forkDelay: draft.forkDelay ?? 0,
    at: locate(draft.statement),
  };
}

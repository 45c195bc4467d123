/** What the VRRP process answers when it is asked for metrics. */
import { now } from '../kernel/clock.ts';
import { instancesInPiece } from '../metrics/figures.ts';
import type { FiguresAsked, ScriptFigures, VrrpFigures } from '../metrics/figures.ts';
import type { Histogram } from '../metrics/histogram.ts';
import type { VrrpEngine } from '../vrrp/engine.ts';
import type { VrrpScriptStatus } from '../vrrp/types.ts';

/** Gratuitous messages sent and refused by the kernel, by interface. */
export type FrameCounts = Map<string, [sent: number, failed: number]>;

const scriptStates = { idle: 0, running: 1, terminating: 2, killing: 3 } as const;

export function vrrpFigures(
  engine: VrrpEngine | undefined,
  { from }: FiguresAsked,
  frames: FrameCounts,
  lateness: Histogram,
): VrrpFigures {
  if (engine === undefined) return { instances: [], total: 0 };
  const figures = { instances: engine.figures(from, instancesInPiece, now()), total: engine.instanceCount };
  if (from > 0) return figures;
  return {
    ...figures,
    common: {
      groups: engine.groupStatus().map(({ name, state }) => ({ name, state })),
      scripts: engine.scriptStatus().map(scriptFigures),
      frames: Object.fromEntries(frames),
      lateness: lateness.figures,
    },
  };
}

function scriptFigures({ name, result, state }: VrrpScriptStatus): ScriptFigures {
  return { name, good: result === 'good', state: scriptStates[state] };
}

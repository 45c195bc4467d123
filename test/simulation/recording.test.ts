/** What machines of simulated networks record is decided again by the engine that goes through it, and holds no secret. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { GlobalConfiguration } from '../../src/config/model.ts';
import { recordedGlobals } from '../../src/vrrp/recording/masks.ts';
import { RecordingVrrpEngine } from '../../src/vrrp/recording/recording-engine.ts';
import { encodeRecord, recordingHead } from '../../src/vrrp/recording/records.ts';
import type { RecordedCall } from '../../src/vrrp/recording/records.ts';
import { replayLines } from '../../src/vrrp/recording/replay.ts';
import type { ReplayStep } from '../../src/vrrp/recording/replay.ts';
import type { VrrpIntent } from '../../src/vrrp/types.ts';
import type { MakeEngine } from './machine.ts';
import { scene } from './scene.ts';
import type { Scene } from './scene.ts';
import { Story } from './story.ts';

/** An engine that reads more of global_defs than is recorded would decide otherwise in a replay. */
function guarded(global: GlobalConfiguration): GlobalConfiguration {
  return new Proxy(global, {
    get(target, key) {
      if (!recordedGlobals.some((each) => each === key)) throw new Error(`the engine reads ${String(key)}`);
      return target[key as keyof GlobalConfiguration];
    },
  });
}

interface Played {
  readonly story: Story;
  /** Of each machine. */
  readonly lines: ReadonlyMap<number, readonly string[]>;
}

function record(drawn: Scene): Played {
  const lines = new Map<number, string[]>();
  const makeEngine: MakeEngine = (machine, { vrrp, global }, environment, now) => {
    const own = lines.get(machine) ?? [encodeRecord(recordingHead)];
    lines.set(machine, own);
    const write = (call: RecordedCall): void => void own.push(encodeRecord(call));
    return new RecordingVrrpEngine(vrrp, guarded(global), environment, write, now, 1_700_000_000_000 + now);
  };
  return { story: new Story(drawn, makeEngine).play(), lines };
}

function stepsOf(lines: readonly string[]): ReplayStep[] {
  return [...replayLines(lines)].map((step) => {
    if (typeof step === 'string') throw new Error(step);
    return step;
  });
}

/** Everything but the octets that are masked. */
function outline(intents: readonly VrrpIntent[]): string {
  return JSON.stringify(
    intents.map((intent) => {
      if (intent.type === 'send-advertisement') return { ...intent, packet: 0 };
      if (intent.type !== 'send-ahead') return intent;
      return { ...intent, advertisements: intent.advertisements.map((each) => ({ ...each, packet: 0 })) };
    }),
  );
}

describe('a recording', () => {
  it('is decided again as it was', { timeout: 120_000 }, () => {
    let steps = 0;
    fc.assert(
      fc.property(scene, (drawn) => {
        const { story, lines } = record(drawn);
        for (const machine of story.machines) {
          const replayed = stepsOf(lines.get(machine.number) ?? []);
          steps += replayed.length;
          for (const { call, difference } of replayed) expect([call.call, difference]).toEqual([call.call, undefined]);
          expect(outline(replayed.flatMap(({ intents }) => intents))).toBe(outline(machine.intents));
        }
      }),
      { numRuns: 150 },
    );
    expect(steps).toBeGreaterThan(1000);
  });

  it('holds no secret', () => {
    fc.assert(
      fc.property(scene, (drawn) => {
        const { lines } = record(drawn);
        const text = [...lines.values()].flat().join('\n');
        // The password as text and on the wire, the key.
        for (const secret of ['simulate', '73696d756c617465', '000102030405060708090a0b'])
          expect(text).not.toContain(secret);
      }),
      { numRuns: 40 },
    );
  });

  it('that was changed is told from what the engine decides', () => {
    const [drawn] = fc.sample(scene, { numRuns: 1, seed: 4 });
    if (!drawn) throw new Error('no scene');
    const lines = record(drawn).lines.get(1) ?? [];
    const forged = lines.map((line) => line.replace('"reason":"', '"reason":"not because '));
    expect(forged).not.toEqual(lines);
    expect(stepsOf(forged).some(({ difference }) => difference !== undefined)).toBe(true);
  });
});

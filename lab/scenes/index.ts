/** The scenes by name. */
import { LabError } from '../lib/errors.ts';
import type { Scene } from '../lib/scene.ts';
import { limit } from './limit.ts';
import { nat } from './nat.ts';
import { pairVrrp } from './pair-vrrp.ts';
import { pair } from './pair.ts';

export const scenes: readonly Scene[] = [pair, nat, limit, pairVrrp];

/** @throws LabError for an unknown name */
export function sceneNamed(name: string): Scene {
  const scene = scenes.find((candidate) => candidate.name === name);
  if (scene === undefined)
    throw new LabError(`There is no scene "${name}". Known: ${scenes.map((known) => known.name).join(', ')}.`);
  return scene;
}

/** Every sample by its keyword. */
import { checkerSamples } from './checkers.ts';
import { globalSamples } from './global.ts';
import { limitSamples } from './limits.ts';
import { networkSamples } from './network.ts';
import { configurationsOf } from './sample.ts';
import { vrrpSamples } from './vrrp.ts';
import { webSamples } from './web.ts';

export interface NamedSample {
  /** `path keyword`, as the lists of exceptions name it. */
  readonly name: string;
  readonly keyword: string;
  readonly without: string;
  readonly text: string;
}

export const samples: readonly NamedSample[] = [
  ...globalSamples,
  ...vrrpSamples,
  ...networkSamples,
  ...checkerSamples,
  ...limitSamples,
  ...webSamples,
].flatMap((block) =>
  Object.entries(block.samples).map(([keyword, lines]) => ({
    name: `${block.path} ${keyword}`,
    keyword,
    ...configurationsOf(block, lines),
  })),
);

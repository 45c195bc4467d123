/** In which blocks a keyword is valid: for the message about one that stands in the wrong block. */
import type { KeywordPlace } from './context.ts';
import { walkSchema } from './keyword.ts';
import { topSchema } from './top.ts';

let places: Map<string, KeywordPlace[]> | undefined;

function collect(): Map<string, KeywordPlace[]> {
  const collected = new Map<string, KeywordPlace[]>();
  for (const { keyword, path, facts } of walkSchema(topSchema)) {
    if (keyword.startsWith('<')) continue;
    const block = path === '(top)' ? '' : (path.split('/').at(-1) ?? '');
    const known = collected.get(keyword) ?? [];
    if (known.some((place) => place.block === block)) continue;
    known.push({ block, ...(facts.since !== undefined && { since: facts.since }) });
    collected.set(keyword, known);
  }
  return collected;
}

/** The blocks in which a keyword is valid. Collected on the first mistake only. */
export function placesOfKeyword(keyword: string): readonly KeywordPlace[] {
  places ??= collect();
  return places.get(keyword) ?? [];
}

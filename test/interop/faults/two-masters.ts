/** What a capture of advertisements says about who was master, as the other balancers saw it. Pure. */

export interface SeenAdvertisement {
  /** Milliseconds since 1970. */
  readonly time: number;
  readonly source: string;
  readonly priority: number;
}

export interface Span {
  readonly from: number;
  readonly to: number;
}

/**
 * Spans in which two routers were master: from an advertisement of another router until the one before it speaks again.
 * A router that was silent for a master-down interval, or said priority 0, is master no more; what it says later is a
 * takeover like any other. Spans that touch are one.
 * @param masterDown milliseconds
 */
export function twoMasters(advertisements: readonly SeenAdvertisement[], masterDown: number): Span[] {
  const spans: Span[] = [];
  const last = new Map<string, SeenAdvertisement>();
  for (const seen of advertisements) {
    const before = last.get(seen.source);
    last.set(seen.source, seen);
    if (before === undefined || before.priority === 0 || seen.time - before.time > masterDown) continue;
    const others = advertisements.filter(
      ({ source, time }) => source !== seen.source && time > before.time && time < seen.time,
    );
    const [foreign] = others;
    // One that took over and has given up again was the only one for that time.
    if (foreign === undefined || others.at(-1)?.priority === 0) continue;
    const previous = spans.at(-1);
    if (previous !== undefined && foreign.time <= previous.to) {
      spans[spans.length - 1] = { from: previous.from, to: Math.max(previous.to, seen.time) };
    } else spans.push({ from: foreign.time, to: seen.time });
  }
  return spans;
}

/** The longest span without a master: between two advertisements, of whomever, that follow one another. */
export function longestSilence(advertisements: readonly SeenAdvertisement[]): Span {
  let longest: Span = { from: 0, to: 0 };
  const masters = advertisements.filter(({ priority }) => priority > 0);
  for (const [index, { time }] of masters.entries()) {
    const from = masters[index - 1]?.time ?? time;
    if (time - from > longest.to - longest.from) longest = { from, to: time };
  }
  return longest;
}

/** Small pictures of the last minutes: a line of figures, and a strip of states. */
import type { Tone } from './model.ts';
import { html, type Html } from './html.ts';

const width = 120;
const height = 24;

const round = (value: number): number => Math.round(value * 10) / 10;

/** Pieces without a gap, as places and heights in the picture. */
function pieces(values: readonly (number | undefined)[], steps: number, top: number): [number, number][][] {
  const found: [number, number][][] = [];
  let piece: [number, number][] | undefined;
  values.forEach((value, index) => {
    if (value === undefined) {
      piece = undefined;
      return;
    }
    if (piece === undefined) found.push((piece = []));
    const x = width - ((values.length - 1 - index) * width) / Math.max(1, steps - 1);
    piece.push([round(x), round(height - 2 - (value / top) * (height - 4))]);
  });
  return found;
}

/**
 * @param values oldest first; the newest stands at the right edge
 * @param steps how many the whole width is
 * @param label for who does not see it
 */
export function sparkline(values: readonly (number | undefined)[], steps: number, label: string): Html {
  // Below one a second there is nothing to be seen but noise.
  const top = Math.max(1, ...values.map((value) => value ?? 0));
  const drawn = pieces(values, steps, top).map((piece) => {
    const line = piece.map(([x, y], index) => `${index === 0 ? 'M' : 'L'}${x} ${y}`).join('');
    const area = `${line}L${piece.at(-1)?.[0] ?? 0} ${height}L${piece[0]?.[0] ?? 0} ${height}Z`;
    return html`<path class="area" d="${area}" /><path class="line" d="${line}" />`;
  });
  return html`<svg
    class="spark"
    viewBox="0 0 ${width} ${height}"
    preserveAspectRatio="none"
    role="img"
    aria-label="${label}"
  >
    ${drawn}
  </svg>`;
}

/** @param tones oldest first; gaps as undefined */
export function strip(tones: readonly (Tone | undefined)[], steps: number, label: string): Html {
  const parts: Html[] = [];
  const step = width / steps;
  const offset = width - tones.length * step;
  let from = 0;
  for (let index = 1; index <= tones.length; index++) {
    if (index < tones.length && tones[index] === tones[from]) continue;
    const tone = tones[from];
    if (tone !== undefined) {
      // What is not well is lower, so that colour is not the only sign.
      const y = tone === 'good' ? 0 : tone === 'idle' ? 2 : 4;
      parts.push(
        html`<rect
          class="${tone}"
          x="${round(offset + from * step)}"
          y="${y}"
          width="${round((index - from) * step)}"
          height="${10 - y}"
        />`,
      );
    }
    from = index;
  }
  return html`<svg class="strip" viewBox="0 0 ${width} 10" preserveAspectRatio="none" role="img" aria-label="${label}">
    ${parts}
  </svg>`;
}

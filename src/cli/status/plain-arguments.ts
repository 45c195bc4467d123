/**
 * The words of `keepalivectl status` where they are plain, so that the most frequent command needs no command-line library,
 * which takes as long to load as everything else together. Whatever else is written is left to that.
 */
import { defaultSocket } from '../control/default-socket.ts';
import { defaultWatch, parseSpan } from './options.ts';
import type { StatusOptions } from './options.ts';

/** @returns undefined: not plain, or wrong */
export function plainStatus(argv: readonly string[]): StatusOptions | undefined {
  const [command, ...words] = argv;
  if (command !== 'status') return undefined;
  const names: string[] = [];
  const flags = { json: false, verbose: false, ready: false };
  let socket = defaultSocket;
  let wait = 0;
  let watch: number | undefined;
  for (let index = 0; index < words.length; index++) {
    const word = words[index] ?? '';
    switch (word) {
      case '--json':
        flags.json = true;
        break;
      case '--verbose':
      case '-v':
        flags.verbose = true;
        break;
      case '--ready':
        flags.ready = true;
        break;
      case '--watch':
      case '-w': {
        const next = words[index + 1];
        // Behind it stands its value, or nothing.
        if (next !== undefined && !/^\d+(\.\d+)?$/.test(next)) return undefined;
        if (next !== undefined) index++;
        watch = next === undefined ? defaultWatch : Number(next);
        if (!(watch >= 0.1 && watch <= 3600)) return undefined;
        break;
      }
      case '--socket': {
        const next = words[++index];
        if (next === undefined || next.startsWith('-')) return undefined;
        socket = next;
        break;
      }
      case '--wait': {
        const span = parseSpan(words[++index] ?? '');
        if (span === undefined) return undefined;
        wait = span;
        break;
      }
      default:
        if (word === '' || word.startsWith('-')) return undefined;
        names.push(word);
    }
  }
  return { socket, names, ...flags, wait, ...(watch !== undefined && { watch }) };
}

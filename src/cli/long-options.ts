/**
 * Reads a command line the way GNU getopt_long does: grouped and attached short options, `--name=value`,
 * unambiguous abbreviations of long names, options after plain words. The result is one canonical list that the
 * typed reader can take without guessing.
 */

/** One option of a command line. */
export interface OptionDescription {
  /** Long name without dashes, as documented. Unique. */
  readonly name: string;
  /** The single letter, if it has one. */
  readonly letter?: string;
  /** `optional` values must be attached (`-tFILE`, `--config-test=FILE`). */
  readonly value: 'none' | 'required' | 'optional';
  /** Word for the value in the help (`FILE`). */
  readonly valueName?: string;
  /** One line of help; absent: the option is accepted but not listed. */
  readonly help?: string;
}

/** One option found, in the order of the line. `value` is absent if none was given. */
export interface OptionOccurrence {
  readonly option: OptionDescription;
  readonly value?: string;
}

/** What one step of the scan found. */
export type ScannedWord =
  | { readonly kind: 'option'; readonly occurrence: OptionOccurrence }
  | { readonly kind: 'error'; readonly message: string }
  | { readonly kind: 'word'; readonly word: string };

/** The option a long name means: exact name, or the only one it abbreviates; `undefined` if none or several. */
function findLongOption(options: readonly OptionDescription[], name: string): OptionDescription | undefined {
  const exact = options.find((option) => option.name === name);
  if (exact !== undefined) return exact;
  const candidates = options.filter((option) => option.name.startsWith(name));
  return name !== '' && candidates.length === 1 ? candidates[0] : undefined;
}

/**
 * Yields what `argv` (without program name) says, left to right. An option that needs a value takes the next word,
 * whatever it looks like, as getopt does; an empty value counts as missing, as the original has it.
 */
export function* scanCommandLine(
  argv: readonly string[],
  options: readonly OptionDescription[],
): Generator<ScannedWord, void> {
  const found = (option: OptionDescription, value?: string): ScannedWord => ({
    kind: 'option',
    occurrence: value === undefined ? { option } : { option, value },
  });
  for (let index = 0; index < argv.length; index++) {
    const word = argv[index] ?? '';
    if (word === '--') {
      for (const rest of argv.slice(index + 1)) yield { kind: 'word', word: rest };
      return;
    }
    if (word === '-' || !word.startsWith('-')) {
      yield { kind: 'word', word };
    } else if (word.startsWith('--')) {
      const equals = word.indexOf('=');
      const name = equals < 0 ? word.slice(2) : word.slice(2, equals);
      const attached = equals < 0 ? undefined : word.slice(equals + 1);
      const option = findLongOption(options, name);
      if (option === undefined || (option.value === 'none' && attached !== undefined)) {
        yield { kind: 'error', message: `Unknown option ${word}` };
      } else if (option.value === 'required') {
        const value = attached ?? argv[++index];
        if (value === undefined || value === '') {
          yield { kind: 'error', message: `Missing parameter for option --${option.name}` };
        } else yield found(option, value);
      } else yield found(option, attached === '' ? undefined : attached);
    } else {
      for (let position = 1; position < word.length; position++) {
        const letter = word.charAt(position);
        const option = options.find((candidate) => candidate.letter === letter);
        if (option === undefined) {
          yield { kind: 'error', message: `Unknown option -${letter}` };
          continue;
        }
        if (option.value === 'none') {
          yield found(option);
          continue;
        }
        const attached = word.slice(position + 1);
        if (option.value === 'optional') {
          yield found(option, attached === '' ? undefined : attached);
        } else {
          const value = attached === '' ? argv[++index] : attached;
          if (value === undefined || value === '') {
            yield { kind: 'error', message: `Missing parameter for option -${letter}` };
          } else yield found(option, value);
        }
        break;
      }
    }
  }
}

/** The canonical words of one occurrence: always the long name, a value always attached. */
export function canonicalWord(occurrence: OptionOccurrence): string {
  return occurrence.value === undefined
    ? `--${occurrence.option.name}`
    : `--${occurrence.option.name}=${occurrence.value}`;
}

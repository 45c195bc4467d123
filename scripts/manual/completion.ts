/** Completion for bash, made from the tables that read the command lines. Works without the package bash-completion. */
import { genhashOptions } from '../../src/cli/genhash-arguments.ts';
import { keepalivedOptions } from '../../src/cli/keepalived-options.ts';
import type { OptionDescription } from '../../src/cli/long-options.ts';
import { keepalivectlCommands } from './keepalivectl-commands.ts';

const digits = [0, 1, 2, 3, 4, 5, 6, 7];
const facilities = [...digits.map(String), ...digits.map((digit) => `local${digit}`), 'user', 'daemon'];
const signalNames = ['STOP', 'RELOAD', 'DATA', 'STATS', 'STATS_CLEAR', 'JSON'];

/** The values of an option that are known: those of its own list, or those that the word for its value enumerates. */
function knownValues({ name, valueName = '' }: OptionDescription): readonly string[] {
  if (name === 'signum') return signalNames;
  if (name === 'log-facility') return facilities;
  return valueName.includes('|') ? valueName.split('|') : [];
}

function reply(option: OptionDescription): string {
  if (/FILE|SOCKET|PATH/.test(option.valueName ?? '')) return 'COMPREPLY=($(compgen -f -- "$word"))';
  const values = knownValues(option);
  return values.length === 0 ? 'COMPREPLY=()' : `COMPREPLY=($(compgen -W "${values.join(' ')}" -- "$word"))`;
}

function optionCompletion(program: string, options: readonly OptionDescription[]): string[] {
  const listed = options.filter(({ help }) => help !== undefined);
  const names = listed.map(({ name, value }) => `--${name}${value === 'required' ? '=' : ''}`);
  const cases = listed.flatMap((option) => {
    if (option.value === 'none') return [];
    const patterns = [`--${option.name}`, ...(option.letter === undefined ? [] : [`-${option.letter}`])];
    // The value of an optional one can only be attached.
    const shown = option.value === 'optional' ? patterns.slice(0, 1) : patterns;
    return [`    ${shown.join(' | ')}) ${reply(option)} ;;`];
  });
  return [
    `_${program}_options() {`,
    '  local word=${COMP_WORDS[COMP_CWORD]} before=${COMP_WORDS[COMP_CWORD - 1]}',
    '  # "=" is a word of its own here.',
    '  if [[ $word == "=" ]]; then word=; elif [[ $before == "=" ]]; then before=${COMP_WORDS[COMP_CWORD - 2]}; fi',
    '  case $before in',
    ...cases,
    `    *) COMPREPLY=($(compgen -W "${names.join(' ')}" -- "$word")) ;;`,
    '  esac',
    '  [[ ${COMPREPLY[0]-} == *= ]] && compopt -o nospace 2>/dev/null',
    '  return 0',
    '}',
    `complete -o default -F _${program}_options ${program}`,
  ];
}

function controlCompletion(): string[] {
  const first = [...new Set(keepalivectlCommands.map(({ name }) => name.split(' ')[0] ?? ''))];
  const groups = first.filter((group) => keepalivectlCommands.some(({ name }) => name.startsWith(`${group} `)));
  const inner = (group: string): string[] =>
    keepalivectlCommands
      .filter(({ name }) => name.startsWith(`${group} `))
      .map(({ name }) => name.slice(group.length + 1));
  const cases = keepalivectlCommands.map(
    ({ name, options }) => `    "${name}"*) words="${options.map((option) => option.name).join(' ')} --help" ;;`,
  );
  return [
    '_keepalivectl_options() {',
    '  local word=${COMP_WORDS[COMP_CWORD]} before=${COMP_WORDS[COMP_CWORD - 1]} words=',
    '  case "${COMP_WORDS[*]:1:COMP_CWORD-1}" in',
    `    "") words="${first.join(' ')} --help" ;;`,
    ...groups.map((group) => `    ${group}) words="${inner(group).join(' ')} --help" ;;`),
    ...cases,
    '  esac',
    '  if [[ $before == --socket || $word != -* && $words == *--config-id* ]]; then COMPREPLY=($(compgen -f -- "$word"))',
    '  else COMPREPLY=($(compgen -W "$words" -- "$word")); fi',
    '}',
    'complete -o default -F _keepalivectl_options keepalivectl',
  ];
}

/** The file for /usr/share/bash-completion/completions. */
export function bashCompletion(): string {
  const lines = [
    '# Completion for keepalived, genhash and keepalivectl.',
    ...optionCompletion('keepalived', keepalivedOptions),
    ...optionCompletion('genhash', genhashOptions),
    ...controlCompletion(),
  ];
  return `${lines.join('\n')}\n`;
}

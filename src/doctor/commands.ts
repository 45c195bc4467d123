/** Every program that a configuration names, wherever it stands in it. */
import type { Configuration, ScriptCommand } from '../config/model.ts';

/** The model is plain data, and nothing else in it has an `argv`. */
export function commandsOf(configuration: Configuration): ScriptCommand[] {
  const commands = new Map<string, ScriptCommand>();
  const look = (value: unknown): void => {
    if (typeof value !== 'object' || value === null) return;
    if (isCommand(value)) commands.set(`${value.user ?? ''} ${value.group ?? ''} ${value.argv[0] ?? ''}`, value);
    for (const member of Object.values(value)) look(member);
  };
  look(configuration);
  return [...commands.values()];
}

function isCommand(value: object): value is ScriptCommand {
  return 'argv' in value && Array.isArray(value.argv);
}

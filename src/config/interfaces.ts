/** Which interfaces a configuration needs, and which of them are not there. */
import type { Configuration, InterfaceUse } from './model.ts';
import type { Diagnostic } from './diagnostics.ts';
import type { Statement } from './statement.ts';
import { withoutPunctuation } from './remedies.ts';
import { locateWord } from './statement.ts';

/** A use of an interface with its place. */
export function interfaceUse(name: string, usedBy: string, statement: Statement, word: number): InterfaceUse {
  const { at } = locateWord(statement, word);
  return { name, usedBy, at };
}

function remedyFor(name: string, elsewhere: boolean): string {
  const colon = name.indexOf(':');
  if (colon > 0) return `${name} is a label, not an interface: write ${name.slice(0, colon)}`;
  const bare = withoutPunctuation(name);
  if (bare !== undefined) return `write ${bare}, without "${name.slice(bare.length)}"`;
  if (elsewhere) return 'see to it that the machine it is for has it';
  return 'correct the name, or add "dynamic_interfaces" to global_defs if it comes later';
}

/**
 * Compares the interfaces a configuration names with those that exist.
 * @param exists whether an interface of that name is there now
 * @param elsewhere the configuration is for another machine
 * @returns one message for each place; without `dynamic_interfaces` each of them stops the daemon with exit code 2, as in
 *   the original, with it, or if the configuration is for another machine, they are notes
 */
export function missingInterfaces(
  configuration: Pick<Configuration, 'global' | 'interfaces'>,
  exists: (name: string) => boolean,
  elsewhere = false,
): Diagnostic[] {
  const harmless = configuration.global.dynamicInterfaces || elsewhere;
  const known = new Map<string, boolean>();
  const missing = (configuration.interfaces ?? []).filter(({ name }) => {
    const there = known.get(name) ?? exists(name);
    known.set(name, there);
    return !there;
  });
  return missing.map(({ name, usedBy, at }): Diagnostic => {
    return {
      code: 'CFG_MISSING_INTERFACE',
      class: harmless ? 'note' : 'general',
      at,
      length: name.length,
      message: `${usedBy}: there is no interface ${name}`,
      remedy: remedyFor(name, elsewhere),
      ...(!harmless && { stops: { exitCode: 2, immediately: false } }),
    };
  });
}

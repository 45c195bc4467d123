/** Whether two parts of a model say the same, wherever they stand in the text. */

type Settings = Readonly<Record<string, unknown>>;

/** Places of the text are no settings; what is undefined is not there. */
function isSetting(key: string, value: unknown): boolean {
  return key !== 'at' && value !== undefined;
}

const nothing: readonly string[] = [];

/**
 * @param a, b plain data of the model
 * @param without keys of the outermost object that are not compared either
 */
export function sameSettings(a: unknown, b: unknown, without: readonly string[] = nothing): boolean {
  if (a === b) return true;
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return false;
  if (Array.isArray(a) || Array.isArray(b)) {
    if (!Array.isArray(a) || !Array.isArray(b) || a.length !== b.length) return false;
    return a.every((entry, index) => sameSettings(entry, b[index]));
  }
  // Plain data: its own keys are all that there are, and no list of them has to be made.
  let settings = 0;
  for (const key in a) {
    const value = (a as Settings)[key];
    if (!isSetting(key, value) || without.includes(key)) continue;
    settings++;
    if (!sameSettings(value, (b as Settings)[key])) return false;
  }
  for (const key in b) if (isSetting(key, (b as Settings)[key]) && !without.includes(key)) settings--;
  return settings === 0;
}

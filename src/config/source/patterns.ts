/** File name patterns: brace alternatives, wildcards, and joining with a directory. No file system here. */

const maximumAlternatives = 4096;

/** True if the shell would look for matches rather than for this very name. */
export function hasWildcard(pattern: string): boolean {
  return /[*?[]/.test(pattern);
}

/** Position of the `}` that closes the `{` at `open`, or -1. */
function closingBrace(pattern: string, open: number): number {
  let depth = 0;
  for (let position = open; position < pattern.length; position++) {
    if (pattern[position] === '{') depth++;
    else if (pattern[position] === '}' && --depth === 0) return position;
  }
  return -1;
}

/** The alternatives between two braces, split at commas outside inner braces. */
function splitAlternatives(body: string): string[] {
  const parts: string[] = [];
  let depth = 0;
  let from = 0;
  for (let position = 0; position < body.length; position++) {
    const char = body[position];
    if (char === '{') depth++;
    else if (char === '}') depth--;
    else if (char === ',' && depth === 0) {
      parts.push(body.slice(from, position));
      from = position + 1;
    }
  }
  parts.push(body.slice(from));
  return parts;
}

/** `conf.d/{a,b}*.conf` to its alternatives, in order, as glob(3) with GLOB_BRACE does. */
export function expandBraces(pattern: string): string[] {
  const done: string[] = [];
  const open: string[] = [pattern];
  while (open.length > 0 && done.length + open.length < maximumAlternatives) {
    const current = open.shift() ?? '';
    const brace = current.indexOf('{');
    const close = brace < 0 ? -1 : closingBrace(current, brace);
    // "{}" is no alternative for glob(3).
    if (close < 0 || close === brace + 1) {
      done.push(current);
      continue;
    }
    const head = current.slice(0, brace);
    const tail = current.slice(close + 1);
    open.unshift(...splitAlternatives(current.slice(brace + 1, close)).map((middle) => head + middle + tail));
  }
  return done;
}

/** Directory part of an absolute path. */
export function directoryOf(path: string): string {
  const slash = path.lastIndexOf('/');
  return slash > 0 ? path.slice(0, slash) : '/';
}

/** A name of an include, made absolute with the directory of the file that names it. */
export function resolveName(directory: string, name: string): string {
  if (name.startsWith('/')) return name;
  return directory.endsWith('/') ? directory + name : `${directory}/${name}`;
}

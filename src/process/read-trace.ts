/** What the reader of a configuration looked at, and how it was then: whether the files are others now can be told from it. */
import { statSync } from 'node:fs';
import path from 'node:path';
import { hasWildcard } from '../config/source/patterns.ts';
import type { ConfigurationFiles } from '../config/ports.ts';

/** Names of files that somebody is about to put in the place of others. */
const temporary = /(~|\.(tmp|temp|part|swp|swx|bak|dpkg-new|dpkg-tmp|rpmnew|rpmsave)|\.~\w+~|#)$|^#/i;

/** Other for another file under the name, and for another content of it. */
function stateOf(file: string): string {
  try {
    const { ctimeMs, ino, mtimeMs, size } = statSync(file);
    return `${ino} ${size} ${mtimeMs} ${ctimeMs}`;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code ?? 'none';
  }
}

export class ReadTrace {
  readonly #files: ConfigurationFiles;
  readonly #reads = new Map<string, string>();
  readonly #globs = new Map<string, readonly string[]>();

  constructor(files: ConfigurationFiles) {
    this.#files = files;
  }

  /** The port for the reader, which notes down everything that is asked of it. */
  get files(): ConfigurationFiles {
    return {
      absolute: (file) => this.#files.absolute(file),
      isDirectory: (file) => this.#files.isDirectory(file),
      read: (file) => {
        // Before it is read: what is written meanwhile is another state.
        this.#reads.set(file, stateOf(file));
        return this.#files.read(file);
      },
      glob: (pattern) => {
        const found = this.#files.glob(pattern);
        this.#globs.set(pattern, found);
        return found;
      },
    };
  }

  /** Directories in which a change can matter, and how many levels below them. */
  directories(): ReadonlyMap<string, number> {
    const found = new Map<string, number>();
    const add = (directory: string, depth: number): void => {
      found.set(directory, Math.max(depth, found.get(directory) ?? 0));
    };
    for (const file of this.#reads.keys()) add(path.dirname(file), 0);
    for (const pattern of this.#globs.keys()) {
      const parts = path.dirname(pattern).split('/');
      const wild = parts.findIndex((part) => hasWildcard(part));
      if (wild < 0) add(path.dirname(pattern), 0);
      else add(parts.slice(0, wild).join('/') || '/', parts.length - wild);
    }
    return found;
  }

  /** How everything is now, for comparison with another moment. */
  now(): string {
    return JSON.stringify([
      [...this.#reads.keys()].map(stateOf),
      [...this.#globs.keys()].map((pattern) => this.#files.glob(pattern)),
    ]);
  }

  /** How everything was when it was read. */
  then(): string {
    return JSON.stringify([[...this.#reads.values()], [...this.#globs.values()]]);
  }

  /** A file that is matched now and has a name of those that do not stay. */
  unfinished(): string | undefined {
    return [...this.#globs.keys()]
      .flatMap((pattern) => this.#files.glob(pattern))
      .find((file) => temporary.test(path.basename(file)));
  }

  /** Names of what is other than it was. */
  changes(): string[] {
    const files = [...this.#reads].flatMap(([file, state]) => (stateOf(file) === state ? [] : [file]));
    const globs = [...this.#globs].flatMap(([pattern, before]) => {
      const after = this.#files.glob(pattern);
      return [...after.filter((file) => !before.includes(file)), ...before.filter((file) => !after.includes(file))];
    });
    return [...new Set([...files, ...globs])];
  }
}

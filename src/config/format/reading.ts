/** What the reader makes of a text, as a sequence of events: the ground on which texts are indented and compared. */
import type { ConfigurationFiles } from '../ports.ts';
import { Reporter } from '../reporter.ts';
import { SourceReader } from '../source/reader.ts';
import type { StatementSink } from '../source/sink.ts';

/** One file to be read, and what the reading depends on. */
export interface FormatSource {
  /** Absolute path. */
  readonly path: string;
  readonly text: string;
  /** For the files that it includes. */
  readonly files: ConfigurationFiles;
  readonly environment: Readonly<Record<string, string | undefined>>;
}

/** The same files, but one of them has another text. */
export function withText(files: ConfigurationFiles, path: string, text: string): ConfigurationFiles {
  return {
    absolute: (name) => files.absolute(name),
    // The one file is meant by its very name, whatever wildcards stand in it.
    glob: (pattern) => (pattern === path ? [path] : files.glob(pattern)),
    isDirectory: (name) => files.isDirectory(name),
    read: (name) => (name === path ? { ok: true, text } : files.read(name)),
  };
}

function readInto(source: FormatSource, configId: string, sink: StatementSink): void {
  const { path, text, environment } = source;
  const options = {
    files: withText(source.files, path, text),
    configId,
    environment,
    random: () => 0.5,
    allIncludesFatal: false,
  };
  new SourceReader(options, sink, new Reporter()).readMain(path);
}

export interface LineDepths {
  /** Blocks open before each line, index 0 for line 1. */
  readonly before: Int32Array;
  /** Whether the line had any effect by itself. */
  readonly active: Uint8Array;
}

/** How many blocks are open at each line for one identity. */
export function lineDepths(source: FormatSource, configId: string, lineCount: number): LineDepths {
  const before = new Int32Array(lineCount);
  const active = new Uint8Array(lineCount);
  let depth = 0;
  let filled = 0;
  const reach = (name: string, line: number): void => {
    if (name !== source.path || line > lineCount) return;
    if (line > filled) {
      before.fill(depth, filled, line);
      filled = line;
    }
    active[line - 1] = 1;
  };
  readInto(source, configId, {
    statement: ({ file, line }) => reach(file.name, line),
    openBlock: (file, line) => {
      reach(file.name, line);
      depth++;
    },
    closeBlock: (file, line) => {
      reach(file.name, line);
      depth = Math.max(0, depth - 1);
    },
  });
  before.fill(depth, filled);
  return { before, active };
}

/** Everything the reader hands on, in order: two texts with the same events mean the same under any schema. */
export function readingEvents(source: FormatSource, configId: string): readonly string[] {
  const events: string[] = [];
  readInto(source, configId, {
    // The text counts as well as the words: commands and patterns are read from it with other quoting.
    statement: ({ words, raw }) => events.push(JSON.stringify([words, raw])),
    openBlock: () => events.push('{'),
    closeBlock: () => events.push('}'),
  });
  return events;
}

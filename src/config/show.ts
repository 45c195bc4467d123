/** The effective configuration for people and for programs: every default filled in, and where each value came from. */
import { toJson, type JsonDiagnostic } from './json-diagnostics.ts';
import type { Diagnostic } from './diagnostics.ts';
import type { Configuration, SourceLocation } from './model.ts';
import { originsOf, type LineWithOrigins, type Origin, type RecordedStatement } from './origins.ts';
import { eachLine } from './print/configuration.ts';
import type { PrintedLine } from './print/printed.ts';
import { hideSecrets, withoutSecrets } from './print/secrets.ts';
import { printPieces } from './print/text.ts';
import { topSchema } from './schema/top.ts';
import { directoryOf } from './source/patterns.ts';

export interface Shown {
  readonly configuration: Configuration;
  /** Everything that was read (OriginRecorder). */
  readonly statements: readonly RecordedStatement[];
  readonly showSecrets: boolean;
  /** Value that `@ID` lines were compared with. */
  readonly configId: string;
  readonly diagnostics: readonly Diagnostic[];
}

/** Raised when a field is removed or means something else; new fields do not raise it. */
export const shownFormatVersion = 1;

/** Where a value came from. `given` is the statement that was written, if it is not what counts. */
export type JsonOrigin =
  | ({ readonly kind: 'given' } & SourceLocation)
  | ({ readonly kind: 'adjusted'; readonly given: readonly string[] } & SourceLocation)
  | ({ readonly kind: 'inherited'; readonly keyword: string } & SourceLocation)
  | ({ readonly kind: 'implied'; readonly keyword: string } & SourceLocation)
  | { readonly kind: 'default' };

export interface JsonStatement {
  readonly keyword: string;
  readonly words: readonly string[];
  readonly origin: JsonOrigin;
  /** Present if the statement opens a block. */
  readonly statements?: readonly JsonStatement[];
}

/** What `keepalivectl config show --json` prints; docs/configuration-tools.md describes it. */
export interface JsonConfiguration {
  readonly format: 'keepalived-configuration';
  readonly version: typeof shownFormatVersion;
  readonly configId: string;
  /** Every file read, in order; the first is the main file. */
  readonly files: readonly string[];
  readonly secretsHidden: boolean;
  readonly diagnostics: readonly JsonDiagnostic[];
  readonly statements: readonly JsonStatement[];
}

function writtenWords(statement: RecordedStatement, showSecrets: boolean): readonly string[] {
  return [statement.keyword, ...(showSecrets ? statement.words : withoutSecrets(statement))];
}

/** Below the directory of the main file its name says enough. */
function placeText({ file, line }: SourceLocation, directory: string): string {
  const below = directory.endsWith('/') ? directory : `${directory}/`;
  return `${file.startsWith(below) ? file.slice(below.length) : file}:${line}`;
}

function comment(origin: Origin | undefined, directory: string, showSecrets: boolean): string | undefined {
  switch (origin?.kind) {
    case undefined:
      return undefined;
    case 'default':
      return 'default';
    case 'given':
      return placeText(origin.at, directory);
    case 'inherited':
      return `${origin.copies ? 'from' : 'because of'} ${origin.from}, ${placeText(origin.at, directory)}`;
    case 'adjusted':
      return `adjusted: ${placeText(origin.at, directory)} has "${writtenWords(origin.given, showSecrets).join(' ')}"`;
  }
}

/** The configuration as a text that keepalived reads, with a comment behind each line; a piece for each block. */
export function* shownText({ configuration, statements, showSecrets, configId }: Shown): Generator<string> {
  const [main = ''] = configuration.files;
  const directory = directoryOf(main);
  let origins: ReadonlyMap<PrintedLine, Origin> = new Map();
  function* lines(): Generator<PrintedLine> {
    for (const found of originsOf(eachLine(configuration), statements, topSchema)) {
      origins = found.origins;
      yield found.line;
    }
  }
  const header = [
    `# What keepalived makes of ${main} (configuration id ${configId}), every default written out.`,
    `# Behind each line: where it comes from.${showSecrets ? '' : ' Passwords and keys are hidden; --show-secrets shows them.'}`,
  ].map((text) => `${text.replace(/[\x00-\x1f\x7f]/g, '?')}\n`);
  yield `${header.join('')}\n`;
  yield* printPieces(lines(), {
    // Blocks that hold nothing but defaults need no remark of their own.
    comment: (line) => {
      const origin = origins.get(line);
      return line.block && origin?.kind === 'default' ? undefined : comment(origin, directory, showSecrets);
    },
    ...(!showSecrets && { shown: hideSecrets }),
  });
}

function jsonOrigin(origin: Origin | undefined, showSecrets: boolean): JsonOrigin {
  switch (origin?.kind) {
    case undefined:
    case 'default':
      return { kind: 'default' };
    case 'given':
      return { kind: 'given', ...origin.at };
    case 'inherited':
      return { kind: origin.copies ? 'inherited' : 'implied', keyword: origin.from, ...origin.at };
    case 'adjusted':
      return { kind: 'adjusted', given: writtenWords(origin.given, showSecrets), ...origin.at };
  }
}

/** The same for programs. */
export function shownJson(shown: Shown): JsonConfiguration {
  const { configuration, statements, showSecrets, configId, diagnostics } = shown;
  const toStatement = ({ line, origins }: LineWithOrigins): JsonStatement => ({
    keyword: line.keyword,
    words: showSecrets ? line.words : withoutSecrets(line),
    origin: jsonOrigin(origins.get(line), showSecrets),
    ...(line.block && { statements: line.block.map((inner) => toStatement({ line: inner, origins })) }),
  });
  const lines = originsOf(eachLine(configuration), statements, topSchema);
  return {
    format: 'keepalived-configuration',
    version: shownFormatVersion,
    configId,
    files: configuration.files,
    secretsHidden: !showSecrets,
    diagnostics: diagnostics.map(toJson),
    statements: Array.from(lines, toStatement),
  };
}

/** `keepalivectl config show`: the effective configuration, every default filled in, and where each value came from. */
import { isatty } from 'node:tty';
import { severityOf, type Diagnostic } from '../config/diagnostics.ts';
import { loadConfiguration } from '../config/load.ts';
import { OriginRecorder } from '../config/origins.ts';
import { formatDiagnostic, SourceLines } from '../config/format-diagnostic.ts';
import { holdsSecret } from '../config/print/secrets.ts';
import { shownJson, shownText } from '../config/show.ts';
import { sourceText } from '../process/configuration-source.ts';
import { optionsHere } from './load-here.ts';

export interface ConfigShowOptions {
  /** Default: the file that the daemon reads. */
  readonly file?: string | undefined;
  readonly json: boolean;
  readonly configId?: string | undefined;
  readonly showSecrets: boolean;
}

const standardError = 2;
/** Characters that are worth a write. */
const muchText = 256 * 1024;

/** Colour where the test has it: on a terminal, unless https://no-color.org says otherwise. */
export function errorColour(): boolean {
  return isatty(standardError) && (process.env['NO_COLOR'] ?? '') === '' && process.env['TERM'] !== 'dumb';
}

/** What a reader of the effective configuration need not be told, because it stands there. */
const said: ReadonlySet<string> = new Set(['CFG_NO_EFFECT_YET', 'CFG_OLD_KEYWORD']);

/**
 * Prints it on standard output, and on standard error what there is to say of the file.
 * @returns exit status: 0, or that of `keepalived -t` if there is nothing to show
 */
export function configShow({ file, json, configId, showSecrets }: ConfigShowOptions): number {
  const origins = new OriginRecorder();
  const options = { ...optionsHere({ file, configId }), origins };
  const { configuration, diagnostics, exitCode } = loadConfiguration(options);
  if (!configuration) {
    const tested = loadConfiguration({ ...options, mode: 'test', origins: new OriginRecorder() });
    process.stderr.write(messages(tested.diagnostics, showSecrets));
    process.stderr.write('keepalivectl: keepalived does not start with this configuration: there is nothing to show\n');
    // A file that is not there is no success here, though the test of the original calls it one.
    return tested.exitCode === 0 ? exitCode : tested.exitCode;
  }
  const shown = { configuration, statements: origins.statements, showSecrets, configId: options.configId };
  if (json) {
    process.stdout.write(`${JSON.stringify(shownJson({ ...shown, diagnostics }), undefined, 2)}\n`);
    return 0;
  }
  process.stderr.write(messages(diagnostics.filter(isWorthSaying), showSecrets));
  let text = '';
  for (const piece of shownText({ ...shown, diagnostics })) {
    text += piece;
    if (text.length < muchText) continue;
    process.stdout.write(text);
    text = '';
  }
  process.stdout.write(text);
  return 0;
}

/** As the test prints them, but no line is quoted that holds a secret. */
function messages(diagnostics: readonly Diagnostic[], showSecrets: boolean): string {
  const colour = errorColour();
  const sources = new Map<string, SourceLines>();
  const sourceOf = ({ at }: Diagnostic): SourceLines | undefined => {
    if (!at) return undefined;
    const source = sources.get(at.file) ?? new SourceLines(sourceText(at.file) ?? '');
    sources.set(at.file, source);
    return !showSecrets && holdsSecret(source.at(at.line) ?? '') ? undefined : source;
  };
  return diagnostics
    .map((diagnostic) => `${formatDiagnostic(diagnostic, sourceOf(diagnostic), { colour })}\n`)
    .join('');
}

function isWorthSaying(diagnostic: Diagnostic): boolean {
  return severityOf(diagnostic) !== 'note' || !said.has(diagnostic.code);
}

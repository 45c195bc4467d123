/** From a path to a checked model: the one entrance to the configuration for every process and for `-t`. */
import { checkConfiguration } from './check/check.ts';
import { VirtualServersCheck } from './check/virtual-server-list.ts';
import { exitCodeOfTest, type Diagnostic } from './diagnostics.ts';
import { newConfigurationDraft, type ConfigurationDraft } from './drafts.ts';
import { missingInterfaces } from './interfaces.ts';
import { ReuseAbandoned, ServiceReuse, type KnownServices } from './known-services.ts';
import type { Configuration } from './model.ts';
import type { OriginRecorder } from './origins.ts';
import type { ConfigurationFiles, HostFacts } from './ports.ts';
import { Reporter } from './reporter.ts';
import { Context } from './schema/context.ts';
import { placesOfKeyword } from './schema/places.ts';
import { topSchema } from './schema/top.ts';
import { SourceReader } from './source/reader.ts';
import type { Statement } from './statement.ts';
import { TreeBuilder } from './tree.ts';

export interface LoadOptions {
  /** Main file as given with `-f`; may be a shell pattern. */
  readonly path: string;
  readonly files: ConfigurationFiles;
  /** Value that `@ID` lines are compared with (`-i`, default: host name up to the first dot). */
  readonly configId: string;
  /** For `${_ENV NAME}`. */
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** Uniform in [0, 1), for `${_RANDOM}`. */
  readonly random: () => number;
  readonly host: HostFacts;
  /**
   * `test`: as the original's `-t`: numbers with trailing rubbish are errors, interfaces are looked for, a missing main
   * file is only reported. `run`: interfaces are the caller's business (missingInterfaces), they may come later.
   */
  readonly mode: 'run' | 'test';
  /** `--no-interfaces`: the configuration is for another machine; interfaces that are missing here are only noted. */
  readonly otherMachine?: boolean;
  /** `-e`: every kind of include problem is fatal. */
  readonly allIncludesFatal?: boolean;
  /**
   * Nobody looks at the model: there is no `configuration`, and virtual servers are let go as soon as they are checked.
   * Almost all of a large configuration then dies young, which costs the garbage collector next to nothing.
   */
  readonly diagnosticsOnly?: boolean;
  /** Told every statement that is read, for `config show`; costs memory, so the daemon has none. */
  readonly origins?: OriginRecorder;
  /** Virtual servers of the reading before: those whose text is the same are the same objects again. */
  readonly known?: KnownServices;
  /** Note for another reading what it may know of this one's virtual servers, with the text of their files. */
  readonly note?: boolean;
}

export interface LoadResult {
  /** Absent when something stops the daemon (see `stops` of the diagnostics), and with `diagnosticsOnly`. */
  readonly configuration?: Configuration;
  /** In the order of the text; what is found after reading (cross-references) follows its place in the text too. */
  readonly diagnostics: readonly Diagnostic[];
  /** With `note`: for the next reading. */
  readonly known?: KnownServices;
  /** In `test` mode what `-t` exits with (0, 2, 4, 5, 6); in `run` mode 0 or the code with which the daemon refuses to start. */
  readonly exitCode: number;
}

/** Reads, checks and completes a configuration. Never throws for what the files contain. */
export function loadConfiguration(options: LoadOptions): LoadResult {
  const { known: _known, ...anew } = options;
  const known = options.known === undefined ? undefined : readWith(options, true);
  return known ?? readWith(anew, true) ?? loadLate(anew);
}

/** Nothing of it can be known too early. */
function loadLate(options: LoadOptions): LoadResult {
  const result = readWith(options, false);
  if (result === undefined) throw new Error('a configuration was given up that depends on nothing');
  return result;
}

/** As reading(); undefined: something that was taken for granted is not so, and it has to be read in another way. */
function readWith(options: LoadOptions, early: boolean): LoadResult | undefined {
  try {
    return reading(options, early);
  } catch (error) {
    if (error instanceof ReuseAbandoned) return undefined;
    throw error;
  }
}

/**
 * @param early virtual servers are completed as soon as they are read
 * @throws ReuseAbandoned
 */
function reading(options: LoadOptions, early: boolean): LoadResult {
  const { mode, host, origins, diagnosticsOnly = false, known, note = false } = options;
  const reporter = new Reporter();
  const draft = newConfigurationDraft();
  const context = new Context(reporter, mode, host, draft, placesOfKeyword);
  const services = new VirtualServersCheck(context);
  const completesEarly = early && !diagnosticsOnly && origins === undefined;
  const consume = (statement: Statement): void => {
    if (reuse !== undefined) {
      reuse.take(statement);
      return;
    }
    origins?.record(statement);
    topSchema.readOne(draft, statement, context);
    if (diagnosticsOnly) services.checkAndForget();
    else if (completesEarly) services.completeEarly();
  };
  const tree = new TreeBuilder(
    topSchema,
    reporter,
    consume,
    () => reuse?.begun(),
    note ? (opener, line, text, offset) => reuse?.ended(opener, line, text, offset) : undefined,
  );
  const reuse: ServiceReuse | undefined =
    note && completesEarly
      ? new ServiceReuse({ context, services, reporter, tree, reader: () => reader }, known)
      : undefined;
  const readerOptions = { ...options, allIncludesFatal: options.allIncludesFatal ?? false };
  const reader: SourceReader = new SourceReader(readerOptions, tree, reporter, known && reuse);
  if (!reader.readMain(options.path)) return unread(options, reporter);
  tree.endOfInput();
  if (services.isOutdated || (known !== undefined && known.globals !== services.globals)) throw new ReuseAbandoned();
  const configuration = checkConfiguration(context, reader.filesRead, services);
  if (mode === 'test' && host.interfaceExists) {
    const exists = (name: string): boolean => host.interfaceExists?.(name) !== false;
    for (const missing of missingInterfaces(configuration, exists, options.otherMachine)) reporter.add(missing);
  }
  const endsEarly =
    mode === 'test' && configuration.global.netNamespace !== undefined && noNamespace(draft, options, reporter);
  const diagnostics = reporter.result(reader.filesRead);
  const stop =
    diagnostics.find((diagnostic) => diagnostic.stops?.immediately) ??
    diagnostics.find((diagnostic) => diagnostic.stops);
  return {
    ...(stop === undefined && !diagnosticsOnly && { configuration }),
    diagnostics,
    ...(reuse && { known: reuse.known }),
    exitCode: mode === 'run' ? (stop?.stops?.exitCode ?? 0) : endsEarly ? 0 : exitCodeOfTest(diagnostics),
  };
}

/**
 * The original's test enters the network namespace and, if there is none of that name, ends with success whatever it has
 * seen: scripts rely on testing on another machine. We check on and say so, but end the same way.
 * @returns whether that is the case
 */
function noNamespace(draft: ConfigurationDraft, options: LoadOptions, reporter: Reporter): boolean {
  const { netNamespace = '', netNamespaceAt } = draft.global;
  if (!netNamespaceAt || options.host.networkNamespaceExists?.(netNamespace) !== false) return false;
  reporter.at(netNamespaceAt, 1, {
    code: 'CFG_NO_NAMESPACE',
    class: 'note',
    message: `there is no network namespace ${netNamespace} here; as with keepalived the test ends with 0, whatever else is reported`,
    remedy: `test inside a machine that has it (ip netns add ${netNamespace})`,
  });
  return true;
}

/**
 * Nothing could be read. The original's test ends with 0 for a main file that is missing, a directory or executable, with
 * 4 for one it may not read, and with 4 for all of them under `-e`; its normal run ends with 6 (reference: grammar, 11).
 */
function unread(options: LoadOptions, reporter: Reporter): LoadResult {
  const diagnostics = reporter.result([]);
  if (options.mode === 'run')
    return { diagnostics, exitCode: diagnostics.find((diagnostic) => diagnostic.stops)?.stops?.exitCode ?? 6 };
  const counted =
    options.allIncludesFatal === true ||
    diagnostics.some((diagnostic) => diagnostic.code === 'CFG_MAIN_FILE_UNREADABLE');
  return { diagnostics, exitCode: counted ? 4 : 0 };
}

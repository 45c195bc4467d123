/**
 * The command line of keepalived: argv to a typed value, nothing done yet. Options that answer and exit
 * (`-v`, `-h`, `--signum`) act where they stand in the line, as in the original; anything unknown is reported for the
 * whole line before exit 1.
 */
import { readOptions } from './keepalived-reader.ts';
import { keepalivedOptions } from './keepalived-options.ts';
import { helpText } from './help-text.ts';
import type { LogLevel } from '../core/events.ts';
import { canonicalWord, scanCommandLine } from './long-options.ts';
import { signalNumberOf } from './signal-numbers.ts';
import { versionText } from './version.ts';

/** Facilities of the system log that `-S` can name. */
export type LogFacility = 'daemon' | 'user' | `local${0 | 1 | 2 | 3 | 4 | 5 | 6 | 7}`;

/** Processes that `--log-level` can name. */
export type LogProcess = 'parent' | 'vrrp' | 'checker' | 'bfd';

/** Forms of the messages of a configuration test. */
export type ConfigurationTestFormat = 'text' | 'json';

/** What `keepalived ARGUMENTS` asks the daemon to do. Paths are as written: relative ones belong to the start directory. */
export interface KeepalivedArguments {
  /** `-f`: file or pattern; absent: the default. */
  readonly configurationFile?: string;
  /** Child processes the line allows: `-P`, `-C`, `-B`. */
  readonly vrrp: boolean;
  readonly checker: boolean;
  readonly bfd: boolean;
  /** `--all`: start the allowed ones even without configuration. */
  readonly allProcesses: boolean;
  readonly logConsole: boolean;
  /** Number of `-D`: 0, 1, or 2 and more. */
  readonly logDetail: number;
  readonly logFacility: LogFacility;
  /** `-g`: path of the log file; absent: none. */
  readonly logFile?: string;
  readonly flushLogFile: boolean;
  /** `--log-format`: one JSON object a line on console and in the log file. */
  readonly logJson: boolean;
  /** `--log-level`; absent for a process: what `-D` says. */
  readonly logLevels: Readonly<Partial<Record<LogProcess, LogLevel>>>;
  readonly syslog: boolean;
  /** `-u`; absent: keyword `umask` or 0177. */
  readonly umask?: number;
  readonly releaseVips: boolean;
  readonly dontReleaseVrrp: boolean;
  readonly dontReleaseIpvs: boolean;
  readonly dontRespawn: boolean;
  readonly dontFork: boolean;
  readonly dumpConfiguration: boolean;
  readonly pidFile?: string;
  readonly vrrpPidFile?: string;
  readonly checkersPidFile?: string;
  readonly bfdPidFile?: string;
  readonly addressMonitoring: boolean;
  readonly snmp: boolean;
  readonly snmpAgentSocket?: string;
  readonly namespace?: string;
  readonly coreDump: boolean;
  /** `-M`; absent: the pattern of the kernel is left alone. */
  readonly coreDumpPattern?: string;
  readonly allConfiguration: boolean;
  /** `-i`; absent: the short host name. */
  readonly configId?: string;
  /** `-t`: check only. `file`: where the messages go instead of standard error. */
  readonly configTest?: { readonly file?: string };
  /** How the messages of `-t` are written. */
  readonly configFormat: ConfigurationTestFormat;
  /** Absent: auto. */
  readonly colour?: 'always' | 'never';
  /** `-t` on another machine: missing interfaces are notes. */
  readonly noInterfaces: boolean;
  readonly ignoreSigint: boolean;
  /** A reload applies what it can of a configuration with new errors, as the original does. */
  readonly reloadDespiteErrors: boolean;
  readonly configFd?: number;
  /** `--record`: where the inputs of the VRRP process are written. */
  readonly recordFile?: string;
}

/** A command line that was understood. What a run has for `stdout` and `stderr` is printed before anything else. */
export type ParsedCommandLine =
  | { readonly kind: 'run'; readonly arguments: KeepalivedArguments; readonly stdout: string; readonly stderr: string }
  | { readonly kind: 'exit'; readonly code: number; readonly stdout: string; readonly stderr: string }
  /** `-T`/`--genhash` as first option: the rest of the line belongs to genhash. */
  | { readonly kind: 'genhash'; readonly argv: readonly string[] };

/** Reads `argv` (without program name). Never throws and never exits. */
export function parseKeepalivedArguments(argv: readonly string[]): ParsedCommandLine {
  const messages: string[] = [];
  const unexpected: string[] = [];
  const canonical: string[] = [];
  let failed = false;
  const text = (): string => messages.map((line) => `${line}\n`).join('');
  for (const step of scanCommandLine(argv, keepalivedOptions)) {
    if (step.kind === 'word') {
      unexpected.push(step.word);
      continue;
    }
    if (step.kind === 'error') {
      messages.push(step.message);
      failed = true;
      continue;
    }
    const { option, value } = step.occurrence;
    switch (option.name) {
      case 'version':
        return { kind: 'exit', code: 0, stdout: '', stderr: text() + versionText() };
      case 'help':
        return { kind: 'exit', code: 0, stdout: '', stderr: text() + helpText(keepalivedOptions) };
      case 'signum': {
        const number = signalNumberOf(value ?? '');
        if (number === undefined) {
          messages.push(`Unknown sigfunc ${value ?? ''}`);
          return { kind: 'exit', code: 1, stdout: '', stderr: text() };
        }
        return { kind: 'exit', code: 0, stdout: `${number}\n`, stderr: text() };
      }
      case 'genhash':
        if (canonical.length === 0 && !failed && isGenhashWord(argv[0]))
          return { kind: 'genhash', argv: argv.slice(1) };
        messages.push('-T, --genhash must be the first option');
        failed = true;
        break;
      default:
        canonical.push(canonicalWord(step.occurrence));
    }
  }
  // Words that are no options change nothing; they are told where the original tells them.
  const stdout = unexpected.length > 0 ? `Unexpected argument(s): ${unexpected.join(' ')} \n` : '';
  if (failed) return { kind: 'exit', code: 1, stdout, stderr: text() };
  const read = readOptions(canonical);
  messages.push(...read.messages);
  return { kind: 'run', arguments: read.arguments, stdout, stderr: text() };
}

/** True if the first word is exactly the switch to genhash, so that the rest of the line is untouched by our scan. */
function isGenhashWord(word: string | undefined): boolean {
  return word === '-T' || (word !== undefined && word.startsWith('--g') && '--genhash'.startsWith(word));
}

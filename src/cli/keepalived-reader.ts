/**
 * The typed reading of canonical options. The scan has settled every ambiguity, so a list of names and values is left;
 * yargs, which reads the words of keepalivectl, would take longer over it than `-t` needs for a whole configuration.
 */
import type { LogLevel } from '../core/events.ts';
import type { KeepalivedArguments, LogFacility, LogProcess } from './keepalived-arguments.ts';

const defaultLogFile = '/tmp/keepalived.log';
const defaultCorePattern = 'core';

/** What the words say of one option: how often it stands, and its last value, which counts as with getopt; '' if it had none. */
interface OptionUse {
  readonly count: number;
  readonly value: string;
}

function collect(canonical: readonly string[]): ReadonlyMap<string, OptionUse> {
  const uses = new Map<string, OptionUse>();
  for (const option of canonical) {
    const equals = option.indexOf('=');
    const name = equals < 0 ? option.slice(2) : option.slice(2, equals);
    uses.set(name, { count: (uses.get(name)?.count ?? 0) + 1, value: equals < 0 ? '' : option.slice(equals + 1) });
  }
  return uses;
}

/** Facility a `-S` value names, or `undefined`. */
export function logFacilityOf(value: string): LogFacility | undefined {
  const name = /^[0-7]$/.test(value) ? `local${value}` : value.toLowerCase();
  return /^(daemon|user|local[0-7])$/.test(name) ? (name as LogFacility) : undefined;
}

const logProcesses: readonly LogProcess[] = ['parent', 'vrrp', 'checker', 'bfd'];
const logLevels: readonly LogLevel[] = ['error', 'warning', 'notice', 'info', 'debug'];

/** `warning`, `vrrp=debug`, or several with commas, of which the last that is about a process counts; `undefined` if it is none. */
export function logLevelsOf(value: string): Partial<Record<LogProcess, LogLevel>> | undefined {
  const result: Partial<Record<LogProcess, LogLevel>> = {};
  for (const part of value.split(',')) {
    const [last = '', first] = part.split('=', 2).reverse();
    const level = logLevels.find((name) => name === last);
    const processes = first === undefined ? logProcesses : logProcesses.filter((name) => name === first);
    if (level === undefined || processes.length === 0) return undefined;
    for (const name of processes) result[name] = level;
  }
  return result;
}

/** A mask in C notation (leading 0 octal, 0x hexadecimal, else decimal), 0 to 0777; `undefined` if it is none. */
export function fileModeMask(value: string): number | undefined {
  let mask = Number.NaN;
  if (/^0[0-7]*$/.test(value)) mask = Number.parseInt(value, 8);
  else if (/^0x[0-9a-f]+$/i.test(value)) mask = Number.parseInt(value.slice(2), 16);
  else if (/^[1-9][0-9]*$/.test(value)) mask = Number.parseInt(value, 10);
  return mask >= 0 && mask <= 0o777 ? mask : undefined;
}

/** Reads canonical words (`--name`, `--name=value`). Values that make no sense give a message and the default. */
export function readOptions(canonical: readonly string[]): {
  readonly arguments: KeepalivedArguments;
  readonly messages: readonly string[];
} {
  const messages: string[] = [];
  const uses = collect(canonical);
  const count = (name: string): number => uses.get(name)?.count ?? 0;
  const flag = (name: string): boolean => count(name) > 0;
  const word = (name: string): string | undefined => uses.get(name)?.value;
  const optional = <Key extends string>(key: Key, value: string | undefined): { [name in Key]?: string } =>
    (value === undefined ? {} : { [key]: value }) as { [name in Key]?: string };

  const facilityWord = word('log-facility');
  const logFacility = facilityWord === undefined ? 'daemon' : logFacilityOf(facilityWord);
  if (logFacility === undefined) messages.push(`Invalid log facility '${facilityWord ?? ''}'`);
  const umaskWord = word('umask');
  const umask = umaskWord === undefined ? undefined : fileModeMask(umaskWord);
  if (umaskWord !== undefined && umask === undefined) messages.push(`Invalid --umask option ${umaskWord}`);
  const format = word('config-format') ?? 'text';
  if (format !== 'text' && format !== 'json') messages.push(`Invalid --config-format ${format}: text or json`);
  const colour = word('colour') ?? 'auto';
  if (colour !== 'auto' && colour !== 'always' && colour !== 'never')
    messages.push(`Invalid --colour ${colour}: auto, always or never`);
  const logFormat = word('log-format') ?? 'text';
  if (logFormat !== 'text' && logFormat !== 'json') messages.push(`Invalid --log-format ${logFormat}: text or json`);
  const levelWord = word('log-level');
  const levels = levelWord === undefined ? {} : logLevelsOf(levelWord);
  if (levels === undefined)
    messages.push(
      `Invalid --log-level ${levelWord ?? ''}: [PROCESS=]LEVEL, with ${logProcesses.join(', ')} and ${logLevels.join(', ')}`,
    );
  const configFd = Number.parseInt(word('config-fd') ?? '', 10);
  const logFile = word('log-file');
  const corePattern = word('core-dump-pattern');
  const testFile = word('config-test');
  const result: KeepalivedArguments = {
    ...optional('configurationFile', word('use-file')),
    vrrp: !flag('check'),
    checker: !flag('vrrp'),
    bfd: !flag('no_bfd'),
    allProcesses: flag('all'),
    logConsole: flag('log-console'),
    logDetail: count('log-detail'),
    logFacility: logFacility ?? 'daemon',
    ...(logFile === undefined ? {} : { logFile: logFile === '' ? defaultLogFile : logFile }),
    flushLogFile: flag('flush-log-file'),
    logJson: logFormat === 'json',
    logLevels: levels ?? {},
    syslog: !flag('no-syslog'),
    ...(umask === undefined ? {} : { umask }),
    releaseVips: flag('release-vips'),
    dontReleaseVrrp: flag('dont-release-vrrp'),
    dontReleaseIpvs: flag('dont-release-ipvs'),
    dontRespawn: flag('dont-respawn'),
    dontFork: flag('dont-fork'),
    dumpConfiguration: flag('dump-conf'),
    ...optional('pidFile', word('pid')),
    ...optional('vrrpPidFile', word('vrrp_pid')),
    ...optional('checkersPidFile', word('checkers_pid')),
    ...optional('bfdPidFile', word('bfd_pid')),
    addressMonitoring: flag('address-monitoring'),
    snmp: flag('snmp'),
    ...optional('snmpAgentSocket', word('snmp-agent-socket')),
    ...optional('namespace', word('namespace')),
    coreDump: flag('core-dump') || corePattern !== undefined,
    ...(corePattern === undefined ? {} : { coreDumpPattern: corePattern === '' ? defaultCorePattern : corePattern }),
    allConfiguration: flag('all-config'),
    ...optional('configId', word('config-id')),
    ...(testFile === undefined ? {} : { configTest: testFile === '' ? {} : { file: testFile } }),
    configFormat: format === 'json' ? 'json' : 'text',
    ...(colour === 'always' || colour === 'never' ? { colour } : {}),
    noInterfaces: flag('no-interfaces'),
    ignoreSigint: flag('ignore-sigint'),
    ...optional('recordFile', word('record')),
    reloadDespiteErrors: flag('reload-despite-errors'),
    ...(Number.isInteger(configFd) && configFd >= 0 ? { configFd } : {}),
  };
  return { arguments: result, messages };
}

/** The typed reading of canonical options, by yargs. Loaded only when the daemon really runs. */
import yargs, { type Argv } from 'yargs';
import { keepalivedOptions } from './keepalived-options.ts';
import type { KeepalivedArguments, LogFacility } from './keepalived-arguments.ts';

const defaultLogFile = '/tmp/keepalived.log';
const defaultCorePattern = 'core';

function describe(): Argv {
  const parser = yargs([])
    .help(false)
    .version(false)
    .exitProcess(false)
    .showHelpOnFail(false)
    // Long names stay as documented (`no_bfd`, `dont-fork`), and a value that looks like a number stays a word.
    .parserConfiguration({ 'camel-case-expansion': false, 'boolean-negation': false, 'dot-notation': false });
  for (const option of keepalivedOptions)
    parser.option(option.name, { type: option.value === 'none' ? 'count' : 'string' });
  return parser;
}

/** Facility a `-S` value names, or `undefined`. */
export function logFacilityOf(value: string): LogFacility | undefined {
  const name = /^[0-7]$/.test(value) ? `local${value}` : value.toLowerCase();
  return /^(daemon|user|local[0-7])$/.test(name) ? (name as LogFacility) : undefined;
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
  const read: Readonly<Record<string, unknown>> = describe().parseSync([...canonical]);
  const count = (name: string): number => {
    const value = read[name];
    return typeof value === 'number' ? value : 0;
  };
  const flag = (name: string): boolean => count(name) > 0;
  // A repeated option leaves its last value, as with getopt.
  const word = (name: string): string | undefined => {
    const value: unknown = Array.isArray(read[name]) ? read[name].at(-1) : read[name];
    return typeof value === 'string' ? value : undefined;
  };
  const optional = <Key extends string>(key: Key, value: string | undefined): { [name in Key]?: string } =>
    (value === undefined ? {} : { [key]: value }) as { [name in Key]?: string };

  const facilityWord = word('log-facility');
  const logFacility = facilityWord === undefined ? 'daemon' : logFacilityOf(facilityWord);
  if (logFacility === undefined) messages.push(`Invalid log facility '${facilityWord ?? ''}'`);
  const umaskWord = word('umask');
  const umask = umaskWord === undefined ? undefined : fileModeMask(umaskWord);
  if (umaskWord !== undefined && umask === undefined) messages.push(`Invalid --umask option ${umaskWord}`);
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
    ignoreSigint: flag('ignore-sigint'),
    reloadDespiteErrors: flag('reload-despite-errors'),
    ...(Number.isInteger(configFd) && configFd >= 0 ? { configFd } : {}),
  };
  return { arguments: result, messages };
}

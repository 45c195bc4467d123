/**
 * The command line of genhash: argv to a typed value. Values are read one by one as they come, so the first bad one is
 * the one reported, as in the original.
 */
import net from 'node:net';
import type { HttpCheckerConfiguration } from '../config/model.ts';
import type { Milliseconds } from '../core/time.ts';
import { scanCommandLine, type OptionDescription } from './long-options.ts';

export const genhashOptions: readonly OptionDescription[] = [
  { name: 'server', letter: 's', value: 'required', valueName: 'ADDRESS', help: 'address of the web server' },
  { name: 'port', letter: 'p', value: 'required', valueName: 'PORT', help: 'its port' },
  { name: 'url', letter: 'u', value: 'required', valueName: 'PATH', help: 'path of the page' },
  { name: 'use-ssl', letter: 'S', value: 'none', help: 'speak TLS' },
  { name: 'use-sni', letter: 'I', value: 'none', help: 'name the virtual host in the TLS handshake (needs -V)' },
  // The original's manual page calls it so.
  { name: 'enable-sni', value: 'none' },
  { name: 'use-virtualhost', letter: 'V', value: 'required', valueName: 'HOST', help: 'Host header to send' },
  {
    name: 'protocol',
    letter: 'P',
    value: 'required',
    valueName: 'VERSION',
    help: "1.0 (default), 1.0c (1.0 with 'Connection: close') or 1.1",
  },
  { name: 'timeout', letter: 't', value: 'required', valueName: 'SECONDS', help: 'longest wait for each step' },
  { name: 'fwmark', letter: 'm', value: 'required', valueName: 'MARK', help: 'firewall mark of the connection' },
  { name: 'verbose', letter: 'v', value: 'none', help: 'also show header, body and digest octet by octet' },
  { name: 'help', letter: 'h', value: 'none', help: 'show this text' },
];

/** What genhash is asked to fetch. */
export interface GenhashArguments {
  readonly server: string;
  readonly port: number;
  readonly url: string;
  readonly tls: boolean;
  readonly sni: boolean;
  readonly virtualHost?: string;
  readonly protocol: HttpCheckerConfiguration['httpProtocol'];
  /** Absent: no limit. */
  readonly timeout?: Milliseconds;
  readonly fwmark?: number;
  readonly verbose: boolean;
}

/** `usage`: print the message, if any, and the usage on standard error, exit 1. */
export type ParsedGenhashLine =
  | { readonly kind: 'run'; readonly arguments: GenhashArguments }
  | { readonly kind: 'usage'; readonly message?: string };

type Writable<T> = { -readonly [K in keyof T]: T[K] };

const protocols: Readonly<Record<string, GenhashArguments['protocol']>> = {
  '1.0': '1.0',
  '1.0c': '1.0C',
  '1.0C': '1.0C',
  '1.1': '1.1',
};

/** Reads `argv` (without program name). Never throws, never exits. */
export function parseGenhashArguments(argv: readonly string[]): ParsedGenhashLine {
  const found: Partial<Writable<GenhashArguments>> = {};
  const errors: string[] = [];
  const unexpected: string[] = [];
  for (const step of scanCommandLine(argv, genhashOptions)) {
    if (step.kind === 'word') unexpected.push(step.word);
    else if (step.kind === 'error') errors.push(step.message);
    else {
      const { option, value = '' } = step.occurrence;
      if (option.name === 'help') return { kind: 'usage' };
      const message = take(found, option.name, value);
      if (message !== undefined) return { kind: 'usage', message };
    }
  }
  if (errors.length > 0) return { kind: 'usage', message: errors.join('\n') };
  if (unexpected.length > 0) return { kind: 'usage', message: `Unexpected argument(s): ${unexpected.join(' ')}` };
  const { server, port, url, tls = false, sni = false, protocol = '1.0', verbose = false, ...rest } = found;
  if (server === undefined || port === undefined || url === undefined) return { kind: 'usage' };
  return { kind: 'run', arguments: { server, port, url, tls, sni, protocol, verbose, ...rest } };
}

/** Takes one option; the complaint if its value is no good. */
function take(found: Partial<Writable<GenhashArguments>>, name: string, value: string): string | undefined {
  switch (name) {
    case 'server':
      if (net.isIP(value) === 0) return `server should be an IP, not ${value}`;
      found.server = value;
      return undefined;
    case 'port': {
      const port = wholeNumber(value, 65_535);
      if (port === undefined || port === 0) return `invalid port number '${value}'`;
      found.port = port;
      return undefined;
    }
    case 'url':
      found.url = value;
      return undefined;
    case 'use-ssl':
      found.tls = true;
      return undefined;
    case 'use-sni':
    case 'enable-sni':
      found.sni = true;
      return undefined;
    case 'use-virtualhost':
      found.virtualHost = value;
      return undefined;
    case 'protocol': {
      const protocol = protocols[value];
      if (protocol === undefined) return `invalid HTTP protocol version '${value}'`;
      found.protocol = protocol;
      return undefined;
    }
    case 'timeout': {
      const seconds = wholeNumber(value, 2_147_483);
      if (seconds === undefined) return `invalid timeout '${value}'`;
      found.timeout = seconds * 1000;
      return undefined;
    }
    case 'fwmark': {
      const mark = wholeNumber(value, 4_294_967_295);
      if (mark === undefined) return `invalid fwmark '${value}'`;
      found.fwmark = mark;
      return undefined;
    }
    case 'verbose':
      found.verbose = true;
      return undefined;
    default:
      return `Unknown option --${name}`;
  }
}

/** A decimal number from 0 to `most`, blanks before it allowed. */
function wholeNumber(text: string, most: number): number | undefined {
  const digits = /^[ \t]*(\d+)$/.exec(text)?.[1];
  const value = digits === undefined ? Number.NaN : Number(digits);
  return value <= most ? value : undefined;
}

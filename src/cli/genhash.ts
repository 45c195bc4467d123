/** The `genhash` program: fetches a page as the HTTP checker does and prints the digest for the configuration. */
import { writeSync } from 'node:fs';
import { HttpExchange, type HttpExchangeResult } from '../check/probes/http-exchange.ts';
import { requestText, serverNameFor } from '../check/probes/http-message.ts';
import { genhashOptions, parseGenhashArguments, type GenhashArguments } from './genhash-arguments.ts';
import { hexDump } from './hex-dump.ts';

/** Where the program writes; tests take it down. */
export interface GenhashOutput {
  out(text: string): void;
  error(text: string): void;
}

/**
 * How the digest is printed: `MD5SUM = <digest>`, the form that the users' notes and scripts of the older, separate
 * program know, or the bare digest that keepalived 2.2.7 prints.
 */
export type DigestStyle = 'labelled' | 'bare';

const standardOutput: GenhashOutput = {
  out: (text) => writeAll(1, text),
  error: (text) => writeAll(2, text),
};

const banners = {
  headerOctets: '-----------------------[    HTTP Header Buffer    ]-----------------------\n',
  headerText: '-----------------------[ HTTP Header Ascii Buffer ]-----------------------\n',
  body: '-----------------------[        HTML Buffer        ]-----------------------\n',
  digestOctets: '-----------------------[    HTML hash resulting    ]-----------------------\n',
  digest: '-----------------------[ HTML hash final resulting ]-----------------------\n',
} as const;

/** No timeout given: the program waits, as the original does. */
const noTimeout = Number.MAX_SAFE_INTEGER;

/**
 * Runs genhash with the arguments after the program name; resolves with the exit code: 1 for a command line that cannot
 * be run, else 0, as scripts know it (a page that could not be fetched is told on standard output, without a digest).
 */
export async function genhashMain(
  argv: readonly string[],
  style: DigestStyle = 'labelled',
  output: GenhashOutput = standardOutput,
): Promise<number> {
  const line = parseGenhashArguments(argv);
  if (line.kind === 'usage') {
    if (line.message !== undefined) output.error(`${line.message}\n`);
    output.error(usageText());
    return 1;
  }
  const { verbose, url } = line.arguments;
  const result = await fetchPage(line.arguments, verbose ? output : undefined);
  if (result.ok) printDigest(result.response.digest ?? '', verbose, style, output);
  else printFailure(result, output);
  if (verbose) output.out(`\nGlobal response time for [${url}] = ${Math.round(result.duration * 1000)} usecs\n`);
  return 0;
}

function fetchPage(request: GenhashArguments, dump: GenhashOutput | undefined): Promise<HttpExchangeResult> {
  const { server, port, url, protocol, virtualHost, fwmark, timeout } = request;
  const host = virtualHost === undefined ? {} : { virtualHost };
  const serverName = request.sni ? serverNameFor({ enableSni: true, ...host }, {}) : undefined;
  let inBody = false;
  return new Promise((resolve) => {
    new HttpExchange(
      {
        target: { address: server, port, ...(fwmark === undefined ? {} : { fwmark }) },
        request: requestText({ path: url, protocol, address: server, port, ...host }),
        stepTimeout: timeout ?? noTimeout,
        wholeTimeout: noTimeout,
        digest: true,
        keepBody: false,
        ...(request.tls ? { tls: serverName === undefined ? {} : { serverName } } : {}),
        onHeader(header) {
          dump?.out(`${banners.headerOctets}${hexDump(header)}${banners.headerText}${header.toString('latin1')}\n`);
        },
        onBody(octets) {
          dump?.out(`${inBody ? '' : banners.body}${hexDump(octets)}`);
          inBody = true;
        },
      },
      resolve,
    );
  });
}

function printDigest(digest: string, verbose: boolean, style: DigestStyle, output: GenhashOutput): void {
  if (verbose) output.out(`\n${banners.digestOctets}${hexDump(Buffer.from(digest, 'hex'))}${banners.digest}`);
  output.out(style === 'labelled' ? `MD5SUM = ${digest}\n` : `${digest}\n`);
}

/** The phrases of the original on standard output, where scripts look; the details on standard error. */
function printFailure(result: Extract<HttpExchangeResult, { ok: false }>, output: GenhashOutput): void {
  if (result.cause === 'empty') {
    output.error(`no data received from remote webserver: ${result.detail}\n`);
    return;
  }
  output.out(`${failurePhrase(result)}\n`);
  output.error(`genhash: ${result.phase}: ${result.detail}\n`);
}

function failurePhrase({ phase, cause }: Extract<HttpExchangeResult, { ok: false }>): string {
  const timedOut = cause === 'timeout';
  switch (phase) {
    case 'setup':
    case 'connect':
      return timedOut ? 'Timeout connecting' : 'Connection failed';
    case 'tls':
      return timedOut ? 'Timeout connecting' : 'SSL handshake/communication error connecting to';
    case 'send':
    case 'headers':
      return timedOut ? 'Timeout WEB read' : 'Read error with';
    case 'body':
    case 'verdict':
      return timedOut ? 'Timeout HTTP read' : 'Read error with';
  }
}

function usageText(): string {
  const lines = genhashOptions
    .filter((option) => option.help !== undefined)
    .map((option) => {
      const value = option.valueName === undefined ? '' : ` ${option.valueName}`;
      return `  -${option.letter ?? ' '}, --${`${option.name}${value}`.padEnd(24)} ${option.help ?? ''}\n`;
    });
  return [
    'Usage: genhash [OPTIONS] -s ADDRESS -p PORT -u PATH\n',
    'Prints the MD5 digest of a page, for the digest keyword of HTTP_GET and SSL_GET.\n\n',
    ...lines,
  ].join('');
}

/** Writes all of it, also into a slow pipe: the process may end right after. */
function writeAll(descriptor: number, text: string): void {
  const octets = Buffer.from(text, 'latin1');
  for (let at = 0; at < octets.length;) {
    try {
      at += writeSync(descriptor, octets, at);
    } catch (error) {
      // A pipe that is full for the moment; one that is closed ends the output, not the program.
      if ((error as NodeJS.ErrnoException).code !== 'EAGAIN') return;
    }
  }
}

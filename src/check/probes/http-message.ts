/** Octets of HTTP as the checker speaks it: the request, and the reading of a response header. No I/O. */
import net from 'node:net';
import type { HttpCheckerConfiguration, HttpUrlConfiguration } from '../../config/model.ts';

/** What goes into a request. */
export interface HttpRequestParts {
  readonly path: string;
  readonly protocol: HttpCheckerConfiguration['httpProtocol'];
  /** Host header as configured; absent: address and port of the target. */
  readonly virtualHost?: string | undefined;
  readonly address: string;
  readonly port: number;
}

/**
 * The request, octet for octet what the original sends: servers were set up against it, and their logs are searched for
 * its User-Agent.
 */
export function requestText(parts: HttpRequestParts): string {
  const version = parts.protocol.startsWith('1.1') ? '1.1' : '1.0';
  const connection = connectionHeader(parts.protocol);
  const address = parts.address.includes(':') ? `[${parts.address}]` : parts.address;
  const host = parts.virtualHost ?? `${address}:${parts.port}`;
  return `GET ${parts.path} HTTP/${version}\r\nUser-Agent: KeepAliveClient\r\n${connection}Host: ${host}\r\n\r\n`;
}

function connectionHeader(protocol: HttpRequestParts['protocol']): string {
  switch (protocol) {
    case '1.0':
      return '';
    case '1.0C':
    case '1.1':
      return 'Connection: close\r\n';
    case '1.1K':
      return 'Connection: keep-alive\r\n';
  }
}

/** The request for one url of a checker. */
export function requestFor(checker: HttpCheckerConfiguration, url: HttpUrlConfiguration): string {
  return requestText({
    path: url.path,
    protocol: checker.httpProtocol,
    address: checker.address,
    port: checker.port,
    virtualHost: url.virtualHost ?? checker.virtualHost,
  });
}

/**
 * The name for TLS' server_name extension; undefined: none is sent. A virtual host may carry a port, which the extension
 * must not; addresses are not allowed in it at all (RFC 6066, section 3).
 */
export function serverNameFor(
  checker: Pick<HttpCheckerConfiguration, 'enableSni' | 'sniName' | 'virtualHost'>,
  url: Pick<HttpUrlConfiguration, 'sniName' | 'virtualHost'>,
): string | undefined {
  const explicit = url.sniName ?? checker.sniName;
  const name = explicit ?? (checker.enableSni ? (url.virtualHost ?? checker.virtualHost) : undefined);
  const host = name?.replace(/:\d+$/, '');
  return host === undefined || host === '' || net.isIP(host) !== 0 ? undefined : host;
}

/** What the checker wants to know from a response header. */
export interface ResponseHeader {
  /** Three-digit status of the first line; undefined if there is none. */
  readonly status: number | undefined;
  readonly contentLength: number | undefined;
}

const endOfHeader = Buffer.from('\r\n\r\n');

/**
 * Length of the header with its empty line, or undefined while it is incomplete. Only CRLF ends lines, as in the
 * original.
 * @param from where to go on looking, when earlier octets are known not to hold the end
 */
export function headerLength(buffer: Buffer, from = 0): number | undefined {
  const at = buffer.indexOf(endOfHeader, Math.max(0, from - endOfHeader.length + 1));
  return at === -1 ? undefined : at + endOfHeader.length;
}

const statusLine = /^HTTP\/\S+ +(\d{3})(?!\d)/;
const contentLengthLine = /\r\ncontent-length:[ \t]*(\d{1,15})[ \t]*\r\n/i;

/** Reads the header (with or without its empty line). Anything may stand in it: nothing here throws. */
export function parseResponseHeader(header: Buffer): ResponseHeader {
  const text = header.toString('latin1');
  const status = statusLine.exec(text)?.[1];
  const contentLength = contentLengthLine.exec(text)?.[1];
  return {
    status: status === undefined ? undefined : Number(status),
    contentLength: contentLength === undefined ? undefined : Number(contentLength),
  };
}

/** HTTP_GET and SSL_GET: one url a run; status, digest and regular expression of the response, in that order. */
import type { SecureContext } from 'node:tls';
import type { HttpCheckerConfiguration, HttpUrlConfiguration } from '../../config/model.ts';
import { wholeCheckLimit } from '../limits.ts';
import type { ProbeHandle, ProbeResult } from '../types.ts';
import { compileBodyPattern, type BodyPattern } from './body-pattern.ts';
import { HttpExchange, type ExchangeTimes, type HttpExchangeResult, type HttpResponse } from './http-exchange.ts';
import { requestFor, serverNameFor } from './http-message.ts';

/** Compiled once a url of the configuration, not once a probe. */
const patterns = new WeakMap<HttpUrlConfiguration, BodyPattern>();

/** Starts one attempt on one url; see Probe. A checker without urls passes at once, as in the original. */
export function startHttpProbe(
  checker: HttpCheckerConfiguration,
  url: HttpUrlConfiguration | undefined,
  done: (result: ProbeResult) => void,
  tlsClient?: SecureContext,
): ProbeHandle {
  if (url === undefined) return report({ ok: true, detail: 'no url to check', duration: 0 }, done);
  let pattern: BodyPattern | undefined;
  try {
    pattern = patternOf(url);
  } catch (error) {
    const detail = error instanceof Error ? error.message : String(error);
    return report({ ok: false, phase: 'setup', detail: `url ${url.path}: ${detail}`, duration: 0 }, done);
  }
  const serverName = serverNameFor(checker, url);
  const exchange = new HttpExchange(
    {
      target: checker,
      request: requestFor(checker, url),
      stepTimeout: checker.connectTimeout,
      wholeTimeout: wholeCheckLimit(checker),
      digest: url.digest !== undefined,
      keepBody: pattern !== undefined,
      keepAlive: checker.httpProtocol === '1.1K',
      ...(checker.type === 'SSL_GET' && {
        tls: {
          orderly: url.tlsCompliant,
          ...(serverName !== undefined && { serverName }),
          ...(tlsClient && { context: tlsClient }),
        },
      }),
    },
    (result) => done(judge(url, pattern, result)),
  );
  return { cancel: () => exchange.abort() };
}

function report(result: ProbeResult, done: (result: ProbeResult) => void): ProbeHandle {
  const immediate = setImmediate(done, result);
  return { cancel: () => clearImmediate(immediate) };
}

function patternOf(url: HttpUrlConfiguration): BodyPattern | undefined {
  if (url.regex === undefined) return undefined;
  const known = patterns.get(url);
  if (known !== undefined) return known;
  const pattern = compileBodyPattern(url);
  patterns.set(url, pattern);
  return pattern;
}

function judge(url: HttpUrlConfiguration, pattern: BodyPattern | undefined, result: HttpExchangeResult): ProbeResult {
  const { duration } = result;
  const times = timesText(result.times);
  if (!result.ok) {
    return { ok: false, phase: result.phase, detail: `url ${url.path}: ${result.detail}${times}`, duration };
  }
  const fault = faultIn(url, pattern, result.response);
  if (fault !== undefined)
    return { ok: false, phase: 'verdict', detail: `url ${url.path}: ${fault}${times}`, duration };
  return { ok: true, detail: `url ${url.path}: ${praise(url, result.response)}${times}`, duration };
}

/** What is wrong with the response; undefined: nothing. */
function faultIn(
  url: HttpUrlConfiguration,
  pattern: BodyPattern | undefined,
  response: HttpResponse,
): string | undefined {
  const { status } = response;
  if (status === undefined) return `no HTTP status, wanted ${statusCodesText(url)}`;
  if (!url.statusCodes.some(({ from, to }) => status >= from && status <= to)) {
    return `status ${status}, wanted ${statusCodesText(url)}`;
  }
  if (url.digest !== undefined && response.digest !== url.digest) {
    return `digest ${response.digest ?? 'none'}, wanted ${url.digest} (${bodyText(response)})`;
  }
  if (pattern === undefined || response.body === undefined) return undefined;
  const at = pattern.matchIn(response.body);
  if (at === 'endless') return `regex took too long and was given up (${bodyText(response)}); it backtracks`;
  if (at === undefined && !url.regexNoMatch) return `regex not found (${bodyText(response)})`;
  if (at !== undefined && url.regexNoMatch) return `regex found at octet ${at}, which should not be there`;
  return undefined;
}

/** "502 octets", or "502 octets of the 1024 announced": a page cut short explains a wrong digest. */
function bodyText({ bodyOctets, contentLength }: HttpResponse): string {
  return contentLength === undefined || contentLength === bodyOctets
    ? `${bodyOctets} octets`
    : `${bodyOctets} octets of the ${contentLength} announced`;
}

function praise(url: HttpUrlConfiguration, response: HttpResponse): string {
  const passed = [`status ${response.status ?? 0}`];
  if (url.digest !== undefined) passed.push('digest as wanted');
  if (url.regex !== undefined) passed.push('regex as wanted');
  return `${passed.join(', ')}, ${bodyText(response)}`;
}

function statusCodesText(url: HttpUrlConfiguration): string {
  return url.statusCodes.map(({ from, to }) => (from === to ? `${from}` : `${from}-${to}`)).join(' ');
}

/** How far it came and when: the difference between a slow network, a slow handshake and a slow page. */
function timesText(times: ExchangeTimes): string {
  const reached: string[] = [];
  if (times.connected !== undefined) reached.push(`connected after ${times.connected.toFixed(1)} ms`);
  if (times.secured !== undefined) reached.push(`TLS after ${times.secured.toFixed(1)} ms`);
  if (times.firstOctet !== undefined) reached.push(`first octet after ${times.firstOctet.toFixed(1)} ms`);
  return reached.length === 0 ? '' : `; ${reached.join(', ')}`;
}

/** HTTP_GET and SSL_GET: one url a run; status, digest and regular expression of the response, in that order. */
import type { SecureContext } from 'node:tls';
import type { HttpCheckerConfiguration, HttpUrlConfiguration } from '../../config/model.ts';
import { wholeCheckLimit } from '../limits.ts';
import type { ProbeHandle, ProbeResult } from '../types.ts';
import { compileBodyPattern, type BodyPattern } from './body-pattern.ts';
import { HttpExchange, type HttpExchangeResult, type HttpResponse, type TlsOptions } from './http-exchange.ts';
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
  const tls: TlsOptions | undefined =
    checker.type === 'SSL_GET'
      ? { orderly: url.tlsCompliant, serverName: serverNameFor(checker, url), context: tlsClient }
      : undefined;
  const exchange = new HttpExchange(
    {
      target: checker,
      request: requestFor(checker, url),
      stepTimeout: checker.connectTimeout,
      wholeTimeout: wholeCheckLimit(checker),
      digest: url.digest !== undefined,
      keepBody: pattern !== undefined,
      keepAlive: checker.httpProtocol === '1.1K',
      tls,
    },
    (result) => done(judge(url, pattern, result)),
  );
  return exchange;
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
  const { duration, steps } = result;
  if (!result.ok)
    return { ok: false, phase: result.phase, detail: `url ${url.path}: ${result.detail}`, duration, steps };
  const fault = faultIn(url, pattern, result.response);
  if (fault !== undefined) return { ok: false, phase: 'verdict', detail: `url ${url.path}: ${fault}`, duration, steps };
  return { ok: true, detail: shared(`url ${url.path}: ${praise(url, result.response)}`), duration };
}

const sharedTexts = new Map<string, string>();
const mostSharedTexts = 1000;

/** An equal text that is kept already: tens of thousands of checks say the same of their servers again and again. */
function shared(text: string): string {
  const known = sharedTexts.get(text);
  if (known !== undefined) return known;
  if (sharedTexts.size >= mostSharedTexts) sharedTexts.clear();
  sharedTexts.set(text, text);
  return text;
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
  const digest = url.digest === undefined ? '' : ', digest as wanted';
  const regex = url.regex === undefined ? '' : ', regex as wanted';
  return `status ${response.status ?? 0}${digest}${regex}, ${bodyText(response)}`;
}

function statusCodesText(url: HttpUrlConfiguration): string {
  return url.statusCodes.map(({ from, to }) => (from === to ? `${from}` : `${from}-${to}`)).join(' ');
}

/** Prints the checkers of a real server. */
import type { CheckerCommon, CheckerConfiguration, HttpCheckerConfiguration, HttpUrlConfiguration } from '../model.ts';
import {
  blockLine,
  boolLine,
  flagLine,
  line,
  optional,
  scriptWordsLine,
  seconds,
  type PrintedLine,
} from './printed.ts';

/** Target, source and times that all checkers with a connection share. */
function commonLines(checker: CheckerCommon): PrintedLine[] {
  return [
    line('connect_ip', checker.address),
    ...(checker.port === 0 ? [] : [line('connect_port', checker.port)]),
    ...optional('bindto', checker.bindAddress),
    ...optional('bind_port', checker.bindPort),
    ...optional('bind_if', checker.bindInterface),
    ...optional('fwmark', checker.fwmark),
    line('connect_timeout', seconds(checker.connectTimeout)),
    line('delay_loop', seconds(checker.delayLoop)),
    line('warmup', seconds(checker.warmup)),
    line('retry', checker.retry),
    line('delay_before_retry', seconds(checker.delayBeforeRetry)),
    boolLine('alpha', checker.alpha),
    boolLine('log_all_failures', checker.logAllFailures),
  ];
}

function urlBlock(url: HttpUrlConfiguration, overTls: boolean): PrintedLine {
  return blockLine(
    'url',
    [],
    [
      line('path', url.path),
      ...optional('digest', url.digest),
      line('status_code', ...url.statusCodes.map(({ from, to }) => (from === to ? from : `${from}-${to}`))),
      ...optional('virtualhost', url.virtualHost),
      ...(url.regex === undefined ? [] : [scriptWordsLine('regex', url.regex)]),
      ...flagLine('regex_no_match', url.regexNoMatch),
      ...(url.regexOptions.length === 0 ? [] : [line('regex_options', ...url.regexOptions)]),
      ...optional('regex_min_offset', url.regexMinOffset),
      ...optional('regex_max_offset', url.regexMaxOffset),
      ...(overTls ? [boolLine('tls_compliant', url.tlsCompliant)] : []),
    ],
  );
}

function httpLines(checker: HttpCheckerConfiguration): PrintedLine[] {
  const overTls = checker.type === 'SSL_GET';
  return [
    ...optional('virtualhost', checker.virtualHost),
    line('http_protocol', checker.httpProtocol),
    ...optional('sni_name', checker.sniName),
    boolLine('enable_sni', checker.enableSni),
    boolLine('fast_recovery', checker.fastRecovery),
    ...checker.urls.map((url) => urlBlock(url, overTls)),
  ];
}

/** The block of one checker. */
export function printChecker(checker: CheckerConfiguration): PrintedLine {
  const own = checker.type === 'HTTP_GET' || checker.type === 'SSL_GET' ? httpLines(checker) : [];
  const common = 'connectTimeout' in checker ? commonLines(checker) : [];
  return blockLine(checker.type, [], [...common, ...own], checker.at);
}

/** Prints the checkers of a real server, and SSL. */
import type {
  CheckSchedule,
  CheckTarget,
  CheckerConfiguration,
  FileCheckerConfiguration,
  HttpCheckerConfiguration,
  HttpUrlConfiguration,
  MiscCheckerConfiguration,
  TlsClientConfiguration,
  UdpCheckerConfiguration,
} from '../model.ts';
import {
  blockLine,
  boolLine,
  flagLine,
  line,
  optional,
  scriptLine,
  scriptWordsLine,
  seconds,
  userLine,
  type PrintedLine,
} from './printed.ts';

/** Target and source of a check that uses the network. */
function targetLines(checker: CheckTarget): PrintedLine[] {
  return [
    line('connect_ip', checker.address),
    ...(checker.port === 0 ? [] : [line('connect_port', checker.port)]),
    ...optional('bindto', checker.bindAddress),
    ...optional('bind_port', checker.bindPort),
    ...optional('bind_if', checker.bindInterface),
    ...optional('fwmark', checker.fwmark),
    line('connect_timeout', seconds(checker.connectTimeout)),
  ];
}

function scheduleLines(checker: CheckSchedule): PrintedLine[] {
  return [
    line('delay_loop', seconds(checker.delayLoop)),
    line('warmup', seconds(checker.warmup)),
    line('retry', checker.retry),
    line('delay_before_retry', seconds(checker.delayBeforeRetry)),
    boolLine('alpha', checker.alpha),
    boolLine('log_all_failures', checker.logAllFailures),
    ...(checker.shareProbe === false ? [boolLine('share_probe', false)] : []),
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
      ...(url.regexStack ? [line('regex_stack', url.regexStack.start, url.regexStack.max)] : []),
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

function udpLines(checker: UdpCheckerConfiguration): PrintedLine[] {
  const pattern = checker.replyPattern === undefined ? [] : [checker.replyPattern];
  return [
    ...optional('payload', checker.payload),
    ...(checker.requireReply ? [line('require_reply', ...pattern)] : []),
    line('min_reply_length', checker.minReplyLength),
    line('max_reply_length', checker.maxReplyLength),
  ];
}

function miscLines(checker: MiscCheckerConfiguration): PrintedLine[] {
  const { user, group } = checker.command;
  // As long as delay_loop without a line of its own, and that need not be whole seconds.
  const ownTimeout = checker.timeout !== checker.delayLoop;
  return [
    ...scriptLine('misc_path', checker.command, false),
    ...(ownTimeout ? [line('misc_timeout', seconds(checker.timeout))] : []),
    ...flagLine('misc_dynamic', checker.dynamic),
    ...userLine(user, group),
  ];
}

function fileLines(checker: FileCheckerConfiguration): PrintedLine[] {
  return [
    line('track_file', checker.trackFile),
    line('weight', checker.weight, checker.reverse ? 'reverse' : 'noreverse'),
  ];
}

/** What only this type has. */
function ownLines(checker: CheckerConfiguration): PrintedLine[] {
  switch (checker.type) {
    case 'TCP_CHECK':
    case 'PING_CHECK':
      return [];
    case 'HTTP_GET':
    case 'SSL_GET':
      return httpLines(checker);
    case 'SMTP_CHECK':
      return [line('helo_name', checker.heloName)];
    case 'DNS_CHECK':
      return [line('type', checker.queryType), line('name', checker.queryName)];
    case 'UDP_CHECK':
      return udpLines(checker);
    case 'MISC_CHECK':
      return miscLines(checker);
    case 'FILE_CHECK':
      return fileLines(checker);
    case 'BFD_CHECK':
      return [line('name', checker.instance), boolLine('alpha', checker.alpha)];
  }
}

/** The block of one checker. */
export function printChecker(checker: CheckerConfiguration): PrintedLine {
  return blockLine(
    checker.type,
    [],
    [
      ...('connectTimeout' in checker ? targetLines(checker) : []),
      ...('delayLoop' in checker ? scheduleLines(checker) : []),
      ...ownLines(checker),
    ],
    checker.at,
  );
}

/** SSL; nothing if the file has none. */
export function printTlsClient(client: TlsClientConfiguration | undefined): PrintedLine[] {
  if (!client) return [];
  return [
    blockLine(
      'SSL',
      [],
      [
        ...optional('password', client.password),
        ...optional('ca', client.authorities),
        ...optional('certificate', client.certificate),
        ...optional('key', client.key),
      ],
    ),
  ];
}

/** One health check in keepalived_check.data: what is configured, and how it stands. */
import type {
  CheckerConfiguration,
  CheckSchedule,
  CheckTarget,
  HttpCheckerConfiguration,
  HttpUrlConfiguration,
  NetworkCheckerConfiguration,
  UdpCheckerConfiguration,
} from '../../config/model.ts';
import type { CheckerStatus } from '../../check/status.ts';
import type { CheckDumpInput } from './input.ts';
import { commandText, onOff, seconds, sixDecimals, yesNo } from './texts.ts';

/** Retry delays in microseconds that the checkers have if nobody gives one. */
const defaultRetryDelays: Readonly<Record<CheckerConfiguration['type'], number>> = {
  TCP_CHECK: 1_000_000,
  HTTP_GET: 3_000_000,
  SSL_GET: 3_000_000,
  SMTP_CHECK: 1_000_000,
  DNS_CHECK: 0,
  UDP_CHECK: 1_000_000,
  PING_CHECK: 1_000_000,
  MISC_CHECK: 1_000_000,
  FILE_CHECK: 0,
  BFD_CHECK: 1_000_000,
};

const microseconds = (milliseconds: number): string => `${Math.round(milliseconds * 1000)} us`;

/** `[192.0.2.1]:80`, IPv6 alike. */
const endpoint = (address: string, port: number): string => `[${address}]:${port}`;

/** The lines of one check. */
export function checkerDataLines(
  checker: CheckerConfiguration,
  status: CheckerStatus | undefined,
  { title, input }: { readonly title: string; readonly input: CheckDumpInput },
): string[] {
  const initiallyUp = !('alpha' in checker && checker.alpha);
  const up = status === undefined ? initiallyUp : status.state === 'UP';
  return [
    ` ${title}`,
    `   Enabled = ${yesNo(input.status.running)}`,
    `   Up = ${yesNo(up)}`,
    `   Has run = ${yesNo(status?.hasRun ?? false)}`,
    '   Current weight = 0',
    ...scheduleLines(checker, status),
    ...('address' in checker ? targetLines(checker) : []),
    `   Keepalive method = ${checker.type}${'urls' in checker ? `, http protocol ${checker.httpProtocol}` : ''}`,
    ...methodLines(checker, input),
    ...(status === undefined ? [] : [`   Reason = ${status.reason}`]),
  ];
}

function scheduleLines(checker: CheckerConfiguration, status: CheckerStatus | undefined): string[] {
  if (!('retry' in checker)) return [`   Log all failures = ${yesNo(false)}`];
  const schedule: CheckSchedule = checker;
  return [
    `   Alpha = ${yesNo(schedule.alpha)}`,
    `   Delay loop = ${microseconds(schedule.delayLoop)}`,
    `   Warmup = ${microseconds(schedule.warmup)}`,
    `   Retries = ${schedule.retry}`,
    ...(schedule.retry === 0
      ? []
      : [
          `   Delay before retry = ${microseconds(schedule.delayBeforeRetry)}`,
          `   Retries iterations = ${status?.retriesUsed ?? 0}`,
        ]),
    `   Default delay before retry = ${defaultRetryDelays[checker.type]} us`,
    `   Log all failures = ${yesNo(schedule.logAllFailures)}`,
  ];
}

function targetLines(target: CheckTarget): string[] {
  const bind =
    target.bindAddress === undefined && target.bindPort === undefined
      ? []
      : [`     Bind to = ${endpoint(target.bindAddress ?? '', target.bindPort ?? 0)}`];
  return [
    '   Connection',
    `     Dest = ${endpoint(target.address, target.port)}`,
    ...bind,
    ...(target.bindInterface === undefined ? [] : [`     Bind i/f = ${target.bindInterface}`]),
    ...(target.fwmark === undefined ? [] : [`     Mark = ${target.fwmark}`]),
    `     Timeout = ${sixDecimals(target.connectTimeout)}`,
  ];
}

function methodLines(checker: CheckerConfiguration, input: CheckDumpInput): string[] {
  switch (checker.type) {
    case 'MISC_CHECK': {
      const identity = input.identityOf?.(checker.command);
      return [
        `   script = ${commandText(checker.command)}`,
        `   timeout = ${seconds(checker.timeout)}`,
        `   dynamic = ${checker.dynamic ? 'YES' : 'NO'}`,
        ...(identity === undefined ? [] : [`   uid:gid = ${identity.uid}:${identity.gid}`]),
      ];
    }
    case 'FILE_CHECK':
      return [`     Tracked file = ${checker.trackFile}`, '     Reloaded = No'];
    case 'BFD_CHECK':
      return [`   Name = ${checker.instance}`, `   Alpha is ${onOff(checker.alpha)}`];
    default:
      return networkLines(checker);
  }
}

function networkLines(checker: NetworkCheckerConfiguration): string[] {
  switch (checker.type) {
    case 'TCP_CHECK':
    case 'PING_CHECK':
      return [];
    case 'HTTP_GET':
    case 'SSL_GET':
      return httpLines(checker);
    case 'SMTP_CHECK':
      return [`   helo = ${checker.heloName}`];
    case 'DNS_CHECK':
      return [`   Type = ${checker.queryType}`, `   Name = ${checker.queryName}`];
    case 'UDP_CHECK':
      return udpLines(checker);
  }
}

function httpLines(checker: HttpCheckerConfiguration): string[] {
  return [
    ...(checker.virtualHost === undefined ? [] : [`   Virtualhost = ${checker.virtualHost}`]),
    `   Enable SNI ${checker.enableSni ? '' : 'un'}set`,
    `   Fast recovery ${checker.fastRecovery ? '' : 'un'}set`,
    ...checker.urls.flatMap((url) => urlLines(url)),
  ];
}

function urlLines(url: HttpUrlConfiguration): string[] {
  const { regexMinOffset: from, regexMaxOffset: to } = url;
  return [
    `   Checked url = ${url.path}`,
    ...(url.digest === undefined ? [] : [`     digest = ${url.digest}`]),
    '     HTTP Status Code(s)',
    ...url.statusCodes.map((range) => `       ${range.from}${range.to === range.from ? '' : `-${range.to}`}`),
    ...(url.virtualHost === undefined ? [] : [`     Virtual host = ${url.virtualHost}`]),
    ...(url.regex === undefined
      ? []
      : [
          `     Regex = "${url.regex}"`,
          ...(url.regexNoMatch ? ['     Regex no match'] : []),
          ...(from === undefined && to === undefined
            ? []
            : [`     Regex min offset = ${from ?? 0}${to === undefined ? '' : `, max_offset = ${to}`}`]),
          `     Regex options:${url.regexOptions.map((option) => ` ${option}`).join('')}`,
          ...(url.regexStack === undefined
            ? []
            : [`     Regex stack start ${url.regexStack.start}, max ${url.regexStack.max}`]),
        ]),
  ];
}

/** Two hexadecimal digits an octet. */
const octets = (digits: string): number => digits.length / 2;

function udpLines({ payload, requireReply, replyPattern, ...lengths }: UdpCheckerConfiguration): string[] {
  return [
    ...(payload === undefined ? ['   Payload specified = no'] : [`   Payload len = ${octets(payload)}`]),
    `   Require reply = ${yesNo(requireReply)}`,
    ...(requireReply
      ? [`     Min reply length = ${lengths.minReplyLength}`, `     Max reply length = ${lengths.maxReplyLength}`]
      : []),
    ...(replyPattern === undefined
      ? []
      : [
          `     Reply data len = ${octets(replyPattern)}`,
          `     Reply data mask = ${yesNo(replyPattern.includes('x'))}`,
        ]),
  ];
}

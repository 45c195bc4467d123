/** Checkers: drafts to model, with what they inherit (reference: behaviour B1 to B3). */
import type { CheckTimesDraft, CheckerDraft, RealServerDraft, UrlDraft, VirtualServerDraft } from '../drafts.ts';
import type {
  CheckDefaults,
  CheckSchedule,
  CheckerCommon,
  CheckerConfiguration,
  HttpUrlConfiguration,
  ScheduledCheckerConfiguration,
} from '../model.ts';
import { locate } from '../statement.ts';
import type { Context } from '../schema/context.ts';
import { isLinkLocal } from '../values.ts';
import { commandOf } from './scripts.ts';

type Mutable<T> = { -readonly [K in keyof T]: T[K] };
type ScheduledType = ScheduledCheckerConfiguration['type'];

const defaultDelayLoop = 60_000;
const defaultConnectTimeout = 5000;
/** What a type does if nothing is written anywhere; a pause that is missing is as long as delay_loop. */
const typeDefaults: Readonly<Record<ScheduledType, { readonly retry: number; readonly pause?: number }>> = {
  TCP_CHECK: { retry: 1, pause: 1000 },
  HTTP_GET: { retry: 1, pause: 3000 },
  SSL_GET: { retry: 1, pause: 3000 },
  SMTP_CHECK: { retry: 1, pause: 1000 },
  DNS_CHECK: { retry: 3 },
  MISC_CHECK: { retry: 0, pause: 1000 },
  PING_CHECK: { retry: 1, pause: 1000 },
  UDP_CHECK: { retry: 1, pause: 1000 },
};
const defaultHeloName = 'smtpchecker.keepalived.org';
const longestReply = 255;
const successful = [{ from: 200, to: 299 }] as const;

interface Inherited {
  readonly checker: CheckerDraft;
  readonly server: RealServerDraft;
  readonly service: VirtualServerDraft;
  /** Port of the real server after the rules about forwarding. */
  readonly port: number;
}

/** Built whole, not spread together: there may be tens of thousands of them. */
function schedule<T extends ScheduledType>(
  type: T,
  { checker, server, service }: Inherited,
  context: Context,
): Mutable<CheckSchedule> & Pick<CheckerCommon, 'at'> & { readonly type: T } {
  const delayLoop = checker.delayLoop ?? server.delayLoop ?? service.delayLoop ?? defaultDelayLoop;
  const { retry, pause = delayLoop } = typeDefaults[type];
  const built: Mutable<CheckSchedule> & Pick<CheckerCommon, 'at'> & { readonly type: T } = {
    type,
    delayLoop,
    warmup: checker.warmup ?? server.warmup ?? service.warmup ?? delayLoop,
    retry: checker.retry ?? server.retry ?? service.retry ?? retry,
    delayBeforeRetry: checker.delayBeforeRetry ?? server.delayBeforeRetry ?? service.delayBeforeRetry ?? pause,
    alpha: checker.alpha ?? server.alpha ?? service.alpha ?? false,
    logAllFailures: checker.logAllFailures ?? context.draft.global.checkerLogAllFailures ?? false,
    at: locate(checker.statement),
  };
  if (checker.shareProbe === false) built.shareProbe = false;
  return built;
}

/** What the checks that use the network have in common. */
function common<T extends Exclude<ScheduledType, 'MISC_CHECK'>>(
  type: T,
  inherited: Inherited,
  context: Context,
): Mutable<CheckerCommon> & { readonly type: T } {
  const { checker, server, service, port } = inherited;
  const address = checker.address ?? server.address;
  if (checker.bindInterface === undefined && isLinkLocal(address)) {
    context.error(
      checker.statement,
      0,
      'CFG_LINK_LOCAL',
      `${checker.type} of ${address}: a link-local address can be reached only through a named interface`,
      'add "bind_if <ifname>"',
    );
  }
  const built: Mutable<CheckerCommon> & { readonly type: T } = Object.assign(schedule(type, inherited, context), {
    address,
    port: checker.port ?? port,
    connectTimeout: checker.connectTimeout ?? server.connectTimeout ?? service.connectTimeout ?? defaultConnectTimeout,
  });
  if (checker.bindAddress !== undefined && sameFamilies(checker, address, checker.bindAddress, context)) {
    built.bindAddress = checker.bindAddress;
  }
  if (checker.bindPort !== undefined) built.bindPort = checker.bindPort;
  if (checker.bindInterface !== undefined) built.bindInterface = checker.bindInterface;
  if (checker.fwmark !== undefined && checker.fwmark !== 0) built.fwmark = checker.fwmark;
  return built;
}

function sameFamilies(checker: CheckerDraft, address: string, source: string, context: Context): boolean {
  if (address.includes(':') === source.includes(':')) return true;
  context.error(
    checker.bindAddressAt ?? checker.statement,
    1,
    'CFG_FAMILY',
    `bindto ${source} is of another family than the address that is checked; it is ignored`,
  );
  return false;
}

function url(draft: UrlDraft, compliant: boolean): HttpUrlConfiguration {
  return {
    path: draft.path ?? '/',
    ...(draft.digest !== undefined && { digest: draft.digest }),
    statusCodes: draft.statusCodes ?? successful,
    ...(draft.virtualHost !== undefined && { virtualHost: draft.virtualHost }),
    ...(draft.regex !== undefined && { regex: draft.regex }),
    regexNoMatch: draft.regexNoMatch ?? false,
    regexOptions: draft.regexOptions ?? [],
    ...(draft.regexMinOffset !== undefined && { regexMinOffset: draft.regexMinOffset }),
    ...(draft.regexMaxOffset !== undefined && { regexMaxOffset: draft.regexMaxOffset }),
    ...(draft.regexStack !== undefined && { regexStack: draft.regexStack }),
    tlsCompliant: draft.tlsCompliant ?? compliant,
  };
}

function httpChecker(type: 'HTTP_GET' | 'SSL_GET', inherited: Inherited, context: Context): CheckerConfiguration {
  const { checker, server, service } = inherited;
  const virtualHost = checker.virtualHost ?? server.virtualHost ?? service.virtualHost;
  return {
    ...common(type, inherited, context),
    urls: (checker.urls ?? []).map((draft) => url(draft, checker.tlsCompliant ?? false)),
    httpProtocol: checker.httpProtocol ?? '1.0',
    ...(virtualHost !== undefined && { virtualHost }),
    enableSni: checker.enableSni ?? false,
    ...(checker.sniName !== undefined && { sniName: checker.sniName }),
    fastRecovery: checker.fastRecovery ?? false,
  };
}

function udpChecker(inherited: Inherited, context: Context): CheckerConfiguration {
  const { checker } = inherited;
  return {
    ...common('UDP_CHECK', inherited, context),
    ...(checker.payload !== undefined && { payload: checker.payload }),
    requireReply: checker.requireReply ?? false,
    ...(checker.replyPattern !== undefined && { replyPattern: checker.replyPattern }),
    minReplyLength: checker.minReplyLength ?? 0,
    maxReplyLength: checker.maxReplyLength ?? longestReply,
  };
}

/** A check whose program cannot be run is left out, as in the original; that was reported where scripts are checked. */
function miscChecker(inherited: Inherited, context: Context): CheckerConfiguration | undefined {
  const { checker } = inherited;
  const command = commandOf(checker.script);
  if (!command) return undefined;
  const times = schedule('MISC_CHECK', inherited, context);
  const timeout = checker.miscTimeout ?? 0;
  return { ...times, command, timeout: timeout > 0 ? timeout : times.delayLoop, dynamic: checker.miscDynamic ?? false };
}

/** What FILE_CHECK and BFD_CHECK follow is defined elsewhere; undefined after reporting that it is not. */
function followed<T extends { readonly name: string }>(
  { type, reference = '', statement }: CheckerDraft,
  defined: readonly T[],
  context: Context,
): T | undefined {
  const found = defined.find((item) => item.name === reference);
  if (!found) {
    const remedy = type === 'BFD_CHECK' ? `bfd_instance ${reference}` : `track_file ${reference}`;
    context.error(
      statement,
      0,
      'CFG_UNKNOWN_REFERENCE',
      `${type} names ${reference}, which is not defined; it is ignored`,
      `add "${remedy} { ... }", or write the name of one that is there`,
    );
  }
  return found;
}

function fileChecker({ checker }: Inherited, context: Context): CheckerConfiguration | undefined {
  const file = followed(checker, context.draft.trackFiles, context);
  if (!file) return undefined;
  return {
    type: 'FILE_CHECK',
    trackFile: file.name,
    weight: checker.weight ?? file.weight ?? 1,
    // A weight of its own says whether it is reversed too.
    reverse: checker.weight === undefined ? (file.reverse ?? false) : (checker.reverse ?? false),
    at: locate(checker.statement),
  };
}

function bfdChecker({ checker, server, service }: Inherited, context: Context): CheckerConfiguration | undefined {
  const instance = followed(checker, context.draft.bfdInstances, context);
  if (!instance) return undefined;
  return {
    type: 'BFD_CHECK',
    instance: instance.name,
    alpha: checker.alpha ?? server.alpha ?? service.alpha ?? false,
    at: locate(checker.statement),
  };
}

/** Completes one checker; undefined after reporting why it is left out. */
export function checkerConfiguration(inherited: Inherited, context: Context): CheckerConfiguration | undefined {
  const { checker } = inherited;
  switch (checker.type) {
    case 'TCP_CHECK':
    case 'PING_CHECK':
      return common(checker.type, inherited, context);
    case 'HTTP_GET':
    case 'SSL_GET':
      return httpChecker(checker.type, inherited, context);
    case 'SMTP_CHECK':
      return { ...common('SMTP_CHECK', inherited, context), heloName: checker.heloName ?? defaultHeloName };
    case 'DNS_CHECK':
      return {
        ...common('DNS_CHECK', inherited, context),
        queryType: checker.queryType ?? 'SOA',
        queryName: checker.queryName ?? '.',
      };
    case 'UDP_CHECK':
      return udpChecker(inherited, context);
    case 'MISC_CHECK':
      return miscChecker(inherited, context);
    case 'FILE_CHECK':
      return fileChecker(inherited, context);
    case 'BFD_CHECK':
      return bfdChecker(inherited, context);
  }
}

/** What a server says of the checks below it; undefined: nothing. The very same as the last time if it says the same. */
export function checkDefaults(draft: CheckTimesDraft, context: Context): CheckDefaults | undefined {
  const { retry, delayBeforeRetry, warmup, connectTimeout, delayLoop, alpha, virtualHost } = draft;
  // Most of tens of thousands of servers say nothing of their checks.
  const first = retry ?? delayBeforeRetry ?? warmup ?? connectTimeout ?? delayLoop ?? alpha ?? virtualHost;
  if (first === undefined) return undefined;
  const before = context.lastCheckDefaults;
  if (
    before !== undefined &&
    before.retry === retry &&
    before.delayBeforeRetry === delayBeforeRetry &&
    before.warmup === warmup &&
    before.connectTimeout === connectTimeout &&
    before.delayLoop === delayLoop &&
    before.alpha === alpha &&
    before.virtualHost === virtualHost
  )
    return before;
  const defaults: Mutable<CheckDefaults> = {};
  if (retry !== undefined) defaults.retry = retry;
  if (delayBeforeRetry !== undefined) defaults.delayBeforeRetry = delayBeforeRetry;
  if (warmup !== undefined) defaults.warmup = warmup;
  if (connectTimeout !== undefined) defaults.connectTimeout = connectTimeout;
  if (delayLoop !== undefined) defaults.delayLoop = delayLoop;
  if (alpha !== undefined) defaults.alpha = alpha;
  if (virtualHost !== undefined) defaults.virtualHost = virtualHost;
  context.lastCheckDefaults = defaults;
  return defaults;
}

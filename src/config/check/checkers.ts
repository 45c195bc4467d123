/** Checkers: drafts to model, with what they inherit (reference: behaviour B1, B2). */
import type { CheckerDraft, RealServerDraft, UrlDraft, VirtualServerDraft } from '../drafts.ts';
import type { CheckerCommon, CheckerConfiguration, HttpUrlConfiguration } from '../model.ts';
import { locate } from '../statement.ts';
import type { Context } from '../schema/context.ts';
import { isLinkLocal } from '../values.ts';

const defaultDelayLoop = 60_000;
const defaultConnectTimeout = 5000;
const defaultRetries = 1;
/** HTTP_GET and SSL_GET wait longer before a retry than the others. */
const retryPause = { TCP_CHECK: 1000, HTTP_GET: 3000, SSL_GET: 3000 } as const;
const successful = [{ from: 200, to: 299 }] as const;

interface Inherited {
  readonly checker: CheckerDraft;
  readonly server: RealServerDraft;
  readonly service: VirtualServerDraft;
  /** Port of the real server after the rules about forwarding. */
  readonly port: number;
}

type Mutable<T> = { -readonly [K in keyof T]: T[K] };

/** Built whole, not spread together: there may be tens of thousands of them. */
function common<T extends CheckerConfiguration['type']>(
  type: T,
  { checker, server, service, port }: Inherited,
  context: Context,
): Mutable<CheckerCommon> & { readonly type: T } {
  const delayLoop = checker.delayLoop ?? server.delayLoop ?? service.delayLoop ?? defaultDelayLoop;
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
  const built: Mutable<CheckerCommon> & { readonly type: T } = {
    type,
    address,
    port: checker.port ?? port,
    connectTimeout: checker.connectTimeout ?? server.connectTimeout ?? service.connectTimeout ?? defaultConnectTimeout,
    delayLoop,
    warmup: checker.warmup ?? server.warmup ?? service.warmup ?? delayLoop,
    retry: checker.retry ?? server.retry ?? service.retry ?? defaultRetries,
    delayBeforeRetry:
      checker.delayBeforeRetry ?? server.delayBeforeRetry ?? service.delayBeforeRetry ?? retryPause[type],
    alpha: checker.alpha ?? server.alpha ?? service.alpha ?? false,
    logAllFailures: checker.logAllFailures ?? context.draft.global.checkerLogAllFailures ?? false,
    at: locate(checker.statement),
  };
  if (checker.bindAddress !== undefined) built.bindAddress = checker.bindAddress;
  if (checker.bindPort !== undefined) built.bindPort = checker.bindPort;
  if (checker.bindInterface !== undefined) built.bindInterface = checker.bindInterface;
  if (checker.fwmark !== undefined && checker.fwmark !== 0) built.fwmark = checker.fwmark;
  return built;
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
    tlsCompliant: draft.tlsCompliant ?? compliant,
  };
}

/** Completes one checker; undefined for the types that nothing runs in this version. */
export function checkerConfiguration(inherited: Inherited, context: Context): CheckerConfiguration | undefined {
  const { checker, server, service } = inherited;
  const { type } = checker;
  if (
    checker.bindAddress !== undefined &&
    checker.bindAddressAt &&
    (checker.address ?? server.address).includes(':') !== checker.bindAddress.includes(':')
  ) {
    context.error(
      checker.bindAddressAt,
      1,
      'CFG_FAMILY',
      `bindto ${checker.bindAddress} is of another family than the address that is checked; it is ignored`,
    );
    delete checker.bindAddress;
  }
  if (type === 'TCP_CHECK') return common(type, inherited, context);
  if (type !== 'HTTP_GET' && type !== 'SSL_GET') return undefined;
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

/**
 * How an operator names services and servers, and what of the running configuration that means: the forms of status and
 * log lines, the forms of the configuration file, and `all`.
 */
import type { CheckConfiguration, IpvsProtocol } from '../config/model.ts';
import { canonicalAddress } from '../core/ip-address.ts';
import { virtualServerLabels } from '../check/labels.ts';
import { serverTargetKey, serverTargets, serviceKey, serviceTargetOf } from './targets.ts';
import type { ServerTarget, ServiceTarget } from './types.ts';
import { endpointText, serviceText } from './words.ts';

/** What was found, or why not, in words. */
export type Selection =
  { readonly ok: true; readonly targets: readonly ServerTarget[] } | { readonly ok: false; readonly error: string };

const protocols: readonly string[] = ['tcp', 'udp', 'sctp'] satisfies readonly IpvsProtocol[];

/** Longest list of candidates in an error message. */
const mostCandidates = 8;

/**
 * Servers by the words of an operator.
 * @param service `192.0.2.1:80`, `[2001:db8::1]:80`, `fwmark:5` or the name of a virtual_server_group, each with or without
 * `/tcp` (a mark: `/inet6`); a label of status (`[192.0.2.1]:tcp:80`, `FWM 5`, `[web]:0`); or `all`
 * @param server `10.0.0.1:80`, `[2001:db8::2]:80`, a label of status; or an address alone, which means all of its ports
 */
export function selectServers(configuration: CheckConfiguration, service: string, server: string): Selection {
  const services = selectServices(configuration, service);
  if (typeof services === 'string') return { ok: false, error: services };
  const endpoint = readEndpoint(server);
  if (endpoint === undefined)
    return {
      ok: false,
      error: `"${server}" is no server: write ADDRESS:PORT, [IPV6]:PORT, or ADDRESS for all its ports`,
    };
  const keys = new Set(services.map(serviceKey));
  const found = new Map<string, ServerTarget>();
  const others = new Set<string>();
  for (const target of serverTargets(configuration)) {
    if (!keys.has(serviceKey(target.service))) continue;
    const fits = target.address === endpoint.address && (endpoint.port === undefined || target.port === endpoint.port);
    if (fits) found.set(serverTargetKey(target), target);
    else others.add(endpointText(target));
  }
  if (found.size > 0) return { ok: true, targets: [...found.values()] };
  return { ok: false, error: `${service} has no server ${server}${listed('; it has', [...others])}` };
}

/** @returns the services meant, or what is wrong */
function selectServices(
  { virtualServers, ...rest }: CheckConfiguration,
  text: string,
): readonly ServiceTarget[] | string {
  const labels = virtualServerLabels({ virtualServers, ...rest });
  const all = virtualServers.map(({ identity }, index) => ({
    target: serviceTargetOf(identity),
    label: labels[index] ?? '',
  }));
  if (all.length === 0) return 'the configuration has no virtual_server';
  if (text === 'all') return all.map(({ target }) => target);
  const labelled = all.filter(({ label }) => label === text).map(({ target }) => target);
  const fitting =
    labelled.length > 0 ? labelled : all.filter(({ target }) => fits(target, text)).map(({ target }) => target);
  const [first] = fitting;
  if (first === undefined)
    return `there is no virtual_server ${text}${listed('; there are', [...new Set(all.map(({ target }) => serviceText(target)))])}`;
  const different = new Map(fitting.map((target) => [serviceKey(target), target]));
  if (different.size > 1)
    return `${text} is more than one virtual_server: say which (${[...different.values()].map(serviceText).join(', ')})`;
  return [first];
}

/** Whether a service is what the text says, as far as the text says it. */
function fits(target: ServiceTarget, text: string): boolean {
  const slash = text.lastIndexOf('/');
  const suffix = slash === -1 ? undefined : text.slice(slash + 1);
  const base = slash === -1 ? text : text.slice(0, slash);
  switch (target.kind) {
    case 'address': {
      if (suffix !== undefined && suffix !== target.protocol) return false;
      const endpoint = readEndpoint(base);
      return endpoint?.address === target.address && endpoint.port === target.port;
    }
    case 'fwmark':
      if (suffix !== undefined && suffix !== target.family) return false;
      return /^(?:fwmark[: ]|FWM )(\d+)$/.exec(base)?.[1] === String(target.mark);
    case 'group':
      // The name of a group may have a slash itself.
      if (text === target.name || text === `group:${target.name}`) return true;
      return suffix === target.protocol && (base === target.name || base === `group:${target.name}`);
  }
}

interface Endpoint {
  readonly address: string;
  /** Absent: any. */
  readonly port?: number;
}

/** `ADDRESS:PORT`, `[ADDRESS]:PORT`, `ADDRESS`, `[ADDRESS]`, and `[ADDRESS]:tcp:PORT` as status has it. */
function readEndpoint(text: string): Endpoint | undefined {
  const bracketed = /^\[([^\]]+)\](?::([a-z]+))?(?::(\d{1,5}))?$/.exec(text);
  if (bracketed !== null) {
    const [, address = '', word, port] = bracketed;
    if (word !== undefined && (port === undefined || !(word === 'none' || protocols.includes(word)))) return undefined;
    return endpoint(address, port);
  }
  const plain = /^([0-9.]+)(?::(\d{1,5}))?$/.exec(text);
  if (plain !== null) return endpoint(plain[1] ?? '', plain[2]);
  return endpoint(text, undefined);
}

function endpoint(address: string, port: string | undefined): Endpoint | undefined {
  const canonical = canonicalAddress(address);
  if (canonical === undefined || Number(port ?? 0) > 65_535) return undefined;
  return port === undefined ? { address: canonical } : { address: canonical, port: Number(port) };
}

function listed(before: string, words: readonly string[]): string {
  if (words.length === 0) return '';
  const more = words.length > mostCandidates ? ` and ${words.length - mostCandidates} more` : '';
  return `${before} ${words.slice(0, mostCandidates).join(', ')}${more}`;
}

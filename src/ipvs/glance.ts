/**
 * The table as /proc/net/ip_vs shows it: one text with everything but thresholds, tunnels, times of persistence and flags
 * of schedulers, where netlink wants a conversation for each service (ip_vs_info_seq_show in net/netfilter/ipvs/ip_vs_ctl.c).
 * Enough to see that nobody has touched ours.
 */
import { parseIpAddress } from '../core/ip-address.ts';
import type { ForwardingMethod } from '../config/model.ts';
import { IP_VS_SVC_F } from './constants.ts';
import type { Destination, Service, ServiceKey } from './types.ts';

const forwardingNames = { NAT: 'Masq', DR: 'Route', TUN: 'Tunnel' } as const satisfies Record<
  ForwardingMethod['method'],
  string
>;

const digits = '0123456789ABCDEF';

function hexadecimal(bytes: Uint8Array): string {
  let text = '';
  for (const byte of bytes) text += (digits[byte >> 4] ?? '') + (digits[byte & 15] ?? '');
  return text;
}

/** `C0A80136:0050`, or `[2001:0db8:...]:0050` in small letters. */
function endpoint(address: string, port: number): string {
  const parsed = parseIpAddress(address);
  const hex = parsed === undefined ? '' : hexadecimal(parsed.bytes);
  const portText = hexadecimal(Uint8Array.of(port >> 8, port & 255));
  if (parsed?.family !== 'inet6') return `${hex}:${portText}`;
  return `[${(hex.toLowerCase().match(/.{4}/g) ?? []).join(':')}]:${portText}`;
}

/** The first two words of a service's line. */
function headOf(key: ServiceKey): string {
  if (key.kind === 'fwmark') {
    const { mark } = key;
    return `FWM ${hexadecimal(Uint8Array.of(mark >>> 24, (mark >> 16) & 255, (mark >> 8) & 255, mark & 255))}`;
  }
  return `${key.protocol.toUpperCase()} ${endpoint(key.address, key.port)}`;
}

/** Address, forwarding and weight, as in the line of a server. */
function serverOf({ address, port, forwarding, weight }: Destination): string {
  return `${endpoint(address, port)} ${forwardingNames[forwarding.method]} ${weight}`;
}

/** Reads the text in pieces, so that the caller can do other things in between. */
export class TableGlance {
  /** By the head of their line, services that were not met yet. */
  readonly #expected = new Map<string, Service>();
  /** Two services look the same: marks of both families. */
  readonly #ambiguous: boolean;
  #different = false;
  #service: Service | undefined;
  #servers: string[] = [];
  #rest = '';

  /** @param ours what should be there; services of others are passed over */
  constructor(ours: Iterable<Service>) {
    let ambiguous = false;
    for (const service of ours) {
      const head = headOf(service.key);
      ambiguous ||= this.#expected.has(head);
      this.#expected.set(head, service);
    }
    this.#ambiguous = ambiguous;
  }

  /** Nothing that follows can make it as expected. */
  get isDifferent(): boolean {
    return this.#ambiguous || this.#different;
  }

  feed(text: string): void {
    const whole = this.#rest + text;
    let start = 0;
    for (let end = whole.indexOf('\n'); end >= 0; end = whole.indexOf('\n', start)) {
      this.#line(whole, start, end);
      start = end + 1;
    }
    this.#rest = whole.slice(start);
  }

  /** @returns whether all of ours were there, as expected */
  finish(): boolean {
    this.#serviceDone();
    return !this.isDifferent && this.#expected.size === 0;
  }

  #line(text: string, start: number, end: number): void {
    if (text.startsWith('  -> ', start)) {
      if (this.#service === undefined) return;
      const [address = '', forwarding = '', weight = ''] = text.slice(start + 5, end).split(/ +/, 3);
      this.#servers.push(`${address} ${forwarding} ${weight}`);
      return;
    }
    this.#serviceDone();
    const [protocol = '', address = '', scheduler = '', ...flags] = text.slice(start, end).trimEnd().split(/ +/);
    const head = `${protocol} ${address}`;
    const service = this.#expected.get(head);
    if (service === undefined) return;
    this.#expected.delete(head);
    this.#service = service;
    const isPersistent = (service.flags & IP_VS_SVC_F.PERSISTENT) !== 0;
    if (scheduler !== service.scheduler || flags.includes('persistent') !== isPersistent) this.#different = true;
  }

  #serviceDone(): void {
    const service = this.#service;
    if (service === undefined) return;
    const seen = this.#servers;
    this.#service = undefined;
    this.#servers = [];
    const { destinations } = service;
    if (seen.length !== destinations.length) {
      this.#different = true;
      return;
    }
    // The kernel's list begins with the newest.
    if (destinations.every((destination, index) => serverOf(destination) === seen[seen.length - 1 - index])) return;
    const wanted = destinations.map(serverOf).sort();
    seen.sort();
    if (wanted.some((server, index) => server !== seen[index])) this.#different = true;
  }
}

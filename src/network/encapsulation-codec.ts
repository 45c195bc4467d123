/** Lightweight tunnels of routes: RTA_ENCAP with RTA_ENCAP_TYPE. */
import type { AddressFamily, RouteEncapsulation } from '../config/model.ts';
import type { Attributes, NetlinkMessageBuilder } from '../core/netlink/message.ts';
import { addressText, octetsOf, octetsOf64, text64 } from './octets.ts';
import { ILA_ATTR_LOCATOR, LWTUNNEL_ENCAP, LWTUNNEL_IP, MPLS_IPTUNNEL_DST, RTA } from './route-constants.ts';

/** Bottom of the stack (MPLS_LS_S_SHIFT) and place of the label (MPLS_LS_LABEL_SHIFT) in one entry. */
const bottomOfStack = 1 << 8;
const labelFactor = 1 << 12;

function labelOctets(labels: readonly number[]): Uint8Array {
  const octets = new Uint8Array(labels.length * 4);
  const view = new DataView(octets.buffer);
  labels.forEach((label, index) => {
    const bottom = index === labels.length - 1 ? bottomOfStack : 0;
    view.setUint32(index * 4, label * labelFactor + bottom);
  });
  return octets;
}

function labelsOf(octets: Uint8Array): number[] {
  const view = new DataView(octets.buffer, octets.byteOffset, octets.length - (octets.length % 4));
  return Array.from({ length: view.byteLength / 4 }, (_, index) => Math.floor(view.getUint32(index * 4) / labelFactor));
}

function locatorOctets(locator: string): Uint8Array {
  const octets = new Uint8Array(8);
  const view = new DataView(octets.buffer);
  locator.split(':').forEach((group, index) => view.setUint16(index * 2, Number.parseInt(group, 16)));
  return octets;
}

function locatorText(octets: Uint8Array | undefined): string {
  if (octets?.length !== 8) return '0:0:0:0';
  const view = new DataView(octets.buffer, octets.byteOffset, 8);
  return [0, 2, 4, 6].map((offset) => view.getUint16(offset).toString(16)).join(':');
}

function putTunnel(
  builder: NetlinkMessageBuilder,
  family: AddressFamily,
  tunnel: Extract<RouteEncapsulation, { readonly type: 'ip' | 'ip6' }>,
  trafficClass: number | undefined,
  hopLimit: number | undefined,
): void {
  const { id, destination, source, flags } = tunnel;
  if (id !== undefined) builder.attributeBytes(LWTUNNEL_IP.ID, octetsOf64(id));
  if (destination !== undefined) builder.attributeBytes(LWTUNNEL_IP.DST, octetsOf(family, destination));
  if (source !== undefined) builder.attributeBytes(LWTUNNEL_IP.SRC, octetsOf(family, source));
  if (trafficClass !== undefined) builder.attributeU8(LWTUNNEL_IP.TOS, trafficClass);
  if (hopLimit !== undefined) builder.attributeU8(LWTUNNEL_IP.TTL, hopLimit);
  if (flags !== undefined) builder.attributeU16(LWTUNNEL_IP.FLAGS, flags);
}

/** @throws DaemonError ADDRESS_INVALID */
export function putEncapsulation(builder: NetlinkMessageBuilder, encapsulation: RouteEncapsulation): void {
  builder.nested(RTA.ENCAP, (inner) => {
    switch (encapsulation.type) {
      case 'ip':
        putTunnel(inner, 'inet', encapsulation, encapsulation.tos, encapsulation.ttl);
        break;
      case 'ip6':
        putTunnel(inner, 'inet6', encapsulation, encapsulation.trafficClass, encapsulation.hopLimit);
        break;
      case 'mpls':
        inner.attributeBytes(MPLS_IPTUNNEL_DST, labelOctets(encapsulation.labels));
        break;
      case 'ila':
        inner.attributeBytes(ILA_ATTR_LOCATOR, locatorOctets(encapsulation.locator));
        break;
    }
  });
  builder.attributeU16(RTA.ENCAP_TYPE, LWTUNNEL_ENCAP[encapsulation.type]);
}

/** What the kernel says of a tunnel; it names every field, those that were not given as zero. @throws NetlinkFormatError */
export function readEncapsulation(attributes: Attributes): RouteEncapsulation | undefined {
  const type = attributes.u16(RTA.ENCAP_TYPE);
  const inner = attributes.nested(RTA.ENCAP);
  if (type === undefined || !inner) return undefined;
  switch (type) {
    case LWTUNNEL_ENCAP.mpls:
      return { type: 'mpls', labels: labelsOf(inner.bytes(MPLS_IPTUNNEL_DST) ?? new Uint8Array()) };
    case LWTUNNEL_ENCAP.ila:
      return { type: 'ila', locator: locatorText(inner.bytes(ILA_ATTR_LOCATOR)) };
    case LWTUNNEL_ENCAP.ip:
    case LWTUNNEL_ENCAP.ip6:
      return readTunnel(type === LWTUNNEL_ENCAP.ip ? 'inet' : 'inet6', inner);
    default:
      return undefined;
  }
}

function readTunnel(family: AddressFamily, inner: Attributes): RouteEncapsulation {
  const id = text64(inner.bytes(LWTUNNEL_IP.ID));
  const destination = addressText(family, inner.bytes(LWTUNNEL_IP.DST));
  const source = addressText(family, inner.bytes(LWTUNNEL_IP.SRC));
  const flags = inner.u16(LWTUNNEL_IP.FLAGS);
  const trafficClass = inner.u8(LWTUNNEL_IP.TOS) ?? 0;
  const hopLimit = inner.u8(LWTUNNEL_IP.TTL) ?? 0;
  const common = {
    ...(id !== undefined && { id }),
    ...(destination !== undefined && { destination }),
    ...(source !== undefined && { source }),
    ...(flags !== undefined && { flags }),
  };
  return family === 'inet'
    ? { type: 'ip', ...common, tos: trafficClass, ttl: hopLimit }
    : { type: 'ip6', ...common, trafficClass, hopLimit };
}

/** Whether the kernel's tunnel is what was asked for: fields that were not asked for are the kernel's business. */
export function sameEncapsulation(
  wanted: RouteEncapsulation | undefined,
  present: RouteEncapsulation | undefined,
): boolean {
  if (!wanted || !present) return wanted === present;
  const found = new Map<string, unknown>(Object.entries(present));
  // The kernel adds bits to the flags of a tunnel and may drop those it does not know.
  return Object.entries(wanted).every(([name, value]) => name === 'flags' || String(found.get(name)) === String(value));
}

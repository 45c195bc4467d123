/** Rules to and from rtnetlink (RTM_NEWRULE, RTM_DELRULE; struct fib_rule_hdr). */
import type { AddressFamily, PortRange, Prefix, RuleAction, VirtualRule } from '../config/model.ts';
import { AF_INET, AF_INET6, NLM_F } from '../core/netlink/constants.ts';
import { Attributes, NetlinkMessageBuilder, readStructure } from '../core/netlink/message.ts';
import { addressText, octetsOf, octetsOf64, text64 } from './octets.ts';
import { FIB_RULE_INVERT, FRA, FR_ACT, RTM_ROUTE } from './route-constants.ts';
import type { KernelRule } from './route-types.ts';

const FIB_RULE_HDR_LENGTH = 12;
/** Tables above are named by FRA_TABLE only. */
const largestHeaderTable = 255;
/** FRA_SUPPRESS_*: nothing is suppressed. */
const suppressNothing = 0xffff_ffff;
const wholeMark = 0xffff_ffff;
const everyUser = { from: 0, to: 0xffff_ffff } as const;

const actionNumbers: Readonly<Record<RuleAction['kind'], number>> = {
  table: FR_ACT.TO_TBL,
  l3mdev: FR_ACT.TO_TBL,
  goto: FR_ACT.GOTO,
  nop: FR_ACT.NOP,
  blackhole: FR_ACT.BLACKHOLE,
  unreachable: FR_ACT.UNREACHABLE,
  prohibit: FR_ACT.PROHIBIT,
};

/** Asks for all rules of one family. */
export function encodeDumpRules(family: AddressFamily): Uint8Array {
  return new NetlinkMessageBuilder(RTM_ROUTE.GETRULE, NLM_F.REQUEST | NLM_F.DUMP)
    .u8(family === 'inet' ? AF_INET : AF_INET6)
    .u8(0)
    .u8(0)
    .u8(0)
    .u32(0)
    .u32(0)
    .finish();
}

/** struct fib_rule_port_range, and fib_rule_uid_range, which is the same with larger numbers. */
function rangeOctets({ from, to }: PortRange, size: 2 | 4): Uint8Array {
  const octets = new Uint8Array(size * 2);
  const view = new DataView(octets.buffer);
  [from, to].forEach((value, index) => {
    if (size === 2) view.setUint16(index * 2, value, true);
    else view.setUint32(index * 4, value, true);
  });
  return octets;
}

function readRange(octets: Uint8Array | undefined, size: 2 | 4): { from: number; to: number } | undefined {
  if (octets?.length !== size * 2) return undefined;
  const view = new DataView(octets.buffer, octets.byteOffset, octets.length);
  const read = (offset: number): number => (size === 2 ? view.getUint16(offset, true) : view.getUint32(offset, true));
  return { from: read(0), to: read(size) };
}

function putSelectors(builder: NetlinkMessageBuilder, rule: VirtualRule): void {
  const { firewallMark: mark } = rule;
  if (mark) builder.attributeU32(FRA.FWMARK, mark.mark);
  if (mark?.mask !== undefined) builder.attributeU32(FRA.FWMASK, mark.mask);
  if (rule.inputInterface !== undefined) builder.attributeString(FRA.IIFNAME, rule.inputInterface);
  if (rule.outputInterface !== undefined) builder.attributeString(FRA.OIFNAME, rule.outputInterface);
  if (rule.tunnelId !== undefined) builder.attributeBytes(FRA.TUN_ID, octetsOf64(rule.tunnelId));
  if (rule.userIds) builder.attributeBytes(FRA.UID_RANGE, rangeOctets(rule.userIds, 4));
  if (rule.ipProtocol !== undefined) builder.attributeU8(FRA.IP_PROTO, rule.ipProtocol);
  if (rule.sourcePorts) builder.attributeBytes(FRA.SPORT_RANGE, rangeOctets(rule.sourcePorts, 2));
  if (rule.destinationPorts) builder.attributeBytes(FRA.DPORT_RANGE, rangeOctets(rule.destinationPorts, 2));
}

/**
 * One change as one complete message.
 * @throws DaemonError ADDRESS_INVALID if a text in it is no address of its family
 */
export function encodeRuleChange(change: 'add' | 'delete', rule: VirtualRule): Uint8Array {
  const { action, family, from, to } = rule;
  const table = action.kind === 'table' ? action.table : 0;
  const builder =
    change === 'add'
      ? new NetlinkMessageBuilder(RTM_ROUTE.NEWRULE, NLM_F.REQUEST | NLM_F.ACK | NLM_F.CREATE | NLM_F.EXCL)
      : new NetlinkMessageBuilder(RTM_ROUTE.DELRULE, NLM_F.REQUEST | NLM_F.ACK);
  builder
    .u8(family === 'inet' ? AF_INET : AF_INET6)
    .u8(to?.prefixLength ?? 0)
    .u8(from?.prefixLength ?? 0)
    .u8(rule.tos)
    .u8(table > largestHeaderTable ? 0 : table)
    .u8(0)
    .u8(0)
    .u8(actionNumbers[action.kind])
    .u32(rule.invert ? FIB_RULE_INVERT : 0);
  if (table > largestHeaderTable) builder.attributeU32(FRA.TABLE, table);
  if (from && from.prefixLength > 0) builder.attributeBytes(FRA.SRC, octetsOf(family, from.address));
  if (to && to.prefixLength > 0) builder.attributeBytes(FRA.DST, octetsOf(family, to.address));
  builder.attributeU32(FRA.PRIORITY, rule.preference);
  putSelectors(builder, rule);
  if (rule.realms !== undefined) builder.attributeU32(FRA.FLOW, rule.realms);
  if (rule.suppressPrefixLength !== undefined) builder.attributeU32(FRA.SUPPRESS_PREFIXLEN, rule.suppressPrefixLength);
  if (rule.suppressInterfaceGroup !== undefined)
    builder.attributeU32(FRA.SUPPRESS_IFGROUP, rule.suppressInterfaceGroup);
  if (action.kind === 'l3mdev') builder.attributeU8(FRA.L3MDEV, 1);
  if (rule.protocol !== undefined) builder.attributeU8(FRA.PROTOCOL, rule.protocol);
  if (action.kind === 'goto') builder.attributeU32(FRA.GOTO, action.preference);
  return builder.finish();
}

/** The payload of RTM_NEWRULE or RTM_DELRULE; undefined for other families. @throws NetlinkFormatError: use inside `decoding` */
export function readRule(payload: Uint8Array): KernelRule | undefined {
  const header = readStructure(payload, FIB_RULE_HDR_LENGTH, 'fib_rule_hdr');
  const familyNumber = header.getUint8(0);
  if (familyNumber !== AF_INET && familyNumber !== AF_INET6) return undefined;
  const family = familyNumber === AF_INET ? 'inet' : 'inet6';
  const attributes = new Attributes(payload.subarray(FIB_RULE_HDR_LENGTH));
  const prefix = (attribute: number, prefixLength: number): Prefix | undefined =>
    prefixLength === 0 ? undefined : { address: addressText(family, attributes.bytes(attribute)) ?? '', prefixLength };
  const from = prefix(FRA.SRC, header.getUint8(2));
  const to = prefix(FRA.DST, header.getUint8(1));
  const mark = attributes.u32(FRA.FWMARK) ?? 0;
  const mask = attributes.u32(FRA.FWMASK);
  const suppressPrefixLength = attributes.u32(FRA.SUPPRESS_PREFIXLEN) ?? suppressNothing;
  const suppressInterfaceGroup = attributes.u32(FRA.SUPPRESS_IFGROUP) ?? suppressNothing;
  const userIds = readRange(attributes.bytes(FRA.UID_RANGE), 4);
  const sourcePorts = readRange(attributes.bytes(FRA.SPORT_RANGE), 2);
  const destinationPorts = readRange(attributes.bytes(FRA.DPORT_RANGE), 2);
  const inputInterface = attributes.string(FRA.IIFNAME);
  const outputInterface = attributes.string(FRA.OIFNAME);
  const tunnelId = text64(attributes.bytes(FRA.TUN_ID));
  const ipProtocol = attributes.u8(FRA.IP_PROTO);
  const realms = attributes.u32(FRA.FLOW);
  const target = attributes.u32(FRA.GOTO);
  return {
    family,
    invert: (header.getUint32(8, true) & FIB_RULE_INVERT) !== 0,
    ...(from && { from }),
    ...(to && { to }),
    preference: attributes.u32(FRA.PRIORITY) ?? 0,
    tos: header.getUint8(3),
    ...((mark !== 0 || (mask ?? 0) !== 0) && { firewallMark: { mark, mask: mask ?? wholeMark } }),
    ...(inputInterface !== undefined && { inputInterface }),
    ...(outputInterface !== undefined && { outputInterface }),
    ...(tunnelId !== undefined && tunnelId !== '0' && { tunnelId }),
    ...(userIds && (userIds.from !== everyUser.from || userIds.to !== everyUser.to) && { userIds }),
    ...(ipProtocol !== undefined && ipProtocol !== 0 && { ipProtocol }),
    ...(sourcePorts && sourcePorts.to !== 0 && { sourcePorts }),
    ...(destinationPorts && destinationPorts.to !== 0 && { destinationPorts }),
    ...(realms !== undefined && realms !== 0 && { realms }),
    ...(suppressPrefixLength !== suppressNothing && { suppressPrefixLength }),
    ...(suppressInterfaceGroup !== suppressNothing && { suppressInterfaceGroup }),
    protocol: attributes.u8(FRA.PROTOCOL) ?? 0,
    action: header.getUint8(7),
    table: attributes.u32(FRA.TABLE) ?? header.getUint8(4),
    l3mdev: attributes.u8(FRA.L3MDEV) === 1,
    ...(target !== undefined && target !== 0 && { target }),
  };
}

/** What the kernel will say of a rule that was added. */
export function expectedRule(rule: VirtualRule): KernelRule {
  const { action, firewallMark: mark, from, to, userIds, ...selectors } = rule;
  const ranged = userIds && (userIds.from !== everyUser.from || userIds.to !== everyUser.to);
  return {
    ...selectors,
    ...(ranged && { userIds }),
    ...(from && from.prefixLength > 0 && { from }),
    ...(to && to.prefixLength > 0 && { to }),
    ...(mark && { firewallMark: { mark: mark.mark, mask: mark.mask ?? wholeMark } }),
    protocol: rule.protocol ?? 0,
    action: actionNumbers[action.kind],
    table: action.kind === 'table' ? action.table : 0,
    l3mdev: action.kind === 'l3mdev',
    ...(action.kind === 'goto' && { target: action.preference }),
  };
}

/** What a line says beside the rule itself. */
const aside: ReadonlySet<string> = new Set(['at', 'track', 'trackGroup']);

/** Identity of a rule as text: two rules of one key are the same to the kernel. */
export function ruleKey(rule: KernelRule): string {
  const said = Object.entries(rule).filter(([name]) => !aside.has(name));
  return JSON.stringify(said.toSorted(([a], [b]) => (a < b ? -1 : 1)));
}

/** Prints use_vmac, use_ipvlan and what belongs to them. */
import type { IpvlanConfiguration, VmacConfiguration, VrrpInstanceConfiguration } from '../model.ts';
import { flagLine, line, optional, type PrintedLine } from './printed.ts';

/** Words that the keywords would take for something else than a name. */
const optionWords: readonly string[] = ['name', 'group', 'netlink_notify_msg', 'bridge', 'private', 'vepa'];

function nameWords({ name }: VmacConfiguration | IpvlanConfiguration): string[] {
  if (name === undefined) return [];
  const looksLikeOther = optionWords.includes(name) || /^[0-9.]+$/.test(name);
  return looksLikeOther ? ['name', name] : [name];
}

function groupWords({ group }: VmacConfiguration | IpvlanConfiguration): string[] {
  return group === undefined ? [] : ['group', String(group)];
}

function vmacLine(vmac: VmacConfiguration): PrintedLine {
  return line(
    'use_vmac',
    ...nameWords(vmac),
    ...(vmac.macAddress === undefined ? [] : [vmac.macAddress]),
    ...(vmac.netlinkNotify ? ['netlink_notify_msg'] : []),
    ...groupWords(vmac),
  );
}

function ipvlanLine(ipvlan: IpvlanConfiguration): PrintedLine {
  const { address } = ipvlan;
  return line(
    'use_ipvlan',
    ...nameWords(ipvlan),
    ...(address ? [`${address.address}/${address.prefixLength}`] : []),
    ipvlan.mode,
    ...groupWords(ipvlan),
  );
}

/** Keywords of the interface made for the virtual router, and the VRF. */
export function printVirtualInterface(instance: VrrpInstanceConfiguration): PrintedLine[] {
  const { virtualInterface } = instance;
  return [
    ...(virtualInterface?.kind === 'vmac' ? [vmacLine(virtualInterface)] : []),
    ...(virtualInterface?.kind === 'ipvlan' ? [ipvlanLine(virtualInterface)] : []),
    ...flagLine('vmac_xmit_base', virtualInterface?.kind === 'vmac' && virtualInterface.transmitOnBase),
    ...flagLine('use_vmac_addr', instance.vmacForAddresses),
    ...optional('vrf', instance.vrf),
  ];
}

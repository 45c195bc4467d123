/** The interface of an instance: VMAC, ipvlan, VRF (reference: behaviour A9, A10). */
import type { AddressFamily, IpvlanConfiguration, VmacConfiguration } from '../model.ts';
import type { Statement } from '../statement.ts';
import type { InstanceReports } from './vrrp-reports.ts';

const octetsOfMacAddress = 6;

function hexadecimal(octet: number): string {
  return octet.toString(16).padStart(2, '0');
}

/** The name that the file gives, unless an interface of an instance before has it: then it is made up, as without one. */
function ownName(
  { context, draft }: InstanceReports,
  { name, statement }: { readonly name?: string; readonly statement: Statement },
): string | undefined {
  if (name === undefined) return undefined;
  const { instances } = context.draft;
  const before = instances
    .slice(0, instances.indexOf(draft))
    .find(({ vmac, ipvlan }) => vmac?.name === name || ipvlan?.name === name);
  if (before === undefined) return name;
  const word = Math.max(statement.words.indexOf(name), 0);
  const first = before.vmac?.statement ?? before.ipvlan?.statement ?? before.statement;
  context.duplicate(statement, word, `the interface ${name}`, first, 'another name is made up');
  return undefined;
}

function vmacOf(reports: InstanceReports, peers: number): VmacConfiguration | undefined {
  const { vmac, vmacXmitBaseAt, virtualRouterId = 0, unicastPeers } = reports.draft;
  if (!vmac) {
    if (vmacXmitBaseAt) {
      reports.error(
        vmacXmitBaseAt,
        'CFG_CONFLICT',
        'vmac_xmit_base is for a VMAC; it is ignored',
        'add use_vmac, or remove it',
      );
    }
    return undefined;
  }
  if (peers > 0 && !vmacXmitBaseAt) {
    reports.error(
      unicastPeers[0]?.statement ?? vmac.statement,
      'CFG_VMAC_UNICAST',
      'unicast with a VMAC goes out of the base interface; vmac_xmit_base is set',
      'add "vmac_xmit_base"',
    );
  }
  const { octets, netlinkNotify, group } = vmac;
  const name = ownName(reports, vmac);
  const whole = octets && (octets.length < octetsOfMacAddress ? [...octets, virtualRouterId] : octets);
  return {
    kind: 'vmac',
    ...(name !== undefined && { name }),
    ...(whole && { macAddress: whole.map(hexadecimal).join(':') }),
    transmitOnBase: peers > 0 || vmacXmitBaseAt !== undefined,
    netlinkNotify: netlinkNotify ?? false,
    ...(group !== undefined && { group }),
  };
}

function ipvlanOf(reports: InstanceReports, family: AddressFamily): IpvlanConfiguration | undefined {
  const { ipvlan, sourceAddress } = reports.draft;
  if (!ipvlan) return undefined;
  const { mode, group } = ipvlan;
  const name = ownName(reports, ipvlan);
  let { address } = ipvlan;
  if (address && address.family !== family) {
    reports.error(
      ipvlan.statement,
      'CFG_FAMILY',
      `the address ${address.address} of the ipvlan is of another family than the instance and is ignored`,
      undefined,
      ipvlan.addressWord,
    );
    address = undefined;
  }
  if (family === 'inet' && sourceAddress === undefined && !address) {
    reports.error(
      ipvlan.statement,
      'CFG_IPVLAN',
      'an IPv4 ipvlan needs an address of its own; without one the instance stays in FAULT',
      'add an address, or mcast_src_ip',
    );
  }
  return {
    kind: 'ipvlan',
    ...(name !== undefined && { name }),
    mode: mode ?? 'bridge',
    ...(address && { address }),
    ...(group !== undefined && { group }),
  };
}

/** The interface made for the virtual router, if one is wanted. */
export function virtualInterfaceOf(
  reports: InstanceReports,
  family: AddressFamily,
  peers: number,
): VmacConfiguration | IpvlanConfiguration | undefined {
  const vmac = vmacOf(reports, peers);
  const ipvlan = ipvlanOf(reports, family);
  const { draft } = reports;
  if (vmac && ipvlan && draft.vmac)
    reports.note(draft.vmac.statement, 'CFG_CONFLICT', 'use_vmac gives way to use_ipvlan', 'remove one of them');
  return ipvlan ?? vmac;
}

/** The VRF of an instance without interface. */
export function vrfOf(reports: InstanceReports): string | undefined {
  const { vrf, vrfAt, interface: own } = reports.draft;
  if (!vrfAt || own === undefined) return vrf;
  reports.error(vrfAt, 'CFG_CONFLICT', 'vrf is for instances without interface; it is ignored', 'remove one of them');
  return undefined;
}

/** What global_defs says about VRRP: drafts to model. */
import type { GlobalDraft } from '../drafts.ts';
import type {
  FirewallConfiguration,
  GratuitousConfiguration,
  VmacNames,
  VrrpConfiguration,
  VrrpDefaults,
} from '../model.ts';

const defaultMulticastGroup4 = '224.0.0.18';
const defaultMulticastGroup6 = 'ff02::12';
const defaultTable = 'keepalived';
const defaultVmacPrefix = 'vrrp';

/** vrrp_min_garp changes what is taken where nothing is said, not what is said. */
function gratuitousDefaults(global: GlobalDraft): GratuitousConfiguration {
  const { gratuitous } = global;
  const minimal = global.minGarp === true;
  const masterDelay = gratuitous.masterDelay ?? (minimal ? 0 : 5000);
  const masterRepeat = gratuitous.masterRepeat ?? (minimal ? 1 : 5);
  return {
    masterDelay,
    masterRepeat,
    masterRefresh: gratuitous.masterRefresh ?? 0,
    masterRefreshRepeat: gratuitous.masterRefreshRepeat ?? 1,
    lowerPriorityDelay: gratuitous.lowerPriorityDelay ?? masterDelay,
    lowerPriorityRepeat: gratuitous.lowerPriorityRepeat ?? masterRepeat,
    arpInterval: global.garpInterval ?? 0,
    naInterval: global.gnaInterval ?? 0,
  };
}

export function vrrpDefaults(global: GlobalDraft): VrrpDefaults {
  return {
    version: global.vrrpVersion ?? 2,
    multicastGroup4: global.multicastGroup4 ?? defaultMulticastGroup4,
    multicastGroup6: global.multicastGroup6 ?? defaultMulticastGroup6,
    downTimerAdvertisements: global.downTimerAdvertisements ?? 3,
    strict: global.vrrpStrict ?? false,
    lowerPriorityNoAdvertisement: global.lowerPriorityNoAdvertisement ?? false,
    higherPrioritySendAdvertisement: global.higherPrioritySendAdvertisement ?? false,
    checkUnicastSource: global.checkUnicastSource ?? false,
    skipCheckAdvertisedAddresses: global.skipCheckAdvertisedAddresses ?? false,
    ...(global.ownerIgnoreAdvertisements !== undefined && {
      ownerIgnoreAdvertisements: global.ownerIgnoreAdvertisements,
    }),
    v3ChecksumAsV2: global.v3ChecksumAsV2 ?? false,
    gratuitous: gratuitousDefaults(global),
    minimumGratuitous: global.minGarp ?? false,
  };
}

/** Whether something keeps traffic from addresses or sends from VMACs: that needs rules (reference: behaviour A13). */
function needsFirewall({ instances }: VrrpConfiguration): boolean {
  return instances.some(
    ({ accept, virtualInterface, vmacForAddresses, virtualAddresses, excludedVirtualAddresses }) =>
      !accept ||
      virtualInterface?.kind === 'vmac' ||
      vmacForAddresses ||
      [...virtualAddresses, ...excludedVirtualAddresses].some((address) => address.useVmac),
  );
}

export function firewall({ firewall: draft }: GlobalDraft, vrrp: VrrpConfiguration): FirewallConfiguration {
  const table = draft.table ?? (needsFirewall(vrrp) ? defaultTable : undefined);
  return {
    ...(table !== undefined && { table }),
    priority: draft.priority ?? -1,
    interfaceIndexes: draft.interfaceIndexes ?? false,
    counters: draft.counters ?? false,
    ...(draft.ipvsTable !== undefined && { ipvsTable: draft.ipvsTable }),
    ipvsPriority: draft.ipvsPriority ?? -1,
    ipvsFirstMark: draft.ipvsFirstMark ?? 1000,
  };
}

export function vmacNames({ vmacPrefix = defaultVmacPrefix, vmacAddressPrefix = vmacPrefix }: GlobalDraft): VmacNames {
  return { prefix: vmacPrefix, addressPrefix: vmacAddressPrefix };
}

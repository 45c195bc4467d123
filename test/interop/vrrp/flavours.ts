/** Configurations of one virtual router in each form that goes over the wire. */

export interface Flavour {
  readonly version: 2 | 3;
  readonly family: 4 | 6;
  readonly unicast?: boolean;
  /** On a macvlan with the virtual router's hardware address. */
  readonly vmac?: boolean;
  /** The block `authentication`, without its braces. */
  readonly authentication?: string;
}

export interface RouterSettings {
  /** Number of this router and of its peer, see Router. */
  readonly number: number;
  readonly priority: number;
  readonly state?: string;
  /** Further lines of the instance. */
  readonly more?: string;
  /** Seconds; short where the version allows. */
  readonly interval?: number;
}

export const virtualRouterId = 51;

/** Seconds. Version 2 knows whole seconds only. */
export function intervalOf({ version }: Flavour): number {
  return version === 2 ? 1 : 0.3;
}

/** The address that tells who is master. */
export function virtualAddress({ family }: Pick<Flavour, 'family'>): string {
  return family === 4 ? '10.88.0.100' : '2001:db8::100';
}

const peerAddress = (family: 4 | 6, number: number): string => (family === 4 ? `10.88.0.${number}` : `fe80::${number}`);

/** The same text for this daemon and for keepalived 2.2.7. */
export function configurationOf(flavour: Flavour, settings: RouterSettings): string {
  const { family, version } = flavour;
  const { more = '', number, priority, state = 'BACKUP' } = settings;
  const other = peerAddress(family, 3 - number);
  const own = peerAddress(family, number);
  const unicast = `unicast_src_ip ${own}\n    unicast_peer {\n        ${other}\n    }`;
  const addresses = family === 4 ? ['10.88.0.100/24'] : ['fe80::100/64', '2001:db8::100/64'];
  return `global_defs {
    router_id router${number}
    vrrp_version ${version}
}
vrrp_instance VI_1 {
    state ${state}
    interface eth0
    virtual_router_id ${virtualRouterId}
    priority ${priority}
    advert_int ${settings.interval ?? intervalOf(flavour)}
    ${flavour.unicast === true ? unicast : ''}
    ${flavour.vmac === true ? 'use_vmac' : ''}
    ${flavour.authentication === undefined ? '' : `authentication {\n        ${flavour.authentication}\n    }`}
    virtual_ipaddress {
        ${addresses.join('\n        ')}
    }
    ${more}
}
`;
}

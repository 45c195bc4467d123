/** The services of a configuration, by the addresses that they are reached under. */
import type {
  AddressFamily,
  Configuration,
  IpvsProtocol,
  RealServerConfiguration,
  VirtualServerConfiguration,
} from '../config/model.ts';
import { addToAddress } from '../core/ip-address.ts';
import { placeText } from './finding.ts';

/** Addresses of a range that are looked at; they are all alike. */
const mostOfRange = 256;

export interface ServiceAddress {
  readonly family: AddressFamily;
  readonly address: string;
  /** 0: all ports. */
  readonly port: number;
}

export interface NamedService {
  /** "virtual_server 10.0.0.1:80 tcp" */
  readonly label: string;
  /** The same with its place. */
  readonly place: string;
  readonly server: VirtualServerConfiguration;
  readonly protocol?: IpvsProtocol;
  /** Absent for firewall marks, whose addresses are the firewall's. */
  readonly addresses: readonly ServiceAddress[];
  /** Real servers and the sorry server. */
  readonly realServers: readonly RealServerConfiguration[];
}

export function endpointText({ address, family, port }: ServiceAddress): string {
  return family === 'inet6' ? `[${address}]:${port}` : `${address}:${port}`;
}

/** Every virtual server with its addresses. */
export function namedServices({ check: { groups, virtualServers } }: Pick<Configuration, 'check'>): NamedService[] {
  return virtualServers.map((server): NamedService => {
    const { identity, realServers, sorryServer } = server;
    const common = { server, realServers: sorryServer ? [...realServers, sorryServer] : realServers };
    const named = (label: string): { label: string; place: string } => ({
      label,
      place: `${label} (${placeText(server.at)})`,
    });
    switch (identity.kind) {
      case 'address':
        return {
          ...common,
          ...named(`virtual_server ${endpointText(identity)} ${identity.protocol}`),
          protocol: identity.protocol,
          addresses: [identity],
        };
      case 'fwmark':
        return { ...common, ...named(`virtual_server fwmark ${identity.mark}`), addresses: [] };
      case 'group': {
        const group = groups.find(({ name }) => name === identity.name);
        const addresses = (group?.entries ?? []).flatMap((entry): ServiceAddress[] => {
          if (entry.kind === 'fwmark') return [];
          const { count, family, port } = entry;
          return Array.from({ length: Math.min(count, mostOfRange) }, (_, index) => index).flatMap((index) => {
            const address = addToAddress(entry.address, index);
            return address === undefined ? [] : [{ family, address, port }];
          });
        });
        return {
          ...common,
          ...named(`virtual_server group ${identity.name} ${identity.protocol}`),
          protocol: identity.protocol,
          addresses,
        };
      }
    }
  });
}

/** How a real server is reached. */
export function usesMethod(
  service: NamedService,
  method: RealServerConfiguration['forwarding']['method'],
): readonly RealServerConfiguration[] {
  return service.realServers.filter(({ forwarding }) => forwarding.method === method);
}

/**
 * The names of virtual and real servers in FIFO lines, mail subjects, log and status (an interface of the original:
 * scripts parse them).
 */
import type {
  CheckConfiguration,
  RealServerConfiguration,
  VirtualServerConfiguration,
  VirtualServerIdentity,
} from '../config/model.ts';

/** The word for the transport in a label: `none` for firewall marks, which have none. */
function protocolWord({ identity }: VirtualServerConfiguration): string {
  const isMark = identity.kind === 'fwmark' || (identity.kind === 'group' && identity.onlyMarks === true);
  return isMark ? 'none' : identity.protocol;
}

/**
 * Label of a virtual server: `[addr]:proto:port`, `FWM n`, or `[group]:N`.
 * @param ordinal N: how many virtual servers of its group stand before it
 */
export function virtualServerLabel(identity: VirtualServerIdentity, ordinal: number): string {
  switch (identity.kind) {
    case 'address':
      return `[${identity.address}]:${identity.protocol}:${identity.port}`;
    case 'fwmark':
      return `FWM ${identity.mark}`;
    case 'group':
      return `[${identity.name}]:${ordinal}`;
  }
}

/** Labels of all virtual servers, in their order. */
export function virtualServerLabels(configuration: CheckConfiguration): readonly string[] {
  const seenOfGroup = new Map<string, number>();
  return configuration.virtualServers.map(({ identity }) => {
    if (identity.kind !== 'group') return virtualServerLabel(identity, 0);
    const ordinal = seenOfGroup.get(identity.name) ?? 0;
    seenOfGroup.set(identity.name, ordinal + 1);
    return virtualServerLabel(identity, ordinal);
  });
}

/** Label of a real server of a virtual server: `[addr]:proto:port`, with the port as configured. */
export function realServerLabel(virtualServer: VirtualServerConfiguration, server: RealServerConfiguration): string {
  return `[${server.address}]:${protocolWord(virtualServer)}:${server.port}`;
}

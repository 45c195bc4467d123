/**
 * The names of virtual and real servers in FIFO lines, mail subjects, log and status (an interface of the original:
 * scripts parse them).
 */
import type { CheckConfiguration, RealServerConfiguration, VirtualServerConfiguration } from '../config/model.ts';

/** The word for the transport in a label: `none` for firewall marks, which have none. */
function protocolWord({ identity }: VirtualServerConfiguration): string {
  const isMark = identity.kind === 'fwmark' || (identity.kind === 'group' && identity.onlyMarks === true);
  return isMark ? 'none' : identity.protocol;
}

/**
 * Labels of all virtual servers, in their order: `[addr]:proto:port`, `FWM n`, or `[group]:N` where N counts the virtual
 * servers of that group from 0.
 */
export function virtualServerLabels(configuration: CheckConfiguration): readonly string[] {
  const seenOfGroup = new Map<string, number>();
  return configuration.virtualServers.map(({ identity }) => {
    switch (identity.kind) {
      case 'address':
        return `[${identity.address}]:${identity.protocol}:${identity.port}`;
      case 'fwmark':
        return `FWM ${identity.mark}`;
      case 'group': {
        const ordinal = seenOfGroup.get(identity.name) ?? 0;
        seenOfGroup.set(identity.name, ordinal + 1);
        return `[${identity.name}]:${ordinal}`;
      }
    }
  });
}

/** Label of a real server of a virtual server: `[addr]:proto:port`, with the port as configured. */
export function realServerLabel(virtualServer: VirtualServerConfiguration, server: RealServerConfiguration): string {
  return `[${server.address}]:${protocolWord(virtualServer)}:${server.port}`;
}

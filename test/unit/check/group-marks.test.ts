/** nftables_ipvs: one service by mark for a group (behaviour B5). */
import { describe, expect, it } from 'vitest';
import type { CheckConfiguration, IpvsProtocol, VirtualServerGroupEntry } from '../../../src/config/model.ts';
import { serviceKeyText } from '../../../src/ipvs/keys.ts';
import { at, globalModel, realServerModel, virtualServerModel } from '../../support/models.ts';
import { passes, Simulation } from './simulation.ts';

const address = (last: number, family: 'inet' | 'inet6' = 'inet'): VirtualServerGroupEntry => ({
  kind: 'address',
  family,
  address: family === 'inet' ? `192.0.2.${last}` : `2001:db8::${last}`,
  count: 1,
  port: 80,
});
const { firewall } = globalModel();
const global = { firewall: { ...firewall, ipvsTable: 'keepalived_ipvs', ipvsFirstMark: 1000 } };

function services(
  groups: Readonly<Record<string, readonly VirtualServerGroupEntry[]>>,
  ...wanted: readonly (readonly [group: string, protocol: IpvsProtocol])[]
): CheckConfiguration {
  return {
    groups: Object.entries(groups).map(([name, entries]) => ({ name, entries, at })),
    virtualServers: wanted.map(([name, protocol]) =>
      virtualServerModel({ identity: { kind: 'group', name, protocol }, realServers: [realServerModel({ port: 0 })] }),
    ),
  };
}

const keys = ({ engine }: Simulation): string[] => engine.desiredServices().map(({ key }) => serviceKeyText(key));

describe('marks of groups', () => {
  it('one for each virtual server, for each family of its group; marks of the group stay', () => {
    const groups = {
      a: [address(1), address(2), address(1, 'inet6')],
      b: [address(3), { kind: 'fwmark', mark: 7 } as const],
    };
    const simulation = new Simulation(services(groups, ['a', 'tcp'], ['a', 'udp'], ['b', 'tcp']), () => passes, {
      global,
    });
    expect(keys(simulation)).toEqual([
      ...['fwmark 1000 inet', 'fwmark 1000 inet6', 'fwmark 1001 inet', 'fwmark 1001 inet6'],
      ...['fwmark 1002 inet', 'fwmark 7 inet'],
    ]);
    expect(simulation.engine.groupMarks().map(({ mark, protocol, ranges }) => [mark, protocol, ranges.length])).toEqual(
      [
        [1000, 'tcp', 3],
        [1001, 'udp', 3],
        [1002, 'tcp', 1],
      ],
    );
    expect(simulation.engine.desiredServices()[0]?.destinations).toMatchObject([{ port: 0 }]);
  });

  it('a mark that the configuration names is not given out', () => {
    const groups = { a: [address(1)], b: [{ kind: 'fwmark', mark: 1000 } as const] };
    const simulation = new Simulation(services(groups, ['a', 'tcp'], ['b', 'tcp']), () => passes, { global });
    expect(keys(simulation)).toEqual(['fwmark 1001 inet', 'fwmark 1000 inet']);
  });

  it('a reload keeps them: connections hang on them', () => {
    const groups = { a: [address(1)], b: [address(2)], c: [address(3)] };
    const simulation = new Simulation(services(groups, ['a', 'tcp'], ['b', 'tcp']), () => passes, { global });
    simulation.reload(services(groups, ['c', 'tcp'], ['b', 'tcp']));
    expect(keys(simulation)).toEqual(['fwmark 1000 inet', 'fwmark 1001 inet']);
    simulation.reload(services({ ...groups, b: [address(2), address(4)] }, ['b', 'tcp'], ['a', 'tcp']));
    expect(keys(simulation)).toEqual(['fwmark 1001 inet', 'fwmark 1000 inet']);
    expect(simulation.engine.groupMarks()[0]?.ranges).toHaveLength(2);
  });

  it('without nftables_ipvs every address is a service', () => {
    const simulation = new Simulation(services({ a: [address(1), address(2)] }, ['a', 'tcp']), () => passes);
    expect(keys(simulation)).toEqual(['tcp 192.0.2.1:80', 'tcp 192.0.2.2:80']);
    expect(simulation.engine.groupMarks()).toEqual([]);
  });
});

/** What people write when they mean a service or a server. */
import { describe, expect, it } from 'vitest';
import { WantedNames, wantedServers } from '../../../src/check/names.ts';
import { serviceTargetOf } from '../../../src/live/targets.ts';
import { serviceText } from '../../../src/live/words.ts';
import { realServerModel, virtualServerModel } from '../../support/models.ts';
import { configuration } from './builders.ts';
import { Simulation, passes } from './simulation.ts';

const service = virtualServerModel({
  identity: { kind: 'address', family: 'inet6', protocol: 'udp', address: '2001:db8::1', port: 53 },
  snmpName: 'names',
  realServers: [
    realServerModel({ family: 'inet6', address: '2001:db8::5', port: 53 }),
    realServerModel({ family: 'inet6', address: '2001:db8::6', port: 5353 }),
  ],
});
const mark = virtualServerModel({
  identity: { kind: 'fwmark', family: 'inet', mark: 5 },
  realServers: [realServerModel({ address: '10.0.0.2' })],
});
const [ofAddress, ofMark] = new Simulation(configuration(service, mark), () => passes).engine.virtualServers;

describe('a name', () => {
  it.each([
    ['[2001:db8::1]:udp:53', 2],
    ['2001:db8::1', 2],
    ['2001:DB8:0::1', 2],
    ['[2001:db8::1]:53', 2],
    ['2001:db8::1:53', 2],
    // As "keepalivectl server list" writes it.
    ['[2001:db8::1]:53/udp', 2],
    ['names', 2],
    ['2001:db8::6', 1],
    ['[2001:db8::6]:5353', 1],
    ['[2001:db8::6]:udp:5353', 1],
    ['[2001:db8::1]:54', undefined],
    ['[2001:db8::1]:53/tcp', undefined],
    ['[2001:db8::6]:tcp:5353', undefined],
    ['2001:db8::', undefined],
    ['', undefined],
  ])('"%s" means %s servers of a service with an address', (name, servers) => {
    if (ofAddress === undefined) throw new Error('there is no service');
    expect(wantedServers(ofAddress, new WantedNames([name]))?.length).toBe(servers);
  });

  it.each([
    ['FWM 5', 1],
    ['fwmark 5', 1],
    ['fwmark:5', 1],
    ['fwmark:5/inet', 1],
    ['fwmark:5/inet6', undefined],
    ['fwmark 50', undefined],
    ['5', undefined],
  ])('"%s" means %s servers of a mark', (name, servers) => {
    if (ofMark === undefined) throw new Error('there is no service');
    expect(wantedServers(ofMark, new WantedNames([name]))?.length).toBe(servers);
  });

  it('that a live change shows is one that a status takes', () => {
    for (const each of [ofAddress, ofMark]) {
      const name = serviceText(serviceTargetOf(each?.configuration.identity ?? service.identity));
      expect(each && new WantedNames([name]).hasService(each)).toBe(true);
    }
  });
});

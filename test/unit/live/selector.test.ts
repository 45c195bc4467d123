/** What the words of an operator mean in a configuration. */
import { describe, expect, it } from 'vitest';
import type { VirtualServerIdentity } from '../../../src/config/model.ts';
import { selectServers } from '../../../src/live/selector.ts';
import { endpointText, serviceText } from '../../../src/live/words.ts';
import { realServerModel, virtualServerModel } from '../../support/models.ts';

const address = (text: string, port: number, protocol: 'tcp' | 'udp' = 'tcp'): VirtualServerIdentity => ({
  kind: 'address',
  family: text.includes(':') ? 'inet6' : 'inet',
  protocol,
  address: text,
  port,
});
const mark = (number: number, family: 'inet' | 'inet6' = 'inet'): VirtualServerIdentity => ({
  kind: 'fwmark',
  family,
  mark: number,
});
const group = (name: string, protocol: 'tcp' | 'udp' = 'tcp'): VirtualServerIdentity => ({
  kind: 'group',
  name,
  protocol,
});

const identities = [
  address('192.0.2.1', 80),
  address('192.0.2.1', 53),
  address('192.0.2.1', 53, 'udp'),
  address('2001:db8::1', 443),
  mark(5),
  mark(6),
  mark(6, 'inet6'),
  group('web'),
  group('dns'),
  group('dns', 'udp'),
];
const servers = [
  realServerModel({ address: '10.0.0.1', port: 8080 }),
  realServerModel({ address: '10.0.0.1', port: 8081 }),
  realServerModel({ address: '2001:db8::a', family: 'inet6', port: 80 }),
];
const configuration = {
  virtualServers: identities.map((identity) => virtualServerModel({ identity, realServers: servers })),
  groups: [],
};

function select(service: string, server: string): string[] | string {
  const selection = selectServers(configuration, service, server);
  if (!selection.ok) return selection.error;
  return selection.targets.map((target) => `${serviceText(target.service)} ${endpointText(target)}`);
}

describe('a service by the words of an operator', () => {
  it.each([
    ['192.0.2.1:80', '192.0.2.1:80/tcp'],
    ['192.0.2.1:80/tcp', '192.0.2.1:80/tcp'],
    ['192.0.2.1:53/udp', '192.0.2.1:53/udp'],
    ['[192.0.2.1]:tcp:80', '192.0.2.1:80/tcp'],
    ['[192.0.2.1]:udp:53', '192.0.2.1:53/udp'],
    ['[2001:db8::1]:443', '[2001:db8::1]:443/tcp'],
    ['[2001:DB8:0::1]:443/tcp', '[2001:db8::1]:443/tcp'],
    ['fwmark:5', 'fwmark:5/inet'],
    ['fwmark 5', 'fwmark:5/inet'],
    ['FWM 5', 'fwmark:5/inet'],
    ['fwmark:6/inet6', 'fwmark:6/inet6'],
    ['web', 'web/tcp'],
    ['group:web', 'web/tcp'],
    ['[web]:0', 'web/tcp'],
    ['dns/udp', 'dns/udp'],
    ['[dns]:1', 'dns/udp'],
  ])('%s', (words, service) => {
    expect(select(words, '10.0.0.1:8080')).toEqual([`${service} 10.0.0.1:8080`]);
  });

  it.each([
    ['192.0.2.1:53', '192.0.2.1:53 is more than one virtual_server: say which (192.0.2.1:53/tcp, 192.0.2.1:53/udp)'],
    ['fwmark:6', 'fwmark:6 is more than one virtual_server: say which (fwmark:6/inet, fwmark:6/inet6)'],
    ['FWM 6', 'FWM 6 is more than one virtual_server: say which (fwmark:6/inet, fwmark:6/inet6)'],
    ['dns', 'dns is more than one virtual_server: say which (dns/tcp, dns/udp)'],
  ])('%s is several', (words, error) => {
    expect(select(words, '10.0.0.1:8080')).toBe(error);
  });

  it.each(['192.0.2.1', '192.0.2.1:81', '192.0.2.1:80/udp', 'fwmark:7', 'wep', 'web/udp', '[web]:1', '', '5'])(
    '"%s" is none, and those there are are named',
    (words) => {
      expect(select(words, '10.0.0.1:8080')).toMatch(
        /^there is no virtual_server .*; there are 192\.0\.2\.1:80\/tcp, .* and 2 more$/,
      );
    },
  );

  it('is every one with "all"', () => {
    expect(select('all', '10.0.0.1:8080')).toHaveLength(identities.length);
    expect(select('all', '10.0.0.1')).toHaveLength(2 * identities.length);
  });

  it('is nothing without virtual servers', () => {
    const selection = selectServers({ virtualServers: [], groups: [] }, 'all', '10.0.0.1');
    expect(selection).toEqual({ ok: false, error: 'the configuration has no virtual_server' });
  });
});

describe('a server by the words of an operator', () => {
  it.each([
    ['10.0.0.1:8081', ['10.0.0.1:8081']],
    ['[10.0.0.1]:tcp:8081', ['10.0.0.1:8081']],
    ['10.0.0.1', ['10.0.0.1:8080', '10.0.0.1:8081']],
    ['2001:db8::a', ['[2001:db8::a]:80']],
    ['[2001:db8:0::a]:80', ['[2001:db8::a]:80']],
  ])('%s', (words, found) => {
    expect(select('192.0.2.1:80', words)).toEqual(found.map((text) => `192.0.2.1:80/tcp ${text}`));
  });

  it.each(['10.0.0.2', '10.0.0.1:80', '2001:db8::b'])('%s is none of its servers', (words) => {
    expect(select('192.0.2.1:80', words)).toBe(
      `192.0.2.1:80 has no server ${words}; it has ${['10.0.0.1:8080', '10.0.0.1:8081', '[2001:db8::a]:80'].filter((text) => !text.startsWith(`[${words}]`)).join(', ')}`,
    );
  });

  it.each(['', 'localhost:80', '10.0.0.1:99999', '10.0.0.01:80', '[10.0.0.1:80', '10.0.0.1:80:80', '10.0.0.1/24'])(
    '"%s" is no server',
    (words) => {
      expect(select('192.0.2.1:80', words)).toMatch(/ is no server: write ADDRESS:PORT/);
    },
  );
});

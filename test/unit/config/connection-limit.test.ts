/** connection_limit: what is written is what is meant, and a slip is told with its line and leaves the rest alone. */
import { describe, expect, it } from 'vitest';
import { load } from './memory.ts';

const servers = `global_defs {
    script_user root
    enable_script_security
}
virtual_server_group web {
    192.0.2.10 80
    192.0.2.20-25 443
    2001:db8::10 80
}
virtual_server 123.30.175.40 80 {
    lvs_sched rr
    lvs_method NAT
    protocol TCP
    real_server 192.168.0.2 80 {
    }
}
`;
const before = servers.split('\n').length;

/** The limits of lines in a block, and what is said of them with lines counted from that of `connection_limit`. */
function limit(lines: string, more = '') {
  const { configuration, diagnostics } = load(`${servers}connection_limit a {\n${lines}\n}\n${more}`);
  return {
    limits: configuration?.connectionLimits ?? [],
    limit: configuration?.connectionLimits?.[0],
    found: diagnostics.flatMap(({ at, class: kind, code }) =>
      kind === 'note' || (at?.line ?? 0) < before ? [] : [`${(at?.line ?? 0) - before} ${code}`],
    ),
  };
}

const ofLimit = 'max_established 100\n';

describe('connection_limit', () => {
  it('says everything there is to say', () => {
    const { found, limit: read } = limit(`virtual_servers { 123.30.175.40 80 }
max_established 100
client_prefix 24 64
interval 5
ban_time 0
release_below 50
allow { 10.0.0.0/8 2001:db8::1 }
blacklist_file /etc/itim/firewall/static_blacklist
append
set nftables bad
action reject
enforce kernel
notify "/usr/bin/true one"
smtp_alert`);
    expect(found).toEqual([]);
    expect(read).toMatchObject({
      services: [{ family: 'inet', address: '123.30.175.40', port: 80, count: 1 }],
      maxEstablished: 100,
      clientPrefix: { inet: 24, inet6: 64 },
      interval: 5_000,
      banTime: 0,
      releaseBelow: 50,
      allow: [
        { family: 'inet', address: '10.0.0.0', length: 8 },
        { family: 'inet6', address: '2001:db8::1', length: 128 },
      ],
      blacklistFile: '/etc/itim/firewall/static_blacklist',
      append: true,
      set: { kind: 'nftables', name: 'bad' },
      action: 'reject',
      enforceInKernel: true,
      notify: { argv: ['/usr/bin/true', 'one'] },
      smtpAlert: true,
    });
  });

  it('needs max_established alone', () => {
    const { found, limit: read } = limit(ofLimit);
    expect(found).toEqual([]);
    expect(read).toMatchObject({
      clientPrefix: { inet: 32, inet6: 128 },
      interval: 10_000,
      banTime: 3_600_000,
      allow: [],
      append: false,
      set: { kind: 'nftables', name: 'a' },
      action: 'drop',
      enforceInKernel: false,
      smtpAlert: false,
    });
    expect([read?.services, read?.releaseBelow, read?.blacklistFile]).toEqual([undefined, undefined, undefined]);
  });

  it.each([
    ['all', undefined],
    ['123.30.175.40', ['123.30.175.40 0 x 1']],
    ['web', ['192.0.2.10 80 x 1', '192.0.2.20 443 x 6', '2001:db8::10 80 x 1']],
    [
      'web 123.30.175.40 80',
      ['192.0.2.10 80 x 1', '192.0.2.20 443 x 6', '2001:db8::10 80 x 1', '123.30.175.40 80 x 1'],
    ],
  ])('counts the services of virtual_servers { %s }', (words, expected) => {
    const { found, limit: read } = limit(`${ofLimit}virtual_servers { ${words} }`);
    expect(found).toEqual([]);
    expect(read?.services?.map(({ address, count, port }) => `${address} ${port} x ${count}`)).toEqual(expected);
  });

  it.each([
    ['set ipset bad', { kind: 'ipset', inet: 'bad', inet6: 'bad6' }],
    ['set ipset bad worse', { kind: 'ipset', inet: 'bad', inet6: 'worse' }],
    ['set nftables inet fw bad', { kind: 'nftables-existing', tableFamily: 'inet', table: 'fw', inet: 'bad' }],
    [
      'set nftables inet fw bad bad6',
      { kind: 'nftables-existing', tableFamily: 'inet', table: 'fw', inet: 'bad', inet6: 'bad6' },
    ],
    ['set nftables ip6 fw bad6', { kind: 'nftables-existing', tableFamily: 'ip6', table: 'fw', inet6: 'bad6' }],
  ])('%s', (line, expected) => {
    const { found, limit: read } = limit(`${ofLimit}${line}`);
    expect(found).toEqual([]);
    expect(read?.set).toEqual(expected);
  });

  it.each([
    ['interval 0', '2 CFG_INVALID_NUMBER'],
    ['client_prefix 33', '2 CFG_INVALID_NUMBER'],
    ['client_prefix 24 129', '2 CFG_INVALID_NUMBER'],
    ['ban_time x', '2 CFG_INVALID_NUMBER'],
    ['release_below 101', '2 CFG_CLAMPED'],
    ['allow { 10.0.0.0/8 example.com }', '2 CFG_INVALID_ADDRESS'],
    ['blacklist_file static_blacklist', '2 CFG_INVALID_WORD'],
    ['append', '2 CFG_NO_CONSEQUENCE'],
    ['set iptables bad', '2 CFG_INVALID_WORD'],
    ['set nftables', '2 CFG_INVALID_WORD'],
    ['set ipset 9', '2 CFG_INVALID_WORD'],
    ['set ipset bad\naction reject', '3 CFG_NO_CONSEQUENCE'],
    ['virtual_servers { web nobody }', '2 CFG_UNKNOWN_REFERENCE'],
    ['virtual_servers { 123.30.175.40 81 }', '2 CFG_NO_SUCH_SERVICE'],
  ])('goes on without what is wrong: %s', (line, expected) => {
    const { found, limit: read } = limit(`${ofLimit}${line}`);
    expect(found).toEqual([expected]);
    expect(read?.maxEstablished).toBe(100);
  });

  it('counts no connections by firewall marks, which it could not tell from others', () => {
    const marked = 'virtual_server_group marked {\n 192.0.2.30 80\n fwmark 3\n}\n';
    const { found, limit: read } = limit(`${ofLimit}virtual_servers { marked }`, marked);
    expect(found).toEqual(['2 CFG_UNKNOWN_REFERENCE']);
    expect(read?.services).toEqual([{ family: 'inet', address: '192.0.2.30', port: 80, count: 1 }]);
  });

  it.each([
    ['', ['0 CFG_INCOMPLETE']],
    ['max_established 0', ['0 CFG_INCOMPLETE', '1 CFG_INVALID_NUMBER']],
    [`${ofLimit}virtual_servers { nobody }`, ['0 CFG_INCOMPLETE', '2 CFG_UNKNOWN_REFERENCE']],
  ])('is left out without what it cannot do without: %j', (lines, expected) => {
    const { found, limits } = limit(lines);
    expect(found).toEqual(expected);
    expect(limits).toEqual([]);
  });

  it.each([
    ['virtual_servers', ['1 CFG_MISSING_OPEN']],
    ['allow', ['1 CFG_MISSING_OPEN']],
    // Lines that are none of the limit's are those of the block.
    ['allow\n10.0.0.0/8\n}', []],
  ])('keeps its other lines where a brace is missing: %j', (lines, expected) => {
    const { found, limits } = limit(`${lines}\n${ofLimit}interval 5\naction reject`);
    expect(found).toEqual(expected);
    expect(limits).toEqual([expect.objectContaining({ maxEstablished: 100, interval: 5_000, action: 'reject' })]);
  });

  it('has its name and its set for itself', () => {
    const second = (name: string, set: string) => `connection_limit ${name} {\n max_established 1\n set ${set}\n}\n`;
    const { found, limits } = limit(
      `${ofLimit}set ipset bad`,
      second('a', 'ipset other') + second('b', 'ipset bad') + second('c', 'nftables bad'),
    );
    expect(found).toEqual(['4 CFG_DUPLICATE', '10 CFG_DUPLICATE']);
    expect(limits.map(({ name }) => name)).toEqual(['a', 'c']);
  });
});

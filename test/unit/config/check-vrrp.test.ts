// Reference: behaviour A4 to A11, keywords. What the original does with each was observed by its configuration test.
import { describe, expect, it } from 'vitest';
import { codes, instance, load, model } from './memory.ts';

const first = (lines: string, before = '') => model(before + instance(lines)).vrrp.instances[0];

describe('vrrp_instance', () => {
  it('has the defaults of the original', () => {
    expect(first('')).toMatchObject({
      name: 'VI_1',
      initialState: 'BACKUP',
      interface: 'eth0',
      version: 2,
      family: 'inet',
      priority: 100,
      advertisementInterval: 1000,
      downTimerAdvertisements: 3,
      multicastGroup: '224.0.0.18',
      accept: true,
      nopreempt: false,
      gratuitous: {
        masterDelay: 5000,
        masterRepeat: 5,
        masterRefresh: 0,
        masterRefreshRepeat: 1,
        lowerPriorityDelay: 5000,
        lowerPriorityRepeat: 5,
        arpInterval: 0,
        naInterval: 0,
      },
      notify: { notifyDeleted: false, smtpAlert: false },
      debugLevel: 0,
    });
  });

  it.each([
    ['', 100, 'BACKUP'],
    ['state MASTER', 255, 'MASTER'],
    ['state MASTER\npriority 150', 150, 'MASTER'],
    ['state BACKUP', 100, 'BACKUP'],
    ['priority 255', 255, 'MASTER'],
    ['state foo', 100, 'BACKUP'],
  ] as const)('%j has priority %i and begins as %s', (lines, priority, initialState) => {
    expect(first(lines)).toMatchObject({ priority, initialState });
  });

  it('takes gratuitous defaults from global_defs, its own before them', () => {
    const global =
      'global_defs {\nvrrp_garp_master_delay 7\nvrrp_garp_lower_prio_repeat 2\nvrrp_garp_interval 0.5\n}\n';
    expect(first('garp_master_repeat 3', global)?.gratuitous).toMatchObject({
      masterDelay: 7000,
      masterRepeat: 3,
      lowerPriorityDelay: 7000,
      lowerPriorityRepeat: 2,
      arpInterval: 500,
    });
  });

  it('vrrp_min_garp leaves one packet', () => {
    expect(first('', 'global_defs {\nvrrp_min_garp\n}\n')?.gratuitous).toMatchObject({
      masterDelay: 0,
      masterRepeat: 1,
    });
  });

  it.each([
    ['advert_int 1.5', 2000, ['CFG_ADVERT_INT']],
    ['advert_int 0.4', 1000, ['CFG_ADVERT_INT']],
    ['version 3\nadvert_int 1.5', 1500, []],
    ['version 3\nadvert_int 1.006', 1010, ['CFG_ADVERT_INT']],
    ['version 3\nadvert_int 50', 40950, ['CFG_ADVERT_INT']],
  ])('%j is %i ms', (lines, interval, expected) => {
    expect(first(lines)?.advertisementInterval).toBe(interval);
    expect(codes(instance(lines))).toEqual(expected);
  });

  it('is version 3 for IPv6', () => {
    const text = 'vrrp_instance V {\ninterface eth0\nvirtual_router_id 1\nvirtual_ipaddress {\nfe80::5/64\n}\n}\n';
    expect(model(text).vrrp.instances[0]).toMatchObject({ version: 3, family: 'inet6', multicastGroup: 'ff02::12' });
  });

  it('cuts passwords at 8 characters, with an error', () => {
    const lines = 'authentication {\nauth_type PASS\nauth_pass 123456789\n}';
    expect(first(lines)?.authentication).toEqual({ type: 'PASS', password: '12345678' });
    expect(codes(instance(lines))).toEqual(['CFG_PASSWORD_TOO_LONG']);
  });

  it.each([
    ['nopreempt\nstate MASTER\npriority 9', ['CFG_NOPREEMPT'], { nopreempt: false }],
    ['nopreempt\npriority 255', ['CFG_NOPREEMPT'], { nopreempt: false }],
    ['nopreempt\npreempt_delay 5', ['CFG_PREEMPT_DELAY'], { nopreempt: true, preemptDelay: 0 }],
    ['preempt_delay 5.5', [], { preemptDelay: 5500 }],
    ['nopreempt\npreempt', [], { nopreempt: false }],
  ])('%j', (lines, expected, result) => {
    expect(codes(instance(lines))).toEqual(expected);
    expect(first(lines)).toMatchObject(result);
  });

  it('strict mode has consequences', () => {
    expect(first('strict_mode')).toMatchObject({
      strict: true,
      accept: false,
      lowerPriorityNoAdvertisement: true,
      ownerIgnoreAdvertisements: true,
      gratuitous: { lowerPriorityRepeat: 0 },
    });
    expect(codes(instance('strict_mode\nstate MASTER\npriority 9'))).toEqual(['CFG_STRICT']);
    expect(first('strict_mode\naccept')?.accept).toBe(true);
  });

  it('drops addresses of another family, keeps them when excluded', () => {
    expect(codes(instance('virtual_ipaddress {\nfe80::1\n}'))).toEqual(['CFG_FAMILY']);
    expect(first('virtual_ipaddress_excluded {\nfe80::1\n}')?.excludedVirtualAddresses).toHaveLength(1);
  });
});

describe('virtual addresses', () => {
  const address = (line: string) =>
    model(instance(`virtual_ipaddress_excluded {\n${line}\n}`)).vrrp.instances[0]?.excludedVirtualAddresses[0];

  it.each([
    ['192.0.2.1', { prefixLength: 32, interface: 'eth0', scope: 0, noDad: true, track: true }],
    ['192.0.2.1/24 brd +', { broadcast: '192.0.2.255' }],
    ['192.0.2.1/24 broadcast -', { broadcast: '192.0.2.0' }],
    ['192.0.2.1 dev eth1 label eth1:2', { interface: 'eth1', label: 'eth1:2' }],
    ['192.0.2.1 scope link', { scope: 253 }],
    ['192.0.2.1 scope 200', { scope: 200 }],
    ['192.0.2.1 peer 192.0.2.2/32', { peer: '192.0.2.2' }],
    ['192.0.2.1/24 noprefixroute no_track', { noPrefixRoute: true, track: false }],
    ['2001:db8::1', { prefixLength: 128, preferredLifetime: 0 }],
    ['2001:db8::1/64 home -nodad', { home: true, noDad: false }],
    ['2001:db8::1 preferred_lft 600', { preferredLifetime: 600 }],
    ['2001:db8::1/64 preferred_lft 0', { preferredLifetime: 0 }],
  ])('%s', (line, expected) => {
    expect(address(line)).toMatchObject(expected);
  });

  it.each([
    ['192.0.2.300', 'CFG_INVALID_ADDRESS'],
    ['192.0.2.1/33', 'CFG_INVALID_ADDRESS'],
    ['192.0.2.1 foo', 'CFG_UNKNOWN_OPTION'],
    ['192.0.2.1 label abcdefghijklmnop', 'CFG_TOO_LONG'],
    ['192.0.2.1 scope nowhere_at_all', 'CFG_INVALID_SCOPE'],
    ['fe80::1 label x', 'CFG_LABEL_IPV6'],
  ])('%s is reported', (line, code) => {
    expect(codes(instance(`virtual_ipaddress_excluded {\n${line}\n}`))).toContain(code);
  });

  it('an option without its argument stops, as in the original', () => {
    expect(load(instance('virtual_ipaddress_excluded {\n192.0.2.1 dev\n}')).exitCode).toBe(2);
  });

  it('static ones go to eth0 or the default interface', () => {
    expect(model('static_ipaddress {\n192.0.2.1/24\n}').vrrp.staticAddresses[0]?.interface).toBe('eth0');
    const text = 'static_ipaddress {\n192.0.2.1/24\n}\nglobal_defs {\ndefault_interface eth1\n}\n';
    expect(model(text).vrrp.staticAddresses[0]?.interface).toBe('eth1');
  });
});

describe('what stops the daemon', () => {
  const stops: readonly (readonly [string, string])[] = [
    ['no virtual_router_id', instance().replace(/virtual_router_id 51\n/, '')],
    ['no interface', instance().replace(/interface eth0\n/, '')],
    ['loopback', instance().replace('eth0', 'lo')],
    ['two routers with one number', instance() + instance('', 'VI_2').replace('10.0.0.51/24', '10.0.0.2/24')],
    ['no address in version 3', instance('version 3').replace(/10.0.0.51\/24\n/, '')],
    ['no address in strict mode', instance('strict_mode').replace(/10.0.0.51\/24\n/, '')],
    ['unicast in strict mode', instance('strict_mode\nunicast_peer {\n10.0.0.9\n}')],
  ];

  it.each(stops)('%s: a run ends with 2, the test with 5', (_name, text) => {
    const run = load(text, { mode: 'run' });
    expect(run.exitCode).toBe(2);
    expect(run.configuration).toBeUndefined();
    expect(load(text).exitCode).toBe(5);
  });

  it.each([
    ['no address in version 2', instance().replace(/10.0.0.51\/24\n/, '')],
    ['no address where that is meant', instance('version 3\nno_virtual_ipaddress').replace(/10.0.0.51\/24\n/, '')],
    ['one number on two interfaces', instance() + instance('', 'VI_2').replace('eth0', 'eth1')],
    ['one number in unicast and multicast', instance() + instance('unicast_peer {\n10.0.0.9\n}', 'VI_2')],
  ])('%s does not', (_name, text) => {
    expect(load(text, { mode: 'run' }).exitCode).toBe(0);
  });

  it('a missing argument stops at once, in the test too', () => {
    expect(load(instance('priority')).exitCode).toBe(2);
    expect(load(instance('priority'), { mode: 'run' }).exitCode).toBe(2);
  });
});

describe('interfaces that are not there', () => {
  it.each([
    ['of an instance', instance().replace('eth0', 'eth9')],
    ['of an address', instance('virtual_ipaddress_excluded {\n10.1.1.1 dev eth9\n}')],
    ['tracked', instance('track_interface {\neth9\n}')],
    ['of a static address', 'static_ipaddress {\n10.1.1.1 dev eth9\n}\n'],
    ['of a route', instance('virtual_routes {\n10.2.0.0/16 via 10.0.0.9 dev eth9\n}')],
  ])('%s: the test ends with 5', (_name, text) => {
    const result = load(text);
    expect(result.exitCode).toBe(5);
    expect(
      result.diagnostics.filter(({ code }) => code === 'CFG_MISSING_INTERFACE').map(({ length }) => length),
    ).toEqual([4]);
    expect(load(`global_defs {\ndynamic_interfaces\n}\n${text}`).exitCode).toBe(0);
    // A run asks when it starts (missingInterfaces), not here.
    expect(load(text, { mode: 'run' }).exitCode).toBe(0);
  });
});

describe('trackers', () => {
  const script = 'vrrp_script s {\nscript "</etc/passwd"\nweight 5 reverse\n}\n';

  it('inherit weight and reverse', () => {
    expect(first('track_script {\ns\n}', script)?.trackScripts).toEqual([{ script: 's', weight: 5, reverse: true }]);
    expect(first('track_script {\ns weight -7 noreverse\n}', script)?.trackScripts).toEqual([
      { script: 's', weight: -7, reverse: false },
    ]);
  });

  it('may be defined later here, with a warning, because keepalived would not find them', () => {
    const text = instance('track_script {\ns\n}') + script;
    expect(codes(text)).toEqual(['CFG_DEFINED_LATER']);
    expect(model(text).vrrp.instances[0]?.trackScripts).toHaveLength(1);
  });

  it('that are unknown get the nearest name', () => {
    const { diagnostics } = load(`${script.replace(' s ', ' chk_nginx ')}${instance('track_script {\nchk_ngnix\n}')}`);
    expect(diagnostics[0]).toMatchObject({ code: 'CFG_UNKNOWN_REFERENCE', remedy: 'did you mean chk_nginx?' });
  });

  it('a file has weight 1 unless it says otherwise', () => {
    expect(first('track_file {\nf\n}', 'track_file f {\nfile /tmp/x\n}\n')?.trackFiles).toEqual([
      { file: 'f', weight: 1, reverse: false },
    ]);
  });

  it('the own interface and weights of an owner do not count', () => {
    expect(codes(instance('track_interface {\neth0\n}'))).toEqual(['CFG_TRACK_OWN']);
    expect(codes(instance('priority 255\ntrack_interface {\neth1 weight 5\n}'))).toEqual(['CFG_OWNER_WEIGHT']);
  });

  it('lose their weight inside a sync group', () => {
    const two = script + instance('track_script {\ns\n}') + instance('', 'VI_2', 52);
    const group = (lines: string) => `${two}vrrp_sync_group G {\ngroup {\nVI_1\nVI_2\n}\n${lines}\n}\n`;
    expect(codes(group(''))).toEqual(['CFG_GROUP_WEIGHT']);
    expect(model(group('')).vrrp.instances[0]?.trackScripts[0]?.weight).toBe(0);
    expect(codes(group('sync_group_tracking_weight'))).toEqual([]);
    expect(model(group('sync_group_tracking_weight')).vrrp.instances[0]?.trackScripts[0]?.weight).toBe(5);
  });
});

describe('sync groups', () => {
  const two = instance() + instance('', 'VI_2', 52);

  it.each([
    ['group {\nVI_1\nVI_2\n}', [], ['VI_1', 'VI_2']],
    ['group {\nVI_1\n}', ['CFG_SINGLE_GROUP'], ['VI_1']],
    ['group {\nVI_1\nVI_2\nVI_3\n}', ['CFG_UNKNOWN_REFERENCE'], ['VI_1', 'VI_2']],
    ['', ['CFG_EMPTY_GROUP'], undefined],
  ])('%j', (lines, expected, members) => {
    const text = `vrrp_sync_group G {\n${lines}\n}\n${two}`;
    expect(codes(text)).toEqual(expected);
    expect(model(text).vrrp.syncGroups[0]?.members).toEqual(members);
  });

  it('an instance joins only one', () => {
    const group = (name: string) => `vrrp_sync_group ${name} {\ngroup {\nVI_1\nVI_2\n}\n}\n`;
    expect(codes(two + group('G') + group('H'))).toEqual(['CFG_TWO_GROUPS', 'CFG_TWO_GROUPS']);
  });
});

describe('old files', () => {
  it('debug alone means level 1; other values are kept', () => {
    expect(first('debug')?.debugLevel).toBe(1);
    expect(codes(instance('debug'))).toEqual(['CFG_OLD_DEBUG']);
    expect(first('debug 3')?.debugLevel).toBe(3);
  });

  it('a tracked alias means its interface', () => {
    expect(first('track_interface {\neth1\neth1:2\n}')?.trackInterfaces).toEqual([
      { interface: 'eth1', weight: 0, reverse: false },
    ]);
    expect(codes(instance('track_interface {\neth1:2\n}'))).toEqual(['CFG_TRACKED_ALIAS']);
    // An alias of the own interface is no second mistake.
    expect(codes(instance('track_interface {\neth0:2\n}'))).toEqual(['CFG_TRACKED_ALIAS']);
  });

  it('lvs_sync_daemon_interface makes one daemon that follows the first instance', () => {
    const text = instance('lvs_sync_daemon_interface eth0') + instance('lvs_sync_daemon_interface eth0', 'VI_2', 52);
    expect(model(text).global.lvsSyncDaemon).toMatchObject({ interface: 'eth0', vrrpInstance: 'VI_1', syncId: 0 });
    expect(codes(text)).toEqual(['CFG_DEPRECATED', 'CFG_DEPRECATED', 'CFG_SYNC_DAEMON']);
  });

  it('lvs_sync_daemon of global_defs comes first, in all its forms', () => {
    const global = (line: string) =>
      model(`global_defs {\nlvs_sync_daemon ${line}\n}\n${instance()}`).global.lvsSyncDaemon;
    expect(global('eth1 inst VI_1')).toMatchObject({ interface: 'eth1', vrrpInstance: 'VI_1', syncId: 51 });
    expect(global('eth1 VI_1 7')).toMatchObject({ vrrpInstance: 'VI_1', syncId: 7 });
    expect(global('eth1')).toMatchObject({ interface: 'eth1', syncId: 0 });
    expect(global('eth1 id 9 maxlen 1000 port 8000 ttl 2 group 224.0.0.82')).toMatchObject({
      syncId: 9,
      maxLength: 1000,
      port: 8000,
      ttl: 2,
      group: '224.0.0.82',
    });
  });
});

describe('scripts', () => {
  it('are split twice, as the original does', () => {
    const notify = (line: string) =>
      first(line, 'global_defs {\nscript_user root\nenable_script_security\n}\n')?.notify.master?.argv;
    expect(notify(`notify_master "/usr/bin/true 'a b' c\\\\ d \\101 e\\tf"`)).toEqual([
      '/usr/bin/true',
      'a b',
      'c d',
      'A',
      'e',
      'f',
    ]);
    expect(notify(`notify_master '/usr/bin/true "q r" s'`)).toEqual(['/usr/bin/true', 'q r', 's']);
    expect(notify('notify_master /usr/bin/true')).toEqual(['/usr/bin/true']);
  });

  it('an unquoted second word is the user', () => {
    expect(first('notify_master /usr/bin/true root root')?.notify.master).toEqual({
      argv: ['/usr/bin/true'],
      user: 'root',
      group: 'root',
    });
    // Taken for a command with arguments, it is disabled and said: there is no such user.
    const { configuration, diagnostics } = load(instance('notify_master /usr/bin/true --flag'));
    expect(configuration?.vrrp.instances[0]?.notify.master).toBeUndefined();
    expect(diagnostics[0]).toMatchObject({ code: 'CFG_SCRIPT_DISABLED', class: 'note' });
  });

  it('a second notify of one kind is reported', () => {
    expect(codes(instance('notify /no/a\nnotify /no/b'))).toEqual(['CFG_DUPLICATE']);
  });

  it('a vrrp_script whose program is missing is disabled and no longer tracked', () => {
    const text = `vrrp_script s {\nscript /no/such\n}\n${instance('track_script {\ns\n}')}`;
    expect(codes(text)).toEqual(['CFG_SCRIPT_DISABLED']);
    expect(model(text).vrrp).toMatchObject({ scripts: [], instances: [{ trackScripts: [] }] });
  });

  it('without enable_script_security are a security error', () => {
    expect(load(instance('notify /usr/bin/true')).exitCode).toBe(6);
    expect(
      load(`global_defs {\nenable_script_security\nscript_user root\n}\n${instance('notify /usr/bin/true')}`).exitCode,
    ).toBe(0);
  });

  it('a quote that is not closed costs the line, not the daemon', () => {
    expect(codes(instance("notify '/usr/bin/true"))).toEqual(['CFG_SCRIPT_QUOTE']);
  });
});

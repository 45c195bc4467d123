// Reference: behaviour A2, A5, A8 to A10, keywords. Verdicts were observed with keepalived's configuration test (2.2.7)
// where that version knows the keyword.
import { describe, expect, it } from 'vitest';
import type { HostFacts, SecretFileResult } from '../../../src/config/ports.ts';
import { codes, instance, load, model, plainHost, type TestOptions } from './memory.ts';
import { roundTrip } from './round-trip.ts';

const first = (lines: string, before = '', options: TestOptions = {}) =>
  model(before + instance(lines), options).vrrp.instances[0];
const peers = 'unicast_peer {\n10.0.0.9\n}';

describe('use_vmac', () => {
  it('has no name and no address of its own by default', () => {
    expect(first('use_vmac')?.virtualInterface).toEqual({ kind: 'vmac', transmitOnBase: false, netlinkNotify: false });
    expect(first('')?.virtualInterface).toBeUndefined();
  });

  it('appends the VRID to five octets', () => {
    expect(first('use_vmac 2:0:5e:0:1')?.virtualInterface).toMatchObject({ macAddress: '02:00:5e:00:01:33' });
    expect(first('use_vmac 02:00:5E:00:01:05')?.virtualInterface).toMatchObject({ macAddress: '02:00:5e:00:01:05' });
  });

  it('takes name, group and netlink_notify_msg in any order', () => {
    expect(first('use_vmac group 7 netlink_notify_msg name group')?.virtualInterface).toEqual({
      kind: 'vmac',
      name: 'group',
      group: 7,
      netlinkNotify: true,
      transmitOnBase: false,
    });
  });

  it('finds groups in the tables of the host', () => {
    const host: HostFacts = {
      ...plainHost,
      routingName: (table, name) => (table === 'group' && name === 'vips' ? 9 : undefined),
    };
    expect(first('use_vmac group vips', '', { host })?.virtualInterface).toMatchObject({ group: 9 });
    expect(codes(instance('use_vmac group others'), { host })).toEqual(['CFG_UNKNOWN_GROUP']);
    expect(first('use_vmac group others')?.virtualInterface).toMatchObject({ group: 'others' });
  });

  it.each([
    ['01:00:5e:00:00', 'CFG_INVALID_MAC'],
    ['00:00:5e:00:01:33', 'CFG_INVALID_MAC'],
    ['00:00:5e:00:01', 'CFG_INVALID_MAC'],
    ['02:00:5e:00', 'CFG_INVALID_MAC'],
    ['a/b', 'CFG_TOO_LONG'],
    ['thisnameistoolongforlinux', 'CFG_TOO_LONG'],
  ])('use_vmac %s is reported, and a VMAC is made all the same', (word, code) => {
    const text = instance(`use_vmac ${word}`);
    expect(codes(text)).toEqual([code]);
    expect(model(text).vrrp.instances[0]?.virtualInterface).toEqual({
      kind: 'vmac',
      transmitOnBase: false,
      netlinkNotify: false,
    });
  });

  it('sends on the base interface to unicast peers', () => {
    const text = instance(`use_vmac\n${peers}`);
    expect(codes(text)).toEqual(['CFG_VMAC_UNICAST']);
    expect(model(text).vrrp.instances[0]?.virtualInterface).toMatchObject({ transmitOnBase: true });
    expect(codes(instance(`use_vmac\nvmac_xmit_base\n${peers}`))).toEqual([]);
  });

  it('two virtual routers cannot share an interface: the second has the name it gets', () => {
    const text =
      instance('use_vmac vv') + instance('use_vmac vv', 'VI_2', 52) + instance('use_ipvlan vv 10.0.0.9', 'VI_3', 53);
    expect(codes(text)).toEqual(['CFG_DUPLICATE', 'CFG_DUPLICATE']);
    const names = model(text).vrrp.instances.map(({ virtualInterface }) => virtualInterface?.name);
    expect(names).toEqual(['vv', undefined, undefined]);
  });

  it('vmac_xmit_base without a VMAC is reported', () => {
    expect(codes(instance('vmac_xmit_base'))).toEqual(['CFG_CONFLICT']);
    expect(codes(instance('vmac_xmit_base\nuse_ipvlan x 10.0.0.5'))).toEqual(['CFG_CONFLICT']);
  });
});

describe('use_ipvlan', () => {
  it('takes name, address and mode', () => {
    expect(first('use_ipvlan ipv 10.0.0.9/24 vepa')?.virtualInterface).toEqual({
      kind: 'ipvlan',
      name: 'ipv',
      mode: 'vepa',
      address: { address: '10.0.0.9', family: 'inet', prefixLength: 24 },
    });
    expect(first('use_ipvlan 10.0.0.9')?.virtualInterface).toMatchObject({ mode: 'bridge' });
  });

  it.each([
    ['use_ipvlan', ['CFG_IPVLAN']],
    ['use_ipvlan\nmcast_src_ip 10.0.0.3', []],
    ['use_ipvlan 10.0.0.9 10.0.0.8', ['CFG_DUPLICATE']],
    ['use_ipvlan a b 10.0.0.9', ['CFG_DUPLICATE']],
    ['use_ipvlan 10.0.0.9 bridge vepa', ['CFG_DUPLICATE']],
    ['use_ipvlan fe80::1', ['CFG_FAMILY', 'CFG_IPVLAN']],
  ])('%j gives %j', (lines, expected) => {
    expect(codes(instance(lines)).toSorted()).toEqual(expected);
  });
});

describe('auth_hmac', () => {
  const digits = '00112233445566778899aabbccddeeff'.repeat(2);
  const hmac = (lines: string) => `auth_hmac {\n${lines}\n}`;
  const withFile = (result: SecretFileResult): TestOptions => ({ host: { ...plainHost, secretFile: () => result } });

  it('reads keys as digits and as characters, and has the defaults of the reference', () => {
    expect(first(hmac(`key 1 hex:${digits.toUpperCase()}\nkey 2 ${'k'.repeat(32)}\nactive_key 2`))?.hmac).toEqual({
      keys: [
        { id: 1, key: digits },
        { id: 2, key: '6b'.repeat(32) },
      ],
      activeKey: 2,
      timeWindow: 5000,
      antiReplay: 'time',
      mode: 'enforce',
    });
  });

  it.each([
    ['1', 5000],
    ['2', 6000],
    ['200', 300_000],
  ])('advert_int %s gives a window of %i ms', (interval, window) => {
    expect(first(`advert_int ${interval}\n${hmac(`key 1 hex:${digits}\nactive_key 1`)}`)?.hmac?.timeWindow).toBe(
      window,
    );
  });

  it('reads the key from a file, without the end of its line', () => {
    const text = instance(hmac('key 1 file:/etc/k\nactive_key 1'));
    const options = withFile({ ok: true, text: `hex:${digits}\n` });
    expect(codes(text, options)).toEqual([]);
    expect(model(text, options).vrrp.instances[0]?.hmac?.keys).toEqual([{ id: 1, key: digits, file: '/etc/k' }]);
  });

  it('refuses a file that others can read: exit code 6', () => {
    const options = withFile({ ok: true, text: `hex:${digits}`, insecure: '/etc/k is open to its group (mode 640)' });
    const { diagnostics, exitCode } = load(instance(hmac('key 1 file:/etc/k\nactive_key 1')), options);
    expect(diagnostics.filter(({ class: kind }) => kind === 'security')).toHaveLength(1);
    expect(exitCode).toBe(6);
  });

  it.each([
    ['key 1 short\nactive_key 1', ['CFG_HMAC_KEY', 'CFG_KEY']],
    [`key 1 hex:${digits}`, ['CFG_HMAC_KEY']],
    [`key 1 hex:${digits}\nactive_key 2`, ['CFG_HMAC_KEY']],
    [`key 1 hex:${digits}0\nactive_key 1`, ['CFG_HMAC_KEY', 'CFG_KEY']],
    [`key 1 hex:${digits}\nkey 1 hex:${digits}\nactive_key 1`, ['CFG_DUPLICATE']],
    [`key 1 hex:${digits}\nactive_key 1\ntime_window 301`, ['CFG_INVALID_NUMBER']],
    [`key 1 hex:${digits}\nactive_key 1\nanti_replay never`, ['CFG_INVALID_WORD']],
  ])('%j gives %j', (lines, expected) => {
    expect(codes(instance(hmac(lines))).toSorted()).toEqual(expected);
  });

  it('never says a key in a message', () => {
    const secret = 'correct-horse-battery';
    const { diagnostics } = load(instance(hmac(`key 1 ${secret}\nactive_key 1`)));
    expect(diagnostics.length).toBeGreaterThan(0);
    for (const { message, remedy } of diagnostics) expect(`${message} ${remedy ?? ''}`).not.toContain(secret);
  });

  it('replaces authentication, and is enforced in strict mode', () => {
    const both = `authentication {\nauth_type PASS\nauth_pass abc\n}\n${hmac(`key 1 hex:${digits}\nactive_key 1`)}`;
    expect(codes(instance(both))).toEqual(['CFG_AUTHENTICATION']);
    expect(first(both)?.authentication).toBeUndefined();
    const permissive = `strict_mode\n${hmac(`key 1 hex:${digits}\nactive_key 1\nmode permissive`)}`;
    expect(first(permissive)?.hmac?.mode).toBe('enforce');
    expect(codes(instance(permissive))).toEqual(['CFG_STRICT']);
  });
});

describe('unicast without peers', () => {
  it('is multicast with a deprecation, or FAULT without a word', () => {
    const plain = instance('unicast_src_ip 10.0.0.1');
    expect(codes(plain)).toEqual(['CFG_NO_UNICAST_PEER']);
    expect(model(plain).vrrp.instances[0]).toMatchObject({ unicastWithoutPeers: true, unicastFaultNoPeer: false });
    const fault = instance('unicast_src_ip 10.0.0.1\nunicast_fault_no_peer');
    expect(codes(fault)).toEqual([]);
    expect(model(fault).vrrp.instances[0]).toMatchObject({ unicastWithoutPeers: true, unicastFaultNoPeer: true });
  });

  it('the keyword itself asks for unicast, as in the original', () => {
    expect(first('unicast_fault_no_peer')).toMatchObject({ unicastWithoutPeers: true, unicastFaultNoPeer: true });
  });

  it('does not concern an instance that never asked for unicast', () => {
    expect(first('')).toMatchObject({ unicastWithoutPeers: false, unicastFaultNoPeer: false });
    expect(first(peers)).toMatchObject({ unicastWithoutPeers: false });
  });
});

describe('notify_priority_changes', () => {
  const group = (lines: string) => `vrrp_sync_group G {\ngroup {\nVI_1\nVI_2\n}\n${lines}\n}\n`;
  const global = 'global_defs {\nvrrp_notify_priority_changes\n}\n';

  it.each([
    ['', '', '', false],
    [global, '', '', true],
    [global, 'notify_priority_changes off', '', false],
    ['', 'notify_priority_changes', '', true],
    ['', 'notify_priority_changes', 'notify_priority_changes no', false],
    [global, 'notify_priority_changes off', 'notify_priority_changes on', true],
  ])('global %j, group %j, instance %j: %s', (before, groupLines, lines, expected) => {
    const { vrrp } = model(before + instance(lines) + instance('', 'VI_2', 52) + group(groupLines));
    expect(vrrp.instances[0]?.notifyPriorityChanges).toBe(expected);
  });
});

describe('other keywords of an instance', () => {
  it('timer_expired_backup needs nopreempt, and has 254 as the other priority', () => {
    expect(first('nopreempt\ntimer_expired_backup')?.timerExpiredBackup).toBe(254);
    expect(first('nopreempt\ntimer_expired_backup 120')?.timerExpiredBackup).toBe(120);
    expect(first('timer_expired_backup')?.timerExpiredBackup).toBeUndefined();
    expect(codes(instance('timer_expired_backup'))).toEqual(['CFG_CONFLICT']);
    expect(codes(instance('nopreempt\ntimer_expired_backup 255'))).toEqual(['CFG_INVALID_NUMBER']);
  });

  it('garp_extra_if: its own period, the global one, or none', () => {
    const global = 'global_defs {\nvrrp_garp_extra_if all 100\n}\n';
    expect(first('')?.extraGratuitous).toBeUndefined();
    expect(first('garp_extra_if 60')?.extraGratuitous).toEqual({ interval: 60_000, allInterfaces: false });
    expect(first('', global)?.extraGratuitous).toEqual({ interval: 100_000, allInterfaces: true });
    expect(first('garp_extra_if 0', global)?.extraGratuitous).toBeUndefined();
    expect(codes(instance('garp_extra_if'))).toEqual(['CFG_MISSING_VALUE']);
    expect(codes(instance('garp_extra_if all'))).toEqual(['CFG_MISSING_VALUE']);
    expect(codes(instance('garp_extra_if all 90000'))).toEqual(['CFG_INVALID_NUMBER']);
    expect(codes(instance('vmac_garp_intvl 5 all'))).toEqual(['CFG_DEPRECATED']);
  });

  it('vrf belongs to instances without interface', () => {
    expect(codes(instance('vrf red'))).toEqual(['CFG_CONFLICT']);
    const text = `vrrp_instance V {\nvirtual_router_id 5\nvrf red\nunicast_src_ip 10.0.0.1\n${peers}\nvirtual_ipaddress {\n10.0.0.5/24 dev eth0\n}\n}\n`;
    expect(model(text).vrrp.instances[0]).toMatchObject({ interface: '', vrf: 'red' });
  });

  it('all of them come back from the text they are printed as', () => {
    const digits = 'a5'.repeat(32);
    const texts = [
      'use_vmac name bridge 02:00:00:00:00 group 3\nvmac_xmit_base\nuse_vmac_addr\npromote_secondaries\nkernel_rx_buf_size 4096',
      'use_ipvlan ipv1 10.0.0.4/24 private group 0\nlinkbeat_use_polling\ngarp_extra_if all 30\nnotify_priority_changes',
      `auth_hmac {\nkey 7 hex:${digits}\nkey 8 ${'x'.repeat(40)}\nactive_key 8\ntime_window 9\nanti_replay monotonic\nmode receive-only\n}`,
      'nopreempt\ntimer_expired_backup 150\nunicast_src_ip 10.0.0.1\nunicast_fault_no_peer',
      'authentication {\nauth_type AH\nauth_pass secret\n}\nno_accept\ndebug 3\nold_unicast_checksum never',
      `${peers}\ncheck_unicast_src\nunicast_ttl 5\nold_unicast_checksum`,
    ];
    for (const lines of texts) {
      const { first: before, second, printed } = roundTrip(model(instance(lines)));
      expect(second, printed).toEqual(before);
    }
  });
});

// Reference: configuration grammar, section 10.
import { describe, expect, it } from 'vitest';
import { addToAddress } from '../../../src/core/ip-address.ts';
import { isLinkLocal, isMulticast, parseAddress, parsePrefix } from '../../../src/config/values.ts';
import { codes, instance, load, model, service } from './memory.ts';

describe('booleans', () => {
  it.each([
    ['', true],
    ['on', true],
    ['true', true],
    ['yes', true],
    ['off', false],
    ['false', false],
    ['no', false],
  ])('vrrp_strict %s is %s', (word, value) => {
    expect(load(`global_defs {\nvrrp_strict ${word}\n}\n${instance()}`).configuration?.vrrp.instances[0]?.strict).toBe(
      value,
    );
  });

  it.each(['True', '1', 'enabled'])('%s is none', (word) => {
    expect(codes(instance(`lower_prio_no_advert ${word}`))).toEqual(['CFG_INVALID_BOOLEAN']);
  });

  it('a flag ignores its argument', () => {
    expect(model(instance('nopreempt false')).vrrp.instances[0]?.nopreempt).toBe(true);
  });
});

describe('integers', () => {
  it.each(['-1', '0', '256', 'x', '10x', '1.5', '99999999999999999999'])('virtual_router_id %s is refused', (word) => {
    expect(codes(instance(`virtual_router_id ${word}`))).toContain('CFG_INVALID_NUMBER');
    // What was set before stays.
    expect(model(instance(`virtual_router_id ${word}`)).vrrp.instances[0]?.virtualRouterId).toBe(51);
  });

  it('with trailing rubbish are used in a run, with a warning', () => {
    const result = load(instance('garp_master_repeat 7x'), { mode: 'run' });
    expect(result.configuration?.vrrp.instances[0]?.gratuitous.masterRepeat).toBe(7);
    expect(result.diagnostics.map(({ class: kind }) => kind)).toEqual(['warning']);
    expect(load(instance('garp_master_repeat 7x')).exitCode).toBe(5);
  });

  it('a few are clamped: repeats and the quorum to 1, a wrong priority to 100, real-time priority to its range', () => {
    expect(model(instance('garp_master_repeat 0')).vrrp.instances[0]?.gratuitous.masterRepeat).toBe(1);
    expect(model(service('quorum 0')).check.virtualServers[0]?.quorum).toBe(1);
    expect(model(instance('priority 300')).vrrp.instances[0]?.priority).toBe(100);
    expect(model('global_defs {\nvrrp_rt_priority 200\n}').global.vrrpScheduling.realTimePriority).toBe(99);
  });
});

describe('times', () => {
  it.each([
    ['3', 3000],
    ['1.1', 1100],
    ['0.000001', 0.001],
    ['.5', 500],
  ])('connect_timeout %s is %s ms', (word, milliseconds) => {
    const [checker] =
      model(service('', `TCP_CHECK {\nconnect_timeout ${word}\n}`)).check.virtualServers[0]?.realServers[0]?.checkers ??
      [];
    expect(checker).toMatchObject({ connectTimeout: milliseconds });
  });

  it('with too many decimal places are rounded, with an error', () => {
    const text = 'vrrp_script s {\nscript "</etc/passwd"\ninterval 1.0006\n}\n';
    expect(codes(text)).toEqual(['CFG_DECIMAL_PLACES']);
    expect(model(text).vrrp.scripts[0]?.interval).toBe(1001);
  });

  it.each(['-1', '1s', '', '1.2.3'])('%j is none', (word) => {
    expect(codes(service(`delay_loop "${word}"`))).toContain('CFG_INVALID_NUMBER');
  });
});

describe('addresses', () => {
  it.each([
    ['10.0.0.1', '10.0.0.1'],
    ['2001:DB8:0:0::1', '2001:db8::1'],
    ['0.0.0.0', '0.0.0.0'],
    ['255.255.255.255', '255.255.255.255'],
  ])('%s is %s', (text, canonical) => {
    expect(parseAddress(text)?.address).toBe(canonical);
  });

  it.each([
    '10.0.0',
    '10.0.0.256',
    '010.0.0.1',
    '10.0.0.1.',
    '10.0.0.1 ',
    '1::2::3',
    'fe80::1%eth0',
    '',
    'localhost',
    '1.2.3.4.5',
    '1..2.3',
  ])('%j is none', (text) => {
    expect(parseAddress(text)).toBeUndefined();
  });

  it.each([
    ['10.0.0.1', 32, false],
    ['10.0.0.1/0', 0, true],
    ['fe80::1', 128, false],
    ['fe80::1/64', 64, true],
  ])('%s has the prefix length %i', (text, prefixLength, explicitLength) => {
    expect(parsePrefix(text)).toMatchObject({ prefixLength, explicitLength });
  });

  it.each(['10.0.0.1/33', 'fe80::1/129', '10.0.0.1/', '10.0.0.1/-1', '10.0.0.1/a'])('%s is no prefix', (text) => {
    expect(parsePrefix(text)).toBeUndefined();
  });

  it('know their kinds', () => {
    expect([isMulticast('224.0.0.18'), isMulticast('ff02::12'), isMulticast('10.0.0.1')]).toEqual([true, true, false]);
    expect([isLinkLocal('fe80::1'), isLinkLocal('febf::1'), isLinkLocal('fec0::1'), isLinkLocal('fe8::1')]).toEqual([
      true,
      true,
      false,
      false,
    ]);
  });

  it('can be counted on, across octets', () => {
    expect(addToAddress('10.0.0.255', 1)).toBe('10.0.1.0');
    expect(addToAddress('2001:db8::fe', 3)).toBe('2001:db8::101');
    expect(addToAddress('255.255.255.255', 1)).toBeUndefined();
  });
});

describe('words in any case', () => {
  it('protocol is one of the few', () => {
    expect(model(service().replace('protocol TCP', 'protocol tcp')).check.virtualServers[0]?.identity).toMatchObject({
      protocol: 'tcp',
    });
    expect(codes(service('', 'weight 1', 'dr'))).toContain('CFG_INVALID_WORD');
  });
});

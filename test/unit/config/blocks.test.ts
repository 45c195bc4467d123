// Reference: configuration grammar, section 5. One mistake, one message, and the rest of the file still counts.
import { describe, expect, it } from 'vitest';
import { codes, instance, load, model } from './memory.ts';

describe('braces', () => {
  it.each([
    ['on the next line', 'global_defs\n{\nrouter_id x\n}\n'],
    ['all on one line', 'global_defs { router_id x }'],
    ['without a blank', 'global_defs{\nrouter_id x\n}\n'],
    ['several blocks on one line', 'vrrp_sync_group G { group { } } global_defs { router_id x }'],
  ])('%s', (_name, text) => {
    expect(load(text).configuration?.global.routerId).toBe('x');
  });

  it('inside double quotes are text', () => {
    expect(model('global_defs {\nrouter_id "a{b}"\n}\n').global.routerId).toBe('a{b}');
  });

  it('global_defs may occur several times', () => {
    const text = 'global_defs { router_id x }\nglobal_defs { smtp_helo_name y }';
    expect(model(text).global).toMatchObject({ routerId: 'x', mail: { heloName: 'y' } });
  });
});

describe('mistakes with blocks give one message each', () => {
  const after = 'global_defs { router_id x }\n';
  const check = (text: string) => {
    const result = load(text + after);
    expect(result.configuration?.global.routerId).toBe('x');
    expect(result.exitCode).toBe(5);
    return result.diagnostics.filter((diagnostic) => diagnostic.class !== 'note').map((diagnostic) => diagnostic.code);
  };

  it.each([
    ['an unknown block', 'foo bar {\na b {\nc\n}\nd\n}\n', 'CFG_UNKNOWN_KEYWORD'],
    ['a closing brace too many', '}\n', 'CFG_EXTRA_CLOSE'],
    ['a brace from nowhere', '{\nfoo\n}\n', 'CFG_UNEXPECTED_OPEN'],
    ['a block keyword without its brace', 'track_group\n', 'CFG_MISSING_OPEN'],
  ])('%s', (_name, text, code) => {
    expect(check(text)[0]).toBe(code);
    expect(check(text).length).toBeLessThanOrEqual(code === 'CFG_MISSING_OPEN' ? 2 : 1);
  });

  it('an unknown block inside an instance', () => {
    expect(codes(instance('foo {\nstate MASTER\nbar {\n}\n}\npriority 7'))).toEqual(['CFG_UNKNOWN_KEYWORD']);
    expect(model(instance('foo {\npriority 9\n}\npriority 7')).vrrp.instances[0]?.priority).toBe(7);
  });

  it('braces behind a keyword that has no block', () => {
    expect(codes(instance('priority 7 {\nstate MASTER\n}'))).toEqual(['CFG_UNEXPECTED_OPEN']);
    expect(model(instance('priority 7 {\nfoo\n}')).vrrp.instances[0]?.priority).toBe(7);
  });

  it('a forgotten closing brace before the next block of the top level', () => {
    const text = instance().replace(/\}\n$/, '') + instance('', 'VI_2', 52);
    const { diagnostics, configuration } = load(text);
    expect(diagnostics.map((diagnostic) => diagnostic.code)).toEqual(['CFG_MISSING_CLOSE']);
    expect(diagnostics[0]?.at?.line).toBe(1);
    expect(configuration?.vrrp.instances.map((found) => found.name)).toEqual(['VI_1', 'VI_2']);
  });

  it('a forgotten closing brace of an inner block', () => {
    const text = `vrrp_instance A {\n  interface eth0\n  virtual_router_id 1\n  virtual_ipaddress {\n    10.0.0.1/24\n}\n${instance('', 'B', 2)}`;
    const { diagnostics, configuration } = load(text);
    expect(diagnostics.map((diagnostic) => diagnostic.code)).toEqual(['CFG_MISSING_CLOSE']);
    expect(configuration?.vrrp.instances.map((found) => found.name)).toEqual(['A', 'B']);
  });

  it('a forgotten closing brace at the end names the line where the block began', () => {
    const { diagnostics, exitCode } = load('\nglobal_defs {\nrouter_id x\n');
    expect(exitCode).toBe(5);
    expect(diagnostics.map(({ code, at }) => [code, at?.line])).toEqual([['CFG_MISSING_CLOSE', 2]]);
  });

  it('a block of the top level misplaced inside another is an unknown keyword there', () => {
    const { diagnostics } = load(
      'vrrp_instance A {\n  interface eth0\n  vrrp_script s {\n    script "/x"\n  }\n  virtual_router_id 1\n  virtual_ipaddress { 10.0.0.1/24 }\n}\n',
    );
    expect(diagnostics.map((diagnostic) => diagnostic.code)).toEqual(['CFG_UNKNOWN_KEYWORD']);
    expect(diagnostics[0]?.remedy).toContain('at the top level');
  });
});

describe('value blocks', () => {
  it('without a brace are taken up to the closing one, as the original does', () => {
    const text = 'vrrp_instance V {\ninterface eth0\nvirtual_router_id 5\nvirtual_ipaddress\n10.0.0.1\n}\n}\n';
    const result = load(text);
    expect(result.exitCode).toBe(0);
    expect(result.configuration?.vrrp.instances[0]?.virtualAddresses.map(({ address }) => address)).toEqual([
      '10.0.0.1',
    ]);
  });

  it('take no words before their brace', () => {
    expect(codes(instance('track_interface eth1 {\n}'))).toEqual(['CFG_EXTRA_PARAMETERS']);
  });

  it('flatten names', () => {
    const text = `${instance()}${instance('', 'VI_2', 52)}vrrp_sync_group G {\ngroup {\nVI_1 VI_2\n}\n}\n`;
    expect(model(text).vrrp.syncGroups[0]?.members).toEqual(['VI_1', 'VI_2']);
  });
});

describe('duplicates name both places', () => {
  it.each([
    ['vrrp_instance', instance() + instance('priority 9')],
    ['vrrp_script', 'vrrp_script s {\nscript "</etc/passwd"\n}\nvrrp_script s {\nscript "</x"\n}\n'],
    ['virtual_server_group', 'virtual_server_group g {\n10.0.0.1 80\n}\nvirtual_server_group g {\n10.0.0.2 80\n}\n'],
    ['address', instance().replace('10.0.0.51/24', '10.0.0.51/24\n10.0.0.51/24')],
  ])('%s', (_name, text) => {
    const { diagnostics } = load(text);
    const duplicate = diagnostics.find((diagnostic) => diagnostic.code === 'CFG_DUPLICATE');
    expect(duplicate?.message).toMatch(/line \d+/);
    expect(duplicate?.at?.line).toBeGreaterThan(Number(/line (\d+)/.exec(duplicate?.message ?? '')?.[1]));
  });

  it('the second vrrp_instance is ignored, whole', () => {
    expect(model(instance() + instance('priority 9')).vrrp.instances.map(({ priority }) => priority)).toEqual([100]);
  });
});

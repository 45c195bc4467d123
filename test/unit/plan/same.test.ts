import { describe, expect, it } from 'vitest';
import { sameSettings } from '../../../src/plan/same.ts';

describe('the same settings', () => {
  const server = { address: '192.0.2.1', port: 80, forwarding: { method: 'NAT' }, checkers: [{ type: 'TCP_CHECK' }] };

  it.each<[string, unknown]>([
    ['elsewhere in the text', { ...server, at: { file: 'a.conf', line: 7 } }],
    ['with something undefined', { ...server, notifyUp: undefined }],
    ['in another order', Object.fromEntries(Object.entries(server).toReversed())],
    ['but for places within', { ...server, checkers: [{ type: 'TCP_CHECK', at: { line: 3 } }] }],
  ])('%s', (_how, other) => {
    expect([sameSettings(server, other), sameSettings(other, server)]).toEqual([true, true]);
  });

  it.each<[string, unknown]>([
    ['a value', { ...server, port: 81 }],
    ['one more', { ...server, notifyUp: 'x' }],
    ['one instead of another', { address: '192.0.2.1', port: 80, forwarding: { method: 'NAT' }, checks: [] }],
    ['something within', { ...server, forwarding: { method: 'DR' } }],
    ['a longer list', { ...server, checkers: [{ type: 'TCP_CHECK' }, { type: 'TCP_CHECK' }] }],
    ['a list for an object', { ...server, forwarding: ['NAT'] }],
    ['nothing for something', undefined],
  ])('not with another %s', (_what, other) => {
    expect([sameSettings(server, other), sameSettings(other, server)]).toEqual([false, false]);
  });

  it('leaves out what is asked for, of the outermost object only', () => {
    expect(sameSettings(server, { ...server, checkers: [] }, ['checkers'])).toBe(true);
    expect(sameSettings([server], [{ ...server, checkers: [] }], ['checkers'])).toBe(false);
  });
});

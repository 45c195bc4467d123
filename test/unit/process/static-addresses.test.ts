import { describe, expect, it } from 'vitest';
import { desiredAddressKey } from '../../../src/network/plan-addresses.ts';
import type { DesiredAddress } from '../../../src/network/types.ts';
import { StaticAddresses } from '../../../src/process/static-addresses.ts';
import { addressModel } from '../../support/models.ts';

const address = (text: string): DesiredAddress => addressModel({ address: text, prefixLength: 24 });
const first = address('192.0.2.1');
const second = address('192.0.2.2');
const nothing = new Set<string>();

describe('static addresses', () => {
  it('are wanted while the daemon runs and given up at the stop', () => {
    const keeper = new StaticAddresses();
    expect(keeper.isEmpty).toBe(true);
    expect(keeper.configure([first, second], nothing)).toMatchObject({ addresses: [first, second], unwanted: [] });
    expect(keeper.desired).toMatchObject({ addresses: [first, second], unwanted: [] });
    expect(keeper.release()).toMatchObject({ addresses: [], unwanted: [first, second] });
    expect(keeper.isEmpty).toBe(true);
  });

  it('that were there before us are left alone for good', () => {
    const keeper = new StaticAddresses();
    expect(keeper.configure([first, second], new Set([desiredAddressKey(first)]))).toMatchObject({
      addresses: [second],
    });
    expect(keeper.release()).toMatchObject({ unwanted: [second] });
  });

  it('stay ours over a reload, and go when the reload drops them', () => {
    const keeper = new StaticAddresses();
    keeper.configure([first, second], nothing);
    const present = new Set([first, second].map((one) => desiredAddressKey(one)));
    expect(keeper.configure([second], present)).toMatchObject({ addresses: [second], unwanted: [first] });
    expect(keeper.release()).toMatchObject({ unwanted: [second] });
  });
});

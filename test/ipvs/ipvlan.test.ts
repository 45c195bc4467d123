/** use_ipvlan on a kernel that has it, under this daemon and under the original. */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { CleanUp } from '../../lab/lib/clean-up.ts';
import { runInGuest } from '../../lab/lib/guest.ts';

interface Interfaces {
  readonly links: readonly {
    readonly ifname: string;
    readonly link?: string;
    readonly linkinfo?: { readonly info_kind?: string; readonly info_data?: Readonly<Record<string, unknown>> };
  }[];
  readonly addresses: readonly {
    readonly ifname: string;
    readonly addr_info: readonly { readonly local: string; readonly prefixlen: number; readonly family: string }[];
  }[];
}

interface Played {
  readonly master: Interfaces;
  readonly end: Interfaces;
  readonly log: string;
}

const distribution = process.env['KEEPALIVED_DIST'] ?? path.join(import.meta.dirname, '..', '..', 'dist');
const cleanUp = new CleanUp();
let ours: Played;
let original: Played;

const ipvlan = ({ links }: Interfaces) => {
  const link = links.find(({ ifname }) => ifname === 'vrrp.51');
  return link && [link.link, link.linkinfo?.info_kind, link.linkinfo?.info_data];
};
const addresses = ({ addresses: list }: Interfaces) =>
  list
    .filter(({ ifname }) => ifname === 'vrrp.51' || ifname === 'eth0')
    .flatMap(({ ifname, addr_info: each }) =>
      each.filter(({ family }) => family === 'inet').map(({ local, prefixlen }) => `${ifname} ${local}/${prefixlen}`),
    )
    .toSorted();

// user-mode-linux exists for x86-64 only.
describe.skipIf(process.arch !== 'x64')('an ipvlan', () => {
  beforeAll(async () => {
    const lines: string[] = [];
    const { code, folder } = await runInGuest(cleanUp, {
      module: path.join(import.meta.dirname, 'programs', 'ipvlan.ts'),
      words: { DISTRIBUTION: distribution },
      onLine: (line) => lines.push(line),
    });
    if (code !== 0) throw new Error(`the program in the guest ended with ${code}:\n${lines.join('\n')}`);
    ({ ours, original } = JSON.parse(readFileSync(path.join(folder, 'result.json'), 'utf8')) as {
      ours: Played;
      original: Played;
    });
  });
  afterAll(() => cleanUp.run());

  it('is made as by the original, with its own address; the virtual one stays on the base interface', () => {
    expect(ipvlan(ours.master), ours.log).toEqual(['eth0', 'ipvlan', { mode: 'l2', private: true }]);
    expect(ipvlan(ours.master)).toEqual(ipvlan(original.master));
    expect(addresses(ours.master)).toEqual(['eth0 10.88.0.1/24', 'eth0 10.88.0.100/24', 'vrrp.51 10.88.0.9/24']);
    expect(addresses(ours.master)).toEqual(addresses(original.master));
  });

  it('is gone at the end', () => {
    expect(ipvlan(ours.end)).toBeUndefined();
    expect(addresses(ours.end)).toEqual(['eth0 10.88.0.1/24']);
  });
});

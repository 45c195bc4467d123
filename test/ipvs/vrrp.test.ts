/** What the usual kernel of a test lacks, ipvlan, VRF and IPVS: VRRP with them, under this daemon and under the original. */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { CleanUp } from '../../lab/lib/clean-up.ts';
import { runInGuest } from '../../lab/lib/guest.ts';

interface Interfaces {
  readonly links: readonly {
    readonly ifname: string;
    readonly link?: string;
    readonly master?: string;
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
  /** What ipvsadm said of the synchronisation daemons, one after the other. */
  readonly roles: readonly string[];
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
describe.skipIf(process.arch !== 'x64')('VRRP in a guest kernel', () => {
  beforeAll(async () => {
    const lines: string[] = [];
    const { code, folder } = await runInGuest(cleanUp, {
      module: path.join(import.meta.dirname, 'programs', 'vrrp.ts'),
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

  it('an ipvlan is made as by the original, with its own address; the virtual one stays on the base interface', () => {
    expect(ipvlan(ours.master), ours.log).toEqual(['eth0', 'ipvlan', { mode: 'l2', private: true }]);
    expect(ipvlan(ours.master)).toEqual(ipvlan(original.master));
    expect(addresses(ours.master)).toEqual(['eth0 10.88.0.1/24', 'eth0 10.88.0.100/24', 'vrrp.51 10.88.0.9/24']);
    expect(addresses(ours.master)).toEqual(addresses(original.master));
  });

  it('a macvlan belongs to the VRF of the interface underneath', () => {
    const masterOf = ({ links }: Interfaces) => links.find(({ ifname }) => ifname === 'vrrp.52')?.master;
    expect(masterOf(ours.master), ours.log).toBe('tenant');
    expect(masterOf(original.master)).toBe('tenant');
  });

  it('the synchronisation daemon follows its instance, with the options of the configuration', () => {
    const roles = ({ roles: said }: Played) => said.map((each) => /^(?:master|backup)/.exec(each)?.[0] ?? each);
    expect(ours.roles.at(-1)).toBe('');
    expect(
      roles(ours).filter((role) => role !== ''),
      ours.log,
    ).toEqual(['backup', 'master']);
    expect(ours.roles.filter((each) => each !== '')).toEqual(original.roles.filter((each) => each !== ''));
    expect(ours.roles.join('\n')).toMatch(/mcast=eth0.*syncid=77/);
  });

  it('an ipvlan is gone at the end', () => {
    expect(ipvlan(ours.end)).toBeUndefined();
    expect(addresses(ours.end)).toEqual(['eth0 10.88.0.1/24']);
  });
});

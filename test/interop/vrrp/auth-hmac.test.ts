// auth_hmac against another implementation: a program in Python, written from the description of the wire format, judges
// what this daemon sends and sends what it must take or refuse. Debian's keepalived is older than auth_hmac.
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { CleanUp } from '../../../lab/lib/clean-up.ts';
import { Machine } from '../process/machine.ts';
import type { Daemon } from '../process/machine.ts';

const program = path.join(import.meta.dirname, 'programs', 'auth_hmac_peer.py');
const keyDigits = '5a'.repeat(32);

interface Router {
  readonly name: string;
  readonly version: 2 | 3;
  readonly family: 4 | 6;
  readonly vrid: number;
  readonly source: string;
  readonly addresses: readonly string[];
  /** As on the wire: seconds, or hundredths of a second. */
  readonly interval: number;
}

const routers = {
  four: {
    name: 'FOUR',
    version: 3,
    family: 4,
    vrid: 51,
    source: '10.88.0.2',
    addresses: ['10.88.0.100'],
    interval: 20,
  },
  six: { name: 'SIX', version: 3, family: 6, vrid: 52, source: 'fe80::2', addresses: ['fe80::100'], interval: 20 },
  old: { name: 'OLD', version: 2, family: 4, vrid: 53, source: '10.88.0.2', addresses: ['10.88.0.101'], interval: 1 },
} as const satisfies Record<string, Router>;

const configuration = Object.values(routers)
  .map(
    ({ addresses, interval, name, version, vrid }) => `vrrp_instance ${name} {
    state BACKUP
    version ${version}
    interface eth0
    virtual_router_id ${vrid}
    priority 100
    advert_int ${version === 2 ? interval : interval / 100}
    debug 2
    auth_hmac {
        key 1 hex:${keyDigits}
        key 2 hex:${'11'.repeat(32)}
        active_key 1
        time_window 30
    }
    virtual_ipaddress {
        ${addresses[0]}/${addresses[0].includes(':') ? 64 : 24}
    }
}
`,
  )
  .join('');

const cleanUp = new CleanUp();
let peer: Machine;
let daemon: Daemon;

beforeAll(async () => {
  const [ours, other] = await Machine.pair(cleanUp);
  for (const [number, machine] of [ours, other].entries()) {
    await machine.run(['sysctl', '-q', '-w', 'net.ipv6.conf.all.disable_ipv6=0', 'net.ipv6.conf.default.accept_dad=0']);
    await machine.ip(`addr add fe80::${number + 1}/64 dev eth0 nodad`);
  }
  peer = other;
  daemon = await ours.daemon(configuration);
  for (const { name } of Object.values(routers)) await daemon.untilLog(`(${name}) Entering MASTER STATE`);
});
afterAll(async () => {
  await daemon.stop();
  expect(await cleanUp.run()).toEqual([]);
});

/** What goes out with priority 200, right but for these things. */
interface Wish {
  readonly late?: number;
  readonly type?: number;
  readonly key?: number;
  readonly reserved?: number;
  readonly counter?: number;
  readonly forged?: boolean;
  readonly bare?: boolean;
  readonly times?: number;
}

async function send(router: Router, wish: Wish, key = keyDigits): Promise<void> {
  await peer.run(['python3', program, 'send', key, JSON.stringify({ ...router, ...wish })]);
}

describe('auth_hmac and another implementation', () => {
  it('it finds no fault with what this daemon sends, over IPv4, IPv6 and in version 2', async () => {
    const wanted = Object.values(routers);
    const { stdout } = await peer.run([
      'python3',
      program,
      'listen',
      keyDigits,
      '3',
      ...wanted.map((r) => `${r.vrid}`),
    ]);
    const verdicts = stdout
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as unknown);
    expect(verdicts).toHaveLength(3 * wanted.length);
    for (const { family, version, vrid } of wanted) {
      expect(verdicts.filter((each) => (each as { vrid: number }).vrid === vrid)).toEqual(
        Array.from({ length: 3 }, () => ({ family, version, vrid, priority: 100, faults: [] })),
      );
    }
  });

  it.each<[string, Wish, string, string?]>([
    ['another key', {}, 'auth_hmac made with another key 1', '5b'.repeat(32)],
    ['the key of another number', { key: 2 }, 'auth_hmac made with another key 2'],
    ['a number that is not known', { key: 9 }, 'auth_hmac with key 9, which is unknown here'],
    ['a clock that is behind', { late: -60 }, 'ours, the window is 30 s'],
    ['a clock that is ahead', { late: 60 }, 's ahead of ours, the window is 30 s'],
    ['no trailer', { bare: true }, 'an advertisement without auth_hmac, ours enforces it'],
    ['another type', { type: 2 }, 'a malformed auth_hmac trailer (type 2)'],
    ['reserved bits', { reserved: 1 }, 'a malformed auth_hmac trailer (type 1)'],
    ['a change on the way', { forged: true }, 'auth_hmac made with another key 1'],
  ])('it is refused with %s', async (_name, wish, reason, key) => {
    const dropped = `(FOUR) advertisement from 10.88.0.2 dropped: `;
    const before = daemon.said(dropped);
    const same = daemon.log.filter((line) => line.includes(dropped) && line.includes(reason)).length;
    await send(routers.four, wish, key);
    await daemon.untilLog(dropped, before + 1);
    expect(daemon.log.filter((line) => line.includes(dropped) && line.includes(reason))).toHaveLength(same + 1);
    expect(daemon.said('(FOUR) Master received advert')).toBe(0);
  });

  it('it is believed when all is right, in each version and family, and once only', async () => {
    for (const router of Object.values(routers)) {
      const { name, source } = router;
      await send(router, { times: 2 });
      await daemon.untilLog(`(${name}) Master received advert from ${source} with higher priority 200, ours 100`);
      await daemon.untilLog(
        `(${name}) advertisement from ${source} dropped: an advertisement that was heard before (auth_hmac sequence number)`,
      );
    }
    // A number of before, and with it the time of before.
    const heardBefore = '(FOUR) advertisement from 10.88.0.2 dropped: an advertisement that was heard before';
    const before = daemon.said(heardBefore);
    await send(routers.four, {});
    await send(routers.four, { late: -2 });
    await daemon.untilLog(heardBefore, before + 1);
  });

  it('it is told that its clock is off by more than half of the window', async () => {
    await send(routers.four, { late: 25 });
    await daemon.untilLog(/its clock is \d+ s ahead of ours, the window is 30 s/);
  });
});

/**
 * Connection limits of a whole daemon: a table with a bad client in it, and everything that is to be seen of its ban; what
 * starts and reloads leave; rules that nft refuses. IPVS is a stand-in, the connection table a file: this kernel has none.
 */
import { execFileSync } from 'node:child_process';
import { existsSync, renameSync } from 'node:fs';
import path from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { CleanUp } from '../../../lab/lib/clean-up.ts';
import { until } from '../../../lab/lib/clock.ts';
import type { BanList } from '../../../src/process/limits/messages.ts';
import type { Daemon } from '../process/machine.ts';
import { instance, keepalivectl, Machine, patience, quick } from '../process/machine.ts';

const cleanUp = new CleanUp();
let machine: Machine;
/** Another router on the same cable, 10.88.0.2. */
let other: Machine;
const table = '/run/table';
const header = 'Pro FromIP   FPrt ToIP     TPrt DestIP   DPrt State       Expires PEName PEData\n';
const program = path.join(import.meta.dirname, '..', '..', '..', 'bench', 'programs', 'ipvs-stand-in.c');
const sources = { ipvs: program, table: path.join(import.meta.dirname, 'connection-table.c') };

beforeAll(async () => {
  [machine, other] = await Machine.pair(cleanUp);
  for (const [name, source] of Object.entries(sources))
    execFileSync('cc', ['-O2', '-shared', '-fPIC', '-o', machine.path(`/run/${name}.so`), source, '-ldl']);
  machine.write('/run/note', '#!/bin/sh\necho "$*" >>/run/noted\n', 0o755);
});
afterEach(() => {
  machine.killAll();
  other.killAll();
});
afterAll(async () => {
  expect(await cleanUp.run()).toEqual([]);
});

const hex = (address: string): string =>
  address
    .split('.')
    .map((octet) => Number(octet).toString(16).toUpperCase().padStart(2, '0'))
    .join('');

/** Lines of so many connections of a client to a service. */
function lines(client: string, count: number, service = '10.9.0.1 80', state = 'ESTABLISHED'): string {
  const [address = '', port] = service.split(' ');
  const [from, to] = client.includes(':') ? [client, address] : [hex(client), hex(address)];
  const target = Number(port).toString(16).toUpperCase().padStart(4, '0');
  let text = '';
  for (let index = 0; index < count; index++)
    text += `TCP ${from} ${(1024 + index).toString(16).toUpperCase().padStart(4, '0')} ${to} ${target} ${to} 0050 ${state.padEnd(11)}     899\n`;
  return text;
}

/** Puts another table in the place of the one there is, at once. */
function connections(...parts: readonly string[]): void {
  machine.write(`${table}.new`, header + parts.join(''));
  renameSync(machine.path(`${table}.new`), machine.path(table));
}

function configuration(limit: string, global = ''): string {
  return `global_defs {
    router_id test
    enable_script_security
    script_user root
    lvs_notify_fifo /run/lvs.fifo
    vrrp_version 3
    ${global}
}
virtual_server 10.9.0.1 80 {
    lvs_sched rr
    lvs_method NAT
    protocol TCP
    real_server 10.9.1.1 80 {
    }
}
${limit}`;
}

const limited = (set: string, more = ''): string => `connection_limit web {
    virtual_servers { 10.9.0.1 80 2001:db8::80 80 }
    max_established 100
    client_prefix 32 64
    interval 1
    release_below 50
    set ${set}
    notify /run/note
    ${more}
}
`;

function start(text: string): Promise<Daemon> {
  const env = {
    LD_PRELOAD: '/run/table.so /run/ipvs.so',
    CONNECTION_TABLE: table,
    STAND_IN_NETLINK: 'yes',
    STAND_IN_EMPTY: 'yes',
  };
  return machine.daemon(text, { env });
}

async function ctl(...words: readonly string[]): Promise<string> {
  const { stderr, stdout } = await machine.run([keepalivectl, ...words], { accept: 'any' });
  return stdout + stderr;
}

async function bans(): Promise<BanList['limits'][number] | undefined> {
  return (JSON.parse(await ctl('bans', '--json')) as BanList).limits[0];
}

const sets = async (): Promise<string> =>
  (await machine.run(['nft', 'list', 'ruleset'])).stdout + (await machine.run(['ipset', 'save'])).stdout;

describe('a client with too many connections', () => {
  it('is banned in every way there is, whatever else is in the table, survives a crash, and is released', async () => {
    const others = [
      // As many as allowed, to another port, not established, allowed, our own, a peer's.
      lines('198.51.100.2', 100),
      lines('198.51.100.3', 150, '10.9.0.1 81'),
      lines('198.51.100.4', 150, '10.9.0.1 80', 'FIN_WAIT'),
      lines('203.0.113.9', 150),
      lines('10.88.0.1', 150),
      lines('10.88.0.7', 150),
      // No table at all.
      `TCP C6336405 zzzz ${'x'.repeat(5000)}\n\n\0\xff TCP\nTCP C6336406 0400 0A090001\n`,
    ];
    const greedy = lines('198.51.100.9', 101);
    // Together more than 100, each of them not.
    const neighbours = ['0001', '0002', '0003']
      .map((last) =>
        lines(`2001:0db8:0001:0002:0000:0000:0000:${last}`, 40, '2001:0db8:0000:0000:0000:0000:0000:0080 80'),
      )
      .join('');
    connections(...others, greedy, neighbours);
    const peer = `vrrp_instance V {
      interface eth0
      virtual_router_id 51
      priority 100
      unicast_peer { 10.88.0.7 }
      virtual_ipaddress { 10.88.0.100/24 }
    }\n`;
    const text = `metrics {\n listen 127.0.0.1:9165\n}\n${configuration(
      limited('nftables web', 'allow { 203.0.113.0/24 }\nblacklist_file /run/listed\nappend') + peer,
    )}`;
    machine.write('/run/listed', '# by hand\n192.0.2.0/28\nexample.com\n');
    const waiting = 'while ! [ -p /run/lvs.fifo ]; do sleep 0.05; done; exec cat /run/lvs.fifo';
    const fifo = machine.start('reader', ['sh', '-c', waiting]);
    const daemon = await start(text);
    await daemon.untilLog('198.51.100.9 is banned: 101 established connections, more than 100; for 3600 s');
    await daemon.untilLog('2001:db8:1:2::/64 is banned: 120 established connections');
    await daemon.untilLog('/run/listed:3: "example.com" is neither an address nor a prefix; the line is skipped');
    await daemon.untilLog(/\d lines of the connection table cannot be read and do not count/);
    const listed = await bans();
    expect(listed?.bans.map(({ client }) => client).sort()).toEqual(['198.51.100.9', '2001:db8:1:2::/64']);
    expect(daemon.said(' is banned: ')).toBe(2);
    await until('the kernel has them', { within: patience }, async () =>
      /198\.51\.100\.9 timeout 1h/.test(await sets()),
    );
    expect(await sets()).toMatch(/2001:db8:1:2:: timeout 1h/);
    expect(await ctl('bans')).toMatch(
      /198\.51\.100\.9: .* left \(101 established connections, more than 100; now 101\)/,
    );
    expect(await ctl('status')).toMatch(/connection limit web: 2 banned, and 1 by its file; /);
    expect(await ctl('events')).toMatch(/limit web, client 198\.51\.100\.9: FREE -> BANNED \(101 established/);
    const { stdout: metrics } = await machine.run(['curl', '-sS', 'http://127.0.0.1:9165/metrics']);
    for (const line of [
      'banned{limit="web"} 2',
      'listed{limit="web"} 1',
      'bans_total{limit="web"} 2',
      'releases_total{limit="web"} 0',
      'largest_client{limit="web"} 150',
    ])
      expect(metrics).toContain(`\nkeepalived_connection_limit_${line}\n`);
    await until('script and FIFO are told', { within: patience }, () =>
      [
        machine.exists('/run/noted') ? machine.read('/run/noted') : '',
        fifo.lines.map(({ text: line }) => line).join('\n'),
      ].every(
        (told) => /LIMIT "?web"? BANNED 198\.51\.100\.9 101/.test(told) && /BANNED 2001:db8:1:2::\/64 120/.test(told),
      ),
    );
    await until('the file has them', { within: patience }, () =>
      /^198\.51\.100\.9 # keepalived: connection_limit web, 101 connections, .* until /m.test(
        machine.read('/run/listed'),
      ),
    );

    // Every process ends at once; the kernel goes on alone, the next start goes on with it.
    machine.killAll();
    expect(await sets()).toMatch(/198\.51\.100\.9 timeout 1h/);
    const next = await start(text);
    await next.untilLog('connection_limit web: 2 bans from before the start go on');
    connections(...others, lines('198.51.100.9', 49));
    await next.untilLog('198.51.100.9 is released: 49 established connections, fewer than 50');
    await next.untilLog('2001:db8:1:2::/64 is released: 0 established connections');
    await until('the kernel has none of them', { within: patience }, async () => !/timeout 1h/.test(await sets()));
    expect((await bans())?.bans).toEqual([]);

    // A reload that leaves no checker process takes the sets along.
    await next.reload(`global_defs {\n vrrp_version 3\n}\n${peer}`);
    expect(await sets()).not.toContain('keepalived_limits');
    expect(await next.stop()).toBe(0);
  });
});

it('a router that VRRP hears by multicast is never banned', async () => {
  connections();
  const daemon = await start(configuration(limited('nftables web')) + instance({ state: 'BACKUP', priority: 100 }));
  await other.daemon(quick + instance({ interval: 0.2 }));
  // It may be banned until it is heard.
  await until('it is refused', { within: patience }, async () =>
    (await ctl('bans', 'add', '10.88.0.2')).includes('10.88.0.2 is never banned: a VRRP router that was heard'),
  );
  expect((await bans())?.bans).toEqual([]);
  expect(await daemon.stop()).toBe(0);
});

describe('sets of a limit that has gone', () => {
  it.each([
    ['with another set', configuration(limited('nftables other'))],
    ['without limits', configuration('')],
    ['without a checker process', 'global_defs {\n router_id test\n}\n'],
  ])('go at the start after a crash: %s', async (_what, after) => {
    connections(lines('198.51.100.9', 150));
    await machine.run(['ipset', 'create', 'site', 'hash:net']);
    const daemon = await start(configuration(limited('ipset web')));
    await daemon.untilLog('198.51.100.9 is banned');
    await until('the set has it', { within: patience }, async () => (await sets()).includes('add web 198.51.100.9 '));
    machine.killAll();
    connections();
    const next = await start(after);
    await until('the sets are gone', { within: patience }, async () => !/create web6? /.test(await sets()));
    expect(await sets()).toContain('create site ');
    expect(await next.stop()).toBe(0);
    await machine.run(['ipset', 'destroy', 'site']);
    expect(existsSync(machine.path('/run/checkers.limits'))).toBe(_what === 'with another set');
    await (await start('global_defs {\n router_id test\n}\n')).stop();
    expect(await sets()).toBe('');
  });
});

describe('nftables_ipvs', () => {
  it('that nft refuses is told with a remedy, hurts nobody else, and is made as soon as it can be', async () => {
    const text = `global_defs {\n router_id test\n nftables_ipvs\n}
virtual_server_group G {
    10.9.0.2 80
    10.9.0.3 80
}
virtual_server group G {
    lvs_sched rr
    lvs_method NAT
    protocol TCP
    real_server 10.9.1.1 80 {
    }
}\n`;
    await machine.run(['mount', '--bind', '/bin/false', '/usr/sbin/nft']);
    const daemon = await start(text);
    await daemon.untilLog(/nftables: table keepalived_ipvs cannot be made: nft ended with 1\. .* tried again/);
    expect(await ctl('status')).toContain('ready');
    await machine.run(['umount', '/usr/sbin/nft']);
    await daemon.untilLog('nftables: table keepalived_ipvs is made now');
    expect((await machine.run(['nft', 'list', 'tables'])).stdout).toContain('table ip keepalived_ipvs');
    expect(await daemon.stop()).toBe(0);
    expect((await machine.run(['nft', 'list', 'tables'])).stdout).toBe('');
  });
});

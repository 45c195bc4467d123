// The two examples of the repository, read from their files.
import { readFileSync, readdirSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { load, type FileTable } from './memory.ts';

const examples = new URL('../../../examples/', import.meta.url);

function files(directory: string): FileTable {
  const table: Record<string, string> = {};
  for (const entry of readdirSync(new URL(directory, examples), { recursive: true, withFileTypes: true })) {
    if (!entry.isFile() || !entry.name.endsWith('.conf')) continue;
    const path = `${entry.parentPath}/${entry.name}`;
    table[path] = readFileSync(path, 'utf8');
  }
  return table;
}

function loadExample(directory: string) {
  const path = new URL(`${directory}/keepalived.conf`, examples).pathname;
  return load('', { path, files: files(directory), mode: 'run' });
}

describe('examples/pair', () => {
  it.each([
    ['pair/lb1v', 'MASTER', 'BACKUP'],
    ['pair/lb2v', 'BACKUP', 'MASTER'],
  ])('%s starts, its old keywords each with a warning', (directory, first, second) => {
    const { configuration, diagnostics, exitCode } = loadExample(directory);
    expect(exitCode).toBe(0);
    expect(configuration?.vrrp.instances).toMatchObject([
      {
        name: 'VI_1',
        initialState: first,
        interface: 'eth0',
        debugLevel: 1,
        trackInterfaces: [{ interface: 'eth1', weight: 0 }],
        virtualAddresses: [{ address: '123.30.175.41', prefixLength: 32, interface: 'eth1', label: 'eth1:1' }],
      },
      {
        name: 'VI_2',
        initialState: second,
        virtualAddresses: [{ address: '123.30.175.40', interface: 'eth1', label: 'eth1:2' }],
      },
    ]);
    expect(configuration?.global.lvsSyncDaemon).toMatchObject({ interface: 'eth0', vrrpInstance: 'VI_1', syncId: 0 });
    const kinds = new Set(diagnostics.map((diagnostic) => diagnostic.class));
    expect([...kinds].toSorted()).toEqual(['deprecated', 'note', 'warning']);
    for (const code of ['CFG_OLD_DEBUG', 'CFG_TRACKED_ALIAS', 'CFG_DEPRECATED']) {
      expect(diagnostics.filter((diagnostic) => diagnostic.code === code)).toHaveLength(2);
    }
  });

  it('has its services from the included files', () => {
    const { configuration } = loadExample('pair/lb1v');
    expect(configuration?.files).toHaveLength(3);
    const service = configuration?.check.virtualServers.find(
      ({ identity }) => identity.kind === 'address' && identity.address === '123.30.175.40',
    );
    expect(service).toMatchObject({ scheduler: 'rr', identity: { port: 80, protocol: 'tcp' } });
    expect(service?.realServers.map(({ address }) => address)).toEqual([
      '172.16.16.37',
      '172.16.16.38',
      '172.16.16.39',
    ]);
    for (const server of service?.realServers ?? []) {
      expect(server).toMatchObject({ weight: 10, inhibitOnFailure: true, forwarding: { method: 'DR' }, checkers: [] });
    }
  });
});

describe('examples/nat', () => {
  it('is read as it says', () => {
    const { configuration, diagnostics, exitCode } = loadExample('nat');
    expect(exitCode).toBe(0);
    expect(configuration?.global).toMatchObject({
      routerId: 'LVS_DIRECTOR',
      mail: {
        server: { host: '127.0.0.1', port: 25 },
        connectTimeout: 30_000,
        from: 'keepalived@mydomain.com',
        recipients: ['root'],
      },
    });
    const [web, mail] = configuration?.check.virtualServers ?? [];
    expect(web).toMatchObject({ persistenceTimeout: 50_000, identity: { address: '192.168.1.54', port: 80 } });
    expect(web?.realServers[0]?.checkers).toMatchObject([
      {
        type: 'HTTP_GET',
        connectTimeout: 3000,
        retry: 3,
        delayBeforeRetry: 3000,
        delayLoop: 6000,
        urls: [{ path: '/index.html' }],
      },
    ]);
    expect(mail?.realServers[1]).toMatchObject({
      address: '172.16.1.3',
      port: 25,
      checkers: [{ type: 'TCP_CHECK', connectTimeout: 3000 }],
    });
    // nb_get_retry, once for each web server.
    expect(diagnostics.map(({ code }) => code)).toEqual(['CFG_DEPRECATED', 'CFG_DEPRECATED']);
  });
});

/** status_page: who may look is never a matter of a slip. */
import { describe, expect, it } from 'vitest';
import type { HostFacts } from '../../../src/config/ports.ts';
import { printConfiguration } from '../../../src/config/print/configuration.ts';
import { secretMask, withoutSecrets } from '../../../src/config/print/secrets.ts';
import { plainHost } from './memory.ts';
import { read } from './round-trip.ts';

const hash = 'scrypt:14:8:1:U29kaXVtQ2hsb3JpZGU:cCO9yzr9c0hGHAbNgf046_2o-7qQT44-qbVD9lRdofI';

function page(lines: string, host: HostFacts = plainHost) {
  const { configuration, diagnostics } = read(`status_page {\n${lines}\n}\n`, { host });
  return {
    page: configuration?.statusPage,
    found: diagnostics.filter(({ class: kind }) => kind !== 'note').map(({ code, at }) => `${at?.line ?? 0} ${code}`),
    messages: diagnostics.map(({ message }) => message).join('\n'),
  };
}

const withFile = (file: ReturnType<NonNullable<HostFacts['secretFile']>>): HostFacts => ({
  ...plainHost,
  secretFile: () => file,
});

describe('status_page', () => {
  it('without anything is at a port of this machine alone', () => {
    const { found, page: checked } = page('');
    expect(found).toEqual([]);
    expect(checked).toMatchObject({
      listen: [{ kind: 'tcp', address: '127.0.0.1', port: 8404 }],
      users: [],
      basePath: '/',
      maximumViewers: 32,
    });
  });

  it.each([
    ['listen 127.0.0.1:80', []],
    ['listen [::1]:80', []],
    ['listen unix /run/page.sock mode 0666', []],
    ['listen 10.0.0.1:80', ['2 CFG_NO_AUTHENTICATION']],
    ['listen 0.0.0.0:80', ['2 CFG_NO_AUTHENTICATION']],
    ['listen [::]:80', ['2 CFG_NO_AUTHENTICATION']],
    ['listen 10.0.0.1:80\nauth none', []],
    ['listen 10.0.0.1:80\nauth basic admin sesame', []],
    ['listen 10.0.0.1:80\nauth basic admin', ['1 CFG_INCOMPLETE', '3 CFG_PASSWORD']],
    ['listen 10.0.0.1:80\nauth nobody', ['1 CFG_INCOMPLETE', '3 CFG_PASSWORD']],
    ['auth basic ad:min sesame', ['1 CFG_INCOMPLETE', '2 CFG_PASSWORD']],
    ['auth basic admin scrypt:1:2:3', ['1 CFG_INCOMPLETE', '2 CFG_PASSWORD']],
    [`auth basic admin ${hash}`, []],
  ])('%s', (lines, wanted) => {
    const { found, page: checked } = page(lines);
    expect(found).toEqual(wanted);
    expect(checked === undefined).toBe(wanted.length > 0);
  });

  it('serves the places that are safe when others are not', () => {
    expect(page('listen 10.0.0.1:80\nlisten 127.0.0.1:80').page?.listen).toMatchObject([{ address: '127.0.0.1' }]);
  });

  it('asks users, whatever else is written', () => {
    const { found, page: checked } = page('auth none\nauth basic admin sesame');
    expect(found).toEqual(['2 CFG_NO_CONSEQUENCE']);
    expect(checked).toMatchObject({ open: false, users: [{ name: 'admin' }] });
  });

  it('reads users from a file that nobody else can read', () => {
    const text = `# who may look\nadmin:${hash}\n\nguest:${hash}\n`;
    expect(page('auth file /etc/page', withFile({ ok: true, text })).page?.users.map(({ name }) => name)).toEqual([
      'admin',
      'guest',
    ]);
    for (const file of [
      { ok: true, text, insecure: 'it is open to everybody' },
      { ok: true, text: 'admin:sesame\n' },
      { ok: false, detail: 'ENOENT' },
    ] as const) {
      const { found, messages, page: checked } = page('auth file /etc/page', withFile(file));
      expect(found).toEqual(['1 CFG_INCOMPLETE', '2 CFG_PASSWORD']);
      expect(checked).toBeUndefined();
      expect(messages).not.toContain('sesame');
    }
  });

  it.each([
    ['base_path balancer', '/balancer/', 0],
    ['base_path /a/b/', '/a/b/', 0],
    ['base_path /../', '/', 1],
    ['base_path /a/../b/', '/', 1],
    ['base_path /metrics/', '/', 1],
    ['base_path "/a b/"', '/', 1],
    ['base_path //', '/', 1],
  ])('%s lies at %s', (line, path, errors) => {
    const { found, page: checked } = page(line);
    expect(checked?.basePath).toBe(path);
    expect(found).toHaveLength(errors);
  });

  it('shows no password: in a masked line, or in what is said', () => {
    expect(withoutSecrets({ keyword: 'auth', words: ['basic', 'admin', 'sesame'] })).toEqual([
      'basic',
      'admin',
      secretMask,
    ]);
    expect(withoutSecrets({ keyword: 'auth', words: ['file', '/etc/page'] })).toEqual(['file', '/etc/page']);
    const { configuration } = read('status_page {\nauth basic admin sesame\n}\n');
    expect(printConfiguration(configuration!)).toContain('sesame');
    expect(page('auth basic admin sesame\nauth basic admin other').messages).not.toMatch(/sesame|other/);
  });
});

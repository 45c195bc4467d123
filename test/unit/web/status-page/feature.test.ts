/** The status page over real connections of the loopback: who may look, what answers say, and how it is kept up to date. */
import { afterEach, describe, expect, it } from 'vitest';
import { hostName, readCredentials } from '../../../../src/web/status-page/guard.ts';
import { digestPassword } from '../../../../src/web/status-page/passwords.ts';
import type { PageSettings } from '../../../../src/web/status-page/settings.ts';
import { tokensOf } from '../../../support/markup.ts';
import { pageSettingsForTests, PageScene, type Follower } from '../../../support/page-scene.ts';
import { instanceReport, pageStatus, serviceSummary } from '../../../support/page-status.ts';

const account = { name: 'admin', password: digestPassword('admin', 'sesame') };
const basic = (name: string, password: string): string =>
  `Basic ${Buffer.from(`${name}:${password}`).toString('base64')}`;

/** Waits for a condition: what a busy machine needs longer for is no failure. */
async function until(met: () => boolean): Promise<void> {
  const end = performance.now() + 20_000;
  while (!met()) {
    if (performance.now() > end) throw new Error('it does not come about');
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}

describe('the status page', () => {
  const scenes: PageScene[] = [];
  const begin = async (changes?: Partial<PageSettings>): Promise<PageScene> => {
    const scene = await new PageScene(changes).begin();
    scenes.push(scene);
    return scene;
  };

  afterEach(async () => {
    await Promise.all(scenes.splice(0).map((scene) => scene.end()));
  });

  it('is one page with two files and an icon, all from here, nothing inline, and nobody keeps it', async () => {
    const scene = await begin();
    const { body, headers, status } = await scene.get('/');
    expect(status).toBe(200);
    expect(headers).toMatchObject({
      'content-type': 'text/html; charset=utf-8',
      'cache-control': 'no-store',
      'x-content-type-options': 'nosniff',
      'referrer-policy': 'no-referrer',
      'x-frame-options': 'DENY',
      'cross-origin-opener-policy': 'same-origin',
      'cross-origin-resource-policy': 'same-origin',
    });
    const policy = headers['content-security-policy'] ?? '';
    expect(policy).toMatch(/^default-src 'none'; style-src 'self'; script-src 'self';/);
    expect(policy).toContain("frame-ancestors 'none'");
    expect(policy).not.toContain('unsafe');
    const tokens = tokensOf(body);
    for (const { attributes, name } of tokens) {
      for (const [attribute, value] of attributes) {
        expect(attribute).not.toMatch(/^(on|style$)/);
        if (attribute === 'src' || (name === 'link' && attribute === 'href')) {
          expect(value).toMatch(/^assets\/[a-z-]+-[0-9a-f]{16}\.(css|js|svg)$/);
          const file = await scene.get(`/${value}`);
          expect(file.status).toBe(200);
          expect(file.headers['cache-control']).toContain('immutable');
          const again = await scene.get(`/${value}`, { 'If-None-Match': file.headers.etag ?? '' });
          expect([again.status, again.body]).toEqual([304, '']);
        }
      }
    }
    expect(tokens.filter(({ name }) => name === 'script')).toHaveLength(1);
  });

  it.each([
    ['GET', '/', 200],
    ['HEAD', '/', 200],
    ['HEAD', '/events', 200],
    ['POST', '/', 405],
    ['PUT', '/events', 405],
    ['DELETE', '/', 405],
    ['OPTIONS', '/', 405],
    ['GET', '/other', 404],
    ['GET', '/assets/', 404],
    ['GET', '/../../etc/passwd', 404],
    ['GET', '/?q=%00%ff&page=-1&open=%3Cscript%3E', 200],
  ])('answers %s %s with %i', async (method, path, status) => {
    const answer = await (await begin()).get(path, {}, method);
    expect(answer.status).toBe(status);
    if (method === 'HEAD') expect(answer.body).toBe('');
    if (status === 405) expect(answer.headers.allow).toBe('GET, HEAD');
  });

  it('says so when the daemon does not answer', async () => {
    const scene = new PageScene();
    scene.status = undefined;
    scenes.push(await scene.begin());
    expect((await scene.get('/')).status).toBe(503);
    // And shows the last that is known when there is something.
    scene.status = pageStatus({ instances: [instanceReport()] });
    expect((await scene.get('/')).status).toBe(200);
    scene.status = undefined;
    expect((await scene.get('/')).status).toBe(200);
  });

  it.each([
    ['127.0.0.1:8404', 200],
    ['[::1]:8404', 200],
    ['10.0.0.1', 200],
    ['localhost:8404', 200],
    ['lb1.example.net', 200],
    ['LB1', 200],
    ['page.example.com:443', 200],
    ['evil.example.org', 421],
    ['localhost.evil.example.org', 421],
    ['127.0.0.1.evil.example.org', 421],
    ['127.0.0.1@evil', 421],
  ])('without passwords, asked for as "%s", answers with %i', async (host, status) => {
    const scene = await begin();
    for (const path of ['/', '/events']) expect((await scene.get(path, { Host: host }, 'HEAD')).status).toBe(status);
  });

  it('asks for name and password, whatever is wanted', async () => {
    const scene = await begin({ accounts: [account] });
    const file = [...scene.feature.routes.keys()].find((path) => path.endsWith('.js')) ?? '';
    for (const path of ['/', '/events', file]) {
      const stranger = await scene.get(path);
      expect([path, stranger.status]).toEqual([path, 401]);
      expect(stranger.headers['www-authenticate']).toMatch(/^Basic realm=/);
      expect(stranger.body).not.toContain('VI_1');
      expect((await scene.get(path, { Authorization: basic('admin', 'wrong') })).status).toBe(401);
      expect((await scene.get(path, { Authorization: 'Bearer x' })).status).toBe(401);
    }
    const known = { Authorization: basic('admin', 'sesame') };
    expect((await scene.get('/', known)).status).toBe(200);
    // Who has a password may come by any name.
    expect((await scene.get('/', { ...known, Host: 'whatever.example.org' })).status).toBe(200);
  });

  it('lets nobody guess on and on, and who was right before is not shut out by that', async () => {
    const scene = await begin({ accounts: [account] });
    const known = { Authorization: basic('admin', 'sesame') };
    expect((await scene.get('/', known)).status).toBe(200);
    const guesses: number[] = [];
    for (let guess = 0; guess < 30; guess++)
      guesses.push((await scene.get('/', { Authorization: basic('admin', `guess ${guess}`) })).status);
    expect(guesses.slice(0, 5)).toEqual([401, 401, 401, 401, 401]);
    expect(guesses).toContain(429);
    expect((await scene.get('/', known)).status).toBe(200);
  });

  it('tells a viewer everything first, and then what changes, an event included', async () => {
    const scene = await begin();
    const viewer = scene.follow('/events?q=10.0');
    await until(() => viewer.updates.length >= 1);
    expect(viewer.status).toBe(200);
    expect(viewer.updates[0]?.pieces.map(({ id }) => id)).toEqual([
      'summary',
      'instances',
      'groups',
      'sessions',
      'services',
      'draining',
      'limits',
      'events',
    ]);
    scene.status = pageStatus({ instances: [instanceReport({ state: 'FAULT' })], services: [serviceSummary()] });
    scene.events = [
      {
        sequence: 1,
        time: 0,
        event: {
          kind: 'vrrp-instance',
          instance: 'VI_1',
          from: 'MASTER',
          to: 'FAULT',
          priority: 0,
          at: 0,
          reason: 'eth0 is down',
        },
      },
    ];
    scene.feature.lookSoon();
    await until(() => viewer.updates.some(({ verdict }) => verdict === '1 problem'));
    const update = viewer.updates.find(({ verdict }) => verdict === '1 problem');
    expect(update?.pieces.map(({ id }) => id)).toEqual(
      expect.arrayContaining(['summary', 'instance-VI_5f_1', 'events']),
    );
    expect(update?.pieces.map(({ id }) => id)).not.toContain('services');
    expect(update?.pieces.find(({ id }) => id === 'events')?.markup).toContain('eth0 is down');
  });

  it('has a limit of viewers, and room again when one leaves', async () => {
    const scene = await begin();
    const viewers = [scene.follow(), scene.follow()];
    await until(() => viewers.every(({ status }) => status === 200));
    expect((await scene.get('/events')).status).toBe(503);
    viewers[0]?.leave();
    let next: Follower | undefined;
    await until(() => {
      if (next === undefined || (next.status !== undefined && next.status !== 200)) next = scene.follow();
      return next.status === 200;
    });
  });

  it('goes over to other settings: another path, other users, and nobody stays inside', async () => {
    const scene = await begin();
    const viewer = scene.follow();
    await until(() => viewer.status === 200);
    scene.feature.reconfigure({ ...pageSettingsForTests, basePath: '/balancer/', accounts: [account] });
    await until(() => viewer.ended);
    expect([...scene.feature.routes.keys()]).toEqual(
      expect.arrayContaining(['/balancer/', '/balancer', '/balancer/events']),
    );
    expect(scene.feature.routes.has('/')).toBe(false);
  });

  it('lies below a path, and sends those there who forget the slash', async () => {
    const scene = await begin({ basePath: '/balancer/' });
    expect((await scene.get('/')).status).toBe(404);
    const moved = await scene.get('/balancer');
    expect([moved.status, moved.headers.location]).toEqual([308, '/balancer/']);
    expect((await scene.get('/balancer/')).status).toBe(200);
  });
});

it.each([
  [basic('a', 'b:c'), { name: 'a', password: 'b:c' }],
  [basic('ä', 'ö'), { name: 'ä', password: 'ö' }],
  ['basic YTo=', { name: 'a', password: '' }],
  ['Basic YQ==', undefined],
  ['Basic', undefined],
  [`Basic ${'A'.repeat(5000)}`, undefined],
  ['Digest x', undefined],
  [undefined, undefined],
])('credentials of %s', (header, wanted) => {
  expect(readCredentials(header)).toEqual(wanted);
});

it.each([
  ['Example.COM:80', 'example.com'],
  ['[2001:DB8::1]:80', '2001:db8::1'],
  ['[::1]', '::1'],
  ['a b', undefined],
  ['a:b', undefined],
  ['[::1', undefined],
  [undefined, undefined],
])('the host of %s', (header, wanted) => {
  expect(hostName(header)).toBe(wanted);
});

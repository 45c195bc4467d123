/** The status page in a browser: under its own policy, live, among ten thousand services, and without a script. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { until } from '../../../lab/lib/clock.ts';
import { Browser, chromiumIsInstalled, type BrowserPage } from '../../support/browser.ts';
import { pageSettingsForTests, PageScene } from '../../support/page-scene.ts';
import { instanceReport } from '../../support/page-status.ts';
import { builtPage, detailOf, sceneEvents, sceneStatus, serverNamesOf } from './scene.ts';

/** Nothing here takes longer unless it is broken. Milliseconds. */
const patience = 45_000;
const installed = chromiumIsInstalled();
if (!installed)
  console.warn('The status page is not looked at in a browser: Debian’s package chromium is not installed');

describe.skipIf(!installed)('the status page in a browser', () => {
  let browser: Browser;
  let scene: PageScene;
  let page: BrowserPage;
  const address = (): string => `http://127.0.0.1:${scene.port}/`;
  const within = { within: patience, every: 25 };
  const untilPage = (what: string, expression: string): Promise<unknown> =>
    until(what, within, () => page.evaluate<boolean>(expression));

  beforeAll(async () => {
    scene = new PageScene(builtPage());
    scene.status = sceneStatus(10_000, { fault: false });
    scene.serverNames = serverNamesOf(10_000);
    scene.detailOf = detailOf;
    scene.events = sceneEvents(Date.now());
    await scene.begin();
    browser = Browser.start();
    page = await browser.page();
    await page.appearance({ width: 1280, height: 900 });
    await page.open(address());
    await untilPage('it is live', `document.documentElement.classList.contains('current')`);
  });

  afterAll(async () => {
    await browser?.close();
    await scene?.end();
  });

  it('shows what is to be known, and asks nobody else for anything', async () => {
    const text = await page.evaluate<string>('document.body.innerText');
    expect(text).toContain(
      "10.9.0.1 advertises 150 > 90; own 150 - 60 chk_nginx failed 3x, exit 1 'connection refused'",
    );
    expect(text).toContain('10.20.0.3:443');
    expect(text).toContain('HTTP_GET: connection refused');
    expect(await page.evaluate('document.querySelectorAll(".service").length')).toBe(50);
    expect(new Set(page.requested.map((url) => new URL(url).origin))).toEqual(new Set([new URL(address()).origin]));
  });

  it('follows what happens, without loading, and keeps what the reader has unfolded', async () => {
    const first = `document.querySelector('#services .fold')`;
    await page.evaluate(`window.sameDocument = true; ${first}.click(); ${first}.focus()`);
    const unfolded = `!document.querySelector('#services tr.inside').hidden && ${first}.getAttribute('aria-expanded') === 'true'`;
    expect(await page.evaluate(unfolded)).toBe(true);
    scene.status = sceneStatus(10_000, { fault: true, tick: 1 });
    scene.feature.lookSoon();
    await untilPage('the fault', `document.getElementById('instance-VI_5f_V6').innerText.includes('no carrier')`);
    expect(await page.evaluate('document.getElementById("instance-VI_5f_V6").className')).toBe('bad');
    expect(await page.evaluate(`window.sameDocument && ${unfolded} && document.activeElement === ${first}`)).toBe(true);
  });

  it('finds one service among ten thousand while one types, and the server behind it', async () => {
    const type = (text: string): string =>
      `{ const q = document.getElementById('q'); q.value = '${text}'; q.dispatchEvent(new Event('input')); }`;
    await page.evaluate(type('10.20.9.77'));
    await untilPage('one service', `document.querySelectorAll('.service').length === 1`);
    expect(await page.evaluate('document.querySelector(".service").innerText')).toContain('10.20.9.77:443');
    expect(await page.evaluate('location.search')).toBe('?q=10.20.9.77');
    await page.evaluate(type('192.168.78.2 10.20.9'));
    await untilPage('by its server', `document.querySelector('.service .title').textContent === '10.20.9.78:443'`);
    await page.evaluate(type(''));
    await page.evaluate(`document.getElementById('only').click()`);
    await untilPage(
      'problems',
      `document.querySelector('.service') !== null && document.querySelector('.service.good') === null`,
    );
    await page.evaluate(`document.getElementById('only').click()`);
    await untilPage('all', `document.querySelectorAll('.service').length === 50`);
  });

  it('is told by keys: help, search, the next service, light and dark', async () => {
    const press = (key: string): Promise<unknown> =>
      page.evaluate(
        `document.activeElement.dispatchEvent(new KeyboardEvent('keydown', { key: '${key}', bubbles: true }))`,
      );
    await page.evaluate('document.activeElement.blur()');
    await press('j');
    expect(await page.evaluate('document.activeElement.className')).toBe('fold');
    await press('t');
    expect(await page.evaluate('document.documentElement.dataset.theme')).toBe('dark');
    await press('t');
    expect(await page.evaluate('document.documentElement.dataset.theme')).toBeUndefined();
    await press('/');
    expect(await page.evaluate('document.activeElement.id')).toBe('q');
  });

  it('says that the connection is lost, and goes on by itself', async () => {
    await page.evaluate(`{
      window.losses = [];
      const lost = document.getElementById('lost');
      new MutationObserver(() => losses.push(lost.textContent)).observe(lost, { childList: true });
    }`);
    // Other users or names: whoever looks has to come in again. A page that is just between two streams would not notice.
    let names = 0;
    await until('the loss', { within: patience, every: 250 }, () => {
      scene.feature.reconfigure({ ...pageSettingsForTests, ...builtPage(), hosts: [`other-${++names}.example.com`] });
      return page.evaluate<boolean>(`losses.some((text) => /What stands here is of \\d.*; trying again/.test(text))`);
    });
    await untilPage('it is back', `document.getElementById('lost').hidden`);
  });

  it.each([
    ['a wide window', { width: 1280, height: 900 }],
    ['a dark one', { width: 1280, height: 900, scheme: 'dark' }],
    ['a phone', { width: 390, height: 844, mobile: true }],
  ] as const)('fits into %s', async (_name, appearance) => {
    await page.appearance({ ...appearance });
    const room = 'document.documentElement.scrollWidth <= document.documentElement.clientWidth';
    expect(await page.evaluate(room)).toBe(true);
    const ground = await page.evaluate<string>('getComputedStyle(document.body.parentElement).backgroundColor');
    const light = Number(/\d+/.exec(ground)?.[0]) > 127;
    expect(light).toBe(!('scheme' in appearance));
    await page.appearance({ width: 1280, height: 900 });
  });

  it('runs nothing that somebody has written into a name', async () => {
    const name = '"><img src=x onerror="window.broken=1"><script>window.broken=1</script>';
    const known = scene.status;
    scene.status = { ...sceneStatus(20), vrrp: { now: 0, groups: [], instances: [instanceReport({ name })] } };
    scene.feature.lookSoon();
    await untilPage('the name', `document.body.innerText.includes('<img src=x')`);
    await page.open(address());
    await untilPage('the name again', `document.body.innerText.includes('<img src=x')`);
    expect(await page.evaluate('typeof window.broken')).toBe('undefined');
    scene.status = known;
    scene.feature.lookSoon();
    await untilPage('all services again', `document.getElementById('services-title').innerText.includes('10,000')`);
  });

  it('is complete without a script: search, pages, problems, folding', async () => {
    const plain = await browser.page();
    await plain.scripts(false);
    const textAt = async (query: string): Promise<string> => {
      await plain.open(`${address()}${query}`);
      // Its own scripts do not run; the question of the test does.
      return plain.evaluate<string>('document.body.innerText');
    };
    expect(await textAt('?q=10.20.9.77')).toContain('1 of 10,000');
    expect(await textAt('?page=7')).toContain('page 7 of 200');
    expect(await textAt('?open=%5B10.20.0.3%5D%3Atcp%3A443')).toContain('connect 0.3 ms, failed');
    expect(await textAt('')).toContain('Without a script this page shows one moment');
    expect(plain.complaints).toEqual([]);
  });

  it('has made the browser complain of nothing', () => {
    // The connection that was cut is the only thing that it may have to say.
    expect(page.complaints.filter((text) => !text.includes('ERR_'))).toEqual([]);
  });
});

/** Pictures of the status page for docs/status-page: the scene of its tests, in a browser, an hour after its start. */
import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { Browser, type Appearance, type BrowserPage } from '../test/support/browser.ts';
import { PageScene } from '../test/support/page-scene.ts';
import { builtPage, detailOf, sceneEvents, sceneStatus, serverNamesOf } from '../test/interop/page/scene.ts';

const folder = path.join(import.meta.dirname, '..', 'docs', 'status-page');
const pause = (milliseconds: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, milliseconds));

interface Picture extends Appearance {
  readonly name: string;
  readonly query?: string;
  /** What the reader does before. */
  readonly script?: string;
}

const pictures: readonly Picture[] = [
  { name: 'light', width: 1360, height: 860 },
  {
    name: 'dark',
    width: 1360,
    height: 860,
    scheme: 'dark',
    script: `document.getElementById('instances').querySelector('.fold').click(); document.querySelectorAll('#services .fold')[1].click(); scrollTo(0, document.getElementById('instances').offsetTop - 70)`,
  },
  { name: 'phone', width: 390, height: 844, mobile: true, query: '?q=10.20.0' },
  {
    name: 'search',
    width: 1360,
    height: 600,
    query: '?q=192.168.77',
    script: `document.querySelector('#services .fold').click(); scrollTo(0, document.getElementById('search').offsetTop - 70)`,
  },
];

async function take(
  page: BrowserPage,
  address: string,
  { name, query = '', script, ...appearance }: Picture,
): Promise<void> {
  await page.appearance(appearance);
  await page.open(`${address}${query}`);
  await pause(1_500);
  if (script !== undefined) await page.evaluate(script);
  await pause(700);
  writeFileSync(path.join(folder, `${name}.png`), await page.screenshot());
}

mkdirSync(folder, { recursive: true });
const scene = new PageScene(builtPage());
scene.serverNames = serverNamesOf(10_000);
scene.detailOf = detailOf;
scene.events = sceneEvents(Date.now());
for (let tick = 0; tick < 60; tick++) scene.feature.remember(sceneStatus(10_000, { fault: tick > 55, tick }));
scene.status = sceneStatus(10_000, { tick: 60 });
await scene.begin();
const browser = Browser.start();
try {
  const page = await browser.page();
  for (const picture of pictures) await take(page, `http://127.0.0.1:${scene.port}/`, picture);
} finally {
  await browser.close();
  await scene.end();
}

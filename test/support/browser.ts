/**
 * Headless Chromium, driven by the DevTools protocol over a pair of pipes (`--remote-debugging-pipe`): messages are JSON
 * with a zero octet behind each. Only what the tests of the status page need.
 */
import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { Readable, Writable } from 'node:stream';

/** Debian's package chromium. */
export const chromium = '/usr/bin/chromium';

export function chromiumIsInstalled(): boolean {
  return existsSync(chromium);
}

type Parameters = Readonly<Record<string, unknown>>;

interface Message {
  readonly id?: number;
  readonly method?: string;
  readonly sessionId?: string;
  readonly params?: Parameters;
  readonly result?: Parameters;
  readonly error?: { readonly message: string };
}

const flags = [
  '--headless=new',
  '--remote-debugging-pipe',
  // Tests run as root, and Chromium refuses its sandbox to root.
  '--no-sandbox',
  '--disable-gpu',
  '--disable-dev-shm-usage',
  '--no-first-run',
  '--disable-extensions',
  '--disable-sync',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-default-apps',
  '--no-pings',
  '--hide-scrollbars',
  '--force-color-profile=srgb',
  // Whatever it thinks up: nothing but this machine.
  '--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1, EXCLUDE localhost, EXCLUDE page.test',
];

export class Browser {
  readonly #process: ChildProcess;
  readonly #folder: string;
  readonly #waiting = new Map<number, { resolve: (result: Parameters) => void; reject: (error: Error) => void }>();
  readonly #listeners: ((message: Message) => void)[] = [];
  #last = 0;

  private constructor(child: ChildProcess, folder: string) {
    this.#process = child;
    this.#folder = folder;
    let pending = '';
    const output = child.stdio[4] as Readable;
    output.setEncoding('utf8');
    output.on('data', (text: string) => {
      const messages = `${pending}${text}`.split('\0');
      pending = messages.pop() ?? '';
      for (const message of messages) this.#received(JSON.parse(message) as Message);
    });
    child.once('exit', () => {
      for (const { reject } of this.#waiting.values()) reject(new Error('chromium has ended'));
      this.#waiting.clear();
    });
    (child.stdio[3] as Writable).on('error', () => undefined);
  }

  /** @param command words before chromium's own, such as nsenter */
  static start(command: readonly string[] = []): Browser {
    const folder = mkdtempSync(path.join(tmpdir(), 'kts-browser-'));
    const words = [...command, chromium, ...flags, `--user-data-dir=${folder}`, 'about:blank'];
    const child = spawn(words[0] ?? '', words.slice(1), {
      stdio: ['ignore', 'ignore', 'ignore', 'pipe', 'pipe'],
      env: { ...process.env, HOME: folder },
    });
    return new Browser(child, folder);
  }

  async close(): Promise<void> {
    const gone = new Promise<void>((resolve) => {
      if (this.#process.exitCode !== null || this.#process.signalCode !== null) resolve();
      else this.#process.once('exit', () => resolve());
    });
    const timer = setTimeout(() => this.#process.kill('SIGKILL'), 5_000);
    this.call('Browser.close').catch(() => undefined);
    await gone;
    clearTimeout(timer);
    rmSync(this.#folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 });
  }

  call(method: string, params: Parameters = {}, sessionId?: string): Promise<Parameters> {
    const id = ++this.#last;
    return new Promise((resolve, reject) => {
      this.#waiting.set(id, { resolve, reject });
      const message = { id, method, params, ...(sessionId !== undefined && { sessionId }) };
      (this.#process.stdio[3] as Writable).write(`${JSON.stringify(message)}\0`);
    });
  }

  listen(listener: (message: Message) => void): void {
    this.#listeners.push(listener);
  }

  /** An empty page. */
  async page(): Promise<BrowserPage> {
    const { targetId } = await this.call('Target.createTarget', { url: 'about:blank' });
    const { sessionId } = await this.call('Target.attachToTarget', { targetId, flatten: true });
    const page = new BrowserPage(this, sessionId as string);
    for (const domain of ['Page', 'Runtime', 'Log', 'Network']) await page.call(`${domain}.enable`);
    return page;
  }

  #received(message: Message): void {
    if (message.id === undefined) {
      for (const listener of this.#listeners) listener(message);
      return;
    }
    const waiting = this.#waiting.get(message.id);
    this.#waiting.delete(message.id);
    if (message.error === undefined) waiting?.resolve(message.result ?? {});
    else waiting?.reject(new Error(message.error.message));
  }
}

export interface Appearance {
  readonly width: number;
  readonly height: number;
  readonly scheme?: 'light' | 'dark';
  readonly mobile?: boolean;
}

export class BrowserPage {
  readonly #browser: Browser;
  readonly #session: string;
  /** What the browser complains about: exceptions, refused content, failed requests. */
  readonly complaints: string[] = [];
  /** Origins that were asked for anything. */
  readonly requested: string[] = [];
  #loaded: (() => void) | undefined;

  constructor(browser: Browser, session: string) {
    this.#browser = browser;
    this.#session = session;
    browser.listen((message) => {
      if (message.sessionId === session) this.#told(message);
    });
  }

  call(method: string, params: Parameters = {}): Promise<Parameters> {
    return this.#browser.call(method, params, this.#session);
  }

  async appearance({ height, mobile = false, scheme = 'light', width }: Appearance): Promise<void> {
    const features = [{ name: 'prefers-color-scheme', value: scheme }];
    await this.call('Emulation.setDeviceMetricsOverride', { width, height, deviceScaleFactor: 1, mobile });
    await this.call('Emulation.setEmulatedMedia', { features });
  }

  async scripts(allowed: boolean): Promise<void> {
    await this.call('Emulation.setScriptExecutionDisabled', { value: !allowed });
  }

  /** Loads a page and waits for its load event. */
  async open(url: string): Promise<void> {
    const loaded = new Promise<void>((resolve) => (this.#loaded = resolve));
    const { errorText } = (await this.call('Page.navigate', { url })) as { readonly errorText?: string };
    if (errorText !== undefined) throw new Error(`${url}: ${errorText}`);
    await loaded;
  }

  /** The value of an expression in the page; a promise is waited for. */
  async evaluate<Value>(expression: string): Promise<Value> {
    const answer = await this.call('Runtime.evaluate', { expression, awaitPromise: true, returnByValue: true });
    const { exceptionDetails, result } = answer as {
      readonly exceptionDetails?: { readonly exception?: { readonly description?: string }; readonly text: string };
      readonly result: { readonly value: Value };
    };
    if (exceptionDetails !== undefined)
      throw new Error(exceptionDetails.exception?.description ?? exceptionDetails.text);
    return result.value;
  }

  /** A picture of what is to be seen, as PNG. */
  async screenshot(): Promise<Buffer> {
    const { data } = await this.call('Page.captureScreenshot', { format: 'png' });
    return Buffer.from(data as string, 'base64');
  }

  #told({ method, params = {} }: Message): void {
    switch (method) {
      case 'Page.loadEventFired':
        this.#loaded?.();
        return;
      case 'Runtime.exceptionThrown':
      case 'Log.entryAdded':
        this.complaints.push(JSON.stringify(params));
        return;
      case 'Runtime.consoleAPICalled':
        if (params['type'] === 'error' || params['type'] === 'warning') this.complaints.push(JSON.stringify(params));
        return;
      case 'Network.requestWillBeSent':
        this.requested.push((params['request'] as { readonly url: string }).url);
        return;
      default:
    }
  }
}

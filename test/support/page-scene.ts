/** The status page served at a port of the loopback, with a daemon that says what a test wants. */
import { request } from 'node:http';
import type { IncomingMessage, OutgoingHttpHeaders } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { VirtualServerReport } from '../../src/check/report-types.ts';
import type { StatusForPage } from '../../src/page/model.ts';
import type { TimedEvent } from '../../src/page/timeline.ts';
import { HttpFront, defaultLimits } from '../../src/web/http-front.ts';
import { StatusPageFeature } from '../../src/web/status-page/feature.ts';
import type { PageSettings } from '../../src/web/status-page/settings.ts';
import { instanceReport, pageStatus, serverReport, serviceReport, serviceSummary } from './page-status.ts';

export const pageSettingsForTests: PageSettings = {
  basePath: '/',
  accounts: [],
  host: 'LB1.example.net',
  hosts: ['page.example.com'],
  maximumViewers: 2,
  style: 'p{}',
  script: 'void 0',
};

export interface Answer {
  readonly status: number;
  readonly headers: IncomingMessage['headers'];
  readonly body: string;
}

export class Follower {
  status: number | undefined;
  text = '';
  ended = false;
  leave: () => void = () => undefined;

  get updates(): { verdict: string; pieces: { id: string; markup: string }[] }[] {
    return [...this.text.matchAll(/^event: update\ndata: (.*)\n\n/gm)].map(
      ([, data = '']) => JSON.parse(data) as { verdict: string; pieces: { id: string; markup: string }[] },
    );
  }
}

export class PageScene {
  readonly feature: StatusPageFeature;
  readonly front: HttpFront;
  status: StatusForPage | undefined = pageStatus({ instances: [instanceReport()], services: [serviceSummary()] });
  events: TimedEvent[] = [];
  serverNames: ReadonlyMap<string, string> = new Map([['[10.0.0.1]:tcp:80', '192.168.0.1:8080']]);
  detailOf: (label: string) => VirtualServerReport = (label) => serviceReport(label, [serverReport()]);
  port = 0;

  constructor(changes: Partial<PageSettings> = {}) {
    this.feature = new StatusPageFeature(
      { ...pageSettingsForTests, ...changes },
      {
        now: () => performance.now(),
        wallClock: () => Date.now(),
        summary: () =>
          this.status === undefined ? Promise.reject(new Error('silence')) : Promise.resolve(this.status),
        services: (labels) => Promise.resolve(labels.map((label) => this.detailOf(label))),
        serverNames: () => Promise.resolve(this.serverNames),
        events: (after) => Promise.resolve(this.events.filter(({ sequence }) => sequence > after)),
      },
    );
    this.front = new HttpFront(() => undefined, { ...defaultLimits, requestsPerSecond: 1e6, requestBurst: 1e6 });
  }

  async begin(): Promise<this> {
    const address = await this.front.listen({ host: '127.0.0.1', port: 0 }, this.feature.routes);
    this.port = (address as AddressInfo).port;
    return this;
  }

  get(path: string, headers: OutgoingHttpHeaders = {}, method = 'GET'): Promise<Answer> {
    return new Promise((resolve, reject) => {
      const asked = request({ host: '127.0.0.1', port: this.port, path, method, headers, agent: false }, (answer) => {
        let body = '';
        answer.setEncoding('utf8').on('data', (text: string) => (body += text));
        answer.on('end', () => resolve({ status: answer.statusCode ?? 0, headers: answer.headers, body }));
      });
      asked.on('error', reject);
      asked.end();
    });
  }

  /** Follows the stream. */
  follow(path = '/events', headers: OutgoingHttpHeaders = {}): Follower {
    const follower = new Follower();
    const asked = request({ host: '127.0.0.1', port: this.port, path, headers, agent: false }, (answer) => {
      follower.status = answer.statusCode;
      answer.setEncoding('utf8').on('data', (text: string) => (follower.text += text));
      answer.on('close', () => (follower.ended = true));
      answer.on('error', () => undefined);
    });
    asked.on('error', () => (follower.ended = true));
    asked.end();
    follower.leave = () => asked.destroy();
    return follower;
  }

  async end(): Promise<void> {
    this.feature.close();
    await this.front.close(0);
  }
}

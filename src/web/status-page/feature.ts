/** The status page as something that is served: the page, its files, and a stream of what changes on it. */
import type { StatusForPage } from '../../page/model.ts';
import { readQuery } from '../../page/query.ts';
import { renderDocument } from '../../page/render/document.ts';
import type { WebReply, WebRequest, WebRoute, WebStream } from '../feature.ts';
import { pageFiles, type PageFiles, type ServedFile } from './assets.ts';
import { Guard } from './guard.ts';
import { LivePage, type LivePageEnvironment, type Viewer } from './live-page.ts';
import type { PageSettings } from './settings.ts';

const plainText = 'text/plain; charset=utf-8';

/** Nothing from elsewhere, nothing inline, in nobody's frame; markup comes into the page through one door. */
const pagePolicy = [
  "default-src 'none'",
  "style-src 'self'",
  "script-src 'self'",
  "img-src 'self'",
  "connect-src 'self'",
  "base-uri 'none'",
  "form-action 'self'",
  "frame-ancestors 'none'",
  "require-trusted-types-for 'script'",
  'trusted-types keepalived-status',
].join('; ');

const pageHeaders = {
  'Content-Security-Policy': pagePolicy,
  'Cross-Origin-Opener-Policy': 'same-origin',
  'X-Frame-Options': 'DENY',
};

/** Their names change with their content. */
const fileHeaders = { 'Cache-Control': 'private, max-age=31536000, immutable' };

/** A proxy in between must hand on every message at once. */
const streamHeaders = { 'X-Accel-Buffering': 'no' };

export type PageEnvironment = Omit<LivePageEnvironment, 'host'>;

export class StatusPageFeature {
  readonly #environment: PageEnvironment;
  readonly #live: LivePage;
  readonly #streams = new Set<WebStream>();
  #settings: PageSettings;
  #files: PageFiles;
  #routes: ReadonlyMap<string, WebRoute>;

  constructor(settings: PageSettings, environment: PageEnvironment) {
    this.#environment = environment;
    this.#settings = settings;
    this.#live = new LivePage({ ...environment, host: settings.host });
    this.#files = pageFiles(settings);
    this.#routes = this.#makeRoutes();
  }

  get routes(): ReadonlyMap<string, WebRoute> {
    return this.#routes;
  }

  /** A reload. Who may not look any more is shown the door: everybody has to come in again. */
  reconfigure(settings: PageSettings): void {
    const before = JSON.stringify([this.#settings.accounts, this.#settings.hosts]);
    this.#settings = settings;
    this.#files = pageFiles(settings);
    this.#routes = this.#makeRoutes();
    if (JSON.stringify([settings.accounts, settings.hosts]) !== before) this.#endStreams();
    this.#live.configured();
  }

  /** Something happened: it is looked at before its time. */
  lookSoon(): void {
    this.#live.lookSoon();
  }

  /** A step of the last minutes, from somebody who knows what was before. */
  remember(status: StatusForPage): void {
    this.#live.remember(status);
  }

  close(): void {
    this.#endStreams();
    this.#live.close();
  }

  #endStreams(): void {
    for (const stream of this.#streams) stream.end();
  }

  #makeRoutes(): ReadonlyMap<string, WebRoute> {
    const { basePath } = this.#settings;
    const guard = new Guard(this.#settings, this.#environment.now);
    const routes: [string, WebRoute][] = [
      [basePath, (request, reply) => this.#document(request, reply)],
      [`${basePath}events`, (request, reply) => this.#follow(request, reply)],
      ...this.#files.files.map((file): [string, WebRoute] => [
        `${basePath}${file.name}`,
        (request, reply) => sendFile(file, request, reply),
      ]),
    ];
    if (basePath !== '/') routes.push([basePath.slice(0, -1), (_request, reply) => redirect(basePath, reply)]);
    return new Map(routes.map(([path, route]) => [path, guard.before(route)]));
  }

  async #document({ query: parameters }: WebRequest, reply: WebReply): Promise<void> {
    const query = readQuery(parameters);
    const state = await this.#live.current(query);
    const markup = renderDocument(state, query, this.#files.names);
    reply.send(200, 'text/html; charset=utf-8', markup.toString(), pageHeaders);
  }

  #follow({ method, query }: WebRequest, reply: WebReply): void {
    const type = 'text/event-stream; charset=utf-8';
    if (this.#streams.size >= this.#settings.maximumViewers) {
      reply.send(503, plainText, 'Too many pages are kept up to date already\n', { 'Retry-After': '30' });
      return;
    }
    if (method === 'HEAD') {
      reply.send(200, type, '', streamHeaders);
      return;
    }
    const stream = reply.begin(200, type, streamHeaders);
    const viewer: Viewer = {
      query: readQuery(query),
      send: (event, data) => {
        if (stream.write(`event: ${event}\ndata: ${data}\n\n`)) return true;
        void stream.drained().then(() => this.#live.drained(viewer));
        return false;
      },
    };
    this.#streams.add(stream);
    stream.onClose(() => {
      this.#streams.delete(stream);
      this.#live.leave(viewer);
    });
    this.#live.watch(viewer);
  }
}

function sendFile({ body, tag, type }: ServedFile, { headers }: WebRequest, reply: WebReply): void {
  const known = headers['if-none-match'] === tag;
  reply.send(known ? 304 : 200, type, known ? '' : body, { ...fileHeaders, ETag: tag });
}

function redirect(path: string, reply: WebReply): void {
  reply.send(308, plainText, `${path}\n`, { Location: path });
}

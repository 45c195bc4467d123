/** nginx as a backend: one process on one machine, its own folder, pages that name the server. */
import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import type { CleanUp } from './clean-up.ts';
import type { Running } from './run.ts';
import type { Topology } from './topology.ts';

function configuration(folder: string): string {
  return `daemon off;
master_process off;
user root;
pid ${folder}/nginx.pid;
error_log stderr;
events { worker_connections 256; }
http {
  default_type text/plain;
  access_log off;
  keepalive_requests 1000000;
  client_body_temp_path ${folder}/body;
  proxy_temp_path ${folder}/proxy;
  fastcgi_temp_path ${folder}/fastcgi;
  uwsgi_temp_path ${folder}/uwsgi;
  scgi_temp_path ${folder}/scgi;
  server {
    listen 80;
    root ${folder}/pages;
  }
}
`;
}

export class WebServer {
  readonly machine: string;
  readonly #folder: string;
  readonly #start: () => Running;
  #running: Running | undefined;

  constructor(machine: string, folder: string, start: () => Running) {
    this.machine = machine;
    this.#folder = folder;
    this.#start = start;
  }

  /** Writes a page below the server's root. */
  writePage(name: string, content: string): void {
    writeFileSync(path.join(this.#folder, 'pages', name), content);
  }

  start(): void {
    this.#running = this.#start();
  }

  async stop(): Promise<void> {
    await this.#running?.stop('SIGTERM', 3_000);
  }

  /** It keeps its sockets but does nothing any more: the kernel still accepts connections, nobody answers. */
  hang(): void {
    this.#running?.signal('SIGSTOP');
  }

  goOn(): void {
    this.#running?.signal('SIGCONT');
  }
}

/** Prepares and starts nginx on a machine. */
export function startWebServer(
  cleanUp: CleanUp,
  topology: Topology,
  machine: string,
  folder: string,
  pages: Readonly<Record<string, string>>,
): WebServer {
  mkdirSync(path.join(folder, 'pages'), { recursive: true });
  const file = path.join(folder, 'nginx.conf');
  writeFileSync(file, configuration(folder));
  const server = new WebServer(machine, folder, () =>
    topology.start(cleanUp, `nginx on ${machine}`, machine, ['nginx', '-e', 'stderr', '-c', file]),
  );
  for (const [name, content] of Object.entries(pages)) server.writePage(name, content);
  server.start();
  return server;
}

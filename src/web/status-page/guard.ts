/** Who may see the status page: asked before anything else of it is answered. */
import { isIP } from 'node:net';
import type { MonotonicMs } from '../../core/time.ts';
import type { WebReply, WebRequest, WebRoute } from '../feature.ts';
import { RequestRate } from '../request-rate.ts';
import { Passwords } from './passwords.ts';
import type { PageSettings } from './settings.ts';

const plainText = 'text/plain; charset=utf-8';
const challenge = { 'WWW-Authenticate': 'Basic realm="keepalived", charset="UTF-8"' };
/** A client may be wrong ten times, and then once in six seconds. */
const wrongBurst = 10;
const wrongPerSecond = 1 / 6;
const rememberedClients = 1_024;

interface Credentials {
  readonly name: string;
  readonly password: string;
}

/** RFC 7617; undefined: none, or nothing that can be read. */
export function readCredentials(header: string | undefined): Credentials | undefined {
  const [, encoded] = /^basic +([A-Za-z0-9+/_=-]{1,1024})$/i.exec(header ?? '') ?? [];
  if (encoded === undefined) return undefined;
  const text = Buffer.from(encoded, 'base64').toString('utf8');
  const colon = text.indexOf(':');
  return colon < 0 ? undefined : { name: text.slice(0, colon), password: text.slice(colon + 1) };
}

/** Name or address of a Host header, without port and brackets, in lower case. */
export function hostName(header: string | undefined): string | undefined {
  const [, bracketed, plain] = /^(?:\[([0-9A-Fa-f:.]+)\]|([A-Za-z0-9._-]+))(?::\d{1,5})?$/.exec(header ?? '') ?? [];
  return (bracketed ?? plain)?.toLowerCase();
}

export class Guard {
  readonly #passwords: Passwords | undefined;
  readonly #hosts: ReadonlySet<string>;
  readonly #now: () => MonotonicMs;
  readonly #wrong = new RequestRate(wrongPerSecond, wrongBurst, rememberedClients);

  constructor({ accounts, host, hosts }: PageSettings, now: () => MonotonicMs) {
    this.#passwords = accounts.length === 0 ? undefined : new Passwords(accounts);
    const own = host.toLowerCase();
    this.#hosts = new Set(['localhost', own, own.split('.')[0] ?? own, ...hosts]);
    this.#now = now;
  }

  /** The route, for those who may. */
  before(route: WebRoute): WebRoute {
    return async (request, reply) => {
      if (await this.#allows(request, reply)) await route(request, reply);
    };
  }

  #allows(request: WebRequest, reply: WebReply): Promise<boolean> | boolean {
    return this.#passwords === undefined
      ? this.#isOwnName(request, reply)
      : this.#knows(this.#passwords, request, reply);
  }

  /**
   * A page of somebody else in a browser that can connect here reaches us by giving its own name our address (DNS
   * rebinding). What it asks for then has that name.
   */
  #isOwnName({ headers }: WebRequest, reply: WebReply): boolean {
    const name = hostName(headers.host);
    if (name !== undefined && (isIP(name) !== 0 || this.#hosts.has(name))) return true;
    reply.send(
      421,
      plainText,
      'This page is not known by that name. Ask for it by the address or the name of the machine, or add to status_page: allow_host NAME\n',
    );
    return false;
  }

  async #knows(passwords: Passwords, { client, headers }: WebRequest, reply: WebReply): Promise<boolean> {
    const credentials = readCredentials(headers.authorization);
    if (credentials === undefined) {
      reply.send(401, plainText, 'Name and password, please\n', challenge);
      return false;
    }
    const { name, password } = credentials;
    if (passwords.isKnown(name, password)) return true;
    // Every attempt counts: who is right is known from then on.
    if (!this.#wrong.allows(client, this.#now())) {
      reply.send(429, plainText, 'Too many wrong passwords\n', { 'Retry-After': '10' });
      return false;
    }
    const verdict = await passwords.verify(name, password);
    if (verdict === 'right') return true;
    if (verdict === 'busy') reply.send(503, plainText, 'Not available at the moment\n', { 'Retry-After': '1' });
    else reply.send(401, plainText, 'Wrong name or password\n', challenge);
    return false;
  }
}

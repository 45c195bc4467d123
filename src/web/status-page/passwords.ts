/** Passwords: verified in constant time, hashed ones with scrypt, and known good ones without doing that again. */
import { createHash, createHmac, randomBytes, scrypt, timingSafeEqual } from 'node:crypto';
import { promisify } from 'node:util';
import { passwordHashText, type ScryptHash } from '../../config/password-hash.ts';
import type { DigestedPassword, PageAccount } from './settings.ts';

/** Pairs of name and password that are remembered as good. */
const mostRemembered = 100;
/** Guesses that are worked on at the same time: each may take 64 MB. */
const mostAtOnce = 2;

const fromBase64 = (text: string): Buffer => Buffer.from(text, 'base64url');

function digestOf(password: string, salt: Buffer): Buffer {
  return createHash('sha256').update(salt).update(password).digest();
}

/** Salts of one process: the same password of the same user has the same digest, so that a reload changes nothing. */
let saltKey: Buffer | undefined;

/** What stands in the place of a password that was written as it is. */
export function digestPassword(name: string, password: string): DigestedPassword {
  saltKey ??= randomBytes(32);
  const salt = createHmac('sha256', saltKey).update(`${name}\0${password}`).digest().subarray(0, 16);
  return {
    kind: 'digest',
    salt: salt.toString('base64url'),
    digest: digestOf(password, salt).toString('base64url'),
  };
}

function scryptKey(password: string, { blockSize, cost, key, parallelization, salt }: ScryptHash): Promise<Buffer> {
  const N = 2 ** cost;
  const parameters = { N, r: blockSize, p: parallelization, maxmem: 256 * N * blockSize };
  const derive = promisify<string, Buffer, number, typeof parameters, Buffer>(scrypt);
  return derive(password, fromBase64(salt), fromBase64(key).length, parameters);
}

/** `scrypt:...` for a file of users: N 2^15, r 8, p 1, 32 MB and some 0.1 s a guess. */
export async function hashPassword(password: string): Promise<string> {
  const parameters = { cost: 15, blockSize: 8, parallelization: 1 };
  const salt = randomBytes(16).toString('base64url');
  const empty: ScryptHash = { kind: 'scrypt', ...parameters, salt, key: Buffer.alloc(32).toString('base64url') };
  const key = (await scryptKey(password, empty)).toString('base64url');
  return passwordHashText({ ...empty, key });
}

async function isRight(password: string, wanted: PageAccount['password']): Promise<boolean> {
  if (wanted.kind === 'digest')
    return timingSafeEqual(digestOf(password, fromBase64(wanted.salt)), fromBase64(wanted.digest));
  return timingSafeEqual(await scryptKey(password, wanted), fromBase64(wanted.key));
}

export type Verdict = 'right' | 'wrong' | 'busy';

/** The accounts of one configuration. */
export class Passwords {
  readonly #accounts: ReadonlyMap<string, PageAccount>;
  readonly #secret = randomBytes(32);
  /** Keyed digests, the latest last. */
  readonly #good = new Set<string>();
  #working = 0;

  constructor(accounts: readonly PageAccount[]) {
    this.#accounts = new Map(accounts.map((account) => [account.name, account]));
  }

  /** Whether this pair was right before. */
  isKnown(name: string, password: string): boolean {
    return this.#good.has(this.#keyOf(name, password));
  }

  /** A name that there is not takes as long as one that there is. */
  async verify(name: string, password: string): Promise<Verdict> {
    const account = this.#accounts.get(name);
    const [any] = this.#accounts.values();
    const measured = account ?? any;
    if (measured === undefined) return 'wrong';
    if (this.#working >= mostAtOnce) return 'busy';
    this.#working++;
    try {
      const right = (await isRight(password, measured.password)) && account !== undefined;
      if (right) this.#remember(this.#keyOf(name, password));
      return right ? 'right' : 'wrong';
    } finally {
      this.#working--;
    }
  }

  #keyOf(name: string, password: string): string {
    return createHmac('sha256', this.#secret).update(`${name}\0${password}`).digest('base64');
  }

  #remember(key: string): void {
    this.#good.add(key);
    const [oldest] = this.#good;
    if (this.#good.size > mostRemembered && oldest !== undefined) this.#good.delete(oldest);
  }
}

/** Passwords that are kept as a hash: `scrypt:LOG2(N):R:P:SALT:KEY`, salt and key in base64url (RFC 7914). */

export interface ScryptHash {
  readonly kind: 'scrypt';
  /** log2 of the cost N. */
  readonly cost: number;
  readonly blockSize: number;
  readonly parallelization: number;
  /** base64url, both. */
  readonly salt: string;
  readonly key: string;
}

const form = /^scrypt:(\d{1,2}):(\d{1,2}):(\d{1,2}):([A-Za-z0-9_-]{11,86}):([A-Za-z0-9_-]{22,86})$/;
/** More would let somebody who guesses passwords keep the machine busy: 128 * N * r octets for each guess. */
const mostMemory = 64 * 1024 * 1024;

/** Whether a text means to be a hash. */
export function looksLikeHash(text: string): boolean {
  return text.startsWith('scrypt:');
}

/** Undefined: it is none, or one that would be too weak or too dear. */
export function parsePasswordHash(text: string): ScryptHash | undefined {
  const parts = form.exec(text);
  if (parts === null) return undefined;
  const [, cost = '', blockSize = '', parallelization = '', salt = '', key = ''] = parts;
  const hash = {
    kind: 'scrypt',
    cost: Number(cost),
    blockSize: Number(blockSize),
    parallelization: Number(parallelization),
    salt,
    key,
  } as const;
  const sound = hash.cost >= 10 && hash.blockSize >= 1 && hash.parallelization >= 1 && hash.parallelization <= 4;
  return sound && 128 * 2 ** hash.cost * hash.blockSize <= mostMemory ? hash : undefined;
}

/** As it stands in a file. */
export function passwordHashText({ blockSize, cost, key, parallelization, salt }: Omit<ScryptHash, 'kind'>): string {
  return `scrypt:${cost}:${blockSize}:${parallelization}:${salt}:${key}`;
}

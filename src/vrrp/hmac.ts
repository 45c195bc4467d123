/** auth_hmac: signing our advertisements, and judging those of others (reference: behaviour A2). */
import type { HmacAuthentication, HmacKey, VrrpInstanceConfiguration } from '../config/model.ts';
import { parseIpAddress } from '../core/ip-address.ts';
import { seconds } from './outbox.ts';
import type { VrrpDigests, VrrpStatistics } from './types.ts';
import {
  HMAC_TRAILER,
  decodeHmacTrailer,
  hmacInput,
  hmacTrailerHead,
  sequenceDistance,
  sequenceOfTime,
  sequenceSpan,
} from './wire/hmac-trailer.ts';

/** Multicast sources whose numbers are remembered. */
const multicastSlots = 4;

const octetsOfKeys = new WeakMap<HmacKey, Uint8Array>();

function keyOctets(key: HmacKey): Uint8Array {
  const known = octetsOfKeys.get(key);
  if (known) return known;
  const octets = Uint8Array.from(key.key.match(/../g) ?? [], (digits) => Number.parseInt(digits, 16));
  octetsOfKeys.set(key, octets);
  return octets;
}

function digestOf(
  { family }: VrrpInstanceConfiguration,
  key: HmacKey,
  source: Uint8Array,
  message: Uint8Array,
  head: Uint8Array,
  digests: VrrpDigests,
): Uint8Array {
  return digests
    .hmacSha256(keyOctets(key), hmacInput(family, source, message, head))
    .subarray(0, HMAC_TRAILER.digestLength);
}

/** Numbers what one instance sends. */
export class HmacSigner {
  #last: bigint | undefined;

  /**
   * The trailer of one advertisement, the same for all its receivers; undefined if none is to be sent.
   * @param message its checksum does not count
   * @param realTime milliseconds since 1970
   */
  sign(
    configuration: VrrpInstanceConfiguration,
    source: Uint8Array,
    message: Uint8Array,
    realTime: number,
    digests: VrrpDigests,
  ): Uint8Array | undefined {
    const { hmac } = configuration;
    const key = hmac?.keys.find(({ id }) => id === hmac.activeKey);
    if (!hmac || !key || hmac.mode === 'receive-only') return undefined;
    const head = hmacTrailerHead(key.id, this.#next(hmac, sequenceOfTime(realTime)));
    const trailer = new Uint8Array(HMAC_TRAILER.length);
    trailer.set(head);
    trailer.set(digestOf(configuration, key, source, message, head, digests), HMAC_TRAILER.headLength);
    return trailer;
  }

  /** Grows with every advertisement, and with the time; a clock that was set back by more than the window is believed. */
  #next({ antiReplay, timeWindow }: HmacAuthentication, clock: bigint): bigint {
    const last = this.#last;
    let next = clock;
    if (last !== undefined) {
      const ahead = sequenceDistance(last, clock);
      const believed = antiReplay === 'time' && ahead > sequenceSpan(timeWindow);
      if (ahead >= 0n && !believed) next = BigInt.asUintN(64, last + 1n);
    }
    this.#last = next;
    return next;
  }
}

/** The latest number of each sender. */
export class ReplayMarks {
  readonly #marks = new Map<string, bigint>();

  get(source: string): bigint | undefined {
    return this.#marks.get(source);
  }

  /** One place for each unicast peer, or a few for whoever sends to the group. */
  set(source: string, sequence: bigint, { unicastPeers }: VrrpInstanceConfiguration): void {
    this.#marks.delete(source);
    this.#marks.set(source, sequence);
    const oldest = this.#marks.keys().next();
    if (this.#marks.size > (unicastPeers.length || multicastSlots) && !oldest.done) this.#marks.delete(oldest.value);
  }
}

/** An advertisement as it came, and what it is judged by. */
export interface SignedMessage {
  readonly configuration: VrrpInstanceConfiguration;
  readonly hmac: HmacAuthentication;
  readonly source: string;
  readonly message: Uint8Array;
  /** Absent: the packet ends with the message. */
  readonly trailer: Uint8Array | undefined;
  /** Milliseconds since 1970. */
  readonly realTime: number;
  readonly lastSequence: (source: string) => bigint | undefined;
  readonly digests: VrrpDigests;
}

export interface HmacFinding {
  readonly counter: keyof VrrpStatistics;
  readonly code: string;
  readonly reason: string;
}

export type HmacVerdict =
  | { readonly refusal: HmacFinding }
  | { readonly sequence?: bigint; readonly remark?: { readonly code: string; readonly reason: string } };

function refuse(code: string, reason: string, counter: keyof VrrpStatistics = 'authenticationFailure'): HmacVerdict {
  return { refusal: { counter, code, reason } };
}

/** Seconds that the sender's clock is ahead of ours, over the end of 32 bits. */
function secondsAhead(sequence: bigint, clock: bigint): number {
  return Number(BigInt.asIntN(32, (sequence >> 32n) - (clock >> 32n)));
}

/** The checks in the original's order. */
export function judgeHmac(signed: SignedMessage): HmacVerdict {
  const { configuration, hmac, source, message, trailer: octets, realTime } = signed;
  if (!octets) {
    if (hmac.mode !== 'enforce') return {};
    return refuse('hmac-missing', 'an advertisement without auth_hmac, ours enforces it', 'authenticationTypeMismatch');
  }
  const { unicastPeers } = configuration;
  if (unicastPeers.length > 0 && !unicastPeers.some(({ address }) => address === source))
    return refuse('hmac-peer', `${source} is not a unicast peer`);
  const trailer = decodeHmacTrailer(octets);
  if (trailer.type !== HMAC_TRAILER.type || trailer.reserved !== 0)
    return refuse('hmac-malformed', `a malformed auth_hmac trailer (type ${trailer.type})`);
  const clock = sequenceOfTime(realTime);
  const ahead = secondsAhead(trailer.sequence, clock);
  const window = hmac.timeWindow / 1000;
  const byTime = hmac.antiReplay === 'time';
  const skew = `its clock is ${Math.abs(ahead)} s ${ahead < 0 ? 'behind' : 'ahead of'} ours, the window is ${seconds(hmac.timeWindow)}`;
  if (byTime && Math.abs(ahead) > window) return refuse('hmac-stale', `an auth_hmac trailer that is too old: ${skew}`);
  const key = hmac.keys.find(({ id }) => id === trailer.keyId);
  if (!key) return refuse('hmac-key', `auth_hmac with key ${trailer.keyId}, which is unknown here`);
  const from = parseIpAddress(source)?.bytes;
  const digest = from && digestOf(configuration, key, from, message, trailer.head, signed.digests);
  if (!digest || !sameDigest(digest, trailer.digest))
    return refuse('hmac-digest', `auth_hmac made with another key ${key.id}`);
  const last = signed.lastSequence(source);
  const forgotten = last !== undefined && byTime && Math.abs(secondsAhead(last, clock)) > window;
  if (last !== undefined && !forgotten && sequenceDistance(trailer.sequence, last) <= 0n)
    return refuse('hmac-replay', 'an advertisement that was heard before (auth_hmac sequence number)');
  const remark = byTime && Math.abs(ahead) > window / 2 ? { code: 'hmac-skew', reason: skew } : undefined;
  return { sequence: trailer.sequence, ...(remark && { remark }) };
}

/** Compares without leaving early. */
function sameDigest(a: Uint8Array, b: Uint8Array): boolean {
  let difference = a.length ^ b.length;
  for (let index = 0; index < a.length; index++) difference |= (a[index] ?? 0) ^ (b[index] ?? 0);
  return difference === 0;
}

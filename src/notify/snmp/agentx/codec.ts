/**
 * Messages of AgentX (RFC 2741 sections 5 and 6): octets to requests, answers to octets, and the cutting of a stream into
 * messages. What is sent is in network byte order; both orders are read.
 */
import { DaemonError } from '../../../core/errors.ts';
import type { Oid } from '../oid.ts';
import type { Answer, SetValue, Variable } from '../value.ts';
import { CLOSE_REASON, FLAG, HEADER_LENGTH, PDU, VALUE_TYPE, VERSION } from './constants.ts';

/** From `start`, itself only if `include`, up to `end` but not it; without an end to the end of everything. */
export interface SearchRange {
  readonly start: Oid;
  readonly include: boolean;
  readonly end: Oid | undefined;
}

export interface Header {
  readonly sessionId: number;
  readonly transactionId: number;
  readonly packetId: number;
}

export type Received = Header &
  (
    | { readonly type: 'response'; readonly error: number }
    | { readonly type: 'get' | 'get-next'; readonly ranges: readonly SearchRange[] }
    | {
        readonly type: 'get-bulk';
        readonly nonRepeaters: number;
        readonly maxRepetitions: number;
        readonly ranges: readonly SearchRange[];
      }
    | { readonly type: 'test-set'; readonly variables: readonly Variable<SetValue>[] }
    | { readonly type: 'commit-set' | 'undo-set' | 'cleanup-set' | 'close' }
    /** A request about a context of its own. */
    | { readonly type: 'other-context' }
    | { readonly type: 'unknown'; readonly number: number }
  );

/** The longest message that is read: a master sends far less. */
const longestMessage = 1 << 20;
/** An identifier has no more parts (RFC 2578 section 3.5). */
const longestOid = 128;

function broken(what: string): DaemonError {
  return new DaemonError('AGENTX_MESSAGE', `AgentX: ${what}`);
}

/**
 * Length of the first message of a stream, in octets; undefined: its head is not complete.
 * @throws DaemonError AGENTX_MESSAGE if that is no message
 */
export function messageLength(octets: Uint8Array): number | undefined {
  if (octets.length < HEADER_LENGTH) return undefined;
  if (octets[0] !== VERSION) throw broken(`version ${octets[0] ?? 0} instead of ${VERSION}`);
  const view = new DataView(octets.buffer, octets.byteOffset, octets.length);
  const payload = view.getUint32(16, ((octets[2] ?? 0) & FLAG.networkByteOrder) === 0);
  if (payload > longestMessage || payload % 4 !== 0) throw broken(`a message of ${payload} octets`);
  return HEADER_LENGTH + payload;
}

class Reader {
  readonly #view: DataView;
  readonly #littleEndian: boolean;
  #at = HEADER_LENGTH;

  constructor(octets: Uint8Array, littleEndian: boolean) {
    this.#view = new DataView(octets.buffer, octets.byteOffset, octets.length);
    this.#littleEndian = littleEndian;
  }

  get left(): number {
    return this.#view.byteLength - this.#at;
  }

  #take(length: number): number {
    if (length > this.left) throw broken('a message ends too early');
    const at = this.#at;
    this.#at += length;
    return at;
  }

  octet(): number {
    return this.#view.getUint8(this.#take(1));
  }

  uint16(): number {
    return this.#view.getUint16(this.#take(2), this.#littleEndian);
  }

  uint32(): number {
    return this.#view.getUint32(this.#take(4), this.#littleEndian);
  }

  /** Section 5.1. */
  oid(): { readonly oid: Oid; readonly include: boolean } {
    const length = this.octet();
    const prefix = this.octet();
    const include = this.octet() !== 0;
    this.octet();
    if (length > longestOid) throw broken(`an identifier of ${length} parts`);
    const oid = prefix === 0 ? [] : [1, 3, 6, 1, prefix];
    for (let part = 0; part < length; part++) oid.push(this.uint32());
    return { oid, include };
  }

  /** Section 5.2. */
  ranges(): SearchRange[] {
    const ranges: SearchRange[] = [];
    while (this.left > 0) {
      const { oid: start, include } = this.oid();
      const { oid: end } = this.oid();
      ranges.push({ start, include, end: end.length === 0 ? undefined : end });
    }
    return ranges;
  }

  /** Section 5.3. */
  #skipString(): void {
    const length = this.uint32();
    this.#take(length + ((4 - (length % 4)) % 4));
  }

  /** Section 5.4. */
  variables(): Variable<SetValue>[] {
    const variables: Variable<SetValue>[] = [];
    while (this.left > 0) {
      const type = this.uint16();
      this.uint16();
      const { oid } = this.oid();
      variables.push({ oid, value: this.#value(type) });
    }
    return variables;
  }

  #value(type: number): SetValue {
    switch (type) {
      case VALUE_TYPE.integer:
        return { type: 'integer', value: this.uint32() | 0 };
      case VALUE_TYPE.counter:
      case VALUE_TYPE.gauge:
      case VALUE_TYPE['time-ticks']:
        this.uint32();
        return { type: 'other' };
      case VALUE_TYPE.counter64:
        this.#take(8);
        return { type: 'other' };
      case VALUE_TYPE.string:
      case VALUE_TYPE['ip-address']:
      case VALUE_TYPE.opaque:
        this.#skipString();
        return { type: 'other' };
      case VALUE_TYPE.oid:
        this.oid();
        return { type: 'other' };
      case VALUE_TYPE.null:
        return { type: 'other' };
      default:
        throw broken(`a value of type ${type}`);
    }
  }
}

/**
 * Reads one message.
 * @param octets of this message alone, as `messageLength` says
 * @throws DaemonError AGENTX_MESSAGE
 */
export function decodeMessage(octets: Uint8Array): Received {
  const flags = octets[2] ?? 0;
  const littleEndian = (flags & FLAG.networkByteOrder) === 0;
  const view = new DataView(octets.buffer, octets.byteOffset, octets.length);
  const header: Header = {
    sessionId: view.getUint32(4, littleEndian),
    transactionId: view.getUint32(8, littleEndian),
    packetId: view.getUint32(12, littleEndian),
  };
  const reader = new Reader(octets, littleEndian);
  const type = octets[1] ?? 0;
  if ((flags & FLAG.nonDefaultContext) !== 0 && type !== PDU.response) return { ...header, type: 'other-context' };
  switch (type) {
    case PDU.response:
      reader.uint32();
      return { ...header, type: 'response', error: reader.uint16() };
    case PDU.get:
      return { ...header, type: 'get', ranges: reader.ranges() };
    case PDU.getNext:
      return { ...header, type: 'get-next', ranges: reader.ranges() };
    case PDU.getBulk: {
      const nonRepeaters = reader.uint16();
      const maxRepetitions = reader.uint16();
      return { ...header, type: 'get-bulk', nonRepeaters, maxRepetitions, ranges: reader.ranges() };
    }
    case PDU.testSet:
      return { ...header, type: 'test-set', variables: reader.variables() };
    case PDU.commitSet:
      return { ...header, type: 'commit-set' };
    case PDU.undoSet:
      return { ...header, type: 'undo-set' };
    case PDU.cleanupSet:
      return { ...header, type: 'cleanup-set' };
    case PDU.close:
      return { ...header, type: 'close' };
    default:
      return { ...header, type: 'unknown', number: type };
  }
}

class Writer {
  #octets = new Uint8Array(256);
  #view = new DataView(this.#octets.buffer);
  #length = HEADER_LENGTH;

  #make(length: number): number {
    const at = this.#length;
    this.#length += length;
    if (this.#length > this.#octets.length) {
      const larger = new Uint8Array(Math.max(this.#length, 2 * this.#octets.length));
      larger.set(this.#octets);
      this.#octets = larger;
      this.#view = new DataView(larger.buffer);
    }
    return at;
  }

  octets(...octets: readonly number[]): this {
    const at = this.#make(octets.length);
    this.#octets.set(octets, at);
    return this;
  }

  uint16(value: number): this {
    const at = this.#make(2);
    this.#view.setUint16(at, value);
    return this;
  }

  uint32(value: number): this {
    const at = this.#make(4);
    this.#view.setUint32(at, value);
    return this;
  }

  uint64(value: bigint): this {
    const at = this.#make(8);
    this.#view.setBigUint64(at, value);
    return this;
  }

  /** Section 5.1; the prefix 1.3.6.1.x in short. */
  oid(oid: Oid): this {
    const isInternet = oid.length > 4 && oid[0] === 1 && oid[1] === 3 && oid[2] === 6 && oid[3] === 1;
    const prefix = isInternet && (oid[4] ?? 0) > 0 && (oid[4] ?? 0) < 256 ? (oid[4] ?? 0) : 0;
    const parts = prefix === 0 ? oid : oid.slice(5);
    this.octets(parts.length, prefix, 0, 0);
    for (const part of parts) this.uint32(part);
    return this;
  }

  /** Section 5.3. */
  string(value: string | Uint8Array): this {
    const octets = typeof value === 'string' ? new TextEncoder().encode(value) : value;
    this.uint32(octets.length);
    const at = this.#make(octets.length + ((4 - (octets.length % 4)) % 4));
    this.#octets.set(octets, at);
    return this;
  }

  /** Section 5.4. */
  variable({ oid, value }: Variable): this {
    this.uint16(VALUE_TYPE[value.type]).uint16(0).oid(oid);
    switch (value.type) {
      case 'integer':
      case 'counter':
      case 'gauge':
      case 'time-ticks':
        return this.uint32(value.value);
      case 'counter64':
        return this.uint64(value.value);
      case 'string':
      case 'ip-address':
        return this.string(value.value);
      case 'oid':
        return this.oid(value.value);
      default:
        return this;
    }
  }

  finish(type: number, { packetId, sessionId, transactionId }: Header): Uint8Array {
    this.#octets.set([VERSION, type, FLAG.networkByteOrder, 0]);
    this.#view.setUint32(4, sessionId);
    this.#view.setUint32(8, transactionId);
    this.#view.setUint32(12, packetId);
    this.#view.setUint32(16, this.#length - HEADER_LENGTH);
    return this.#octets.subarray(0, this.#length);
  }
}

/** @param timeout after which the master gives up a request to this agent, seconds; 0: its own */
export function encodeOpen(header: Header, description: string, timeout: number): Uint8Array {
  return new Writer().octets(timeout, 0, 0, 0).oid([]).string(description).finish(PDU.open, header);
}

export function encodeClose(header: Header): Uint8Array {
  return new Writer().octets(CLOSE_REASON.shutdown, 0, 0, 0).finish(PDU.close, header);
}

/** @param priority 1..255, the lowest wins; 127 is the usual one */
export function encodeRegister(header: Header, subtree: Oid, priority = 127): Uint8Array {
  return new Writer().octets(0, priority, 0, 0).oid(subtree).finish(PDU.register, header);
}

export function encodePing(header: Header): Uint8Array {
  return new Writer().finish(PDU.ping, header);
}

/** @param variables the first is snmpTrapOID.0 (section 6.2.10) */
export function encodeNotify(header: Header, variables: readonly Variable[]): Uint8Array {
  const writer = new Writer();
  for (const variable of variables) writer.variable(variable);
  return writer.finish(PDU.notify, header);
}

/**
 * An answer to the request with this header.
 * @param index of the variable that the error is about, from 1
 */
export function encodeResponse(
  header: Header,
  { error = 0, index = 0, variables = [] }: { error?: number; index?: number; variables?: readonly Variable<Answer>[] },
): Uint8Array {
  // The master fills in sysUpTime.
  const writer = new Writer().uint32(0).uint16(error).uint16(index);
  for (const variable of variables) writer.variable(variable);
  return writer.finish(PDU.response, header);
}

/**
 * Netlink messages to and from octets (linux/netlink.h, RFC 3549 section 2.3.2). A message here is complete, header
 * included, with sequence and port id zero: the socket fills those in. Numbers are in host order, and both processors
 * this daemon runs on (x86-64, arm64) are little-endian.
 */
import { DaemonError } from '../errors.ts';
import { writeIpAddress } from '../ip-address.ts';
import type { IpFamily } from '../ip-address.ts';
import {
  ATTRIBUTE_HEADER_LENGTH,
  GENL_HEADER_LENGTH,
  NLA_F_NESTED,
  NLA_TYPE_MASK,
  NLMSG_HEADER_LENGTH,
} from './constants.ts';

const LITTLE_ENDIAN = true;
const textEncoder = new TextEncoder();
const textDecoder = new TextDecoder();

/** Octets that are no netlink message. Code NETLINK_MALFORMED. */
export class NetlinkFormatError extends DaemonError {
  constructor(message: string) {
    super('NETLINK_MALFORMED', message);
    this.name = 'NetlinkFormatError';
  }
}

/** What a decoder gives back instead of throwing. */
export type Decoded<T> =
  { readonly ok: true; readonly value: T } | { readonly ok: false; readonly error: NetlinkFormatError };

/** Runs a decoder and turns its NetlinkFormatError into a value. Anything else is a mistake in the decoder and goes on. */
export function decoding<T>(decode: () => T): Decoded<T> {
  try {
    return { ok: true, value: decode() };
  } catch (error) {
    if (error instanceof NetlinkFormatError) return { ok: false, error };
    throw error;
  }
}

/** Length rounded up to netlink's alignment of 4. */
export function netlinkAlign(length: number): number {
  return (length + 3) & ~3;
}

function isAscii(text: string): boolean {
  for (let index = 0; index < text.length; index++) if (text.charCodeAt(index) > 0x7f) return false;
  return true;
}

/** Many small messages share one piece of memory: tens of thousands are made at a start. */
const SLAB_LENGTH = 32_768;
const MESSAGE_CAPACITY = 256;

/**
 * Memory for messages that are made, sent and done with before the next ones are made: what is new costs, the kernel clears
 * every page of it.
 */
export class MessageMemory {
  readonly octets: Uint8Array;
  readonly view: DataView;
  /** Taken by messages, from the beginning on; the rest reads zero. */
  used = 0;

  constructor(length: number) {
    this.octets = new Uint8Array(length);
    this.view = new DataView(this.octets.buffer);
  }

  /** Nobody needs any of its messages any more. */
  reset(): void {
    this.octets.fill(0, 0, this.used);
    this.used = 0;
  }
}

let slab = new MessageMemory(SLAB_LENGTH);

/** Room for one message; nobody waits for memory that is full. */
function roomIn(memory: MessageMemory | undefined): MessageMemory {
  if (memory !== undefined && memory.used + MESSAGE_CAPACITY <= memory.octets.length) return memory;
  if (slab.used + MESSAGE_CAPACITY > SLAB_LENGTH) slab = new MessageMemory(SLAB_LENGTH);
  return slab;
}

/**
 * Writes one message: header fields, then the family's own header, then attributes; `finish()` gives the octets. Each
 * builder has room of its own, so several may be open at a time.
 */
export class NetlinkMessageBuilder {
  #view: DataView;
  /** The same memory. */
  #memory: Uint8Array;
  /** Where it is from. */
  readonly #room: MessageMemory;
  /** Where the message begins in the view's memory, and how much of it is ours. */
  #start: number;
  #capacity: number;
  #length = 0;

  /**
   * @param type nlmsg_type: an RTM_* value or the number of a generic-netlink family
   * @param flags NLM_F_* bits
   * @param memory to be taken as long as there is room; the message lives until that is reset
   */
  constructor(type: number, flags: number, memory?: MessageMemory) {
    const room = roomIn(memory);
    this.#room = room;
    this.#view = room.view;
    this.#memory = room.octets;
    this.#start = room.used;
    this.#capacity = MESSAGE_CAPACITY;
    room.used += MESSAGE_CAPACITY;
    this.#reserve(NLMSG_HEADER_LENGTH);
    this.#view.setUint16(this.#start + 4, type, LITTLE_ENDIAN);
    this.#view.setUint16(this.#start + 6, flags, LITTLE_ENDIAN);
  }

  /** @returns where in the view's memory the next `octets` are; they read zero */
  #reserve(octets: number): number {
    const at = this.#length;
    const needed = at + octets;
    if (needed > this.#capacity) this.#grow(needed);
    this.#length = needed;
    return this.#start + at;
  }

  #grow(needed: number): void {
    const capacity = Math.max(this.#capacity * 2, netlinkAlign(needed));
    const larger = new Uint8Array(capacity);
    larger.set(this.#octets());
    this.#view = new DataView(larger.buffer);
    this.#memory = larger;
    this.#start = 0;
    this.#capacity = capacity;
  }

  #octets(): Uint8Array {
    return new Uint8Array(this.#view.buffer, this.#start, this.#length);
  }

  #write(value: Uint8Array, at: number): void {
    for (let index = 0; index < value.length; index++) this.#view.setUint8(at + index, value[index] ?? 0);
  }

  u8(value: number): this {
    this.#view.setUint8(this.#reserve(1), value);
    return this;
  }

  u16(value: number): this {
    const at = this.#reserve(2);
    this.#view.setUint16(at, value, LITTLE_ENDIAN);
    return this;
  }

  u32(value: number): this {
    const at = this.#reserve(4);
    this.#view.setUint32(at, value, LITTLE_ENDIAN);
    return this;
  }

  /** The generic-netlink header: struct genlmsghdr. */
  genericHeader(command: number, version: number): this {
    return this.u8(command).u8(version).u16(0);
  }

  #attribute(type: number, payloadLength: number): number {
    const total = netlinkAlign(ATTRIBUTE_HEADER_LENGTH + payloadLength);
    const at = this.#reserve(total);
    this.#view.setUint16(at, ATTRIBUTE_HEADER_LENGTH + payloadLength, LITTLE_ENDIAN);
    this.#view.setUint16(at + 2, type, LITTLE_ENDIAN);
    return at + ATTRIBUTE_HEADER_LENGTH;
  }

  attributeU8(type: number, value: number): this {
    const at = this.#attribute(type, 1);
    this.#view.setUint8(at, value);
    return this;
  }

  attributeU16(type: number, value: number): this {
    const at = this.#attribute(type, 2);
    this.#view.setUint16(at, value, LITTLE_ENDIAN);
    return this;
  }

  /** A port: network order. */
  attributePort(type: number, value: number): this {
    const at = this.#attribute(type, 2);
    this.#view.setUint16(at, value, false);
    return this;
  }

  attributeU32(type: number, value: number): this {
    const at = this.#attribute(type, 4);
    this.#view.setUint32(at, value, LITTLE_ENDIAN);
    return this;
  }

  /** Two numbers of 32 bits that are one value: flags with their mask. */
  attributeU32Pair(type: number, first: number, second: number): this {
    const at = this.#attribute(type, 8);
    this.#view.setUint32(at, first, LITTLE_ENDIAN);
    this.#view.setUint32(at + 4, second, LITTLE_ENDIAN);
    return this;
  }

  /**
   * The octets of an address, and zeros up to `length`.
   * @returns false if the text is no address of that family; the message is then good for nothing
   */
  attributeAddress(type: number, family: IpFamily, address: string, length: number): boolean {
    const at = this.#attribute(type, length);
    return writeIpAddress(family, address, this.#memory, at);
  }

  attributeBytes(type: number, value: Uint8Array): this {
    const at = this.#attribute(type, value.length);
    this.#write(value, at);
    return this;
  }

  /** Text with its terminating zero octet (NLA_NUL_STRING). */
  attributeString(type: number, value: string): this {
    if (!isAscii(value)) {
      const encoded = textEncoder.encode(value);
      this.#write(encoded, this.#attribute(type, encoded.length + 1));
      return this;
    }
    const at = this.#attribute(type, value.length + 1);
    for (let index = 0; index < value.length; index++) this.#memory[at + index] = value.charCodeAt(index);
    return this;
  }

  /** An attribute that holds attributes. The NLA_F_NESTED bit is set, as strict kernels ask for. */
  nested(type: number, fill: (builder: this) => void): this {
    const start = this.#length;
    const at = this.#reserve(ATTRIBUTE_HEADER_LENGTH);
    this.#view.setUint16(at + 2, type | NLA_F_NESTED, LITTLE_ENDIAN);
    fill(this);
    // The memory may have moved while it was filled.
    this.#view.setUint16(this.#start + start, this.#length - start, LITTLE_ENDIAN);
    return this;
  }

  /** The message's octets. The builder may not be used afterwards. */
  finish(): Uint8Array {
    this.#view.setUint32(this.#start, this.#length, LITTLE_ENDIAN);
    // Room at the end that was not needed is the next message's.
    const room = this.#room;
    if (this.#view === room.view && room.used === this.#start + this.#capacity) {
      room.used = this.#start + netlinkAlign(this.#length);
    }
    return this.#octets();
  }
}

export interface NetlinkMessage {
  readonly type: number;
  /** NLM_F_* bits. */
  readonly flags: number;
  readonly sequence: number;
  /** Port id of the sender, 0 for the kernel. */
  readonly portId: number;
  /** Everything behind the header: a view into the received octets, not a copy. */
  readonly payload: Uint8Array;
}

function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

/** Splits what one recvmsg gave into messages. */
export function parseNetlinkMessages(bytes: Uint8Array): Decoded<NetlinkMessage[]> {
  return decoding(() => {
    const view = viewOf(bytes);
    const messages: NetlinkMessage[] = [];
    let offset = 0;
    while (offset < bytes.length) {
      const left = bytes.length - offset;
      if (left < NLMSG_HEADER_LENGTH)
        throw new NetlinkFormatError(`${left} octets left at ${offset}: no message header`);
      const length = view.getUint32(offset, LITTLE_ENDIAN);
      if (length < NLMSG_HEADER_LENGTH || length > left) {
        throw new NetlinkFormatError(`message at ${offset} claims ${length} octets, ${left} are there`);
      }
      messages.push({
        type: view.getUint16(offset + 4, LITTLE_ENDIAN),
        flags: view.getUint16(offset + 6, LITTLE_ENDIAN),
        sequence: view.getUint32(offset + 8, LITTLE_ENDIAN),
        portId: view.getUint32(offset + 12, LITTLE_ENDIAN),
        payload: bytes.subarray(offset + NLMSG_HEADER_LENGTH, offset + length),
      });
      offset += netlinkAlign(length);
    }
    return messages;
  });
}

/** The one message that `bytes` are. @throws NetlinkFormatError: use inside `decoding` */
export function readNetlinkMessage(bytes: Uint8Array): NetlinkMessage {
  const parsed = parseNetlinkMessages(bytes);
  if (!parsed.ok) throw parsed.error;
  const [message] = parsed.value;
  if (!message) throw new NetlinkFormatError('no octets: no message');
  return message;
}

/**
 * The attributes of one level, to be read by type. Methods throw NetlinkFormatError for an attribute of the wrong size,
 * so they are used inside `decoding`. Of two attributes of one type the later counts, as in the kernel.
 */
export class Attributes {
  readonly #byType = new Map<number, Uint8Array>();

  /** @param bytes attributes back to back; @throws NetlinkFormatError */
  constructor(bytes: Uint8Array) {
    const view = viewOf(bytes);
    let offset = 0;
    // Fewer than four trailing octets are padding.
    while (bytes.length - offset >= ATTRIBUTE_HEADER_LENGTH) {
      const length = view.getUint16(offset, LITTLE_ENDIAN);
      if (length < ATTRIBUTE_HEADER_LENGTH || length > bytes.length - offset) {
        throw new NetlinkFormatError(
          `attribute at ${offset} claims ${length} octets, ${bytes.length - offset} are there`,
        );
      }
      const type = view.getUint16(offset + 2, LITTLE_ENDIAN) & NLA_TYPE_MASK;
      this.#byType.set(type, bytes.subarray(offset + ATTRIBUTE_HEADER_LENGTH, offset + length));
      offset += netlinkAlign(length);
    }
  }

  has(type: number): boolean {
    return this.#byType.has(type);
  }

  bytes(type: number): Uint8Array | undefined {
    return this.#byType.get(type);
  }

  #sized(type: number, size: number): DataView | undefined {
    const value = this.#byType.get(type);
    if (!value) return undefined;
    if (value.length < size) throw new NetlinkFormatError(`attribute ${type} has ${value.length} octets, not ${size}`);
    return viewOf(value);
  }

  u8(type: number): number | undefined {
    return this.#sized(type, 1)?.getUint8(0);
  }

  u16(type: number): number | undefined {
    return this.#sized(type, 2)?.getUint16(0, LITTLE_ENDIAN);
  }

  /** A port: network order. */
  port(type: number): number | undefined {
    return this.#sized(type, 2)?.getUint16(0, false);
  }

  u32(type: number): number | undefined {
    return this.#sized(type, 4)?.getUint32(0, LITTLE_ENDIAN);
  }

  /** Counters of IPVS statistics: exact up to 2^53. */
  u64(type: number): number | undefined {
    const value = this.#sized(type, 8)?.getBigUint64(0, LITTLE_ENDIAN);
    return value === undefined ? undefined : Number(value);
  }

  /** Text up to the first zero octet. */
  string(type: number): string | undefined {
    const value = this.#byType.get(type);
    if (!value) return undefined;
    const end = value.indexOf(0);
    return textDecoder.decode(end < 0 ? value : value.subarray(0, end));
  }

  nested(type: number): Attributes | undefined {
    const value = this.#byType.get(type);
    return value && new Attributes(value);
  }
}

export interface GenericMessage {
  readonly command: number;
  readonly version: number;
  readonly attributes: Attributes;
}

/** Reads the generic-netlink header and the attributes behind it. @throws NetlinkFormatError: use inside `decoding` */
export function readGenericMessage(payload: Uint8Array): GenericMessage {
  if (payload.length < GENL_HEADER_LENGTH) {
    throw new NetlinkFormatError(`${payload.length} octets: no generic netlink header`);
  }
  return {
    command: payload[0] ?? 0,
    version: payload[1] ?? 0,
    attributes: new Attributes(payload.subarray(GENL_HEADER_LENGTH)),
  };
}

/** A reader of a fixed structure at the start of a payload. @throws NetlinkFormatError if the payload is shorter */
export function readStructure(payload: Uint8Array, size: number, name: string): DataView {
  if (payload.length < size) throw new NetlinkFormatError(`${payload.length} octets: no struct ${name}`);
  return viewOf(payload);
}

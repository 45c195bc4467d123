/**
 * Reads a pcapng stream as dumpcap writes it to a pipe: one section, one interface, enhanced packet blocks
 * (draft-ietf-opsawg-pcapng). Pure.
 */

export interface CapturedFrame {
  /** Nanoseconds since 1970. */
  readonly nanoseconds: bigint;
  readonly frame: Uint8Array;
}

const SECTION_HEADER = 0x0a0d0d0a;
const INTERFACE_DESCRIPTION = 1;
const ENHANCED_PACKET = 6;
const BYTE_ORDER_MAGIC = 0x1a2b3c4d;
const OPTION_TIMESTAMP_RESOLUTION = 9;
/** Larger than any block of a capture of small packets: beyond it the stream is not what it says. */
const largestBlock = 1 << 20;

export class PcapngReader {
  #pending = new Uint8Array(0);
  #littleEndian = true;
  /** Units of a time stamp in one second, as a power of ten; microseconds unless the interface says otherwise. */
  #resolution = 6;

  /**
   * Takes the next piece of the stream, cut anywhere, and returns the frames that it completes.
   * @throws Error if the stream is not pcapng
   */
  push(piece: Uint8Array): CapturedFrame[] {
    const bytes = new Uint8Array(this.#pending.length + piece.length);
    bytes.set(this.#pending);
    bytes.set(piece, this.#pending.length);
    const frames: CapturedFrame[] = [];
    let offset = 0;
    while (bytes.length - offset >= 12) {
      const view = new DataView(bytes.buffer, offset);
      // The section header's type reads the same in both byte orders; its magic number tells which one follows.
      if (view.getUint32(0) === SECTION_HEADER) this.#littleEndian = view.getUint32(8, true) === BYTE_ORDER_MAGIC;
      const type = view.getUint32(0, this.#littleEndian);
      const length = view.getUint32(4, this.#littleEndian);
      if (length < 12 || length % 4 !== 0 || length > largestBlock)
        throw new Error(`not pcapng: a block of ${length} octets`);
      if (bytes.length - offset < length) break;
      const block = new DataView(bytes.buffer, offset, length);
      if (type === INTERFACE_DESCRIPTION) this.#resolution = this.#readResolution(block);
      if (type === ENHANCED_PACKET) frames.push(this.#readPacket(block));
      offset += length;
    }
    this.#pending = bytes.slice(offset);
    return frames;
  }

  #readResolution(block: DataView): number {
    let at = 16;
    while (at + 4 <= block.byteLength - 4) {
      const code = block.getUint16(at, this.#littleEndian);
      const length = block.getUint16(at + 2, this.#littleEndian);
      if (code === OPTION_TIMESTAMP_RESOLUTION) {
        const value = block.getUint8(at + 4);
        if (value > 9) throw new Error(`pcapng: time stamp resolution ${value} is not supported`);
        return value;
      }
      at += 4 + Math.ceil(length / 4) * 4;
    }
    return 6;
  }

  #readPacket(block: DataView): CapturedFrame {
    const high = BigInt(block.getUint32(12, this.#littleEndian));
    const low = BigInt(block.getUint32(16, this.#littleEndian));
    const captured = block.getUint32(20, this.#littleEndian);
    if (28 + captured > block.byteLength - 4) throw new Error('not pcapng: a packet longer than its block');
    return {
      nanoseconds: ((high << 32n) | low) * 10n ** BigInt(9 - this.#resolution),
      frame: new Uint8Array(block.buffer, block.byteOffset + 28, captured).slice(),
    };
  }
}

/** Reads capture files of the classic pcap format (microseconds, little endian), as dumpcap -P writes them. */

export interface Frame {
  /** Epoch milliseconds. */
  readonly time: number;
  /** The Ethernet frame. */
  readonly bytes: Uint8Array;
}

const MAGIC_MICROSECONDS = 0xa1b2c3d4;
const FILE_HEADER = 24;
const RECORD_HEADER = 16;

/** Frames of a capture file; an unfinished last record is left out. @throws RangeError on another format */
export function readPcap(file: Uint8Array): Frame[] {
  if (file.byteLength < FILE_HEADER) return [];
  const view = new DataView(file.buffer, file.byteOffset, file.byteLength);
  if (view.getUint32(0, true) !== MAGIC_MICROSECONDS) throw new RangeError('not a pcap file with microseconds');
  const frames: Frame[] = [];
  for (let offset = FILE_HEADER; offset + RECORD_HEADER <= file.byteLength;) {
    const seconds = view.getUint32(offset, true);
    const microseconds = view.getUint32(offset + 4, true);
    const length = view.getUint32(offset + 8, true);
    const begin = offset + RECORD_HEADER;
    if (begin + length > file.byteLength) break;
    frames.push({ time: seconds * 1000 + microseconds / 1000, bytes: file.subarray(begin, begin + length) });
    offset = begin + length;
  }
  return frames;
}

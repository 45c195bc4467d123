/** Acknowledgements of the kernel: struct nlmsgerr and its extended attributes (linux/netlink.h). */
import { NLMSG_HEADER_LENGTH } from '../core/netlink/constants.ts';
import { Attributes, decoding, netlinkAlign } from '../core/netlink/message.ts';

/** The kernel's answer to one request. */
export interface Acknowledgement {
  /** 0: done; otherwise the positive error number (17: EEXIST). */
  readonly errno: number;
  /** What the kernel said in words (extended acknowledgement), if it did. */
  readonly message?: string;
}

const LITTLE_ENDIAN = true;
const NLM_F_CAPPED = 0x100;
const NLM_F_ACK_TLVS = 0x200;
const NLMSGERR_ATTR_MSG = 1;
/** EBADMSG: what stands for an acknowledgement that is none. */
const malformed = 74;
const errorLength = 4;

function wordsOf(attributes: Uint8Array): string | undefined {
  const decoded = decoding(() => new Attributes(attributes).string(NLMSGERR_ATTR_MSG));
  return decoded.ok ? decoded.value : undefined;
}

function acknowledgement(errno: number, message: string | undefined): Acknowledgement {
  return message === undefined ? { errno } : { errno, message };
}

/**
 * Reads NLMSG_ERROR.
 * @param bytes the whole message, header included
 * @param flags its nlmsg_flags
 */
export function readAcknowledgement(bytes: Uint8Array, flags: number): Acknowledgement {
  const requestAt = NLMSG_HEADER_LENGTH + errorLength;
  if (bytes.length < requestAt + NLMSG_HEADER_LENGTH) return { errno: malformed };
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const errno = 0 - view.getInt32(NLMSG_HEADER_LENGTH, LITTLE_ENDIAN);
  if ((flags & NLM_F_ACK_TLVS) === 0) return { errno };
  const requestLength = (flags & NLM_F_CAPPED) === 0 ? view.getUint32(requestAt, LITTLE_ENDIAN) : NLMSG_HEADER_LENGTH;
  return acknowledgement(errno, wordsOf(bytes.subarray(requestAt + netlinkAlign(requestLength))));
}

/** Reads NLMSG_DONE, which ends a dump and may carry an error. Parameters as above. */
export function readDone(bytes: Uint8Array, flags: number): Acknowledgement {
  if (bytes.length < NLMSG_HEADER_LENGTH + errorLength) return { errno: 0 };
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const errno = 0 - view.getInt32(NLMSG_HEADER_LENGTH, LITTLE_ENDIAN);
  if ((flags & NLM_F_ACK_TLVS) === 0) return { errno };
  return acknowledgement(errno, wordsOf(bytes.subarray(NLMSG_HEADER_LENGTH + errorLength)));
}

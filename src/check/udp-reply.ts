/** What UDP_CHECK sends and which replies please it (reference: behaviour B3). */
import type { UdpCheckerConfiguration } from '../config/model.ts';

/** The original's payload where none is configured: this text, again and again. */
const defaultText = 'keepalived check - ';
const defaultLength = 32;

/** The octets to send. */
export function udpPayload({ payload }: Pick<UdpCheckerConfiguration, 'payload'>): Uint8Array {
  if (payload === undefined) {
    return Uint8Array.from({ length: defaultLength }, (_, index) => defaultText.charCodeAt(index % defaultText.length));
  }
  return Uint8Array.from({ length: payload.length / 2 }, (_, index) =>
    parseInt(payload.slice(index * 2, index * 2 + 2), 16),
  );
}

type Wanted = Pick<UdpCheckerConfiguration, 'requireReply' | 'replyPattern' | 'minReplyLength' | 'maxReplyLength'>;

/** What is wrong with a reply, in words; undefined: nothing. Without require_reply any reply will do. */
export function faultInReply(checker: Wanted, reply: Uint8Array): string | undefined {
  if (!checker.requireReply) return undefined;
  const { minReplyLength, maxReplyLength, replyPattern = '' } = checker;
  if (reply.length < minReplyLength || reply.length > maxReplyLength) {
    return `reply of ${reply.length} octets, wanted ${minReplyLength} to ${maxReplyLength}`;
  }
  const begin = hexadecimal(reply.subarray(0, replyPattern.length / 2));
  const matches =
    begin.length === replyPattern.length &&
    [...replyPattern].every((digit, index) => digit === 'x' || digit === begin[index]);
  return matches ? undefined : `reply begins with ${begin === '' ? 'nothing' : begin}, wanted ${replyPattern}`;
}

function hexadecimal(octets: Uint8Array): string {
  return Array.from(octets, (octet) => octet.toString(16).padStart(2, '0')).join('');
}

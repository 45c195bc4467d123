/** A unix datagram socket that only sends: syslog's /dev/log, systemd's notification socket. */
import { ERRNO, addon } from './addon.ts';
import { Descriptor } from './descriptor.ts';
import { unixName } from './socket-address.ts';
import { AF, SOCK } from './socket-constants.ts';

/** `full`: the receiver is behind and the datagram was dropped; `unreachable`: nobody listens there now. */
export type DatagramOutcome = 'sent' | 'full' | 'unreachable';

export class UnixDatagramSocket {
  readonly #descriptor: Descriptor;
  readonly #name: Uint8Array;

  private constructor(path: string) {
    this.#name = unixName(path);
    this.#descriptor = new Descriptor(`unix socket ${path}`, AF.UNIX, SOCK.DGRAM, 0);
  }

  /**
   * @param path file system path, or abstract name with a leading `@`
   * @throws SystemError ENAMETOOLONG for more than 107 octets. A listener that is absent is no error: it is tried again
   * at each send.
   */
  static open(path: string): UnixDatagramSocket {
    return new UnixDatagramSocket(path);
  }

  /**
   * Sends one datagram without ever waiting.
   * @throws SystemError EMSGSIZE for a datagram that can never fit, EACCES
   */
  send(data: Uint8Array): DatagramOutcome {
    if (!this.#descriptor.isOpen) return 'unreachable';
    // Named in each call, not connected: a syslog daemon that was started anew is a new socket at the same path.
    const result = addon().sendmsg(this.#descriptor.number, data, this.#name);
    switch (-result) {
      case ERRNO.EAGAIN:
      case ERRNO.ENOBUFS:
        return 'full';
      case ERRNO.ENOENT:
      case ERRNO.ECONNREFUSED:
      case ERRNO.ENOTDIR:
        return 'unreachable';
      default:
        this.#descriptor.check(result, 'sendmsg');
        return 'sent';
    }
  }

  /** Safe to call twice. */
  close(): void {
    this.#descriptor.close();
  }
}

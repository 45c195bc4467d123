/** A unix datagram socket that only sends: syslog's /dev/log, systemd's notification socket. */

/** `full`: the receiver is behind and the datagram was dropped; `unreachable`: nobody listens there now. */
export type DatagramOutcome = 'sent' | 'full' | 'unreachable';

export class UnixDatagramSocket {
  /**
   * @param _path file system path, or abstract name with a leading `@`.
   * @throws SystemError ENAMETOOLONG for more than 107 octets. A listener that is absent is no error: it is tried again at each send.
   */
  static open(_path: string): UnixDatagramSocket {
    return new UnixDatagramSocket();
  }

  /** Sends one datagram without ever waiting. @throws SystemError EMSGSIZE for a datagram that can never fit. */
  send(_data: Uint8Array): DatagramOutcome {
    throw new Error('not yet');
  }

  /** Safe to call twice. */
  close(): void {
    throw new Error('not yet');
  }
}

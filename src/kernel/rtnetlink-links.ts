/** Makes, changes and removes links. */
import { encodeLinkChange } from '../network/link-request.ts';
import type { LinkChange } from '../network/link-request.ts';
import { describeErrno } from './errors.ts';
import { NetlinkSocket } from './netlink-socket.ts';

/** A change that the kernel refused. */
export interface LinkRefusal {
  readonly change: LinkChange;
  /** Positive error number. */
  readonly errno: number;
  /** The kernel's words and the name of the error. */
  readonly reason: string;
}

export class LinkWriter {
  readonly #socket: NetlinkSocket;

  private constructor(socket: NetlinkSocket) {
    this.#socket = socket;
  }

  /** @throws SystemError if the kernel refuses a socket */
  static open(): LinkWriter {
    return new LinkWriter(NetlinkSocket.open({ protocol: 'route' }));
  }

  /**
   * Carries changes out in their order; one that is refused does not stop the others.
   * @returns the refusals. Rejects with SystemError ENOBUFS if answers were lost
   */
  async apply(changes: readonly LinkChange[]): Promise<LinkRefusal[]> {
    const answers = await this.#socket.transact(changes.map(encodeLinkChange));
    return changes.flatMap((change, position): LinkRefusal[] => {
      const answer = answers[position];
      if (answer === undefined || answer.errno === 0) return [];
      const { code, description } = describeErrno(answer.errno);
      return [{ change, errno: answer.errno, reason: `${answer.message ?? description} (${code})` }];
    });
  }

  /** Safe to call twice. */
  close(): void {
    this.#socket.close();
  }
}

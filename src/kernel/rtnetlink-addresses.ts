/** Writes address changes to the kernel, many to a system call. */
import { DaemonError } from '../core/errors.ts';
import { encodeAddressChange } from '../network/address-codec.ts';
import { describeAddressChange, judgeAddressChange } from '../network/address-outcome.ts';
import type { AddressOutcome } from '../network/address-outcome.ts';
import type { AddressChange } from '../network/types.ts';
import { describeErrno } from './errors.ts';
import { NetlinkSocket } from './netlink-socket.ts';

export interface AddressWriterOptions {
  /** Path of a network namespace (/run/netns/NAME); the process's own if absent. */
  readonly namespacePath?: string;
  /** Mark addresses as keepalived's (`proto keepalived`). Default true, as the original does since 2.3.2. */
  readonly markProtocol?: boolean;
  /** Told of every outcome, for the log. */
  readonly onOutcome?: (outcome: AddressOutcome) => void;
}

export class AddressWriter {
  readonly #socket: NetlinkSocket;
  readonly #markProtocol: boolean;
  readonly #onOutcome: (outcome: AddressOutcome) => void;

  private constructor(socket: NetlinkSocket, options: AddressWriterOptions) {
    this.#socket = socket;
    this.#markProtocol = options.markProtocol ?? true;
    this.#onOutcome = options.onOutcome ?? (() => undefined);
  }

  /** @throws SystemError if the kernel refuses */
  static open(options: AddressWriterOptions = {}): AddressWriter {
    const { namespacePath } = options;
    const socket = NetlinkSocket.open({ protocol: 'route', ...(namespacePath !== undefined && { namespacePath }) });
    return new AddressWriter(socket, options);
  }

  /**
   * Writes the changes in their order. The kernel does what the first batch says inside this call, so the addresses are
   * there when it returns, before the answers are read.
   * @returns one outcome a change; refusals are outcomes. Rejects with SystemError ENOBUFS if answers were lost
   */
  async apply(changes: readonly AddressChange[]): Promise<AddressOutcome[]> {
    if (changes.length === 0) return [];
    const unsayable = new Map<AddressChange, AddressOutcome>();
    const messages: Uint8Array[] = [];
    for (const change of changes) {
      try {
        messages.push(encodeAddressChange(change, { markProtocol: this.#markProtocol }));
      } catch (error) {
        if (!(error instanceof DaemonError)) throw error;
        const reason = `cannot ${describeAddressChange(change)}: ${error.message}`;
        unsayable.set(change, { change, result: 'failed', errno: 0, reason });
      }
    }
    const acknowledgements = (await this.#socket.transact(messages)).values();
    return changes.map((change) => {
      const outcome = unsayable.get(change) ?? this.#judge(change, acknowledgements.next().value ?? { errno: 0 });
      this.#onOutcome(outcome);
      return outcome;
    });
  }

  #judge(change: AddressChange, answer: { readonly errno: number; readonly message?: string }): AddressOutcome {
    const { code, description } = describeErrno(answer.errno);
    return judgeAddressChange(change, answer.errno, `${answer.message ?? description} (${code})`);
  }

  /** Safe to call twice. */
  close(): void {
    this.#socket.close();
  }
}

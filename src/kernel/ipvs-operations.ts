/** Operations on their way to the kernel: put into octets a batch at a time, and kept until the batch is answered. */
import { DaemonError } from '../core/errors.ts';
import type { MessageMemory } from '../core/netlink/message.ts';
import { describeOperation } from '../ipvs/keys.ts';
import { longestOperation } from '../ipvs/operation-octets.ts';
import type { OperationOctets } from '../ipvs/operation-octets.ts';
import { judgeOutcome } from '../ipvs/outcome.ts';
import type { IpvsOutcome } from '../ipvs/outcome.ts';
import type { IpvsOperation } from '../ipvs/types.ts';
import { describeErrno } from './errors.ts';
import type { Acknowledgement } from './netlink-acknowledgement.ts';
import type { RequestStream } from './netlink-exchange.ts';

export function inWords({ errno, message }: Acknowledgement): string {
  if (errno === 0) return '';
  const { code, description } = describeErrno(errno);
  return message === undefined ? `${description} (${code})` : `${message} (${code})`;
}

export class OperationStream implements RequestStream {
  readonly #operations: Iterator<IpvsOperation>;
  readonly #octets: OperationOctets;
  /** Of the last batch; what stands behind is older. */
  readonly #batch: IpvsOperation[] = [];
  /** Operations before the last batch that were sent; those that could not be said are not numbered. */
  #sent = 0;
  #inBatch = 0;
  /** By the number of the operation, or of the one that was sent next. */
  readonly #exceptions: { readonly number: number; readonly outcome: IpvsOutcome }[] = [];

  /** @param octets of the conversation: what it has said before is the model of what comes */
  constructor(octets: OperationOctets, operations: Iterable<IpvsOperation>) {
    this.#octets = octets;
    this.#operations = operations[Symbol.iterator]();
  }

  fill(memory: MessageMemory, ends: Int32Array): number {
    this.#sent += this.#inBatch;
    this.#inBatch = 0;
    let count = 0;
    while (count < ends.length && memory.used + longestOperation <= memory.octets.length) {
      const next = this.#operations.next();
      if (next.done === true) break;
      const operation = next.value;
      try {
        this.#octets.put(operation, memory);
      } catch (error) {
        if (!(error instanceof DaemonError)) throw error;
        const reason = `cannot ${describeOperation(operation)}: ${error.message}`;
        this.#except(count, { operation, result: 'failed', errno: 0, reason });
        continue;
      }
      this.#batch[count] = operation;
      ends[count] = memory.used;
      count++;
    }
    this.#inBatch = count;
    return count;
  }

  answered(place: number, acknowledgement: Acknowledgement): void {
    const operation = this.#batch[place];
    if (acknowledgement.errno === 0 || operation === undefined) return;
    this.#except(place, judgeOutcome(operation, acknowledgement.errno, inWords(acknowledgement)));
  }

  #except(place: number, outcome: IpvsOutcome): void {
    this.#exceptions.push({ number: this.#sent + place, outcome });
  }

  /** What became of those that were not simply done, in the order of the operations. */
  outcomes(): IpvsOutcome[] {
    return this.#exceptions.toSorted((a, b) => a.number - b.number).map(({ outcome }) => outcome);
  }
}

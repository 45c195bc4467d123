/** What became of an operation, in the daemon's terms: which refusals of the kernel are none (reference: behaviour B5). */
import { describeOperation } from './keys.ts';
import type { IpvsOperation } from './types.ts';

const ENOENT = 2;
const ESRCH = 3;
const EEXIST = 17;

export interface IpvsOutcome {
  readonly operation: IpvsOperation;
  /**
   * `done`: as asked. `already`: the kernel was in that state before, so somebody else writes too. `added`: a server to
   * be changed was missing and was added. `failed`: `reason` says why.
   */
  readonly result: 'done' | 'already' | 'added' | 'failed';
  /** Positive error number of the kernel, 0 if it refused nothing. */
  readonly errno: number;
  /** For `failed`: the operation and the cause, in words. */
  readonly reason?: string;
}

/** True if a server to be edited is not there: it is to be added instead. */
export function isMissingDestination(operation: IpvsOperation, errno: number): boolean {
  return operation.op === 'edit-destination' && errno === ENOENT;
}

function isAlreadySo(operation: IpvsOperation, errno: number): boolean {
  switch (operation.op) {
    case 'add-service':
    case 'add-destination':
    case 'start-daemon':
      return errno === EEXIST;
    case 'delete-service':
    case 'stop-daemon':
      return errno === ESRCH;
    case 'delete-destination':
      return errno === ENOENT || errno === ESRCH;
    default:
      return false;
  }
}

/** A cause the error number alone does not tell, with the remedy. */
function explain(operation: IpvsOperation, errno: number): string | undefined {
  switch (operation.op) {
    case 'add-service':
    case 'edit-service':
      if (errno !== ENOENT) return undefined;
      return operation.service.persistenceEngine === undefined
        ? `the kernel has no scheduler "${operation.service.scheduler}"; load the module ip_vs_${operation.service.scheduler}`
        : `the kernel lacks scheduler "${operation.service.scheduler}" or persistence engine "${operation.service.persistenceEngine}"; load ip_vs_${operation.service.scheduler} and ip_vs_pe_${operation.service.persistenceEngine}`;
    case 'add-destination':
    case 'edit-destination':
      return errno === ESRCH ? 'the service is not there' : undefined;
    default:
      return undefined;
  }
}

/**
 * Judges the kernel's answer.
 * @param errno positive error number, 0: accepted
 * @param said the kernel's words or the name of the error, for the log
 */
export function judgeOutcome(operation: IpvsOperation, errno: number, said: string): IpvsOutcome {
  if (errno === 0) return { operation, result: 'done', errno };
  if (isAlreadySo(operation, errno)) return { operation, result: 'already', errno };
  const cause = explain(operation, errno) ?? said;
  return { operation, result: 'failed', errno, reason: `cannot ${describeOperation(operation)}: ${cause}` };
}

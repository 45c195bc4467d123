/** What became of an address write: which refusals of the kernel are none. */
import type { AddressChange } from './types.ts';

const ENODEV = 19;
const EEXIST = 17;
const EADDRNOTAVAIL = 99;

export interface AddressOutcome {
  readonly change: AddressChange;
  /** `already`: it existed, or was gone, before. */
  readonly result: 'done' | 'already' | 'failed';
  /** Positive error number of the kernel, 0 if it refused nothing. */
  readonly errno: number;
  /** For `failed`: what could not be done and why, in words. */
  readonly reason?: string;
}

/** "add 192.0.2.1/24 to eth1" */
export function describeAddressChange(change: AddressChange, interfaceName?: string): string {
  const where =
    interfaceName ?? (change.change === 'add' ? change.address.interface : `interface ${change.interfaceIndex}`);
  const what = `${change.address.address}/${change.address.prefixLength}`;
  return change.change === 'add' ? `add ${what} to ${where}` : `remove ${what} from ${where}`;
}

/**
 * Judges the kernel's answer.
 * @param errno positive error number, 0: accepted
 * @param said the kernel's words or the name of the error
 */
export function judgeAddressChange(change: AddressChange, errno: number, said: string): AddressOutcome {
  if (errno === 0) return { change, result: 'done', errno };
  const already = change.change === 'add' ? errno === EEXIST : errno === EADDRNOTAVAIL || errno === ENODEV;
  if (already) return { change, result: 'already', errno };
  return { change, result: 'failed', errno, reason: `cannot ${describeAddressChange(change)}: ${said}` };
}

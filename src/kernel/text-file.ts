/** Large texts that are read again and again. */
import { addon } from './addon.ts';

/**
 * The text of an open file, read where it stays: in memory outside of V8's heap that is used again once nobody has the
 * text any more, so that a reload does not touch megabytes anew.
 * @returns undefined where it is not ASCII or cannot be read in this way
 */
export function readAsciiText(descriptor: number): string | undefined {
  const text = addon().readAsciiText(descriptor);
  return typeof text === 'string' ? text : undefined;
}

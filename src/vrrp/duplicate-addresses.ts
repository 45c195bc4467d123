/** Virtual IPv6 addresses that the kernel does not use, because it found them on another machine (RFC 4862 section 5.4). */
import type { Instance } from './instance.ts';
import { addressKey } from './instance.ts';

/** Tells of each address of a master once, and again when it has been right in between. */
export function tellDuplicates({ addresses, duplicates, host, name }: Instance): void {
  for (const address of addresses) {
    if (address.family === 'inet') continue;
    const key = addressKey(address);
    if (host.network.stateOf(address) !== 'duplicate') duplicates.delete(key);
    else if (!duplicates.has(key)) {
      duplicates.add(key);
      host.out.log(
        'warning',
        `(${name}) is master, but ${address.address} on ${address.interface} does not work: another machine has it ` +
          '(duplicate address detection failed). Remove it there, then here, and it is set again; without "-nodad" it is set without asking',
      );
    }
  }
}

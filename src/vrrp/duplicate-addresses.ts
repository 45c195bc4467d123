/**
 * Virtual addresses that are on two machines: those that the kernel does not use, because it found them elsewhere (RFC 4862
 * section 5.4), and those that somebody set here beside a master elsewhere.
 */
import type { VirtualAddress } from '../config/model.ts';
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

interface AbsentAddress {
  readonly instance: Instance;
  readonly address: VirtualAddress;
}

/** The addresses that are not here, of instances that are not master. */
export function absentFromBackups(instances: readonly Instance[]): AbsentAddress[] {
  return instances.flatMap((instance) => {
    if (instance.state !== 'BACKUP' && instance.state !== 'FAULT') return [];
    const absent = instance.addresses.filter((address) => !instance.host.network.has(address));
    return absent.map((address) => ({ instance, address }));
  });
}

/**
 * Tells of those that are here now: nobody of us has set them.
 * @param unwanted the addresses of an instance that no master among us has
 */
export function tellForeign(
  absent: readonly AbsentAddress[],
  unwanted: (instance: string) => readonly VirtualAddress[],
): void {
  for (const { address, instance } of absent) {
    const { host, name, state } = instance;
    if (!host.network.has(address) || !unwanted(name).includes(address)) continue;
    host.out.log(
      'warning',
      `(${name}) is ${state}, but somebody has set ${address.address}/${address.prefixLength} on ${address.interface}: ` +
        'it answers beside the master. It is left alone until this router was master; remove it by hand',
    );
  }
}

/**
 * Keeps secrets out of recordings by construction: passwords, keys and the words of commands get substitutes, the same
 * for the same; digests, from which a short password could be guessed, are zeros where they were right and ones where
 * they were not. A recording decides as the original did because only equality counts.
 */
import type {
  GlobalConfiguration,
  ScriptCommand,
  VrrpConfiguration,
  VrrpInstanceConfiguration,
  VrrpNotify,
} from '../../config/model.ts';
import type { AddressFamily } from '../../config/model.ts';
import type { SendAdvertisementIntent, VrrpDigests, VrrpIntent } from '../types.ts';
import { passwordOctets } from '../transmitter.ts';
import { advertisementLength } from '../wire/advertisement.ts';
import { AUTHENTICATION_HEADER, IP_PROTOCOL, VRRP } from '../wire/constants.ts';
import { HMAC_TRAILER } from '../wire/hmac-trailer.ts';
import type { RecordedConfiguration } from './records.ts';

/** What the engine reads of global_defs. Nothing else, mail and programs least of all, gets into a recording. */
export const recordedGlobals = [
  'vrrpStartupDelay',
  'vrrpDelayAfterBoot',
  'lvsSyncDaemon',
  'logUnknownVirtualRouters',
  'repeatStatesAfterReload',
  'advertisementBuffers',
  'extraGratuitous',
  'dynamicInterfaces',
  'firewall',
  'vmacNames',
  'vrrpDefaults',
] as const satisfies readonly (keyof GlobalConfiguration)[];

/** Digests without keys, for replays. */
export const blankDigests: VrrpDigests = {
  hmacMd5: () => new Uint8Array(16),
  hmacSha256: () => new Uint8Array(32),
};

/** A packet's own copy, and where its parts are. */
interface Parts {
  readonly octets: Uint8Array;
  /** Of the authentication header; undefined: none. */
  readonly authenticationHeader?: number;
  readonly message: number;
}

function partsOf(packet: Uint8Array, family: AddressFamily): Parts {
  const octets = packet.slice();
  if (family === 'inet6') return { octets, message: 0 };
  const header = ((octets[0] ?? 0) & 15) * 4;
  if (octets[9] !== IP_PROTOCOL.authenticationHeader) return { octets, message: header };
  return { octets, authenticationHeader: header, message: header + AUTHENTICATION_HEADER.length };
}

/**
 * Writes octets into a message and adapts its checksum (RFC 1624 equation 3): right stays right, wrong stays wrong.
 * @param at offset in the message
 */
function overwrite(message: Uint8Array, at: number, octets: Uint8Array): void {
  const word = (index: number): number => ((message[index] ?? 0) << 8) | (message[index + 1] ?? 0);
  const checksum = VRRP.checksumOffset;
  let sum = ~word(checksum) & 0xffff;
  const first = at & ~1;
  const last = Math.min(message.length, at + octets.length);
  for (let index = first; index < last; index += 2) sum += ~word(index) & 0xffff;
  message.set(octets.subarray(0, Math.max(0, message.length - at)), at);
  for (let index = first; index < last; index += 2) sum += word(index);
  while (sum > 0xffff) sum = (sum & 0xffff) + (sum >>> 16);
  const value = ~sum & 0xffff;
  message[checksum] = value >>> 8;
  message[checksum + 1] = value & 0xff;
}

export class Masks {
  readonly #substitutes = new Map<string, string>();

  /** The same short word for the same secret, all through a recording. */
  #substitute(kind: string, secret: string): string {
    const key = `${kind} ${secret}`;
    const known = this.#substitutes.get(key);
    if (known !== undefined) return known;
    const made = `*${this.#substitutes.size + 1}`;
    this.#substitutes.set(key, made);
    return made;
  }

  /** What the engine needs of a configuration, without its secrets. */
  configuration(vrrp: VrrpConfiguration, global: GlobalConfiguration): RecordedConfiguration {
    const kept = recordedGlobals.map((key) => [key, global[key]] as const);
    return {
      vrrp: {
        ...vrrp,
        instances: vrrp.instances.map((instance) => this.#instance(instance)),
        syncGroups: vrrp.syncGroups.map((group) => ({ ...group, notify: withoutCommands(group.notify) })),
        scripts: vrrp.scripts.map((script) => ({ ...script, command: this.command(script.command) })),
        trackProcesses: vrrp.trackProcesses.map((process) => ({ ...process, parameters: [] })),
      },
      global: Object.fromEntries(kept.filter(([, value]) => value !== undefined)),
    };
  }

  #instance(instance: VrrpInstanceConfiguration): VrrpInstanceConfiguration {
    const { authentication, hmac } = instance;
    return {
      ...instance,
      notify: withoutCommands(instance.notify),
      ...(authentication && {
        authentication: { ...authentication, password: this.#password(passwordOctets(authentication)) },
      }),
      ...(hmac && {
        hmac: { ...hmac, keys: hmac.keys.map(({ id, key }) => ({ id, key: this.#key(key) })) },
      }),
    };
  }

  /** Passwords that are equal on the wire get one substitute. */
  #password(octets: Uint8Array): string {
    return this.#substitute('password', octets.join());
  }

  /** Hexadecimal digits, as a key must be. */
  #key(key: string): string {
    return this.#substitute('key', key).slice(1).padStart(key.length, '0');
  }

  /** The first word, which names the program, stays. */
  command({ argv, ...rest }: ScriptCommand): ScriptCommand {
    return { argv: argv.map((word, index) => (index === 0 ? word : this.#substitute('word', word))), ...rest };
  }

  /**
   * A packet that was sent or heard.
   * @param digests that were computed while it was judged; absent: it is our own, and right
   */
  packet(packet: Uint8Array, family: AddressFamily, digests?: readonly Uint8Array[]): Uint8Array {
    const { octets, authenticationHeader, message: start } = partsOf(packet, family);
    const blank = (digest: Uint8Array): Uint8Array =>
      new Uint8Array(digest.length).fill(digests === undefined || isAmong(digest, digests) ? 0 : 0xff);
    if (authenticationHeader !== undefined) {
      const digest = octets.subarray(authenticationHeader + AUTHENTICATION_HEADER.digestOffset, start);
      digest.set(blank(digest.slice()));
    }
    const message = octets.subarray(start);
    const version = (message[0] ?? 0) >>> 4;
    const exact = advertisementLength(version, family, message[3] ?? 0);
    if (version === 2 && family === 'inet') this.#maskPassword(message, exact - VRRP.authenticationDataLength);
    if (message.length < exact + HMAC_TRAILER.length) return octets;
    const at = exact + HMAC_TRAILER.headLength;
    const digest = blank(message.slice(at, exact + HMAC_TRAILER.length));
    // The checksum covers the trailer over IPv6 only.
    if (family === 'inet6') overwrite(message, at, digest);
    else message.set(digest, at);
    return octets;
  }

  /** The password of version 2; of a message that is not as long as it says everything behind the head. */
  #maskPassword(message: Uint8Array, at: number): void {
    const password = message.slice(at, at + VRRP.authenticationDataLength);
    if (password.length < VRRP.authenticationDataLength) {
      const behind = message.length - VRRP.headerLength;
      if (behind > 0) overwrite(message, VRRP.headerLength, new Uint8Array(behind));
      return;
    }
    if (password.every((octet) => octet === 0)) return;
    overwrite(message, at, passwordOctets({ type: 'PASS', password: this.#password(password) }));
  }

  intents(intents: readonly VrrpIntent[]): readonly VrrpIntent[] {
    const advertisement = (intent: SendAdvertisementIntent): SendAdvertisementIntent => ({
      ...intent,
      packet: this.packet(intent.packet, intent.family),
    });
    return intents.map((intent) => {
      if (intent.type === 'send-advertisement') return advertisement(intent);
      if (intent.type === 'send-ahead')
        return { ...intent, advertisements: intent.advertisements.map((each) => advertisement(each)) };
      return intent.type === 'run-script' ? { ...intent, command: this.command(intent.command) } : intent;
    });
  }
}

function isAmong(digest: Uint8Array, computed: readonly Uint8Array[]): boolean {
  return computed.some((whole) => digest.every((octet, index) => octet === whole[index]));
}

function withoutCommands({ notifyDeleted }: VrrpNotify): VrrpNotify {
  return { notifyDeleted, smtpAlert: false };
}

/** Listens for a while: who advertises, who answers for which address, and what gets through to the programs here. */
import { createHmac } from 'node:crypto';
import type { Configuration } from '../../config/model.ts';
import { parseIpAddress } from '../../core/ip-address.ts';
import type { Milliseconds } from '../../core/time.ts';
import type { RouteFact, WireFacts } from '../../doctor/facts.ts';
import {
  hardwareText,
  readArpReply,
  readNeighbourAdvertisement,
  solicitationFrame,
} from '../../doctor/wire/address-probe.ts';
import { judgeHeard, listensOn } from '../../doctor/wire/heard.ts';
import type { AddressAnswer, HeardPacket } from '../../doctor/wire/heard.ts';
import type { Question } from '../../doctor/wire/questions.ts';
import { now } from '../../kernel/clock.ts';
import { ETHER_TYPE, PacketListener } from '../../kernel/packet-listener.ts';
import type { ListenedPacket } from '../../kernel/packet-listener.ts';
import { PacketSocket } from '../../kernel/packet-socket.ts';
import { RawSocket } from '../../kernel/raw-socket.ts';
import { IFF } from '../../network/constants.ts';
import type { KernelAddress, Link } from '../../network/types.ts';
import { peekVirtualRouterId } from '../../vrrp/examine.ts';
import type { PacketMeta, VrrpDigests } from '../../vrrp/types.ts';
import { arpProbeFrame } from '../../vrrp/wire/arp.ts';
import { IP_PROTOCOL } from '../../vrrp/wire/constants.ts';
import { placeVirtualRouters } from '../../vrrp/virtual-interfaces.ts';

/** A frame may get lost; nobody minds being asked three times. */
const rounds: readonly Milliseconds[] = [0, 400, 1000];
const addressLength = 6;

const digests: VrrpDigests = {
  hmacMd5: (key, data) => createHmac('md5', key).update(data).digest(),
  hmacSha256: (key, data) => createHmac('sha256', key).update(data).digest(),
};

export interface Surroundings {
  readonly configuration: Configuration;
  readonly links: readonly Link[];
  readonly addresses: readonly KernelAddress[];
  readonly routes: readonly RouteFact[];
  readonly questions: readonly Question[];
}

interface Delivered {
  readonly interface: string;
  readonly source: string;
  readonly virtualRouterId: number;
}

/** @throws SystemError EPERM without CAP_NET_RAW */
export async function listen(surroundings: Surroundings, duration: Milliseconds): Promise<WireFacts> {
  const ear = new Ear(surroundings);
  try {
    for (const [index, at] of rounds.entries()) {
      if (at > duration) break;
      await pause(at - (rounds[index - 1] ?? 0));
      ear.ask();
    }
    await pause(duration - Math.min(duration, rounds.at(-1) ?? 0));
    return ear.report(duration);
  } finally {
    ear.close();
  }
}

function pause(time: Milliseconds): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, Math.max(0, time)));
}

class Ear {
  readonly #around: Surroundings;
  readonly #listener: PacketListener;
  readonly #sender: PacketSocket;
  readonly #raw: RawSocket[] = [];
  readonly #names: ReadonlyMap<number, string>;
  readonly #own: ReadonlySet<string>;
  readonly #packets: HeardPacket[] = [];
  readonly #delivered: Delivered[] = [];
  readonly #answers = new Map<string, AddressAnswer>();
  readonly #asked = new Map<string, Question>();
  #canCompare = true;

  constructor(around: Surroundings) {
    this.#around = around;
    this.#names = new Map(around.links.map(({ index, name }) => [index, name]));
    this.#own = new Set(around.addresses.map(({ address }) => address));
    this.#listener = PacketListener.open();
    this.#sender = PacketSocket.open();
    this.#openRaw();
    this.#listener.onPacket((packet) => this.#heard(packet));
  }

  /** What programs get: behind the filters. The groups are joined, as the daemon joins them. */
  #openRaw(): void {
    const { instances } = this.#around.configuration.vrrp;
    for (const family of ['inet', 'inet6'] as const) {
      const concerned = instances.filter((instance) => instance.family === family);
      if (concerned.length === 0) continue;
      const wrapped = concerned.some(({ authentication }) => authentication?.type === 'AH');
      for (const protocol of wrapped ? [IP_PROTOCOL.vrrp, IP_PROTOCOL.authenticationHeader] : [IP_PROTOCOL.vrrp]) {
        try {
          const socket = RawSocket.open({ family, protocol });
          this.#raw.push(socket);
          socket.onError(() => undefined);
          for (const { interface: name, multicastGroup, unicastPeers } of concerned) {
            const link = this.#around.links.find((one) => one.name === name);
            if (unicastPeers.length === 0 && link) socket.joinMulticast(multicastGroup, link.index);
          }
          socket.onPacket((data, meta) => this.#received(data, meta));
        } catch {
          // Without it nothing is said about filters.
          this.#canCompare = false;
        }
      }
    }
  }

  #received(data: Uint8Array, meta: PacketMeta): void {
    const virtualRouterId = peekVirtualRouterId(data, meta.family);
    const name = this.#names.get(meta.interfaceIndex);
    if (virtualRouterId !== undefined && name !== undefined)
      this.#delivered.push({ interface: name, source: meta.source, virtualRouterId });
  }

  #heard({ etherType, hardwareAddress, interfaceIndex, outgoing, packet }: ListenedPacket): void {
    const name = this.#names.get(interfaceIndex);
    if (name === undefined) return;
    if (etherType === ETHER_TYPE.arp) {
      const claim = outgoing ? undefined : readArpReply(packet);
      if (claim) this.#answers.set(`${claim.address} ${claim.hardwareAddress}`, { ...claim, interface: name });
      return;
    }
    const claim = etherType === ETHER_TYPE.ipv6 && !outgoing ? readNeighbourAdvertisement(packet) : undefined;
    if (claim) {
      this.#answers.set(`${claim.address} ${claim.hardwareAddress}`, { ...claim, interface: name });
      return;
    }
    this.#packets.push({
      interface: name,
      packet,
      hardwareAddress: hardwareText(hardwareAddress),
      outgoing,
      at: now(),
      realTime: Date.now(),
    });
  }

  /** Asks for everything that is of interest; whoever was heard advertising too, so that its hardware address is known. */
  ask(): void {
    const routers = this.#routers().filter(({ own }) => !own);
    const sources = routers.map(({ interface: on, source }): Question => ({ address: source, interface: on }));
    for (const question of [...this.#around.questions, ...sources]) this.#askOne(question);
  }

  #askOne(question: Question): void {
    const { address, interface: name } = question;
    const link = this.#around.links.find((one) => one.name === name);
    const parsed = parseIpAddress(address);
    const silent = IFF.NOARP | IFF.LOOPBACK | IFF.POINTOPOINT;
    if (!link?.up || !parsed || (link.flags & silent) !== 0 || link.hardwareAddress.length !== addressLength) return;
    const ethernet = {
      hardwareAddress: link.hardwareAddress,
      broadcastAddress: new Uint8Array(addressLength).fill(0xff),
    };
    try {
      if (parsed.family === 'inet') this.#sender.send(link.index, arpProbeFrame(ethernet, parsed.bytes));
      else {
        const source = this.#linkLocal(link);
        if (!source) return;
        this.#sender.send(link.index, solicitationFrame(ethernet, source, parsed.bytes));
      }
      this.#asked.set(`${address} ${name}`, question);
    } catch {
      // The interface went meanwhile.
    }
  }

  #linkLocal(link: Link): Uint8Array | undefined {
    const own = this.#around.addresses.find(
      ({ address, interfaceIndex }) => interfaceIndex === link.index && address.startsWith('fe80:'),
    );
    return own && parseIpAddress(own.address)?.bytes;
  }

  #routers(): ReturnType<typeof judgeHeard> {
    const { vrrp } = placeVirtualRouters(this.#around.configuration);
    const routers = judgeHeard(
      { vrrp },
      { packets: this.#packets, digests, ...(this.#canCompare && { delivered: this.#delivered }) },
    );
    return routers.map((router) => (this.#own.has(router.source) ? { ...router, own: true } : router));
  }

  report(listenedFor: Milliseconds): WireFacts {
    const { configuration, links } = this.#around;
    const { instances } = configuration.vrrp;
    return {
      listenedFor,
      interfaces: links.map(({ name }) => name).filter((name) => instances.some((one) => listensOn(one, name))),
      routers: this.#routers(),
      asked: [...this.#asked.values()],
      answers: [...this.#answers.values()],
    };
  }

  close(): void {
    this.#listener.close();
    this.#sender.close();
    for (const socket of this.#raw) socket.close();
  }
}

/**
 * The raw sockets VRRP speaks through: one for each place the engine names (family, interface, group or source), opened
 * when its interface appears, opened anew when the interface was made again, closed when the configuration drops it.
 */
import type { MonotonicMs } from '../core/time.ts';
import type { Link } from '../network/types.ts';
import { RawSocket, type SendTarget } from '../kernel/raw-socket.ts';
import { virtualRouterIdFilter } from '../kernel/vrrp-filter.ts';
import type { PacketMeta, SendAdvertisementIntent, SendAheadIntent, VrrpTransport } from '../vrrp/types.ts';
import { IP_FIELD } from '../vrrp/wire/constants.ts';
import { AdvertisementsAhead } from './advertisements-ahead.ts';

const IPPROTO_AH = 51;
const IPPROTO_VRRP = 112;
/** linux/in.h, linux/in6.h: a socket gets only the groups it joined itself. */
const SOL_IP = 0;
const IP_MULTICAST_ALL = 49;
const SOL_IPV6 = 41;
const IPV6_CHECKSUM = 7;
const IP_FREEBIND = 15;
const IPV6_FREEBIND = 78;
const IPV6_TCLASS = 67;
/** Offset of the checksum in the VRRP header, for the kernel to compute and verify (RFC 5798 section 5.2.8). */
const checksumOffset = 6;
/** A flood from a broken router must not push out the advertisement that matters. */
const defaultReceiveBuffer = 1 << 20;

interface OpenSocket {
  readonly socket: RawSocket;
  /** As the transport last asked for. */
  receiveBuffer: number;
  routers: string;
  /** 0: none is set for what it sends. */
  readonly interfaceIndex: number;
  /** Index of the device that it is bound to, 0: none. Another one: the device was made again. */
  readonly deviceIndex: number;
}

export interface AdvertisementListener {
  packet(packet: Uint8Array, meta: PacketMeta): void;
  /** Behind all packets that one turn of the event loop brought from a socket. */
  packetsTaken(): void;
  /** A socket could not be opened or used; said once for each place until it works again. */
  trouble(message: string): void;
}

/** A reload may ask for another size, or for the messages of other routers; the socket stays, with what waits in it. */
function adapt(open: OpenSocket, transport: VrrpTransport): void {
  const { receiveBufferOctets = defaultReceiveBuffer } = transport;
  if (open.receiveBuffer !== receiveBufferOctets) {
    open.socket.setReceiveBuffer(receiveBufferOctets);
    open.receiveBuffer = receiveBufferOctets;
  }
  if (open.routers !== routersOf(transport)) filter(open.socket, transport);
  open.routers = routersOf(transport);
}

/** Whose messages the socket lets in, in words. */
function routersOf({ authenticationHeader, everyRouter, virtualRouterIds }: VrrpTransport): string {
  return authenticationHeader || everyRouter === true ? 'every' : virtualRouterIds.join(',');
}

function filter(socket: RawSocket, transport: VrrpTransport): void {
  if (routersOf(transport) === 'every') socket.detachFilter();
  else socket.attachFilter(virtualRouterIdFilter(transport.family, transport.virtualRouterIds));
}

/** What the socket is bound to: its interface, or the VRF of unicast without one. */
function deviceOf({ interface: name, vrf }: VrrpTransport): string {
  return name === '' ? (vrf ?? '') : name;
}

function keyOf(transport: VrrpTransport): string {
  return [
    transport.family,
    transport.cast,
    transport.interface,
    transport.vrf ?? '',
    transport.group ?? '',
    transport.source ?? '',
    transport.authenticationHeader ? 'ah' : '',
  ].join(' ');
}

function targetOf(intent: SendAdvertisementIntent, { interfaceIndex }: OpenSocket): SendTarget {
  return {
    destination: intent.destination,
    ...(interfaceIndex > 0 ? { interfaceIndex } : {}),
    ...(intent.family === 'inet6' ? { source: intent.source, ttl: intent.ttl } : {}),
  };
}

/** Where nothing can be sent is said once, with what stands behind it. */
function placeOf({ family, interface: name }: SendAdvertisementIntent): string {
  return `${family} ${name}`;
}

export class AdvertisementSockets {
  readonly #listener: AdvertisementListener;
  readonly #open = new Map<string, OpenSocket>();
  readonly #transports = new Map<string, VrrpTransport>();
  readonly #troubled = new Set<string>();
  /** Interfaces that can send, as of the last look. */
  #working: ReadonlySet<string> = new Set();
  readonly #ahead = new AdvertisementsAhead({
    way: (intent) => {
      const found = this.#isSilent(intent) ? undefined : this.#socketFor(intent);
      return found && { socket: found.socket, target: targetOf(intent, found) };
    },
    sendNow: (intent) => this.send(intent),
    sent: (intent) => this.#troubled.delete(placeOf(intent)),
  });

  constructor(listener: AdvertisementListener) {
    this.#listener = listener;
  }

  /**
   * Makes the open sockets those of `transports`, as far as their interfaces exist. Cheap when nothing changed.
   * @returns why instances have none although their interface exists, by their names
   */
  reconcile(transports: readonly VrrpTransport[], links: readonly Link[]): ReadonlyMap<string, string> {
    const missing = new Map<string, string>();
    this.#transports.clear();
    for (const transport of transports) this.#transports.set(keyOf(transport), transport);
    this.#working = new Set(links.filter((link) => link.up).map((link) => link.name));
    const indexByName = new Map(links.map((link) => [link.name, link.index]));
    const indexOf = (transport: VrrpTransport): number | undefined => {
      const device = deviceOf(transport);
      return device === '' ? 0 : indexByName.get(device);
    };
    for (const [key, open] of this.#open) {
      const transport = this.#transports.get(key);
      if (transport !== undefined && indexOf(transport) === open.deviceIndex) adapt(open, transport);
      else {
        open.socket.close();
        this.#open.delete(key);
      }
    }
    for (const [key, transport] of this.#transports) {
      const deviceIndex = indexOf(transport);
      if (deviceIndex === undefined || this.#open.has(key)) continue;
      const trouble = this.#openSocket(key, transport, deviceIndex);
      if (trouble !== undefined) for (const instance of transport.instances) missing.set(instance, trouble);
    }
    this.#ahead.rearrange();
    return missing;
  }

  /** Sends one advertisement. A refusal by the kernel is reported once and is no error: the next one may pass. */
  send(intent: SendAdvertisementIntent): void {
    if (this.#isSilent(intent)) return;
    const found = this.#socketFor(intent);
    if (found === undefined) {
      const words = `(${intent.instance}) no socket on ${intent.interface} to send an advertisement`;
      this.#report(placeOf(intent), words);
      return;
    }
    try {
      found.socket.send(intent.packet, targetOf(intent, found));
      this.#troubled.delete(placeOf(intent));
    } catch (error) {
      this.#refused(intent, error as Error);
    }
  }

  /** Lets the next advertisement of an instance go by itself. What cannot is sent when its time has come. */
  sendAhead(intent: SendAheadIntent): void {
    this.#ahead.arrange(intent);
  }

  /** VrrpEnvironment.wentAhead */
  readonly wentAhead = (instance: string): MonotonicMs | undefined => this.#ahead.end(instance);

  /** That nothing goes out where the cable is out needs no words: the change of state has said it. */
  #isSilent(intent: SendAdvertisementIntent): boolean {
    return intent.interface !== '' && !this.#working.has(intent.interface);
  }

  #refused(intent: SendAdvertisementIntent, error: Error): void {
    const words = `(${intent.instance}) advertisement on ${intent.interface} not sent: ${error.message}`;
    this.#report(placeOf(intent), words);
  }

  /** The places as asked for last, each with the number of its socket's descriptor if it is open. */
  get places(): readonly { readonly transport: VrrpTransport; readonly descriptor?: number }[] {
    return [...this.#transports].map(([key, transport]) => {
      const open = this.#open.get(key);
      return { transport, ...(open !== undefined && { descriptor: open.socket.descriptor }) };
    });
  }

  close(): void {
    for (const { socket } of this.#open.values()) socket.close();
    this.#open.clear();
  }

  #socketFor(intent: SendAdvertisementIntent): OpenSocket | undefined {
    let fallback: OpenSocket | undefined;
    for (const [key, transport] of this.#transports) {
      if (transport.family !== intent.family || transport.interface !== intent.interface) continue;
      if (transport.interface === '' && transport.vrf !== intent.vrf) continue;
      if ((transport.cast === 'unicast') !== intent.unicast) continue;
      const open = this.#open.get(key);
      if (transport.source === undefined || transport.source === intent.source) return open;
      fallback ??= open;
    }
    return fallback;
  }

  /** @returns why it cannot be opened */
  #openSocket(key: string, transport: VrrpTransport, deviceIndex: number): string | undefined {
    const device = deviceOf(transport);
    // In a VRF the way to the peer decides on the interface.
    const interfaceIndex = transport.interface === '' ? 0 : deviceIndex;
    let socket: RawSocket | undefined;
    try {
      socket = RawSocket.open({
        family: transport.family,
        protocol: transport.authenticationHeader ? IPPROTO_AH : IPPROTO_VRRP,
        includeHeader: transport.family === 'inet',
      });
      if (device !== '') socket.bindToInterface(device);
      socket.setReceiveBuffer(transport.receiveBufferOctets ?? defaultReceiveBuffer);
      if (transport.family === 'inet') socket.setOption(SOL_IP, IP_MULTICAST_ALL, 0);
      else {
        socket.setOption(SOL_IPV6, IPV6_CHECKSUM, checksumOffset);
        // Internetwork control, as in the IPv4 headers that are written here.
        socket.setOption(SOL_IPV6, IPV6_TCLASS, IP_FIELD.trafficClass);
      }
      if (transport.cast === 'multicast' && transport.group !== undefined) {
        socket.joinMulticast(transport.group, interfaceIndex);
        socket.setMulticastInterface(interfaceIndex);
        socket.setMulticastLoop(false);
      } else if (transport.source !== undefined) {
        // The address may come later, or go and return; the socket is for it all the same.
        if (transport.family === 'inet') socket.setOption(SOL_IP, IP_FREEBIND, 1);
        else socket.setOption(SOL_IPV6, IPV6_FREEBIND, 1);
        socket.bind(transport.source, interfaceIndex);
      }
      filter(socket, transport);
      socket.onPacket((packet, meta) => this.#listener.packet(packet, meta));
      socket.onDrained(() => this.#listener.packetsTaken());
      socket.onError((error) =>
        this.#report(key, `receiving advertisements on ${transport.interface}: ${error.message}`),
      );
      this.#open.set(key, {
        socket,
        interfaceIndex,
        deviceIndex,
        receiveBuffer: transport.receiveBufferOctets ?? defaultReceiveBuffer,
        routers: routersOf(transport),
      });
      this.#troubled.delete(key);
      return undefined;
    } catch (error) {
      socket?.close();
      const trouble = `no socket for advertisements on ${transport.interface || 'any interface'}: ${(error as Error).message}`;
      this.#report(key, trouble);
      return trouble;
    }
  }

  #report(place: string, message: string): void {
    if (this.#troubled.has(place)) return;
    this.#troubled.add(place);
    this.#listener.trouble(message);
  }
}

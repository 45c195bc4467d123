/**
 * The addon's functions as they are: each is one system call, answers with its result or a negative error number, and
 * decides nothing. Only this folder calls them; the other files of it make sockets, timers and errors of them.
 */
import { existsSync } from 'node:fs';
import path from 'node:path';
import { DaemonError } from '../core/errors.ts';

export interface Addon {
  // Event loop. `events` are EPOLL* bits; the watch holds the callback until unwatch or close.
  watch(descriptor: number, events: number, callback: (events: number) => void, keepsAlive: boolean): number;
  modify(descriptor: number, events: number): number;
  unwatch(descriptor: number): number;
  /** Closes a descriptor that the addon opened; -EBADF for any other. */
  close(descriptor: number): number;
  /** Hands a descriptor that the addon opened to somebody who will close it. */
  release(descriptor: number): number;

  // Sockets, close-on-exec and non-blocking. `name` is a struct sockaddr.
  socket(domain: number, type: number, protocol: number): number;
  socketInNamespace(path: string, domain: number, type: number, protocol: number): number;
  /** Two sockets connected to each other. */
  socketpair(domain: number, type: number): [one: number, other: number] | number;
  /** Takes over a descriptor that was open when the process began. */
  inherit(descriptor: number): number;
  bind(descriptor: number, name: Uint8Array): number;
  connect(descriptor: number, name: Uint8Array): number;
  /** Fills `name` and answers its length; likewise getsockopt. */
  getsockname(descriptor: number, name: Uint8Array): number;
  /** SO_ATTACH_FILTER takes the instructions alone. */
  setsockopt(descriptor: number, level: number, option: number, value: number | Uint8Array): number;
  getsockopt(descriptor: number, level: number, option: number, value: Uint8Array): number;
  /** Several parts are sent as one datagram. `control` holds complete control messages. */
  sendmsg(
    descriptor: number,
    data: Uint8Array | readonly Uint8Array[],
    name?: Uint8Array,
    control?: Uint8Array,
    flags?: number,
  ): number;
  /** Fills data, name and control; `lengths` (3 numbers) gets the lengths of name and control and the MSG_* flags. */
  recvmsg(descriptor: number, data: Uint8Array, name: Uint8Array, control: Uint8Array, lengths: Int32Array): number;
  recvmmsg(descriptor: number, data: Uint8Array, name: Uint8Array, control: Uint8Array, lengths: Int32Array): number;

  // Datagrams that a thread of the addon's own sends at their moment; milliseconds on CLOCK_MONOTONIC.
  timedSendStart(): number;
  /**
   * Answers the number of the arrangement. Nothing is sent from `until` on; the thread is awake `lead` before `at`. All
   * bytes are copied; closing the descriptor ends its arrangements.
   */
  timedSend(
    descriptor: number,
    at: number,
    until: number,
    lead: number,
    data: Uint8Array,
    name?: Uint8Array,
    control?: Uint8Array,
  ): number;
  /** Ends an arrangement: when it was sent; 0: not sent and never will be; negative: refused by the kernel. */
  timedSendTake(arrangement: number): number;

  // Octets of connected streams. send() may take fewer than given; receive() answers 0 when the peer has closed.
  send(descriptor: number, data: Uint8Array): number;
  receive(descriptor: number, data: Uint8Array): number;

  // Interfaces of the thread's network namespace.
  interfaceIndex(name: string): number;
  interfaceName(index: number): string | number;

  // Links, asked through any datagram socket.
  interfaceFlags(socket: number, name: string): number;
  miiAddress(socket: number, name: string): number;
  miiRegister(socket: number, name: string, transceiver: number, register: number): number;
  /** 1 with a link, 0 without. */
  ethtoolLink(socket: number, name: string): number;

  // Time: milliseconds on CLOCK_MONOTONIC.
  monotonicNow(): number;
  /** How long the machine has slept since its boot, in which CLOCK_MONOTONIC stands still. */
  suspended(): number;
  /** The same on CLOCK_REALTIME, since the epoch: the clock of the kernel's packet timestamps. */
  realtimeNow(): number;
  timerCreate(): number;
  /** Absolute deadline; negative: none. */
  timerSet(descriptor: number, milliseconds: number): number;
  /** Expirations since it was set or taken; -EAGAIN: none yet. */
  timerTake(descriptor: number): number;
  /** STA_* bits of the clock of dates. */
  clockStatus(): number;

  // Signals of the whole process.
  signalDescriptor(): number;
  signalCatch(signal: number): number;
  signalIgnore(signal: number): number;
  signalDefault(signal: number): number;
  /** The caught signals since the last call, each as often as it came. */
  signalTake(): number[];

  // Namespaces and mounts. `kind` and `flags` are CLONE_NEW* and MS_* bits.
  setns(path: string, kind: number): number;
  unshare(kinds: number): number;
  mount(source: string, target: string, type: string, flags: number): number;

  // The process. A thread of 0 is the calling one.
  mlockall(flags: number): number;
  trimHeap(): number;
  setScheduler(thread: number, policy: number, priority: number): number;
  getScheduler(thread: number): number;
  setAffinity(thread: number, processors: readonly number[]): number;
  getAffinity(thread: number): number[] | number;
  getrlimit(resource: number): [soft: number, hard: number] | number;
  setrlimit(resource: number, soft: number, hard: number): number;
  prctl(option: number, value: number | string): number;
  /** Effective and permitted capabilities of this thread, as bits. */
  capset(capabilities: number): number;
  /** The child's process id and status; a process id of 0: it has not ended. */
  waitpid(process: number): [process: number, status: number] | number;
  /**
   * Starts a program and answers its process id. Its descriptor with the number n is descriptors[n]; -1: /dev/null. Its
   * signals have their default actions, but for real-time ones that are ignored.
   */
  spawn(file: string, words: readonly string[], environment: readonly string[], descriptors: readonly number[]): number;

  // Files.
  lockFile(descriptor: number): number;
  /** The whole file in memory of the addon's own; -EILSEQ: it is not ASCII, -EAGAIN: it grew meanwhile. */
  readAsciiText(descriptor: number): string | number;
}

/** EPOLL* bits of linux/eventpoll.h. */
export const EPOLL = { IN: 0x1, OUT: 0x4, ERR: 0x8, HUP: 0x10, RDHUP: 0x2000, ET: 1 << 31 } as const;

/** Error numbers that the shells act upon (asm-generic/errno-base.h, errno.h). */
export const ERRNO = {
  ENOENT: 2,
  EINTR: 4,
  ENXIO: 6,
  ECHILD: 10,
  EAGAIN: 11,
  EACCES: 13,
  ENODEV: 19,
  ENOTDIR: 20,
  EINVAL: 22,

  EMSGSIZE: 90,
  EADDRINUSE: 98,
  EADDRNOTAVAIL: 99,
  ENETDOWN: 100,
  ECONNRESET: 104,
  ENOBUFS: 105,
  ENOTCONN: 107,
  ECONNREFUSED: 111,
  EINPROGRESS: 115,
} as const;

/** Beside the bundle (dist/main.cjs), or seen from this file when the sources run as they are. */
const places = ['native', path.join('..', '..', 'dist', 'native')];

/** The folder that the addon is in. @throws DaemonError ADDON_MISSING */
export function addonFolder(): string {
  const folders = places.map((place) => path.join(import.meta.dirname, place));
  const folder = folders.find((candidate) => existsSync(path.join(candidate, 'keepalived.node')));
  if (folder === undefined) {
    throw new DaemonError(
      'ADDON_MISSING',
      `keepalived.node is neither in ${folders.join(' nor in ')}; "npm run build" makes it`,
    );
  }
  return folder;
}

function load(): Addon {
  const file = path.join(addonFolder(), 'keepalived.node');
  try {
    // What require() does with such a file, without the module that gives a bundle one.
    const module = { exports: {} };
    process.dlopen(module, file);
    return module.exports as Addon;
  } catch (error) {
    throw new DaemonError(
      'ADDON_UNUSABLE',
      `${file} cannot be loaded: ${(error as Error).message}; "npm run build" makes it anew for this machine`,
      { cause: error },
    );
  }
}

let loaded: Addon | undefined;

/** The addon, loaded at the first call. @throws DaemonError ADDON_MISSING, ADDON_UNUSABLE */
export function addon(): Addon {
  loaded ??= load();
  return loaded;
}

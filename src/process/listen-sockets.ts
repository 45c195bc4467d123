/**
 * Sockets at which another process listens: bound here, where ports below 1024 may be had, and handed over by
 * inheritance. They stay open while that process dies and comes again, so that clients only wait.
 */
import { chmodSync, chownSync, lstatSync, renameSync, unlinkSync } from 'node:fs';
import path from 'node:path';
import type { ListenPlace } from '../config/model.ts';
import { DaemonError } from '../core/errors.ts';
import { Descriptor } from '../kernel/descriptor.ts';
import { internetName, unixName } from '../kernel/socket-address.ts';
import { AF, IPPROTO, IPV6_OPTION, IP_OPTION, SO, SOCK, SOL } from '../kernel/socket-constants.ts';
import { lookUpGroup } from '../notify/accounts.ts';
import { makeDirectory } from './make-directory.ts';

/** The place in words, the same for the same place with the same permissions. */
export function placeName(place: ListenPlace): string {
  if (place.kind === 'unix') return `unix ${place.path}`;
  return place.family === 'inet6' ? `[${place.address}]:${place.port}` : `${place.address}:${place.port}`;
}

/** Permissions included: others make another socket. */
function placeKey(place: ListenPlace): string {
  return place.kind === 'unix'
    ? `${placeName(place)} ${place.mode.toString(8)} ${place.group ?? ''}`
    : placeName(place);
}

interface BoundSocket {
  /** Of another socket another one, where numbers of descriptors are used again. */
  readonly identity: number;
  readonly descriptor: Descriptor;
  /** Of a unix socket: its place in the file system, to be removed if it is still this one. */
  readonly file?: { readonly path: string; readonly inode: number };
}

let sockets = 0;

export interface ListeningPlace {
  readonly place: ListenPlace;
  /** Number of the descriptor in this process. */
  readonly descriptor: number;
  /** Of another socket another one, where numbers of descriptors are used again. */
  readonly identity: number;
}

export class ListenSockets {
  readonly #sockets = new Map<string, BoundSocket>();

  /**
   * Opens what is missing and closes what is not wanted any more.
   * @param trouble gets every place that cannot be had, with the reason
   * @returns those that there are, in the order given
   */
  async reconcile(
    places: readonly ListenPlace[],
    trouble: (place: ListenPlace, reason: string) => void,
  ): Promise<readonly ListeningPlace[]> {
    const wanted = new Set(places.map(placeKey));
    for (const [key, socket] of this.#sockets) {
      if (wanted.has(key)) continue;
      this.#sockets.delete(key);
      release(socket);
    }
    const listening: ListeningPlace[] = [];
    for (const place of places) {
      const key = placeKey(place);
      try {
        const socket = this.#sockets.get(key) ?? (await open(place));
        this.#sockets.set(key, socket);
        listening.push({ place, descriptor: socket.descriptor.number, identity: socket.identity });
      } catch (error) {
        trouble(place, (error as Error).message);
      }
    }
    return listening;
  }

  close(): void {
    for (const socket of this.#sockets.values()) release(socket);
    this.#sockets.clear();
  }
}

function open(place: ListenPlace): Promise<BoundSocket> {
  return place.kind === 'tcp' ? Promise.resolve().then(() => openTcp(place)) : openUnix(place);
}

function openTcp({ address, family, port }: Extract<ListenPlace, { kind: 'tcp' }>): BoundSocket {
  const descriptor = new Descriptor('socket', family === 'inet' ? AF.INET : AF.INET6, SOCK.STREAM, 0);
  try {
    descriptor.setOption(SOL.SOCKET, SO.REUSEADDR, 1);
    // A virtual address comes and goes; whoever listens at it is there before.
    if (family === 'inet') descriptor.setOption(IPPROTO.IP, IP_OPTION.FREEBIND, 1);
    else {
      descriptor.setOption(IPPROTO.IPV6, IPV6_OPTION.V6ONLY, 1);
      descriptor.setOption(IPPROTO.IPV6, IPV6_OPTION.FREEBIND, 1);
    }
    descriptor.bind(internetName(family, address, port));
    return { identity: ++sockets, descriptor };
  } catch (error) {
    descriptor.close();
    throw error;
  }
}

/** Made under another name and moved to its place with the right permissions: nobody connects before. */
async function openUnix({ group, mode, path: file }: Extract<ListenPlace, { kind: 'unix' }>): Promise<BoundSocket> {
  const gid = group === undefined ? undefined : await lookUpGroup(group);
  if (group !== undefined && gid === undefined)
    throw new DaemonError('ACCOUNT_UNKNOWN', `group ${group} does not exist: create it or name another one`);
  makeDirectory(path.dirname(file), 0o755);
  const present = lstatSync(file, { throwIfNoEntry: false });
  if (present !== undefined && !present.isSocket())
    throw new DaemonError('NOT_A_SOCKET', `${file} is there and is no socket: remove it or name another path`);
  const descriptor = new Descriptor('socket', AF.UNIX, SOCK.STREAM, 0);
  const provisional = `${file}.${process.pid}`;
  try {
    descriptor.bind(unixName(provisional));
    if (gid !== undefined) chownSync(provisional, -1, gid);
    chmodSync(provisional, mode);
    const { ino } = lstatSync(provisional);
    renameSync(provisional, file);
    return { identity: ++sockets, descriptor, file: { path: file, inode: ino } };
  } catch (error) {
    descriptor.close();
    removeFile(provisional);
    throw error;
  }
}

function release({ descriptor, file }: BoundSocket): void {
  descriptor.close();
  if (file !== undefined && lstatSync(file.path, { throwIfNoEntry: false })?.ino === file.inode) removeFile(file.path);
}

function removeFile(file: string): void {
  try {
    unlinkSync(file);
  } catch {
    // It is not there, or its directory is not ours any more.
  }
}

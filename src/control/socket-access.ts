/** Who may connect to the control socket and what each may do: mode, group, and the credentials that the kernel tells of a peer. */
import { chmodSync, chownSync } from 'node:fs';
import type { Socket } from 'node:net';
import type { ControlSocketConfiguration } from '../config/model.ts';
import { DaemonError } from '../core/errors.ts';
import { addon } from '../kernel/addon.ts';
import { lookUpGroup } from '../notify/accounts.ts';
import type { Access } from './command.ts';

/** asm-generic/socket.h */
const SOL_SOCKET = 1;
const SO_PEERCRED = 17;
/** struct ucred of linux/socket.h: pid, uid and gid, each of 32 bits. */
const credentialsLength = 12;
const uidOffset = 4;
const groupBits = 0o060;
const othersWrite = 0o002;

/** Mode and group that the configuration means. */
export interface SocketRights {
  readonly mode: number;
  /** Absent: that of root. */
  readonly gid?: number;
  /** What anybody but root may do. */
  readonly others: Access;
}

/** Root alone: also what holds while the rights of a configuration cannot be given. */
export const rootAlone: SocketRights = { mode: 0o600, others: 'read' };

/** @throws DaemonError CONTROL_GROUP: there is no such group */
export async function socketRights({ group, mode }: ControlSocketConfiguration): Promise<SocketRights> {
  if (group === undefined) return { mode: mode ?? rootAlone.mode, others: 'read' };
  const gid = await lookUpGroup(group.name);
  if (gid === undefined)
    throw new DaemonError(
      'CONTROL_GROUP',
      `control_socket_group: there is no group ${group.name}: create it or name another one; the control socket is root's alone until then`,
    );
  const bits = mode ?? rootAlone.mode | groupBits;
  // Who is let in beside the group cannot be told from its members.
  const others = group.mayChange && (bits & othersWrite) === 0 ? 'change' : 'read';
  return { mode: bits, gid, others };
}

/** Gives the file of a socket its rights. At no moment may more connect than before or afterwards. */
export function giveRights(socketPath: string, { gid = 0, mode }: SocketRights): void {
  chmodSync(socketPath, rootAlone.mode);
  // Whoever is not root keeps what is his.
  if (process.geteuid?.() === 0) chownSync(socketPath, 0, gid);
  chmodSync(socketPath, mode);
}

/** User id of the process that connected. @returns undefined where the kernel does not say */
export function peerUser(socket: Socket): number | undefined {
  // Node's sockets have no such question; the descriptor is reached by the handle that all of them have.
  const descriptor = (socket as unknown as { readonly _handle?: { readonly fd?: number } | null })._handle?.fd;
  if (descriptor === undefined || descriptor < 0) return undefined;
  const credentials = new Uint8Array(credentialsLength);
  const length = addon().getsockopt(descriptor, SOL_SOCKET, SO_PEERCRED, credentials);
  if (length !== credentialsLength) return undefined;
  const littleEndian = new Uint8Array(Uint16Array.of(1).buffer)[0] === 1;
  return new DataView(credentials.buffer).getUint32(uidOffset, littleEndian);
}

/**
 * The most that a client may do: everything for root and the daemon's own user, for others what the rights say.
 * @param user id of the client's process; undefined: the kernel does not say
 */
export function accessOf(user: number | undefined, rights: SocketRights): Access {
  return user === 0 || (user !== undefined && user === process.geteuid?.()) ? 'change' : rights.others;
}

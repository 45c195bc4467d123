/** The error of a refused system call, with the code that the C library names it by. */
import { getSystemErrorMap } from 'node:util';
import { DaemonError } from '../core/errors.ts';

/** What usually stands behind a refusal, and what the operator can do about it. */
const remedies: Readonly<Record<string, string>> = {
  EPERM:
    'run as root, or give the service CAP_NET_ADMIN, CAP_NET_RAW and (for scheduling and memory locks) CAP_SYS_NICE and CAP_IPC_LOCK',
  EACCES: 'run as root, or give the service CAP_NET_ADMIN and CAP_NET_RAW',
  EADDRNOTAVAIL: 'the address is not on this machine; add it first, or allow binding with net.ipv4.ip_nonlocal_bind',
  EADDRINUSE: 'another process holds this address and port; `ss -lnp` names it',
  EMFILE: 'too many open files; raise LimitNOFILE of the service',
  ENFILE: 'the machine is out of file descriptors; raise fs.file-max',
  ENODEV: 'no such interface; `ip link` lists them',
  EAFNOSUPPORT: 'the kernel has this address family switched off (ipv6.disable=1?)',
  EPROTONOSUPPORT: 'the kernel lacks this protocol; load its module',
};

/** Made once: asking for it makes a copy of all. */
let names: ReturnType<typeof getSystemErrorMap> | undefined;

/**
 * The name and the words of an error number.
 * @param errno positive error number of Linux, for example 105.
 * @returns code (`ENOBUFS`) and description ("no buffer space available"); `errno 4711` for a number that has no name.
 */
export function describeErrno(errno: number): { readonly code: string; readonly description: string } {
  names ??= getSystemErrorMap();
  const entry = names.get(-errno);
  if (entry === undefined) return netlinkOnlyErrors[errno] ?? { code: `ERRNO_${errno}`, description: `error ${errno}` };
  return { code: entry[0], description: entry[1] };
}

/** Numbers that libuv has no name for and that the kernel does answer with. */
const netlinkOnlyErrors: Readonly<Record<number, { readonly code: string; readonly description: string }>> = {
  19: { code: 'ENODEV', description: 'no such device' },
  62: { code: 'ETIME', description: 'timer expired' },
  64: { code: 'ENONET', description: 'machine is not on the network' },
  93: { code: 'EPROTONOSUPPORT', description: 'protocol not supported' },
  96: { code: 'EPFNOSUPPORT', description: 'protocol family not supported' },
  99: { code: 'EADDRNOTAVAIL', description: 'address not available' },
  105: { code: 'ENOBUFS', description: 'no buffer space available' },
};

/** A system call that the kernel refused. `code` is the symbolic error (`ENOBUFS`), `errno` the positive number. */
export class SystemError extends DaemonError {
  /** Positive error number. */
  readonly errno: number;
  /** The system call, in lower case: `bind`, `sendmsg`. */
  readonly syscall: string;

  /**
   * @param syscall name of the system call.
   * @param errno positive error number.
   * @param subject what it was about, in words ("socket for VRRP on eth0"); appears in the message.
   * @param detail what the kernel said beyond the number (netlink's extended acknowledgement).
   */
  constructor(syscall: string, errno: number, subject?: string, detail?: string) {
    const { code, description } = describeErrno(errno);
    const remedy = remedies[code];
    super(
      code,
      `${subject === undefined ? '' : `${subject}: `}${syscall} failed: ${description} (${code})` +
        `${detail === undefined ? '' : `, the kernel says "${detail}"`}${remedy === undefined ? '' : `; ${remedy}`}`,
    );
    this.name = 'SystemError';
    this.errno = errno;
    this.syscall = syscall;
  }
}

/**
 * Turns the answer of an addon function (result, or negative error number) into the result or a thrown error.
 * @throws SystemError if `result` is negative.
 */
export function checked(result: number, syscall: string, subject?: string): number {
  if (result < 0) throw new SystemError(syscall, -result, subject);
  return result;
}

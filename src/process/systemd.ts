/**
 * The notification protocol of systemd (sd_notify(3), sd_watchdog_enabled(3)): nothing happens unless the environment
 * asks for it. Containers and other supervisors speak it too, so nothing else of systemd is looked for.
 */
import type { Milliseconds } from '../core/time.ts';
import { UnixDatagramSocket } from '../kernel/unix-datagram-socket.ts';

export interface ServiceManager {
  /** Sends state lines in one datagram, e.g. `READY=1`. Never throws: a manager that is gone changes nothing. */
  notify(...lines: readonly string[]): void;
}

/** The part of process.env that this reads and takes away. */
type Environment = Record<string, string | undefined>;

/** The longest delay a timer of the runtime takes. */
const longestInterval = 2 ** 31 - 1;

/**
 * How often the manager wants to hear from the process `pid`, or undefined: no watchdog, or that of another process.
 * @returns milliseconds; half of what the manager allows, as sd_watchdog_enabled(3) recommends
 */
export function watchdogInterval(environment: Environment, pid: number): Milliseconds | undefined {
  const { WATCHDOG_PID: wantedPid, WATCHDOG_USEC: limit } = environment;
  if (wantedPid !== undefined && wantedPid !== '' && Number(wantedPid) !== pid) return undefined;
  if (limit === undefined || !/^[1-9]\d*$/.test(limit)) return undefined;
  return Math.min(Math.max(Number(limit) / 2000, 1), longestInterval);
}

/** One line of state: a line end inside a value would begin another assignment. */
export function statusLine(text: string): string {
  return `STATUS=${text.replace(/\s+/g, ' ').trim()}`;
}

/**
 * The service manager that started us, or one that takes no notice. The variables are taken away, so that children and
 * scripts do not speak for us. If the manager keeps a watchdog, it is fed from this event loop from now on: a parent that
 * can no longer start children, reload or stop is one that has to be started again.
 */
export function connectServiceManager(environment: Environment = process.env, pid = process.pid): ServiceManager {
  const path = environment['NOTIFY_SOCKET'];
  const interval = watchdogInterval(environment, pid);
  for (const name of ['NOTIFY_SOCKET', 'WATCHDOG_PID', 'WATCHDOG_USEC']) Reflect.deleteProperty(environment, name);
  if (path === undefined || path === '') return { notify: () => undefined };
  const socket = openSocket(path);
  const notify = (...lines: readonly string[]): void => {
    try {
      socket?.send(new TextEncoder().encode(lines.join('\n')));
    } catch {
      // A manager that refuses our words must not keep the service from running.
    }
  };
  if (interval !== undefined) {
    notify('WATCHDOG=1');
    setInterval(() => notify('WATCHDOG=1'), interval).unref();
  }
  return { notify };
}

function openSocket(path: string): UnixDatagramSocket | undefined {
  try {
    return UnixDatagramSocket.open(path);
  } catch {
    return undefined;
  }
}

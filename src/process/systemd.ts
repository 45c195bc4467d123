/** The notification protocol of systemd (sd_notify(3)): nothing happens unless NOTIFY_SOCKET is set. */
import { UnixDatagramSocket } from '../kernel/unix-datagram-socket.ts';

export interface ServiceManager {
  /** Sends state lines, e.g. `READY=1`. */
  notify(...lines: readonly string[]): void;
}

/** The service manager that started us, or one that takes no notice. Children must not notify: the variable is removed. */
export function connectServiceManager(): ServiceManager {
  const path = process.env['NOTIFY_SOCKET'];
  delete process.env['NOTIFY_SOCKET'];
  if (path === undefined || path === '') return { notify: () => undefined };
  try {
    const socket = UnixDatagramSocket.open(path);
    return {
      notify: (...lines) => {
        socket.send(new TextEncoder().encode(lines.join('\n')));
      },
    };
  } catch {
    // A socket we cannot reach must not keep the service from running.
    return { notify: () => undefined };
  }
}

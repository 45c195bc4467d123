/** A parent as the commands of the control socket see it, and the log it writes. */
import type { ControlPorts } from '../../../src/control/ports.ts';
import { EventHistory } from '../../../src/events/history.ts';
import type { Log } from '../../../src/log/log.ts';

export function keepingLog(said: string[]): Log {
  const keep = (message: string): void => void said.push(message);
  return {
    error: keep,
    warning: keep,
    notice: keep,
    info: keep,
    debug: keep,
    write: (_level, message) => keep(message),
    reopen: () => undefined,
    room: () => Promise.resolve(),
    close: () => Promise.resolve(),
  };
}

/** Whatever is not given must not be used. */
export function portsWith(ports: Partial<ControlPorts>): ControlPorts {
  const absent = (): never => {
    throw new Error('not expected');
  };
  return {
    log: keepingLog([]),
    configuration: absent,
    status: absent,
    reload: absent,
    ask: absent,
    plan: absent,
    events: new EventHistory(),
    life: 'this',
    live: { set: absent, clear: absent, get: absent, list: () => [] },
    ...ports,
  };
}

/** TCP_CHECK: the connection comes up within the timeout. */
import { performance } from 'node:perf_hooks';
import type { TcpCheckerConfiguration } from '../../config/model.ts';
import type { ProbeHandle, ProbeResult } from '../types.ts';
import { connectFailurePhase, connectTo, errorText } from './connection.ts';

/** Starts one attempt; see Probe. */
export function startTcpProbe(checker: TcpCheckerConfiguration, done: (result: ProbeResult) => void): ProbeHandle {
  const started = performance.now();
  const elapsed = () => performance.now() - started;
  let socket: ReturnType<typeof connectTo>;
  try {
    socket = connectTo(checker);
  } catch (error) {
    // Never within start(): the engine has not finished handing the probe out.
    const result: ProbeResult = { ok: false, phase: 'setup', detail: errorText(error), duration: elapsed() };
    const immediate = setImmediate(done, result);
    return { cancel: () => clearImmediate(immediate) };
  }
  let finished = false;
  const finish = (result?: ProbeResult) => {
    if (finished) return;
    finished = true;
    clearTimeout(timer);
    socket.destroy();
    if (result !== undefined) done(result);
  };
  const timer = setTimeout(() => {
    const detail = `no answer within ${checker.connectTimeout / 1000} s`;
    finish({ ok: false, phase: 'connect', detail, duration: elapsed() });
  }, checker.connectTimeout);
  socket.on('connect', () => finish({ ok: true, detail: 'connected', duration: elapsed() }));
  socket.on('error', (error) =>
    finish({ ok: false, phase: connectFailurePhase(error), detail: errorText(error), duration: elapsed() }),
  );
  return { cancel: () => finish() };
}

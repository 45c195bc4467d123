/** MISC_CHECK: a program that ends with 0, or, with misc_dynamic, with the weight the server should have. */
import type { MiscCheckerConfiguration, ScriptCommand } from '../../config/model.ts';
import type { Milliseconds } from '../../core/time.ts';
import type { ScriptResult } from '../../notify/script-runner.ts';
import type { ProbeHandle, ProbeResult } from '../types.ts';

/** Starts programs somewhere else: no protocol loop forks. */
export interface ProbeScripts {
  /** `ended` is called once, never within this call. At `timeout` the program gets SIGTERM, two seconds later SIGKILL. */
  run(command: ScriptCommand, timeout: Milliseconds, ended: (result: ScriptResult) => void): { kill(): void };
}

/** Starts one attempt; see Probe. */
export function startMiscProbe(
  checker: MiscCheckerConfiguration,
  scripts: ProbeScripts,
  done: (result: ProbeResult) => void,
): ProbeHandle {
  let cancelled = false;
  const script = scripts.run(checker.command, checker.timeout, (result) => {
    if (!cancelled) done(judgeScript(checker, result));
  });
  return {
    cancel: () => {
      cancelled = true;
      script.kill();
    },
  };
}

/** The machine, not the program: no processes, memory or descriptors left. */
const ownTrouble = /\b(EAGAIN|ENOMEM|EMFILE|ENFILE)\b/;

/** What the end of the program says of the server. */
export function judgeScript(checker: MiscCheckerConfiguration, result: ScriptResult): ProbeResult {
  const { exit, signal, duration, message } = result;
  const words = message === undefined ? '' : `: ${message}`;
  const failed = (detail: string, phase: 'setup' | 'verdict' = 'verdict'): ProbeResult => ({
    ok: false,
    phase,
    detail,
    duration,
  });
  if (exit === undefined && signal === undefined) {
    return failed(`could not be started${words}`, ownTrouble.test(message ?? '') ? 'setup' : 'verdict');
  }
  if (exit === undefined) {
    const timedOut = (signal === 'SIGTERM' || signal === 'SIGKILL') && duration >= checker.timeout;
    return failed(
      `${timedOut ? `timed out after ${checker.timeout / 1000} s` : `ended by ${signal ?? 'a signal'}`}${words}`,
    );
  }
  const ended = `exited with status ${exit}`;
  if (exit === 0) return { ok: true, detail: ended, duration };
  if (checker.dynamic && exit >= 2) {
    const weight = exit - 2;
    return { ok: true, detail: `${ended}, weight ${weight}`, duration, weight };
  }
  return failed(`${ended}${words}`);
}

/** The parent process and the world around it: name, log, signals, service manager, and how it ends. */
import type { KeepalivedArguments } from '../cli/keepalived-arguments.ts';
import { DaemonError } from '../core/errors.ts';
import { setProcessName } from '../kernel/process-control.ts';
import { onSignal, realTimeSignals } from '../kernel/signals.ts';
import { createLog } from '../log/log.ts';
import type { Log } from '../log/log.ts';
import { allowCoreDumps } from './core-dumps.ts';
import { reportVerdict } from './daemonize.ts';
import { NamespaceWanted, beginInNamespace, takeNamespace } from './namespace-place.ts';
import { Parent, StartRefused } from './parent.ts';
import { internalErrorExitCode } from './respawn.ts';
import { logOptions, syslogIdent } from './settings.ts';
import { standardError, writeAll } from './standard-streams.ts';
import { connectServiceManager, statusLine } from './systemd.ts';

/** Runs the parent in this process; the event loop goes on until it ends the process. */
export function runParent(args: KeepalivedArguments): void {
  const environment = { ...process.env };
  const namespace = takeNamespace(process.env);
  setProcessName('keepalived');
  const log = createLog({ ...logOptions('parent', args), ident: syslogIdent('parent', args), pid: process.pid });
  const exit = (exitCode: number, reason?: string): void => {
    // Without -l nobody at the terminal would learn why.
    if (reason !== undefined && !(args.logConsole && args.dontFork)) writeAll(standardError, `keepalived: ${reason}\n`);
    reportVerdict({ type: 'exit', exitCode });
    process.exit(exitCode);
  };
  const serviceManager = connectServiceManager();
  // In the background who waits for the verdict starts the daemon again, from there.
  const move = (wanted: string): void => {
    if (process.connected) {
      reportVerdict({ type: 'namespace', namespace: wanted }, () => process.exit(0));
      return;
    }
    try {
      beginInNamespace(wanted, environment);
    } catch (error) {
      refuse(error);
    }
  };
  const refuse = (error: unknown): void => {
    if (error instanceof NamespaceWanted) {
      move(error.namespace);
      return;
    }
    const exitCode = error instanceof StartRefused ? error.exitCode : 1;
    const message = describeError(error);
    log.error(message);
    serviceManager.notify(statusLine(message));
    void log.close(500).then(() => exit(exitCode, message));
  };
  try {
    if (args.namespace !== namespace && args.namespace !== undefined) throw new NamespaceWanted(args.namespace);
    if (args.coreDump) process.once('exit', allowCoreDumps(args.coreDumpPattern, log));
    const parent = new Parent({
      args,
      namespace,
      log,
      serviceManager,
      ready: () => reportVerdict({ type: 'ready' }),
      exit,
    });
    connectSignals(parent, args, log);
    process.on('uncaughtException', (error) => {
      log.error(`internal error: ${error.stack ?? error.message}`);
      void parent.stop(internalErrorExitCode, `internal error: ${error.message}`);
    });
    // One that began anew because of its configuration has said so.
    if (namespace === args.namespace) {
      log.info(`Starting Keepalived (keepalived-ts), pid ${process.pid}`);
    }
    parent.start().catch(refuse);
  } catch (error) {
    refuse(error);
  }
}

/** One line about an error; the stack of what can only be a defect of ours, for the report of it. */
function describeError(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const expected = error instanceof DaemonError || 'syscall' in error;
  return expected ? error.message : `internal error: ${error.stack ?? error.message}`;
}

/** The signals of the original and what they ask for (reference: runtime contract, signals). */
function connectSignals(parent: Parent, args: KeepalivedArguments, log: Log): void {
  const stop = (): void => void parent.stop(0);
  onSignal('SIGTERM', stop);
  onSignal('SIGINT', args.ignoreSigint ? () => undefined : stop);
  onSignal(
    'SIGHUP',
    () =>
      void parent.reload('SIGHUP').catch((error: unknown) => log.error(`reload failed: ${(error as Error).message}`)),
  );
  onSignal('SIGUSR1', () => parent.dump('data'));
  onSignal('SIGUSR2', () => parent.dump('statistics'));
  onSignal(realTimeSignals.statisticsAndClear, () => parent.dump('statistics-and-clear'));
  onSignal(realTimeSignals.jsonDump, () => parent.dump('json'));
}

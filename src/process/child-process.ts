/**
 * What every child process does alike: greet the parent, take snapshots, keep names, priorities and pid file, and leave
 * in order when the parent says so, is gone, or a signal comes.
 */
import type { ProcessScheduling } from '../config/model.ts';
import { DaemonError } from '../core/errors.ts';
import { setNetlinkBuffer } from '../kernel/netlink-buffers.ts';
import {
  lockMemory,
  parentProcessId,
  setAffinity,
  setLimit,
  setNice,
  setProcessName,
  setRealTimePriority,
  signalOnParentDeath,
} from '../kernel/process-control.ts';
import { onSignal, realTimeSignals } from '../kernel/signals.ts';
import { createLog } from '../log/log.ts';
import type { Log } from '../log/log.ts';
import { eventsTogether, openParentLine } from './child-channel.ts';
import type { ParentChannel } from './child-channel.ts';
import type { DumpTarget } from './dump/dump-file.ts';
import { dumpToLog } from './dump-to-log.ts';
import { makeDirectory } from './make-directory.ts';
import type { ChildOptions, DumpKind, ParentToChild } from './messages.ts';
import { isOrphaned } from './orphaned.ts';
import { PidFile } from './pid-file.ts';
import { answerQuestion } from './questions.ts';
import type { Answers } from './questions.ts';
import type { StatusQuery } from './status-types.ts';
import { internalErrorExitCode } from './respawn.ts';
import { savedStatePath } from './saved-state.ts';
import { PiecesInTurns, SnapshotCollector } from './snapshot-pieces.ts';

export type Snapshot = Extract<ParentToChild, { type: 'configure' }>;

/** The work of one kind of child. All calls come from the event loop, `start` first and once. */
export interface ChildWork {
  start(snapshot: Snapshot): Promise<void>;
  reload(snapshot: Snapshot): Promise<void>;
  /**
   * Settles when everything is given back.
   * @param orphaned the parent has died: somebody may start the daemon again at once
   */
  stop(orphaned: boolean): Promise<void>;
  /**
   * Writes the files a signal asked for. What they tell is of the moment of the call.
   * @param file to write instead of the usual one
   */
  dump(kind: DumpKind, target?: DumpTarget): Promise<void>;
  message(message: ParentToChild): void;
  /** The answer to the question `status`: plain data, in parts. */
  status(query: StatusQuery): AsyncGenerator<object>;
  /** Further questions that this process answers. */
  readonly answers?: Answers;
  scheduling(snapshot: Snapshot): ProcessScheduling;
}

/** Made once the first snapshot is there. */
export type ChildWorkFactory = (options: ChildOptions, channel: ParentChannel, log: Log) => ChildWork;

/** Exit status of a child for an error that starting it again would only repeat. */
const fatalExitCode = 1;
/** How long the last log lines may take to be written, in milliseconds. */
const lastWordsTime = 500;
/** How often a stop that takes its time says so, in milliseconds. */
export const progressInterval = 500;
/** How long a child of a former daemon may take to stop, in milliseconds. */
const predecessorTime = 10_000;

/**
 * Runs a child process until it is told to stop; never returns.
 */
export function runChild(makeWork: ChildWorkFactory): void {
  const parent = parentProcessId();
  const channel = eventsTogether(openParentLine());
  if (!signalOnParentDeath('SIGTERM', parent)) process.exit(0);
  let work: ChildWork | undefined;
  let log: Log | undefined;
  let pidFile: PidFile | undefined;
  let stopping = false;
  /** What the operator changed beside the file: kept for the work that is not made yet. */
  let live: Extract<ParentToChild, { type: 'live' }> | undefined;
  /** Snapshots are taken one after the other; a stop waits for the one in progress. */
  let queue: Promise<void> = Promise.resolve();

  const leave = async (exitCode: number): Promise<void> => {
    pidFile?.remove();
    await Promise.all([channel.flush(), log?.close(lastWordsTime)]);
    process.exit(exitCode);
  };
  const fail = async (error: unknown): Promise<void> => {
    const message = error instanceof DaemonError ? error.message : String(error instanceof Error ? error.stack : error);
    channel.send({ type: 'failed', exitCode: fatalExitCode, message });
    // A reload that failed half-way must not leave addresses or services behind.
    await work?.stop(false).catch((failure: unknown) => log?.error(`while stopping: ${(failure as Error).message}`));
    await leave(fatalExitCode);
  };
  const stop = (orphaned: boolean): void => {
    if (stopping) return;
    stopping = true;
    if (orphaned) log?.warning('The parent process has ended: stopping');
    // What is under way, a start of thousands of services perhaps, comes to its end first.
    const progress = setInterval(() => channel.send({ type: 'stopping' }), progressInterval);
    queue = queue
      .then(() => clearInterval(progress))
      .then(() => work?.stop(orphaned))
      .catch((error: unknown) => log?.error(`while stopping: ${(error as Error).message}`))
      .then(() => leave(0));
  };
  /** The snapshot in force, and the number of those that took the place of another. */
  let running: Snapshot | undefined;
  let reloads = 0;
  const saveState = async (of: ChildWork, snapshot: Snapshot | undefined, moment: 'pre' | 'post'): Promise<void> => {
    const directory = snapshot?.configuration.global.dumps.configurationDirectory;
    if (snapshot === undefined || directory === undefined) return;
    const file = savedStatePath(directory, snapshot.options.kind, process.pid, reloads, moment);
    try {
      makeDirectory(directory, 0o700);
      await of.dump('data', file);
    } catch (error) {
      log?.warning(`config_save_dir: ${(error as Error).message}`);
    }
  };
  /** One that could not be written at the start. What else is wrong with it was said then, and is no reason to stop. */
  const retakePidFile = async (path: string): Promise<void> => {
    if (pidFile !== undefined || log === undefined) return;
    pidFile = await takePidFile(path, log).catch(() => undefined);
  };
  const configure = async (snapshot: Snapshot): Promise<void> => {
    const { options } = snapshot;
    process.umask(options.umask);
    if (work === undefined) {
      setProcessName(options.processName);
      log = createLog({ ...options.log, ident: options.ident, pid: process.pid });
      pidFile = await takePidFile(options.pidFile, log);
      work = makeWork(options, channel, log);
      if (live !== undefined) work.message(live);
      sizeBuffers(snapshot);
      applyScheduling(work.scheduling(snapshot), log);
      await work.start(snapshot);
    } else {
      log?.reopen();
      await retakePidFile(snapshot.options.pidFile);
      reloads++;
      setProcessName(options.processName);
      applyScheduling(work.scheduling(snapshot), log);
      const before = saveState(work, running, 'pre');
      await work.reload(snapshot);
      await before;
      await saveState(work, snapshot, 'post');
    }
    if (options.dumpConfiguration && log !== undefined) await work.dump('data', dumpToLog(log));
    running = snapshot;
    channel.send({ type: 'configured' });
  };
  const dump = (kind: DumpKind): void => {
    work?.dump(kind).catch((error: unknown) => log?.error((error as Error).message));
  };

  const collector = new SnapshotCollector();
  let latest: Snapshot | undefined;
  const take = (snapshot: Snapshot): void => {
    latest = snapshot;
    queue = queue.then(() => (stopping ? undefined : configure(snapshot))).catch(fail);
  };
  const snapshots = new PiecesInTurns((message) => {
    if (message.type === 'configure-piece') collector.piece(message);
    else if (message.type === 'configure') take(collector.complete(message));
    else if (latest !== undefined) take({ ...latest, options: message.options });
  });
  channel.onMessage((message) => {
    switch (message.type) {
      case 'configure-piece':
      case 'configure':
      case 'configure-again':
        snapshots.add(message);
        return;
      case 'dump':
        dump(message.dump);
        return;
      case 'live':
        live = message;
        work?.message(message);
        return;
      case 'ask': {
        const of = work;
        const answers = of && { status: (query: StatusQuery) => of.status(query), ...of.answers };
        void answerQuestion(answers, message, (part) => channel.send(part)).then((answer) => channel.send(answer));
        return;
      }
      default:
        work?.message(message);
    }
  });
  channel.onParentGone(() => stop(true));
  onSignal('SIGTERM', () => stop(isOrphaned(parent)));
  // The watchdog of systemd says it to the whole service, whose parent does not live on.
  onSignal('SIGABRT', () => stop(true));
  // Ctrl-C reaches the whole foreground group: the parent decides what it means.
  onSignal('SIGINT', () => undefined);
  // The parent reads the files; a child that is told alone has nothing new to read.
  onSignal('SIGHUP', () => log?.info('SIGHUP is for the parent process: ignored'));
  onSignal('SIGUSR1', () => dump('data'));
  onSignal('SIGUSR2', () => dump('statistics'));
  onSignal(realTimeSignals.statisticsAndClear, () => dump('statistics-and-clear'));
  onSignal(realTimeSignals.jsonDump, () => dump('json'));
  process.on('uncaughtException', (error) => {
    log?.error(`internal error: ${error.stack ?? error.message}`);
    void leave(internalErrorExitCode);
  });
  channel.send({ type: 'hello' });
}

/** A child whose parent was killed is giving its addresses or services back; they must be free before we begin. */
async function takePidFile(path: string, log: Log): Promise<PidFile | undefined> {
  try {
    return await PidFile.obtain(path, predecessorTime, () =>
      log.notice(`${path} is held by a process of a former daemon that is still stopping: waiting for it`),
    );
  } catch (error) {
    if (error instanceof DaemonError && error.code === 'PID_FILE_SYSTEM') {
      log.warning(`${error.message}. Running without it`);
      return undefined;
    }
    if (!(error instanceof DaemonError) || error.code !== 'PID_FILE_LOCKED') throw error;
    throw new DaemonError(
      'PID_FILE_LOCKED',
      `another process holds ${path} and did not end in ${predecessorTime / 1000} s: end the process with the number in it, or name another pid file`,
    );
  }
}

/** What the netlink sockets of this process get; a reload changes nothing of those that are open. */
function sizeBuffers({ configuration, options }: Snapshot): void {
  // It has no netlink socket.
  if (options.kind === 'bfd') return;
  const { receiveBuffers } = configuration.global;
  const { command, monitor } = {
    vrrp: { command: receiveBuffers.vrrpNetlinkCommand, monitor: receiveBuffers.vrrpNetlinkMonitor },
    checker: { command: receiveBuffers.checkerNetlinkCommand, monitor: receiveBuffers.checkerNetlinkMonitor },
  }[options.kind];
  const uses = { command, notification: monitor, 'process-event': receiveBuffers.processMonitor } as const;
  for (const use of ['command', 'notification', 'process-event'] as const) {
    const { bytes, force } = uses[use];
    if (bytes !== undefined) setNetlinkBuffer(use, { bytes, force });
  }
}

/** Real-time priority and the like; a refusal (no privilege) is logged and lived with. */
function applyScheduling(scheduling: ProcessScheduling, log: Log | undefined): void {
  const attempt = (what: string, apply: () => void): void => {
    try {
      apply();
    } catch (error) {
      log?.warning(`${what} not set: ${(error as Error).message}`);
    }
  };
  const { cpuAffinity, noSwap, priority, realTimeLimitUs, realTimePriority } = scheduling;
  // The two exclude each other.
  if (priority !== undefined && realTimePriority === undefined) attempt('process priority', () => setNice(priority));
  if (cpuAffinity !== undefined) attempt('processor affinity', () => setAffinity(cpuAffinity));
  if (realTimeLimitUs !== undefined)
    attempt('real-time limit', () => setLimit('rttime', { soft: realTimeLimitUs, hard: realTimeLimitUs }));
  if (realTimePriority !== undefined) attempt('real-time priority', () => setRealTimePriority(realTimePriority));
  if (noSwap) attempt('memory lock', () => lockMemory());
}

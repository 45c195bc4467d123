/**
 * The log of one process. A call never waits and never throws: destinations that are slow, full or gone lose lines,
 * count them, and say so when they are back.
 */
import pino from 'pino';
import type { LogFields, LogLevel } from '../core/events.ts';
import { thisMoment } from '../kernel/clock.ts';
import { UnixDatagramSocket } from '../kernel/unix-datagram-socket.ts';
import { isJournalStream, journalIsSystemLog, journalSocket, JournalSink } from './journal-sink.ts';
import { FileSink, openLogFile } from './file-sink.ts';
import { RepeatFolder, type LineWriter } from './repeat-folder.ts';
import { maskSecrets, secretFieldPaths } from './secrets.ts';
import { SyslogSink, type SyslogFacility } from './syslog-sink.ts';
import { pinoLevels, type LogRecord, type LogSink } from './sink.ts';

export type { LogFields };

export interface Log {
  error(message: string, fields?: LogFields): void;
  warning(message: string, fields?: LogFields): void;
  notice(message: string, fields?: LogFields): void;
  info(message: string, fields?: LogFields): void;
  /** Shown with `-D` only, or where the level of the process says so. */
  debug(message: string, fields?: LogFields): void;
  /** A line whose level is data (engines say so). */
  write(level: LogLevel, message: string, fields?: LogFields): void;
  /** Closes and opens the log file again, after somebody moved it away. */
  reopen(): void;
  /** For who has thousands of lines: settles when the destinations are not far behind, or are not moving at all. */
  room(): Promise<void>;
  /** Writes what is still queued, for at most `timeout` milliseconds, then drops the rest. */
  close(timeout: number): Promise<void>;
}

/** Plain data: it travels to the child processes. */
export interface LogOptions {
  /** Name in the system log: `Keepalived`, `Keepalived_vrrp`... */
  readonly ident: string;
  readonly pid: number;
  readonly facility: SyslogFacility;
  readonly syslog: boolean;
  /** Log to standard error. */
  readonly console: boolean;
  /** Absolute path of a log file. */
  readonly file?: string;
  /** The least severe lines that are shown. */
  readonly level: LogLevel;
  /** Console and file get one JSON object a line instead of text. */
  readonly structured?: boolean;
}

/** What createLog() takes from the world outside; tests put their own here. */
export interface LogEnvironment {
  readonly sinks?: readonly LogSink[];
}

const syslogSocket = '/dev/log';

/** So many lines may wait before room() does: a part of what the queues hold. */
const manyWaiting = 4_000;
/** How long room() waits for a destination that does not move, and how often it looks. */
const roomPatience = 250;
const roomLook = 5;

/** One line: a newline inside would let a remote text forge lines. */
function oneLine(message: string): string {
  return message.replace(/[\u0000-\u0008\u000a-\u001f\u007f]+/g, ' ').trimEnd();
}

function openSinks(options: LogOptions): LogSink[] {
  const sinks: LogSink[] = [];
  const { ident, pid, facility } = options;
  const journal = options.syslog && journalIsSystemLog();
  if (journal) sinks.push(new JournalSink({ ident, pid, facility }, () => UnixDatagramSocket.open(journalSocket)));
  else if (options.syslog)
    sinks.push(new SyslogSink({ ident, pid, facility }, () => UnixDatagramSocket.open(syslogSocket)));
  const structured = options.structured === true;
  // Each line once: the journal would have it by both ways.
  const twice = journal && isJournalStream(process.env['JOURNAL_STREAM']);
  if (options.console && !twice) sinks.push(new FileSink(() => 2, { structured, close: false }));
  const file = options.file;
  if (file !== undefined) sinks.push(new FileSink(() => openLogFile(file), { structured, close: true }));
  return sinks;
}

/** Lines as JSON objects. Made, and pino loaded, only where somebody reads them. */
function objectWriter(options: LogOptions, sinks: readonly LogSink[]): LineWriter {
  // pino hands over level and text beside the finished JSON, so that text sinks need not parse it again.
  const fanOut = {
    [Symbol.for('pino.metadata')]: true,
    lastLevel: 0,
    lastMsg: '',
    lastObj: undefined as LogFields | undefined,
    write(json: string): void {
      const level = levelOf(fanOut.lastLevel);
      const record: LogRecord = {
        level,
        message: fanOut.lastMsg,
        time: thisMoment().wall,
        json,
        fields: fanOut.lastObj ?? {},
      };
      for (const sink of sinks) sink.write(record);
    },
  };
  const logger = pino(
    {
      customLevels: pinoLevels,
      useOnlyCustomLevels: true,
      level: options.level,
      base: { ident: options.ident, pid: options.pid },
      timestamp: pino.stdTimeFunctions.isoTime,
      redact: { paths: secretFieldPaths, censor: '********' },
      formatters: { level: (label) => ({ level: label }) },
    },
    fanOut,
  );
  return (level, message, fields) => logger[level](fields ?? {}, message);
}

/** Opens a log. A destination that cannot be opened now is tried again with later lines. */
export function createLog(options: LogOptions, environment: LogEnvironment = {}): Log {
  const sinks = environment.sinks ?? openSinks(options);
  const structured = options.structured === true || environment.sinks !== undefined;
  // Text alone, as usually: a JSON object that nobody writes would be most of the work of a line.
  const asText: LineWriter = (level, message, fields = {}) => {
    const record: LogRecord = { level, message, time: thisMoment().wall, json: '', fields };
    for (const sink of sinks) sink.write(record);
  };
  const folder = new RepeatFolder(structured ? objectWriter(options, sinks) : asText);
  const write = (level: LogLevel, message: string, fields?: LogFields): void => {
    if (pinoLevels[level] < pinoLevels[options.level]) return;
    folder.line(level, maskSecrets(oneLine(message)), fields);
  };
  return {
    error: (message, fields) => write('error', message, fields),
    warning: (message, fields) => write('warning', message, fields),
    notice: (message, fields) => write('notice', message, fields),
    info: (message, fields) => write('info', message, fields),
    debug: (message, fields) => write('debug', message, fields),
    write,
    reopen: () => {
      for (const sink of sinks) sink.reopen();
    },
    room: async () => {
      const waiting = (): number => Math.max(0, ...sinks.map((sink) => sink.waiting));
      let before = Infinity;
      for (let now = waiting(); now > manyWaiting && now < before; now = waiting()) {
        before = now;
        const until = Date.now() + roomPatience;
        while (waiting() >= before && Date.now() < until) await new Promise((resolve) => setTimeout(resolve, roomLook));
      }
    },
    close: async (timeout) => {
      folder.flush();
      await Promise.all(sinks.map((sink) => sink.close(timeout)));
    },
  };
}

function levelOf(number: number): LogLevel {
  const found = Object.entries(pinoLevels).find(([, value]) => value === number);
  return (found?.[0] ?? 'info') as LogLevel;
}

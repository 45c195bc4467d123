/** keepalivectl: asks the running daemon over its control socket; shows configurations and replays recordings without one. */
import { connect } from 'node:net';
import yargs from 'yargs';
import type { ReloadOutcome } from '../process/parent.ts';
import type { BanChange, BanList } from '../process/limits/messages.ts';
import { formatBans } from './bans-text.ts';
import { formatStatus } from './status-text.ts';
import type { DaemonStatus } from './status-text.ts';
import { versionText } from './version.ts';

const defaultSocket = '/run/keepalived/control.sock';
const protocolVersion = 1;
/** Reading a huge configuration takes a while; a daemon that says nothing for this long is stuck. Milliseconds. */
const answerTimeout = 120_000;

/** Exit statuses: 0 done, 1 refused or wrong usage, 2 no daemon reached. */
const exitCodes = { done: 0, refused: 1, unreachable: 2 } as const;

type Answer = { readonly ok: true; readonly result: unknown } | { readonly ok: false; readonly error: string };

/** `time` in seconds. */
interface BanRequest {
  readonly command: 'bans';
  readonly action: 'list' | 'add' | 'remove';
  readonly client?: string;
  readonly limit?: string | undefined;
  readonly time?: number | undefined;
}

class Unreachable extends Error {}

/** Sends one request and waits for its answer. @throws Unreachable */
function ask(socketPath: string, request: { readonly command: 'status' | 'reload' } | BanRequest): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const socket = connect(socketPath);
    let text = '';
    socket.setEncoding('utf8');
    socket.setTimeout(answerTimeout, () => socket.destroy(new Error(`no answer in ${answerTimeout / 1000} s`)));
    socket.on('connect', () => socket.write(`${JSON.stringify({ version: protocolVersion, ...request })}\n`));
    socket.on('data', (chunk: string) => {
      text += chunk;
      const end = text.indexOf('\n');
      if (end < 0) return;
      socket.end();
      resolve(JSON.parse(text.slice(0, end)) as Answer);
    });
    socket.on('error', (error: NodeJS.ErrnoException) => reject(new Unreachable(unreachableText(socketPath, error))));
    socket.on('close', () =>
      reject(new Unreachable(`the daemon at ${socketPath} closed the connection without an answer`)),
    );
  });
}

function unreachableText(socketPath: string, error: NodeJS.ErrnoException): string {
  switch (error.code) {
    case 'ENOENT':
    case 'ECONNREFUSED':
      return `no daemon listens at ${socketPath}: is keepalived running? (systemctl status keepalived; another instance: --socket)`;
    case 'EACCES':
      return `${socketPath} may be used by root only: run this command as root`;
    default:
      return `${socketPath}: ${error.message}`;
  }
}

async function status(socketPath: string, json: boolean): Promise<number> {
  const answer = await ask(socketPath, { command: 'status' });
  if (!answer.ok) return refuse(answer.error);
  process.stdout.write(
    json ? `${JSON.stringify(answer.result, undefined, 2)}\n` : formatStatus(answer.result as DaemonStatus),
  );
  return exitCodes.done;
}

async function reload(socketPath: string): Promise<number> {
  const answer = await ask(socketPath, { command: 'reload' });
  if (!answer.ok) return refuse(answer.error);
  const outcome = answer.result as ReloadOutcome;
  if (outcome.outcome === 'applied') {
    process.stdout.write('reloaded\n');
    return exitCodes.done;
  }
  return refuse(
    `reload refused, the running configuration stays:\n${outcome.errors.map((line) => `  ${line}`).join('\n')}`,
  );
}

async function bans(socketPath: string, json: boolean, request: Omit<BanRequest, 'command'>): Promise<number> {
  const answer = await ask(socketPath, { command: 'bans', ...request });
  if (!answer.ok) return refuse(answer.error);
  if (json) process.stdout.write(`${JSON.stringify(answer.result, undefined, 2)}\n`);
  else if (request.action === 'list') process.stdout.write(formatBans(answer.result as BanList));
  else {
    const done = request.action === 'add' ? 'banned' : 'released';
    const { changed } = answer.result as BanChange;
    process.stdout.write(`${request.client ?? ''} is ${done} (${changed.join(', ')})\n`);
  }
  return exitCodes.done;
}

const limitOption = { type: 'string', requiresArg: true, describe: 'name of a connection_limit' } as const;
const jsonOption = { type: 'boolean', default: false, describe: 'for programs' } as const;

const socketOption = {
  type: 'string',
  default: defaultSocket,
  requiresArg: true,
  describe: 'control socket of the daemon',
} as const;

const configIdOption = {
  alias: 'i',
  type: 'string',
  requiresArg: true,
  describe: 'what @ID lines are compared with (default: host name up to the first dot)',
} as const;

function refuse(message: string): number {
  process.stderr.write(`keepalivectl: ${message}\n`);
  return exitCodes.refused;
}

/**
 * @param argv words behind the program's name
 * @returns exit status
 */
export async function keepalivectlMain(argv: readonly string[]): Promise<number> {
  let exitCode: number = exitCodes.done;
  const parser = yargs([...argv])
    .scriptName('keepalivectl')
    .usage(
      '$0 COMMAND [OPTIONS]\n\nAsks the running keepalived and tells it what to do; shows and formats configurations without it.',
    )
    .command(
      'status',
      'what every instance, service and server is doing, and why',
      (command) =>
        command
          .option('socket', socketOption)
          .option('json', { type: 'boolean', default: false, describe: 'everything, for programs' }),
      async (options) => {
        exitCode = await status(options.socket, options.json);
      },
    )
    .command(
      'reload',
      'read the configuration again and say whether it was applied',
      (command) => command.option('socket', socketOption),
      async (options) => {
        exitCode = await reload(options.socket);
      },
    )
    .command(
      'bans',
      'who is banned by a connection_limit, and why; ban and release clients',
      (command) =>
        command
          .option('socket', socketOption)
          .option('limit', limitOption)
          .option('json', jsonOption)
          .command(
            ['list', '$0'],
            'every ban with its reason and the time it has left',
            (list) => list,
            async ({ json, limit, socket }) => {
              exitCode = await bans(socket, json, { action: 'list', limit });
            },
          )
          .command(
            'add <client>',
            'ban an address or prefix',
            (add) =>
              add
                .positional('client', { type: 'string', demandOption: true, describe: 'address or prefix' })
                .option('time', {
                  type: 'number',
                  requiresArg: true,
                  describe: 'seconds; 0: until it is removed (default: ban_time of the limit)',
                }),
            async ({ client, json, limit, socket, time }) => {
              exitCode = await bans(socket, json, { action: 'add', client, limit, time });
            },
          )
          .command(
            'remove <client>',
            'release an address or prefix',
            (remove) =>
              remove.positional('client', { type: 'string', demandOption: true, describe: 'as it is listed' }),
            async ({ client, json, limit, socket }) => {
              exitCode = await bans(socket, json, { action: 'remove', client, limit });
            },
          ),
      () => undefined,
    )
    .command(
      'config',
      'show what a configuration means, or format its files; needs no daemon and no root',
      (command) =>
        command
          .command(
            'show [file]',
            'the effective configuration: every default filled in, and where each value comes from',
            (show) =>
              show
                .positional('file', { type: 'string', describe: 'main file (default: the one the daemon reads)' })
                .option('json', { type: 'boolean', default: false, describe: 'for programs' })
                .option('config-id', configIdOption)
                .option('show-secrets', { type: 'boolean', default: false, describe: 'passwords and keys too' }),
            async (options) => {
              const { configShow } = await import('./config-show.ts');
              exitCode = configShow(options);
            },
          )
          .command(
            'format <files..>',
            'rewrite files with canonical indentation; their meaning is proven to stay the same',
            (format) =>
              format
                .positional('files', {
                  type: 'string',
                  array: true,
                  demandOption: true,
                  describe: 'files to rewrite',
                  defaultDescription: 'none',
                })
                .option('check', {
                  type: 'boolean',
                  default: false,
                  describe: 'write nothing; exit 1 if a file would change',
                })
                .option('stdout', {
                  type: 'boolean',
                  default: false,
                  describe: 'print the result instead of writing it',
                })
                .option('despite-errors', {
                  type: 'boolean',
                  default: false,
                  describe: 'also files with errors, such as pieces that another file includes',
                })
                .option('config-id', configIdOption),
            async (options) => {
              const { configFormat } = await import('./config-format.ts');
              exitCode = configFormat(options);
            },
          )
          .demandCommand(1, 'Name what to do: show or format.'),
      () => undefined,
    )
    .command(
      'replay <file>',
      'step through a recording (keepalived --record FILE) and print each decision with its reason; needs no daemon',
      (command) =>
        command
          .positional('file', { type: 'string', demandOption: true, describe: 'the recording' })
          .option('from', {
            type: 'string',
            requiresArg: true,
            describe: 'print from here on: seconds since the beginning, or "2026-01-31 12:00:00" (UTC)',
          })
          .option('instance', { type: 'string', requiresArg: true, describe: 'print only what is about this instance' })
          .option('all', { type: 'boolean', default: false, describe: 'also steps in which nothing was decided' }),
      async ({ all, file, from, instance }) => {
        const { replay } = await import('./replay.ts');
        exitCode = replay({
          all,
          file,
          ...(from !== undefined && { from }),
          ...(instance !== undefined && { instance }),
        });
      },
    )
    .command(
      'version',
      'print the version',
      (command) => command,
      () => {
        process.stdout.write(versionText());
      },
    )
    .demandCommand(1, 'Name a command.')
    .strict()
    .version(false)
    .help()
    .exitProcess(false)
    .fail((message, error) => {
      throw error ?? new Error(message.startsWith('Not enough non-option arguments') ? 'Name the files.' : message);
    });
  try {
    await parser.parseAsync();
  } catch (error) {
    process.stderr.write(`keepalivectl: ${(error as Error).message}\n`);
    if (!(error instanceof Unreachable)) process.stderr.write("Try 'keepalivectl --help'.\n");
    return error instanceof Unreachable ? exitCodes.unreachable : exitCodes.refused;
  }
  return exitCode;
}

/** keepalivectl: asks the running daemon over its control socket, or checks a file without one. */
import { connect } from 'node:net';
import yargs from 'yargs';
import type { ReloadOutcome } from '../process/parent.ts';
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

class Unreachable extends Error {}

/** Sends one request and waits for its answer. @throws Unreachable */
function ask(socketPath: string, command: 'status' | 'reload'): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const socket = connect(socketPath);
    let text = '';
    socket.setEncoding('utf8');
    socket.setTimeout(answerTimeout, () => socket.destroy(new Error(`no answer in ${answerTimeout / 1000} s`)));
    socket.on('connect', () => socket.write(`${JSON.stringify({ version: protocolVersion, command })}\n`));
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
  const answer = await ask(socketPath, 'status');
  if (!answer.ok) return refuse(answer.error);
  process.stdout.write(
    json ? `${JSON.stringify(answer.result, undefined, 2)}\n` : formatStatus(answer.result as DaemonStatus),
  );
  return exitCodes.done;
}

async function reload(socketPath: string): Promise<number> {
  const answer = await ask(socketPath, 'reload');
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
    .usage('$0 COMMAND [OPTIONS]\n\nAsks the running keepalived and tells it what to do.')
    .option('socket', {
      type: 'string',
      default: defaultSocket,
      requiresArg: true,
      describe: 'control socket of the daemon',
    })
    .command(
      'status',
      'what every instance, service and server is doing, and why',
      (command) => command.option('json', { type: 'boolean', default: false, describe: 'everything, for programs' }),
      async (options) => {
        exitCode = await status(options.socket, options.json);
      },
    )
    .command(
      'reload',
      'read the configuration again and say whether it was applied',
      (command) => command,
      async (options) => {
        exitCode = await reload(options.socket);
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
      throw error ?? new Error(message);
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

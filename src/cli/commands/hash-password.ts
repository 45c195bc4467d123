/** `keepalivectl hash-password`: a line for the file of those who may look at the status page. */
import { createInterface } from 'node:readline';
import { hashPassword } from '../../web/status-page/passwords.ts';
import { exitCodes, refuse } from '../control/exit-codes.ts';
import type { Subcommand } from '../subcommand.ts';

export const hashPasswordCommand: Subcommand = (parser, finish) =>
  parser.command(
    'hash-password <user>',
    'make a line for "auth file" of status_page; the password is read from standard input',
    (command) => command.positional('user', { type: 'string', demandOption: true, describe: 'name of the user' }),
    async ({ user }) => finish(await makeLine(user)),
  );

async function makeLine(user: string): Promise<number> {
  if (user === '' || user.includes(':') || user.startsWith('#'))
    return refuse('the name of a user has at least one character, no ":", and does not begin with "#"');
  const password = await readPassword();
  if (password === '') return refuse('no password on standard input');
  process.stdout.write(`${user}:${await hashPassword(password)}\n`);
  return exitCodes.done;
}

/** The first line of standard input. A terminal does not show it. */
async function readPassword(): Promise<string> {
  const { stderr, stdin } = process;
  const hidden = stdin.isTTY;
  if (hidden) stderr.write('Password: ');
  // Without an output nothing is echoed; a terminal in raw mode does not do it either.
  const lines = createInterface({ input: stdin, terminal: hidden });
  try {
    for await (const line of lines) return line;
    return '';
  } finally {
    lines.close();
    if (hidden) stderr.write('\n');
  }
}

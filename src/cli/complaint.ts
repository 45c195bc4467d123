/** Wrong words on the command line of keepalivectl: what is wrong with them, and where to read on. */
import { nearestWord } from '../config/nearest.ts';

/** In the order of the help. */
export const commandNames: readonly string[] = [
  ...['status', 'reload', 'plan', 'events', 'server', 'vrrp', 'bans', 'doctor', 'realserver', 'config', 'replay'],
  ...['hash-password', 'version'],
];

/** What stands before --help. */
export function helpFor([command = '']: readonly string[]): string {
  return commandNames.includes(command) ? `${command} ` : '';
}

/** What the library says of wrong words, in words that name them. @param message its own */
export function complaint(message: string, argv: readonly string[]): string {
  const [command = ''] = argv;
  if (command !== '' && !command.startsWith('-') && !commandNames.includes(command)) {
    const near = commandNames.find((name) => name.startsWith(command)) ?? nearestWord(command, commandNames);
    return `there is no command "${command}"${near === undefined ? `; there are ${commandNames.join(', ')}` : `: did you mean ${near}?`}`;
  }
  if (message.startsWith('Not enough non-option arguments')) return missingWords(command);
  const [, given, choices] = /Given: "(.*)", Choices: (.*)$/m.exec(message) ?? [];
  if (given !== undefined && choices !== undefined) return `"${given}" is none of ${choices.replaceAll('"', '')}`;
  return message;
}

function missingWords(command: string): string {
  return ['bans', 'server', 'vrrp'].includes(command) ? 'words are missing' : 'Name the files.';
}

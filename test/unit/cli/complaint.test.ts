/** What keepalivectl says of words that it does not understand. */
import { expect, it } from 'vitest';
import { keepalivectlCommands } from '../../../scripts/manual/keepalivectl-commands.ts';
import { commandNames, complaint, helpFor } from '../../../src/cli/complaint.ts';

it.each([
  [['stauts'], 'Unknown argument: stauts', 'there is no command "stauts": did you mean status?'],
  [['stat'], 'Unknown argument: stat', 'there is no command "stat": did you mean status?'],
  // With an option of other commands the library would name that one.
  [
    ['stop', '--socket', 'x'],
    'Unknown arguments: socket, stop',
    /^there is no command "stop"; there are status, reload, /,
  ],
  [['vrrp', 'VI_1'], 'Not enough non-option arguments: got 1, need at least 2', 'words are missing'],
  [['config', 'show'], 'Not enough non-option arguments: got 0, need at least 1', 'Name the files.'],
  [
    ['vrrp', 'VI_1', 'relase'],
    'Invalid values:\n  Argument: action, Given: "relase", Choices: "priority", "release", "auto"',
    '"relase" is none of priority, release, auto',
  ],
  [['status', '--jsn'], 'Unknown argument: jsn', 'Unknown argument: jsn'],
  [['--hlp'], 'Unknown argument: hlp', 'Unknown argument: hlp'],
])('of %j', (argv, message, words) => {
  expect(complaint(message, argv)).toEqual(typeof words === 'string' ? words : expect.stringMatching(words));
});

it('leads to the help of the command, where there is one', () => {
  expect([helpFor(['vrrp', 'x']), helpFor(['nothing']), helpFor([])]).toEqual(['vrrp ', '', '']);
});

it('knows all commands', () => {
  expect(commandNames).toEqual(expect.arrayContaining(keepalivectlCommands.map(({ name }) => name.split(' ')[0])));
  expect(new Set(commandNames).size).toBe(commandNames.length);
});

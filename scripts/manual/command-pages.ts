/** keepalived(8), genhash(1) and keepalivectl(1). Options come from the tables that read them. */
import { genhashOptions } from '../../src/cli/genhash-arguments.ts';
import { keepalivectlCommands } from './keepalivectl-commands.ts';
import { keepalivedOptions } from '../../src/cli/keepalived-options.ts';
import type { OptionDescription } from '../../src/cli/long-options.ts';
import { ownVersion as version } from '../../src/cli/version.ts';
import { bold, entry, escapeText, example, italic, page, paragraph, section } from './roff.ts';

function optionTerm({ letter, name, value, valueName = 'VALUE' }: OptionDescription): string {
  const long = `${bold(`--${name}`)}${{ none: '', required: `=${italic(valueName)}`, optional: `[=${italic(valueName)}]` }[value]}`;
  return letter === undefined ? long : `${bold(`-${letter}`)}, ${long}`;
}

/** Options without help are accepted and not told of. */
function optionEntries(options: readonly OptionDescription[]): string[] {
  return options.flatMap((option) => {
    if (option.help === undefined) return [];
    const text = `${option.help.charAt(0).toUpperCase()}${option.help.slice(1)}`;
    return entry(optionTerm(option), text.endsWith('.') ? text : `${text}.`);
  });
}

function seeAlso(...pages: readonly (readonly [string, number])[]): string[] {
  return section('SEE ALSO', pages.map(([name, number]) => `\\fB${escapeText(name)}\\fR(${number})`).join(',\n'));
}

/** Signals to the parent process; STOP and the like are what --signum takes. */
const signals: readonly (readonly [string, string])[] = [
  ['HUP', 'Reads the configuration again. One with new errors is refused whole, the running one stays.'],
  ['TERM, INT', 'Stops: addresses and services are given back, unless options say otherwise.'],
  ['USR1', 'Writes the state of every process (see FILES).'],
  ['USR2', 'Writes the statistics of VRRP.'],
  ['36 (SIGRTMIN+2)', 'Writes the state and statistics of VRRP as JSON.'],
  ['63 (SIGRTMAX-1)', 'Writes the statistics of VRRP and sets them to zero.'],
];

const files: readonly (readonly [string, string])[] = [
  ['/etc/keepalived/keepalived.conf', 'The configuration.'],
  ['/etc/default/keepalived', 'DAEMON_ARGS: options for the service.'],
  ['/run/keepalived.pid, /run/vrrp.pid, /run/checkers.pid', 'Process ids, locked while the processes run.'],
  ['/run/keepalived/control.sock', 'Where keepalivectl asks.'],
  ['/tmp/keepalived.data, keepalived_check.data, keepalived_parent.data', 'State, after SIGUSR1.'],
  ['/tmp/keepalived.stats, keepalived.json', 'Statistics and JSON, after their signals.'],
];

/** What a run and a test end with (keepalived's numbers). */
const exitCodes: readonly (readonly [string, string])[] = [
  ['0', 'Ended as asked, or the configuration is right.'],
  ['1', 'A fatal error, or wrong options.'],
  ['2', 'The configuration cannot be used.'],
  ['3', 'Test: a configuration file is missing or empty.'],
  ['4', 'Permissions are missing; test: a script is not safe to run.'],
  ['5', 'Test: there are errors, or deprecated or unknown words; the daemon would start.'],
];

export function keepalivedPage(): string {
  return page(
    { name: 'keepalived', section: 8, purpose: 'virtual addresses (VRRP) and load balancing (IPVS)', version },
    section('SYNOPSIS', `${bold('keepalived')} [${italic('OPTION')}]...`),
    section('DESCRIPTION'),
    paragraph(
      "Keeps virtual addresses on one of several machines (VRRP), and the table of the kernel's load balancer (IPVS) in line with the health of the servers behind it. This is keepalived-ts: it takes the configuration, command line, signals and files of keepalived.",
    ),
    paragraph(
      'Without `--dont-fork` the command returns when the daemon is ready, with 0, or has failed, with the reason on standard error. A parent process reads the configuration and starts scripts; one child process does VRRP, one the health checks. Children that die are started again.',
    ),
    section('OPTIONS', ...optionEntries(keepalivedOptions)),
    section('SIGNALS', ...signals.flatMap(([name, text]) => entry(bold(name), text))),
    section('FILES', ...files.flatMap(([name, text]) => entry(italic(name), text))),
    section('EXIT STATUS', ...exitCodes.flatMap(([code, text]) => entry(bold(code), text))),
    section(
      'ENVIRONMENT',
      ...entry(bold('TMPDIR'), 'Directory for dumps instead of /tmp, if absolute.'),
      ...entry(bold('PATH'), 'Where scripts without a slash in their name are looked for.'),
      ...entry(bold('NOTIFY_SOCKET, WATCHDOG_USEC'), 'The service manager: see sd_notify(3).'),
      ...entry(bold('NO_COLOR'), 'No colours in the messages of a test.'),
    ),
    section('EXAMPLES'),
    ...[
      ['Check the configuration and explain what is wrong:', 'keepalived -t'],
      ['In the foreground, with the log on the terminal:', 'keepalived -n -l -D'],
      ['Write the state:', 'kill -$(keepalived --signum=DATA) $(cat /run/keepalived.pid)'],
    ].map(([text = '', command = '']) => [...paragraph(text), ...example(command)]),
    seeAlso(['keepalived.conf', 5], ['keepalivectl', 1], ['genhash', 1], ['ipvsadm', 8], ['systemd.service', 5]),
  );
}

export function genhashPage(): string {
  return page(
    { name: 'genhash', section: 1, purpose: 'digest of a web page, for HTTP_GET and SSL_GET', version },
    section(
      'SYNOPSIS',
      `${bold('genhash')} ${bold('-s')} ${italic('ADDRESS')} ${bold('-p')} ${italic('PORT')} ${bold('-u')} ${italic('PATH')} [${italic('OPTION')}]...`,
    ),
    section('DESCRIPTION'),
    paragraph(
      'Fetches a page as the health check does and prints the MD5 digest of its body, to be put behind `digest` in the `url` block of a check.',
    ),
    section('OPTIONS', ...optionEntries(genhashOptions)),
    section(
      'EXIT STATUS',
      ...entry(bold('0'), 'The digest was printed.'),
      ...entry(bold('1'), 'Wrong usage, or no answer.'),
    ),
    section('EXAMPLES', ...example('genhash -s 192.168.1.10 -p 80 -u /health')),
    seeAlso(['keepalived', 8], ['keepalived.conf', 5]),
  );
}

export function keepalivectlPage(): string {
  const commands = keepalivectlCommands.flatMap(({ name, words, purpose, options }) => [
    ...entry([bold(name), ...(words === undefined ? [] : [italic(words)])].join(' '), purpose),
    ...options.flatMap((option) => [
      '.RS',
      ...entry(
        option.value === undefined ? bold(option.name) : `${bold(option.name)} ${italic(option.value)}`,
        option.purpose,
      ),
      '.RE',
    ]),
  ]);
  return page(
    {
      name: 'keepalivectl',
      section: 1,
      purpose: 'asks the running keepalived, and shows and formats configurations',
      version,
    },
    section('SYNOPSIS', `${bold('keepalivectl')} ${italic('COMMAND')} [${italic('OPTION')}]...`),
    section('DESCRIPTION'),
    paragraph(
      'Talks to the daemon over its control socket, which only root may use. The commands that begin with `config` need neither.',
    ),
    section('COMMANDS', ...commands),
    section(
      'EXIT STATUS',
      ...entry(bold('0'), 'Done.'),
      ...entry(bold('1'), 'Refused, or wrong usage.'),
      ...entry(bold('2'), 'No daemon was reached.'),
    ),
    seeAlso(['keepalived', 8], ['keepalived.conf', 5]),
  );
}

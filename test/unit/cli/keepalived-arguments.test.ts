import { describe, expect, it } from 'vitest';
import { parseKeepalivedArguments, type KeepalivedArguments } from '../../../src/cli/keepalived-arguments.ts';

function run(...argv: string[]): KeepalivedArguments {
  const parsed = parseKeepalivedArguments(argv);
  if (parsed.kind !== 'run') throw new Error(`not a run: ${JSON.stringify(parsed)}`);
  return parsed.arguments;
}

describe('the command line of keepalived', () => {
  it('needs no argument', () => {
    expect(run()).toMatchObject({
      vrrp: true,
      checker: true,
      bfd: true,
      syslog: true,
      dontFork: false,
      logFacility: 'daemon',
      logDetail: 0,
    });
  });

  // Status and stderr of Debian's keepalived 2.2.7 for the same words.
  it.each([
    [['--bogus', '-Z'], 1, '', 'Unknown option --bogus\nUnknown option -Z\n'],
    [['--use-file='], 1, '', 'Missing parameter for option --use-file\n'],
    [['-f'], 1, '', 'Missing parameter for option -f\n'],
    [['--v'], 1, '', 'Unknown option --v\n'],
    [['--con'], 1, '', 'Unknown option --con\n'],
    [['--help=3'], 1, '', 'Unknown option --help=3\n'],
    [['--signum=JSON'], 0, '36\n', ''],
    [['--sig=DATA'], 0, '10\n', ''],
    [['--signum=FOO'], 1, '', 'Unknown sigfunc FOO\n'],
  ])('%j: exit %i', (argv, code, stdout, stderr) => {
    expect(parseKeepalivedArguments(argv)).toEqual({ kind: 'exit', code, stdout, stderr });
  });

  // signal(7): SIGTERM, SIGHUP, SIGUSR1, SIGUSR2, SIGRTMAX-1 and SIGRTMIN+2 of glibc.
  it.each([
    ['STOP', 15],
    ['RELOAD', 1],
    ['DATA', 10],
    ['STATS', 12],
    ['STATS_CLEAR', 63],
    ['JSON', 36],
  ])('--signum=%s prints %i', (name, number) => {
    expect(parseKeepalivedArguments([`--signum=${name}`])).toMatchObject({ code: 0, stdout: `${number}\n` });
  });

  it('says its version so that exporters find it', () => {
    const parsed = parseKeepalivedArguments(['-v']);
    if (parsed.kind !== 'exit') throw new Error('expected an answer');
    expect(parsed.code).toBe(0);
    // mehdy's exporter: second word of the first line of stderr, without its first character; JSON by --enable-json.
    const word = parsed.stderr.split('\n')[0]?.split(' ')[1]?.slice(1) ?? '';
    expect(word).toMatch(/^\d+\.\d+\.\d+$/);
    expect(parsed.stderr).toContain('--enable-json');
    expect(parsed.stderr).toContain('keepalived-ts');
  });

  it('answers -v though an unknown option stands before it', () => {
    expect(parseKeepalivedArguments(['--bogus', '-v'])).toMatchObject({ kind: 'exit', code: 0 });
  });

  it('reads what container images and operators pass', () => {
    expect(
      run(
        '--log-console',
        '--log-detail',
        '--dont-fork',
        '--config-id=pod-1',
        '--use-file=/etc/k.d/*.conf',
        '--pid=/p',
      ),
    ).toMatchObject({
      logConsole: true,
      logDetail: 1,
      dontFork: true,
      configId: 'pod-1',
      configurationFile: '/etc/k.d/*.conf',
      pidFile: '/p',
    });
  });

  it('reads grouped letters, attached values and abbreviations', () => {
    expect(run('-lnDDS3', '-fkeepalived.conf', '--dont-resp')).toMatchObject({
      logConsole: true,
      dontFork: true,
      logDetail: 2,
      logFacility: 'local3',
      configurationFile: 'keepalived.conf',
      dontRespawn: true,
    });
  });

  it('keeps only the last value of an option', () => {
    expect(run('-f', 'a', '-f', 'b')).toMatchObject({ configurationFile: 'b' });
  });

  it('keeps a file name that looks like a number, a negation or a path of keys', () => {
    expect(run('-f', '0123', '-p', 'a.b.c', '-i', 'false')).toMatchObject({
      configurationFile: '0123',
      pidFile: 'a.b.c',
      configId: 'false',
    });
  });

  it('tests the configuration, with messages to stderr or to an attached file', () => {
    expect(run('-t')).toMatchObject({ configTest: {} });
    expect(run('-tout')).toMatchObject({ configTest: { file: 'out' } });
    // A word behind -t is no value of it: validators write `-t -f FILE`.
    expect(run('-t', '-f', 'x')).toMatchObject({ configTest: {}, configurationFile: 'x' });
  });

  it.each([
    [['-P'], { vrrp: true, checker: false }],
    [['-C'], { vrrp: false, checker: true }],
    [['--no_bfd'], { bfd: false }],
    [['-u', '022'], { umask: 0o022 }],
    [['-u', '0x12'], { umask: 0o022 }],
    [['-u', '18'], { umask: 0o022 }],
    [['-S', 'local7'], { logFacility: 'local7' }],
    [['-S', 'user'], { logFacility: 'user' }],
    [['-g'], { logFile: '/tmp/keepalived.log' }],
    [['-g/l'], { logFile: '/l' }],
    [['-M'], { coreDump: true, coreDumpPattern: 'core' }],
    [['-Mx'], { coreDump: true, coreDumpPattern: 'x' }],
  ] as const)('%j', (argv, expected) => {
    expect(run(...argv)).toMatchObject(expected);
  });

  it('reports words and values it cannot use, and runs', () => {
    expect(parseKeepalivedArguments(['-S', '9', '-u', 'xyz', 'foo', '-n', 'bar'])).toMatchObject({
      kind: 'run',
      stdout: 'Unexpected argument(s): foo bar \n',
      stderr: "Invalid log facility '9'\nInvalid --umask option xyz\n",
      arguments: { dontFork: true, logFacility: 'daemon' },
    });
  });

  it.each(['-T', '--genhash', '--genh'])('hands the line to genhash after %s', (word) => {
    expect(parseKeepalivedArguments([word, '-s', '10.0.0.1', '--port', '80'])).toEqual({
      kind: 'genhash',
      argv: ['-s', '10.0.0.1', '--port', '80'],
    });
  });

  it('refuses genhash anywhere else', () => {
    expect(parseKeepalivedArguments(['-n', '-T'])).toMatchObject({ kind: 'exit', code: 1 });
  });
});

describe('options that only we have', () => {
  it.each([
    [[], { configFormat: 'text', noInterfaces: false }],
    [['--config-format=json'], { configFormat: 'json' }],
    [['--config-format', 'text'], { configFormat: 'text' }],
    [['--no-interfaces'], { noInterfaces: true }],
    [['--colour=always'], { colour: 'always' }],
    [['--colour=never'], { colour: 'never' }],
  ] as const)('%j', (argv, expected) => {
    expect(run(...argv)).toMatchObject(expected);
  });

  it('leaves the choice of colours to the terminal by default', () => {
    expect(run('--colour=auto').colour).toBeUndefined();
    expect(run().colour).toBeUndefined();
  });

  it('says which values there are', () => {
    expect(parseKeepalivedArguments(['-t', '--config-format=xml', '--colour=yes'])).toMatchObject({
      stderr: 'Invalid --config-format xml: text or json\nInvalid --colour yes: auto, always or never\n',
      arguments: { configFormat: 'text' },
    });
  });

  it('do not make abbreviations of the others ambiguous', () => {
    expect(run('--no_b').bfd).toBe(false);
    expect(run('--config-t').configTest).toEqual({});
    expect(run('--no-s').syslog).toBe(false);
  });

  it.each([
    ['warning', { parent: 'warning', vrrp: 'warning', checker: 'warning', bfd: 'warning' }],
    ['checker=error', { checker: 'error' }],
    ['notice,vrrp=debug', { parent: 'notice', vrrp: 'debug', checker: 'notice', bfd: 'notice' }],
  ])('--log-level=%s', (value, levels) => {
    expect(run(`--log-level=${value}`).logLevels).toEqual(levels);
  });

  it.each(['loud', 'vrrp=loud', 'disk=info', 'vrrp=', 'info,'])('says what is wrong with --log-level=%s', (value) => {
    const parsed = parseKeepalivedArguments([`--log-level=${value}`]);
    expect(parsed).toMatchObject({ kind: 'run', arguments: { logLevels: {} } });
    expect(parsed.kind === 'run' && parsed.stderr).toContain(`Invalid --log-level ${value}`);
  });

  it('takes text or json as --log-format', () => {
    expect([run().logJson, run('--log-format=json').logJson, run('--log-format=xml').logJson]).toEqual([
      false,
      true,
      false,
    ]);
  });
});

import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { ScriptCommand } from '../../../src/config/model.ts';
import { ScriptRunner, type ScriptPolicy } from '../../../src/notify/script-runner.ts';

const isRoot = process.getuid?.() === 0;
const policy: ScriptPolicy = {
  enableScriptSecurity: false,
  useSymlinkPaths: false,
  scriptUser: { user: String(process.getuid?.()), group: String(process.getgid?.()) },
};

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'kts-script-'));
  chmodSync(folder, 0o755);
});
afterEach(() => {
  rmSync(folder, { recursive: true, force: true });
});

function script(body: string, name = 'script', mode = 0o755): string {
  const file = path.join(folder, name);
  writeFileSync(file, body);
  chmodSync(file, mode);
  return file;
}

function call(argv: readonly string[], some: Partial<ScriptCommand> = {}, extraArguments: readonly string[] = []) {
  return { command: { argv, ...some }, extraArguments, purpose: 'test' };
}

/** The value of a line of /proc/PID/status as the script sees it of itself. */
const statusLine = (name: string): string => `#!/bin/sh\ngrep ^${name}: /proc/self/status >&2\n`;

describe('running a script', () => {
  it('tells status, time and the first line of stderr', async () => {
    const file = script('#!/bin/sh\nsleep 0.1\necho "no backend" >&2\necho more >&2\nexit 3\n');
    const result = await new ScriptRunner(policy).run(call([file]));
    expect(result).toMatchObject({ exit: 3, message: 'no backend' });
    expect(result.duration).toBeGreaterThanOrEqual(95);
  });

  it('passes configured words first, the words of the event behind them', async () => {
    const file = script('#!/bin/sh\necho "$#:$*" >&2\n');
    const result = await new ScriptRunner(policy).run(call([file, 'a b'], {}, ['INSTANCE', 'VI 1', 'MASTER', '150']));
    expect(result.message).toBe('5:a b INSTANCE VI 1 MASTER 150');
  });

  it('runs a file without interpreter line by the shell', async () => {
    const result = await new ScriptRunner(policy).run(call([script('echo "by shell $1" >&2; exit 4\n')], {}, ['x']));
    expect(result).toMatchObject({ exit: 4, message: 'by shell x' });
  });

  it('finds a command in PATH', async () => {
    expect(await new ScriptRunner(policy).run(call(['true']))).toMatchObject({ exit: 0 });
  });

  it.each([
    [['/nonexistent/script'], 'ENOENT'],
    [['no-such-command-anywhere'], 'not an executable in PATH'],
  ])('says why %j was not started', async (argv, reason) => {
    const result = await new ScriptRunner(policy).run(call(argv));
    expect(result.exit).toBeUndefined();
    expect(result.message).toContain(reason);
  });

  it('says so if the file has no execute bit', async () => {
    const result = await new ScriptRunner(policy).run(call([script('#!/bin/sh\n', 'plain', 0o644)]));
    expect(result.message).toContain('EACCES');
  });

  it('ends an overlong run with SIGTERM', async () => {
    const result = await new ScriptRunner(policy).run(call([script('#!/bin/sh\nexec sleep 30\n')]), { timeout: 100 });
    expect(result.signal).toBe('SIGTERM');
    expect(result.duration).toBeLessThan(2_000);
  });

  it('ends one that ignores SIGTERM, its children included, with SIGKILL', async () => {
    const file = script(`#!/bin/sh\ntrap '' TERM\nsleep 60 &\necho $! > ${folder}/child\nwait\nwait\nsleep 60\n`);
    const result = await new ScriptRunner(policy).run(call([file]), { timeout: 100 });
    expect(result.signal).toBe('SIGKILL');
    const child = Number(readFileSync(path.join(folder, 'child'), 'utf8'));
    // The signal goes to the group: the child is gone, or a zombie that its new parent has not collected yet.
    await expect
      .poll(() => {
        try {
          return /^State:\s+(\S)/m.exec(readFileSync(`/proc/${child}/status`, 'utf8'))?.[1] ?? 'gone';
        } catch {
          return 'gone';
        }
      })
      .toMatch(/gone|Z/);
  }, 10_000);

  it('can be ended from outside', async () => {
    const running = new ScriptRunner(policy).start(call([script('#!/bin/sh\nexec sleep 30\n')]));
    setTimeout(() => running.kill('SIGKILL'), 200);
    expect(await running.result).toMatchObject({ signal: 'SIGKILL' });
    expect(() => running.kill('SIGTERM')).not.toThrow();
  });

  it('takes its time with one that floods its stderr, and lets it write all it wants', async () => {
    // 30 MB are nothing for a pipe that is read as fast as can be.
    const flood = script('#!/bin/sh\necho first >&2\nexec head -c 30000000 /dev/zero >&2\n');
    expect(await new ScriptRunner(policy).run(call([flood]), { timeout: 1000 })).toMatchObject({
      signal: 'SIGTERM',
      message: 'first',
    });
    const much = script('#!/bin/sh\nhead -c 500000 /dev/zero >&2\nexit 7\n', 'much');
    expect(await new ScriptRunner(policy).run(call([much]))).toMatchObject({ exit: 7 });
  });

  it('does not wait for what the script left running', async () => {
    const result = await new ScriptRunner(policy).run(call([script('#!/bin/sh\nsleep 3 &\nexit 0\n')]));
    expect(result.exit).toBe(0);
    expect(result.duration).toBeLessThan(2_500);
  });

  it('gives a moment to what still runs at the end, then kills', async () => {
    const runner = new ScriptRunner(policy);
    const short = runner.run(call([script('#!/bin/sh\nsleep 0.1\n', 'short')]));
    const long = runner.run(call([script('#!/bin/sh\nexec sleep 60\n', 'long')]));
    await runner.finish(600);
    expect(await short).toMatchObject({ exit: 0 });
    expect(await long).toMatchObject({ signal: 'SIGKILL' });
  });
});

describe('what a script starts with', () => {
  it('is an environment without the variables that change how programs are loaded', async () => {
    process.env['LD_PRELOAD'] = '';
    process.env['IFS'] = 'x';
    process.env['KTS_KEPT'] = 'kept';
    const file = script(
      '#!/bin/sh\n/usr/bin/env | grep -E "^(LD_PRELOAD|IFS|LD_LIBRARY_PATH|KTS_KEPT)=" | tr "\\n" " " >&2\n',
    );
    const { message } = await new ScriptRunner(policy).run(call([file]));
    delete process.env['LD_PRELOAD'];
    delete process.env['IFS'];
    delete process.env['KTS_KEPT'];
    expect(message).toBe('KTS_KEPT=kept');
  });

  it('is a session of its own and null devices', async () => {
    const file = script(
      '#!/bin/sh\necho "$$ $(cut -d" " -f5,6 /proc/$$/stat) $(readlink /proc/$$/fd/0) $(readlink /proc/$$/fd/1 | head -c 0)" >&2\n',
    );
    const { message } = await new ScriptRunner(policy).run(call([file]));
    const [pid, group, session, stdin] = (message ?? '').split(' ');
    expect(group).toBe(pid);
    expect(session).toBe(pid);
    expect(stdin).toBe('/dev/null');
  });

  it('is default dispositions for the ordinary signals', async () => {
    const { message } = await new ScriptRunner(policy).run(call([script(statusLine('SigIgn'))]));
    expect(Number.parseInt(message?.split(/\s+/)[1] ?? '', 16) & 0x7fff_ffff).toBe(0);
  });

  it.runIf(isRoot)('is the user and group asked for, and no other group', async () => {
    const file = script('#!/bin/sh\necho "$(id -u) $(id -g) $(id -G)" >&2\n');
    const runner = new ScriptRunner(policy);
    expect((await runner.run(call([file], { user: 'nobody' }))).message).toBe('65534 65534 65534');
    expect((await runner.run(call([file], { user: 'nobody', group: 'daemon' }))).message).toBe('65534 1 1');
  });

  it('is nothing at all for a user that does not exist', async () => {
    const marker = path.join(folder, 'ran');
    const result = await new ScriptRunner(policy).run(
      call([script(`#!/bin/sh\ntouch ${marker}\n`)], { user: 'no-such-user' }),
    );
    expect(result.message).toContain('user no-such-user does not exist');
    expect(() => readFileSync(marker)).toThrow();
  });

  it('is argv[0] as configured, while a link is resolved before', async () => {
    const file = script('#!/bin/sh\necho "$0" >&2\n', 'real');
    const link = path.join(folder, 'link');
    symlinkSync(file, link);
    expect((await new ScriptRunner(policy).run(call([link]))).message).toBe(file);
    expect((await new ScriptRunner({ ...policy, useSymlinkPaths: true }).run(call([link]))).message).toBe(link);
  });
});

describe.runIf(isRoot)('script security', () => {
  it('keeps root from running what others can replace, and names the place', async () => {
    mkdirSync(path.join(folder, 'open'));
    chmodSync(path.join(folder, 'open'), 0o777);
    const file = script('#!/bin/sh\nexit 0\n', 'open/script');
    const strict = new ScriptRunner({ ...policy, enableScriptSecurity: true });
    const result = await strict.run(call([file]));
    expect(result.exit).toBeUndefined();
    expect(result.message).toContain(`${folder}/open (mode 0777) is writable by everybody`);
    // Without root's rights there is nothing to gain.
    expect(await strict.run(call([file], { user: 'nobody' }))).toMatchObject({ exit: 0 });
    expect(await new ScriptRunner(policy).run(call([file]))).toMatchObject({ exit: 0 });
  });
});

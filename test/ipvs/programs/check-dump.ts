/** The same services under keepalived and under this daemon, one server of two alive; both are asked for their state dumps. */
import { execFileSync, spawn } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

const configurationFile = '/run/keepalived.conf';
const longestWait = 30_000;
const configuration = `
global_defs {
  router_id test
}
virtual_server 10.9.1.1 80 {
  delay_loop 1
  lb_algo wrr
  lb_kind NAT
  protocol TCP
  real_server 10.9.0.1 8001 {
    weight 3
    TCP_CHECK {
      connect_timeout 1
      retry 0
    }
  }
  real_server 10.9.0.1 8002 {
    weight 2
    inhibit_on_failure
    TCP_CHECK {
      connect_timeout 1
      retry 0
    }
  }
}
`;

async function until(what: string, probe: () => boolean): Promise<void> {
  const deadline = performance.now() + longestWait;
  while (!probe()) {
    if (performance.now() > deadline) throw new Error(`waited in vain: ${what}`);
    await sleep(100);
  }
}

/** Whether the table shows the second server as down: inhibited, with weight 0. */
const inhibited = (): boolean =>
  execFileSync('ipvsadm', ['-Sn'], { encoding: 'utf8' }).includes('-r 10.9.0.1:8002 -m -w 0');

async function dumpOf(daemon: string, name: string): Promise<{ readonly text: string; readonly mode: number }> {
  const folder = `/run/out/${name}`;
  mkdirSync(folder);
  const child = spawn(daemon, ['-n', '-C', '-f', configurationFile], {
    stdio: 'ignore',
    env: { ...process.env, TMPDIR: folder },
  });
  const ended = new Promise<void>((resolve) => {
    child.on('exit', () => {
      resolve();
    });
  });
  await until(`${name} finds the server dead`, inhibited);
  // The live server has been looked at too by then.
  await sleep(2500);
  child.kill('SIGUSR1');
  const file = path.join(folder, 'keepalived_check.data');
  await until(`${name} writes its dump`, () => existsSync(file) && readFileSync(file, 'utf8').includes('8002'));
  await sleep(500);
  const found = { text: readFileSync(file, 'utf8'), mode: statSync(file).mode & 0o777 };
  child.kill('SIGTERM');
  await ended;
  return found;
}

/** A link that somebody left at the place of the dump: what it points to stays as it is. */
async function throughLink(daemon: string): Promise<string> {
  const folder = '/run/out/link';
  mkdirSync(folder);
  writeFileSync('/run/out/victim', 'untouched');
  symlinkSync('/run/out/victim', path.join(folder, 'keepalived_check.data'));
  const child = spawn(daemon, ['-n', '-C', '-f', configurationFile], {
    stdio: 'ignore',
    env: { ...process.env, TMPDIR: folder },
  });
  const ended = new Promise<void>((resolve) => {
    child.on('exit', () => {
      resolve();
    });
  });
  await until('the server is dead', inhibited);
  child.kill('SIGUSR1');
  await until('the parent has dumped', () => existsSync(path.join(folder, 'keepalived_parent.data')));
  await sleep(1000);
  child.kill('SIGTERM');
  await ended;
  return readFileSync('/run/out/victim', 'utf8');
}

const ours = path.join(process.env['LAB_ROOT'] ?? '', 'dist', 'bin', 'keepalived');
writeFileSync(configurationFile, configuration);
execFileSync('ip', ['address', 'add', '10.9.0.1/24', 'dev', 'lo']);
const server = createServer((socket) => socket.end());
await new Promise<void>((resolve) => {
  server.listen(8001, '10.9.0.1', () => {
    resolve();
  });
});
const result = {
  original: await dumpOf('/usr/sbin/keepalived', 'original'),
  ours: await dumpOf(ours, 'ours'),
  victim: await throughLink(ours),
};
server.close();
writeFileSync('/run/out/result.json', JSON.stringify(result));

/** HTTP_GET and SSL_GET against a real nginx, and genhash beside the one of Debian's keepalived. */
import { execFile, spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { createHash } from 'node:crypto';
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import net from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { genhashMain, type DigestStyle } from '../../../../src/cli/genhash.ts';
import { httpCheck, url } from '../builders.ts';
import { closedPort, probe, selfSigned } from './servers.ts';

const found = (command: string) => spawnSync('sh', ['-c', `command -v ${command}`]).status === 0;
const originalIsHere = found('keepalived') && found('genhash');

const body = `<html><body>${'alive '.repeat(3000)}</body></html>\n`;
const digest = createHash('md5').update(body).digest('hex');

describe.skipIf(!found('nginx'))('with nginx', () => {
  const prefix = mkdtempSync(join(tmpdir(), 'kts-check-nginx-'));
  const log = join(prefix, 'access.log');
  let nginx: ChildProcess | undefined;
  let port = 0;
  let tlsPort = 0;

  beforeAll(async () => {
    port = await closedPort();
    tlsPort = await closedPort();
    const { key, cert } = selfSigned();
    writeFileSync(join(prefix, 'key.pem'), key);
    writeFileSync(join(prefix, 'cert.pem'), cert);
    mkdirSync(join(prefix, 'html'));
    writeFileSync(join(prefix, 'html/index.html'), body);
    writeFileSync(
      join(prefix, 'nginx.conf'),
      `daemon off; master_process off; pid nginx.pid; error_log error.log;
       events { worker_connections 64; }
       http {
         log_format check '$request|$http_host|$http_user_agent|$status|$ssl_server_name';
         access_log ${log} check;
         client_body_temp_path b; proxy_temp_path p; fastcgi_temp_path f; uwsgi_temp_path u; scgi_temp_path s;
         server { listen 127.0.0.1:${port}; root html; location /gone { return 404; } }
         server { listen 127.0.0.1:${tlsPort} ssl; ssl_certificate cert.pem; ssl_certificate_key key.pem; root html; }
       }`,
    );
    chmodSync(prefix, 0o755);
    nginx = spawn('nginx', ['-p', prefix, '-c', 'nginx.conf', '-e', 'error.log'], { stdio: 'ignore' });
    await vi.waitUntil(() => connects(port), { timeout: 10_000 });
  });

  afterAll(() => {
    nginx?.kill('SIGKILL');
    rmSync(prefix, { recursive: true, force: true });
  });

  const here = () => ({ address: '127.0.0.1', port });

  it('passes by status, digest and regular expression', async () => {
    const asked = url({ digest, regex: '(alive ){10}' });
    expect(await probe(httpCheck({ ...here(), urls: [asked] }))).toMatchObject({ ok: true });
    const result = await probe(httpCheck({ ...here(), urls: [url({ path: '/gone' })] }));
    expect(result.detail).toContain('status 404, wanted 200-299');
  });

  it('passes with every protocol version', async () => {
    for (const httpProtocol of ['1.0', '1.0C', '1.1', '1.1K'] as const) {
      expect(await probe(httpCheck({ ...here(), httpProtocol, urls: [url({ digest })] }))).toMatchObject({ ok: true });
    }
  });

  it('passes over TLS', async () => {
    const urls = [url({ digest, virtualHost: 'takataka.example' })];
    const secure = httpCheck({ ...here(), port: tlsPort, type: 'SSL_GET', enableSni: true, urls });
    expect(await probe(secure)).toMatchObject({ ok: true });
    await expect
      .poll(() => readFileSync(log, 'utf8'))
      .toContain('GET /index.html HTTP/1.0|takataka.example|KeepAliveClient|200|takataka.example\n');
  });

  async function genhash(style: DigestStyle, ...argv: string[]) {
    const printed = { out: '', error: '' };
    const code = await genhashMain(argv, style, {
      out: (text) => (printed.out += text),
      error: (text) => (printed.error += text),
    });
    return { code, ...printed };
  }
  const page = (at = port) => ['-s', '127.0.0.1', '-p', String(at), '-u', '/index.html'];

  it('genhash prints the digest that the check wants', async () => {
    expect(await genhash('labelled', ...page())).toEqual({ code: 0, out: `MD5SUM = ${digest}\n`, error: '' });
    expect((await genhash('labelled', '-S', '-I', '-V', 'x.example', ...page(tlsPort))).out).toBe(
      `MD5SUM = ${digest}\n`,
    );
    const long = ['--use-ssl', '--server=127.0.0.1', `--port=${tlsPort}`, '--url=/index.html', '--protocol=1.1'];
    expect((await genhash('labelled', ...long)).out).toBe(`MD5SUM = ${digest}\n`);
  });

  describe.skipIf(!originalIsHere)('beside the original', () => {
    const original = (...argv: string[]) =>
      new Promise<{ code: number; out: string; error: string }>((resolve) => {
        execFile('genhash', argv, { timeout: 10_000 }, (error, out, stderr) =>
          resolve({ code: typeof error?.code === 'number' ? error.code : 0, out, error: stderr }),
        );
      });
    const withoutTime = (text: string) => text.replace(/= \d+ usecs/, '= N usecs');

    it.each([
      ['plain', []],
      ['1.1', ['-P', '1.1']],
      ['1.0c with a host', ['-P', '1.0c', '-V', 'x.example']],
      ['verbose', ['-v', '-u', '/gone']],
      ['a page that is not there', ['-u', '/gone']],
    ])('genhash prints the same: %s', async (_name, more) => {
      const argv = [...page(), ...more];
      const ask = async () => [await genhash('bare', ...argv), await original(...argv)] as const;
      let [ours, theirs] = await ask();
      // The verbose form shows the Date of the answer: where a second ended between the two, they are asked again.
      if (withoutTime(ours.out) !== withoutTime(theirs.out)) [ours, theirs] = await ask();
      expect(withoutTime(ours.out)).toBe(withoutTime(theirs.out));
      expect(ours.code).toBe(theirs.code);
    });

    it.each([
      ['no arguments', []],
      ['a name', ['-s', 'www.example.org', '-p', '80', '-u', '/']],
      ['port 0', ['-s', '127.0.0.1', '-p', '0', '-u', '/']],
      ['port with letters', ['-s', '127.0.0.1', '-p', '80x', '-u', '/']],
      ['a bad protocol', ['-s', '127.0.0.1', '-p', '80', '-u', '/', '-P', '2']],
      ['a bad timeout', ['-s', '127.0.0.1', '-p', '80', '-u', '/', '-t', '1s']],
      ['a bad mark', ['-s', '127.0.0.1', '-p', '80', '-u', '/', '-m', '-1']],
      ['one word too many', ['-s', '127.0.0.1', '-p', '80', '-u', '/', 'extra']],
      ['an unknown option', ['-s', '127.0.0.1', '-p', '80', '-u', '/', '--bogus']],
      ['no url', ['-s', '127.0.0.1', '-p', '80']],
      ['help', ['-h']],
    ])('genhash refuses the same: %s', async (_name, argv) => {
      const [ours, theirs] = [await genhash('bare', ...argv), await original(...argv)];
      expect([ours.code, ours.out]).toEqual([theirs.code, theirs.out]);
      // The complaint is the same; the usage that follows is in our own words.
      const complaint = theirs.error.split('Usage:')[0]?.trim();
      expect(ours.error.split('Usage:')[0]?.trim()).toBe(complaint);
    });

    it('genhash says the same of a closed port', async () => {
      const argv = page(await closedPort());
      const [ours, theirs] = [await genhash('bare', ...argv), await original(...argv)];
      expect([ours.code, ours.out]).toEqual([theirs.code, theirs.out]);
    });
  });
});

function connects(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = net.connect(port, '127.0.0.1');
    socket.on('connect', () => resolve(true)).on('error', () => resolve(false));
    socket.on('connect', () => socket.destroy());
  });
}

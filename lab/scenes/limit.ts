/** examples/limit: a client with 300 connections is banned, others go on, and it is released. */
import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { startClient, type Client } from '../lib/client.ts';
import { happens, nowMs, until } from '../lib/clock.ts';
import { startDaemon, type Daemon } from '../lib/daemon.ts';
import { LabError } from '../lib/errors.ts';
import { requireIsolation } from '../lib/isolation.ts';
import { ipvsRules } from '../lib/observe.ts';
import { projectRoot } from '../lib/places.ts';
import type { TimedLine } from '../lib/run.ts';
import type { OpenScene, Scene, SceneContext } from '../lib/scene.ts';
import { buildTopology, type Topology } from '../lib/topology.ts';
import { startWebServer } from '../lib/web-server.ts';
import { natTopology, pageOf, readers, virtualAddress, webServers } from './nat-site.ts';

const folder = path.join(projectRoot(), 'examples', 'limit');
const greedy = '192.168.1.10';
const connections = 300;
/** Seconds between two looks at the connection table. */
const intervals = { asWritten: 10, shortened: 2 } as const;
/** Seconds after which IPVS forgets a silent connection, in the shortened play. */
const forgetful = 25;
/** What a guest on a busy machine may add to a time, in seconds. */
const slack = 4;
/** Nothing takes longer unless it is broken, in seconds. */
const patience = 40;

const hints = [
  'ip netns exec reader10 curl http://192.168.1.54/          a page, through the director',
  'ip netns exec director ipset list web                     who is banned',
  'ip netns exec director ipvsadm -Lnc                       the connections',
];

class LimitStage {
  readonly #context: SceneContext;
  readonly #topology: Topology;
  readonly #configuration: string;
  readonly #interval: number;
  #daemon: Daemon | undefined;

  constructor(context: SceneContext, topology: Topology) {
    this.#context = context;
    this.#topology = topology;
    this.#interval = context.asWritten ? intervals.asWritten : intervals.shortened;
    this.#configuration = path.join(context.scratch, 'director', 'etc');
    mkdirSync(this.#configuration, { recursive: true });
    const text = readFileSync(path.join(folder, 'keepalived.conf'), 'utf8');
    const shortened = text
      .replace('interval 10', `interval ${this.#interval}`)
      .replace('tcp 300', `tcp ${forgetful}`)
      .replace('delay_loop 6', 'delay_loop 2');
    writeFileSync(path.join(this.#configuration, 'keepalived.conf'), context.asWritten ? text : shortened);
    this.writeBlacklist(readFileSync(path.join(folder, 'static_blacklist'), 'utf8'));
  }

  get #blacklist(): string {
    return path.join(this.#configuration, 'static_blacklist');
  }

  /** Puts another file in its place, as careful programs do. */
  writeBlacklist(text: string): void {
    writeFileSync(`${this.#blacklist}.new`, text);
    renameSync(`${this.#blacklist}.new`, this.#blacklist);
  }

  logs(): Readonly<Record<string, readonly TimedLine[]>> {
    return this.#daemon === undefined ? {} : { director: this.#daemon.log };
  }

  get #control(): string {
    return path.join(this.#context.scratch, 'director', 'keepalived.sock');
  }

  /** Whether the ipset has an address. */
  async #has(address: string): Promise<boolean> {
    const { code } = await this.#topology.run('director', ['ipset', '-q', 'test', 'web', address], { accept: 'any' });
    return code === 0;
  }

  #isBanned(): Promise<boolean> {
    return this.#has(greedy);
  }

  #startDaemon(): Daemon {
    const { cleanUp, daemons, scratch } = this.#context;
    return startDaemon(cleanUp, this.#topology, {
      kind: daemons.first,
      machine: 'director',
      configuration: this.#configuration,
      scratch: path.join(scratch, 'director', 'tmp'),
      args: ['-p', path.join(scratch, 'director', 'keepalived.pid')],
    });
  }

  async start(): Promise<void> {
    const { daemons, narrator } = this.#context;
    if (daemons.first !== 'ours') throw new LabError('The original has no limit of connections. Use --daemon ours.');
    narrator.step('director: firewall.sh eth0; start keepalived');
    await this.#topology.run('director', ['sh', path.join(folder, 'firewall.sh'), 'eth0']);
    this.#daemon = this.#startDaemon();
    await until('both servers serve', { within: patience * 1000 }, async () => {
      const rules = await ipvsRules(this.#topology, 'director');
      return rules.filter((line) => line.startsWith('-a')).length === webServers.length;
    });
    const listed = await happens(
      { within: patience * 1000 },
      async () => (await this.#has('203.0.113.9')) && (await this.#has('198.51.100.77')),
    );
    narrator.expect('the blacklist is in the ipset', 'yes', listed ? 'yes' : 'no');
  }

  async ban(client: Client): Promise<void> {
    const { narrator } = this.#context;
    narrator.step(`reader10 opens ${connections} connections and keeps them`);
    const { established, failed } = await client.hold(virtualAddress, connections);
    const began = nowMs();
    narrator.say(`${established} are established${failed > 0 ? `, ${failed} not` : ''}`);
    const limit = this.#interval + 1;
    const banned = await happens({ within: patience * 1000, every: 50 }, () => this.#isBanned());
    const seconds = (nowMs() - began) / 1000;
    const seen = banned ? `${seconds.toFixed(1)} s` : 'not at all';
    narrator.expect('reader10 is banned after', `at most ${limit} s`, seen, banned && seconds < limit + slack);
    const { error } = await client.fetch(virtualAddress, '/index.html', 1_000);
    narrator.expect('its packets are dropped', 'no answer in 1000 ms', error);
    const { stdout } = await this.#ctl('bans');
    narrator.say(stdout);
    narrator.expect(
      'keepalivectl names it and why',
      'yes',
      /192\.168\.1\.10: .*more than 100/.test(stdout) ? 'yes' : 'no',
    );
    const appended = await happens({ within: patience * 1000 }, () =>
      new RegExp(
        `^${greedy.replaceAll('.', '\\.')} # keepalived: connection_limit web, \\d+ connections, .* until `,
        'm',
      ).test(readFileSync(this.#blacklist, 'utf8')),
    );
    narrator.expect('it is written into the blacklist', 'yes', appended ? 'yes' : 'no');
  }

  /** The daemon loses its life and is started again: the kernel has the ban all the while, and the daemon finds it there. */
  async restart(): Promise<void> {
    const { narrator } = this.#context;
    narrator.step('director: keepalived is killed, and started again');
    await this.#daemon?.crash();
    narrator.expect('reader10 is banned without it', 'yes', (await this.#isBanned()) ? 'yes' : 'no');
    this.#daemon = this.#startDaemon();
    const known = await happens({ within: patience * 1000, every: 500 }, async () =>
      /192\.168\.1\.10: .*\(banned before the daemon was started/.test((await this.#ctl('bans')).stdout),
    );
    narrator.expect('the next one knows of it', 'yes', known ? 'yes' : 'no');
  }

  async release(client: Client): Promise<void> {
    const { asWritten, narrator } = this.#context;
    narrator.step('reader10 gives up; IPVS forgets its connections');
    await client.letGo();
    if (asWritten) {
      narrator.say('that takes five minutes: the operator does not wait');
      await this.#ctl('bans', 'remove', greedy);
    }
    const released = await happens({ within: patience * 1000 }, async () => !(await this.#isBanned()));
    narrator.expect('reader10 is released', 'yes', released ? 'yes' : 'no');
    narrator.expect('it is served again', '200', String((await client.fetch(virtualAddress)).status));
  }

  async blacklist(client: Client): Promise<void> {
    const { narrator } = this.#context;
    narrator.step(`static_blacklist is replaced: ${greedy}, and a line that is no address`);
    this.writeBlacklist(`# by hand\n${greedy}\nexample.com\n`);
    const banned = await happens({ within: patience * 1000 }, () => this.#isBanned());
    narrator.expect('reader10 is banned by the file', 'yes', banned ? 'yes' : 'no');
    const said = await happens({ within: patience * 1000 }, () =>
      (this.#daemon?.log ?? []).some(({ text }) => text.includes('static_blacklist:3: "example.com" is neither')),
    );
    narrator.expect('the wrong line is named in the log', 'yes', said ? 'yes' : 'no');
    narrator.step('static_blacklist is replaced by an empty one');
    this.writeBlacklist('');
    const released = await happens({ within: patience * 1000 }, async () => !(await this.#isBanned()));
    narrator.expect('reader10 is released', 'yes', released ? 'yes' : 'no');
    narrator.expect('it is served again', '200', String((await client.fetch(virtualAddress)).status));
  }

  async stop(): Promise<void> {
    const { narrator } = this.#context;
    narrator.step('director: SIGTERM');
    const code = await this.#daemon?.stop();
    narrator.expect('keepalived ends', 'exit code 0', `exit code ${code ?? 'none'}`);
    const { stdout } = await this.#topology.run('director', ['ipset', 'save', 'web']);
    const left = stdout.split('\n').filter((line) => line.startsWith('add'));
    narrator.expect('nobody is left in the ipset', 'nobody', left.join(', ') || 'nobody');
  }

  #ctl(...words: readonly string[]) {
    const program = path.join(projectRoot(), 'dist', 'bin', 'keepalivectl');
    return this.#topology.run('director', [program, ...words, '--socket', this.#control], { accept: 'any' });
  }
}

async function open(context: SceneContext): Promise<OpenScene> {
  const { cleanUp, narrator } = context;
  narrator.step('build the site: a director, two servers, two readers');
  const topology = await buildTopology(natTopology, context.prefix, cleanUp);
  await requireIsolation(topology);
  narrator.say('no interface, no route leads out of it');
  for (const name of webServers)
    startWebServer(cleanUp, topology, name, path.join(context.scratch, name), { 'index.html': pageOf(name) });
  const stage = new LimitStage(context, topology);
  return {
    hints,
    logs: () => stage.logs(),
    start: () => stage.start(),
    play: async () => {
      const [first, second] = await Promise.all(readers.map((name) => startClient(cleanUp, topology, name)));
      if (first === undefined || second === undefined) throw new Error('no reader was started');
      await stage.start();
      narrator.step('reader11 begins to read, page by page');
      second.beginLoad({
        host: virtualAddress,
        port: 80,
        kept: 2,
        requestsPerConnection: 20,
        interval: 200,
        timeout: 10_000,
      });
      await stage.ban(first);
      await stage.restart();
      await stage.release(first);
      await stage.blacklist(first);
      const { failures, requests } = await second.endLoad();
      narrator.expect(
        'reader11 noticed nothing',
        'no failed request',
        failures.length === 0
          ? 'no failed request'
          : `${failures.length} of ${requests} failed: ${failures[0]?.error ?? ''}`,
      );
      await stage.stop();
    },
  };
}

export const limit: Scene = {
  name: 'limit',
  title: 'a client with too many connections is banned (examples/limit)',
  needsIpvs: true,
  open,
};

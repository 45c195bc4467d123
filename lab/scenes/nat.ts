/** examples/nat: one director, two web and mail servers behind it, HTTP and TCP checks. */
import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { startClient, startGreeter, type Client } from '../lib/client.ts';
import { happens, nowMs, sleep } from '../lib/clock.ts';
import { programsOf, startDaemon, type Daemon } from '../lib/daemon.ts';
import { requireIsolation } from '../lib/isolation.ts';
import { addressesOf, ipvsRules, ipvsTable, rulesText } from '../lib/observe.ts';
import type { TimedLine } from '../lib/run.ts';
import type { OpenScene, Scene, SceneContext } from '../lib/scene.ts';
import { buildTopology, type Topology } from '../lib/topology.ts';
import { startWebServer, type WebServer } from '../lib/web-server.ts';
import {
  addressOf,
  configurationWith,
  digestOf,
  natTopology,
  pageOf,
  readers,
  removalWindow,
  returnLimit,
  timesAsWritten,
  timesShortened,
  virtualAddress,
  webServers,
  type CheckTimes,
  type WebServerName,
} from './nat-site.ts';

/** The part of a log line that both daemons have; ours goes on with the reason. */
const poolChange = /(?:Removing|Adding|Shutting down) service \[[\d.]+\]:tcp:\d+ (?:from|to) VS \[[\d.]+\]:tcp:\d+/;

/** What the guest's slowness may add to any time, in seconds. */
const slack = 1.5;

const hints = [
  'ip netns list                                             the machines: director web2 web3 reader10 reader11 switch',
  'ip netns exec reader10 curl http://192.168.1.54/          a page, through the director',
  'ip netns exec director ipvsadm -Ln                        the table',
  'ip netns exec director genhash -s 172.16.1.2 -p 80 -u /index.html',
  'ip netns exec web2 ip link set eth0 down                  web2 fails, and is taken out ("up" brings it back)',
];

interface TableWish {
  readonly persistent: boolean;
  /** Servers missing in the web service. */
  readonly without?: readonly WebServerName[];
}

class NatStage {
  readonly #context: SceneContext;
  readonly #topology: Topology;
  readonly #webServers: ReadonlyMap<WebServerName, WebServer>;
  readonly #configuration: string;
  readonly #times: CheckTimes;
  #daemon: Daemon | undefined;

  constructor(context: SceneContext, topology: Topology, servers: ReadonlyMap<WebServerName, WebServer>) {
    this.#context = context;
    this.#topology = topology;
    this.#webServers = servers;
    this.#configuration = path.join(context.scratch, 'director', 'etc');
    this.#times = context.asWritten ? timesAsWritten : timesShortened;
    mkdirSync(this.#configuration, { recursive: true });
    this.#writeConfiguration((text) => text);
  }

  #writeConfiguration(edit: (text: string) => string): void {
    writeFileSync(path.join(this.#configuration, 'keepalived.conf'), edit(configurationWith(this.#times)));
  }

  get #running(): Daemon {
    if (this.#daemon === undefined) throw new Error('the daemon was not started');
    return this.#daemon;
  }

  logs(): Readonly<Record<string, readonly TimedLine[]>> {
    return this.#daemon === undefined ? {} : { director: this.#daemon.log };
  }

  #server(name: WebServerName): WebServer {
    const server = this.#webServers.get(name);
    if (server === undefined) throw new Error(`${name} was not started`);
    return server;
  }

  #rules(): Promise<string[]> {
    return ipvsRules(this.#topology, 'director');
  }

  async #expectTable(what: string, wish: TableWish, within: number): Promise<void> {
    const expected = wishedRules(wish).join('\n');
    const held = await happens(
      { within: within * 1000, every: 100 },
      async () => (await this.#rules()).join('\n') === expected,
    );
    this.#context.narrator.expect(what, rulesText(expected.split('\n')), rulesText(await this.#rules()), held);
  }

  async checkDigests(): Promise<void> {
    const { narrator, daemons } = this.#context;
    narrator.step('director: genhash for both pages');
    for (const name of webServers) {
      const command = [programsOf(daemons.first).genhash, '-s', addressOf(name), '-p', '80', '-u', '/index.html'];
      const { stdout } = await this.#topology.run('director', command);
      // Versions differ in what they print before it ("MD5SUM = ", or nothing).
      const digest = /\b[0-9a-f]{32}\b/.exec(stdout)?.[0] ?? 'nothing';
      narrator.say(`genhash -s ${addressOf(name)} -p 80 -u /index.html: ${stdout.trim()}`);
      narrator.observe(`genhash of ${name}`, digest);
      narrator.expect(`genhash of ${name} is what the example has`, digestOf(name), digest);
    }
  }

  async start(): Promise<void> {
    const { narrator, cleanUp, scratch, daemons } = this.#context;
    narrator.step(`director: start keepalived (${daemons.first})`);
    this.#daemon = startDaemon(cleanUp, this.#topology, {
      kind: daemons.first,
      machine: 'director',
      configuration: this.#configuration,
      scratch: path.join(scratch, 'director', 'tmp'),
    });
    await this.#expectTable('the table after the start', { persistent: true }, 40);
    narrator.say(await ipvsTable(this.#topology, 'director'));
    narrator.observe('ipvsadm -Sn after the start', await this.#rules());
    narrator.observe('addresses after the start', await addressesOf(this.#topology, 'director'));
  }

  async showPersistence(clients: readonly Client[]): Promise<void> {
    const { narrator } = this.#context;
    narrator.step('both readers: four requests each, with persistence');
    const visits = await Promise.all(clients.map((client) => client.fetchNames(virtualAddress, 4)));
    const held = visits.every((names) => new Set(names).size === 1) && new Set(visits.flat()).size === 2;
    narrator.expect(
      'each reader stays with one server, each with another',
      'one server each',
      visits.map((names) => names.join(' ')).join('; '),
      held,
    );
    const greetings = await Promise.all(clients.map((client) => client.greet(virtualAddress, 25)));
    narrator.expect(
      'port 25 answers from both servers',
      '220 web2 ESMTP, 220 web3 ESMTP',
      greetings
        .map(({ body, error }) => body || error)
        .sort()
        .join(', '),
    );
  }

  async showAlternation(client: Client): Promise<void> {
    const { narrator } = this.#context;
    narrator.step('director: comment persistence_timeout out; SIGHUP');
    this.#writeConfiguration((text) => text.replaceAll('    persistence_timeout', '    # persistence_timeout'));
    this.#running.reload();
    await this.#expectTable('the table without persistence', { persistent: false }, 10);
    narrator.observe('ipvsadm -Sn without persistence', await this.#rules());
    const names = await client.fetchNames(virtualAddress, 6);
    const alternate = new Set(names).size === 2 && names.every((name, index) => index < 2 || name === names[index - 2]);
    narrator.expect('requests alternate', 'web2 and web3 in turn', names.join(' '), alternate);
  }

  /** Lets every check run once: a server's first failure after a start counts at once, without retries. */
  async settle(): Promise<void> {
    this.#context.narrator.step('let every check run once');
    await sleep((1 + this.#times.delayLoop + slack) * 1000);
  }

  /** A server fails, is taken out in time, the other serves alone; it recovers and is given back in time. */
  async fail(trouble: Trouble, client: Client): Promise<void> {
    const { narrator } = this.#context;
    const { server: name, what, secondsPerTry } = trouble;
    const other = webServers.find((candidate) => candidate !== name) ?? name;
    const [soonest, latest] = removalWindow(this.#times, secondsPerTry(this.#times));
    narrator.step(`${name}: ${what}`);
    const failed = nowMs();
    await trouble.begin(this.#server(name));
    await this.#expectTable(
      `${name} is taken out, port 25 stays`,
      { persistent: false, without: [name] },
      latest + slack,
    );
    const removal = (nowMs() - failed) / 1000;
    narrator.expect(
      `${name} (${what}) was taken out after`,
      `${soonest} to ${latest} s`,
      `${removal.toFixed(1)} s`,
      removal > soonest - 0.2 && removal < latest + slack,
    );
    narrator.expect(
      `only ${other} serves`,
      `${other} ${other} ${other}`,
      (await client.fetchNames(virtualAddress, 3)).join(' '),
    );

    narrator.step(`${name}: works again`);
    const limit = returnLimit(this.#times);
    const mended = nowMs();
    await trouble.end(this.#server(name));
    await this.#expectTable(`${name} is given back`, { persistent: false }, limit + slack);
    const wait = (nowMs() - mended) / 1000;
    narrator.expect(`${name} was given back after`, `at most ${limit} s`, `${wait.toFixed(1)} s`, wait < limit + slack);
    narrator.expect(
      'both serve again',
      'web2 web3',
      [...new Set(await client.fetchNames(virtualAddress, 4))].sort().join(' '),
    );
  }

  async stop(): Promise<void> {
    const { narrator } = this.#context;
    narrator.step('director: SIGTERM');
    const code = await this.#running.stop();
    narrator.expect('keepalived ends', 'exit code 0', `exit code ${code}`);
    narrator.expect('IPVS is empty', 'empty', rulesText(await this.#rules()) || 'empty');
    const changes = this.#running.log.flatMap(({ text }) => poolChange.exec(text)?.[0] ?? []);
    narrator.observe('servers taken out, given back and shut down in the log', changes);
  }
}

interface Trouble {
  readonly server: WebServerName;
  readonly what: string;
  /** How long a check takes to fail. */
  readonly secondsPerTry: (times: CheckTimes) => number;
  begin(server: WebServer): Promise<void> | void;
  end(server: WebServer): Promise<void> | void;
}

const troubles: readonly Trouble[] = [
  {
    server: 'web3',
    what: 'the page changes, the digest with it',
    secondsPerTry: () => 0,
    begin: (server) => {
      server.writePage('index.html', 'web3\nSomebody edited this page.\n');
    },
    end: (server) => {
      server.writePage('index.html', pageOf('web3'));
    },
  },
  {
    server: 'web2',
    what: 'nginx stops',
    secondsPerTry: () => 0,
    begin: (server) => server.stop(),
    end: (server) => {
      server.start();
    },
  },
  {
    server: 'web3',
    what: 'nginx hangs: it accepts, and never answers',
    secondsPerTry: ({ connectTimeout }) => connectTimeout,
    begin: (server) => {
      server.hang();
    },
    end: (server) => {
      server.goOn();
    },
  },
];

/** Lines of `ipvsadm -Sn` for the example, sorted by service. */
function wishedRules({ persistent, without = [] }: TableWish): string[] {
  const persistence = persistent ? ' -p 50' : '';
  return ['25', '80'].flatMap((port) => [
    `-A -t ${virtualAddress}:${port} -s rr${persistence}`,
    ...webServers
      .filter((name) => port === '25' || !without.includes(name))
      .map((name) => `-a -t ${virtualAddress}:${port} -r ${addressOf(name)}:${port} -m -w 1`),
  ]);
}

async function open(context: SceneContext): Promise<OpenScene> {
  const { narrator, cleanUp } = context;
  narrator.step('build the site: a director, two servers, two readers');
  const topology = await buildTopology(natTopology, context.prefix, cleanUp);
  await requireIsolation(topology);
  narrator.say('no interface, no route leads out of it');
  const servers = new Map(
    webServers.map((name) => [
      name,
      startWebServer(cleanUp, topology, name, path.join(context.scratch, name), { 'index.html': pageOf(name) }),
    ]),
  );
  const stage = new NatStage(context, topology, servers);
  const greeters = webServers.map((name) => startGreeter(cleanUp, topology, name, 25));
  return {
    hints,
    logs: () => stage.logs(),
    start: async () => {
      await Promise.all(greeters);
      await stage.start();
    },
    play: async () => {
      const [clients] = await Promise.all([
        Promise.all(readers.map((name) => startClient(cleanUp, topology, name))),
        Promise.all(greeters),
      ]);
      const [first] = clients;
      if (first === undefined) throw new Error('no reader was started');
      await stage.checkDigests();
      await stage.start();
      await stage.showPersistence(clients);
      await stage.showAlternation(first);
      await stage.settle();
      for (const trouble of troubles) await stage.fail(trouble, first);
      await stage.stop();
    },
  };
}

export const nat: Scene = {
  name: 'nat',
  title: 'one director, address translation (examples/nat)',
  needsIpvs: true,
  open,
};

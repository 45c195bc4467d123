/** The steps of the pair that are the balancing's: who answers, and the procedures of the site on a running pair. */
import type { Client } from '../lib/client.ts';
import { happens, nowMs, until } from '../lib/clock.ts';
import { handshakeAnswers } from '../lib/frames.ts';
import { ipvsTable, rulesText, syncDaemons } from '../lib/observe.ts';
import type { PairStage } from './pair-stage.ts';
import {
  addThirdService,
  balancers,
  editFile,
  expectedRules,
  realServerBlock,
  realServerMac,
  realServers,
  serviceFile,
  vip,
  withRealServer,
  type BalancerName,
} from './pair-site.ts';

type Pool = Readonly<Record<string, number>>;

const fullPool: Pool = { rs37: 10, rs38: 10, rs39: 10 };

async function expectRules(stage: PairStage, what: string, services: Readonly<Record<string, Pool>>): Promise<void> {
  const expected = rulesText(expectedRules(services));
  for (const name of balancers) {
    const look = async (): Promise<string> => rulesText(await stage.rules(name));
    await happens({ within: 10_000 }, async () => (await look()) === expected);
    stage.context.narrator.expect(`${name} ${what}`, expected, await look());
  }
}

export async function expectFullPools(stage: PairStage): Promise<void> {
  await expectRules(stage, 'has the pools of both services', { [vip.takataka]: fullPool, [vip.giaitri]: fullPool });
  stage.context.narrator.say(await ipvsTable(stage.topology, 'lb1v'));
}

/** Requests from the reader: every server in turn, answers straight from the servers. */
export async function readPages(stage: PairStage, reader: Client): Promise<void> {
  const { narrator } = stage.context;
  const began = nowMs();
  for (const address of [vip.takataka, vip.giaitri]) {
    narrator.step(`reader: six requests to http://${address}/`);
    const names = await reader.fetchNames(address, 6);
    const turns = names.slice(3).join(' ') === names.slice(0, 3).join(' ') && new Set(names).size === 3;
    narrator.expect(
      `requests to ${address} go round`,
      'three servers, one after the other, twice',
      names.join(' '),
      turns,
    );
  }
  const answers = handshakeAnswers(await stage.insideCapture.settledFrames()).filter(({ time }) => time >= began);
  const senders = [...new Set(answers.map(({ sourceMac }) => nameOfMac(sourceMac)))].sort();
  narrator.expect('answers come straight from the real servers', realServers.join(' '), senders.join(' '));
}

function nameOfMac(mac: string): string {
  return Object.entries(realServerMac).find(([, known]) => known === mac)?.[0] ?? mac;
}

/** Writes a service file on both balancers and sends SIGHUP to both. */
function changeService(stage: PairStage, domain: string, edit: (text: string) => string): void {
  for (const name of balancers) editFile(serviceFile(stage.configuration(name), domain), edit);
  for (const name of balancers) stage.daemon(name).reload();
}

async function connectionsTo(stage: PairStage, server: string): Promise<number> {
  const { stdout } = await stage.topology.run('lb2v', ['ipvsadm', '-L', '-n', '-t', `${vip.takataka}:80`]);
  const line = stdout.split('\n').find((text) => text.includes(`172.16.16.${server.slice(2)}:80`));
  return Number(line?.trim().split(/\s+/)[4] ?? 0);
}

/**
 * The site's procedure to take a server out and to bring it back, under load: weight 0, wait until its connections are
 * gone, delete it, later write it again; SIGHUP each time.
 */
export async function changePool(stage: PairStage, reader: Client): Promise<void> {
  const { narrator } = stage.context;
  narrator.step('reader: a steady load on takataka.vn (4 kept connections, and a new one every 150 ms)');
  const began = nowMs();
  reader.beginLoad({ host: vip.takataka, port: 80, kept: 4, requestsPerConnection: 12, interval: 150, timeout: 5_000 });

  narrator.step('takataka.vn.conf on both: weight 0 for .39; SIGHUP');
  changeService(stage, 'takataka.vn', (text) => withRealServer(text, 'rs39', realServerBlock('rs39', 0)));
  await expectRules(stage, 'has .39 at weight 0', {
    [vip.takataka]: { ...fullPool, rs39: 0 },
    [vip.giaitri]: fullPool,
  });
  await until(
    'the connections to .39 end',
    { within: 20_000, every: 200 },
    async () => (await connectionsTo(stage, 'rs39')) === 0,
  );

  narrator.step('no connection to .39 is left: delete it; SIGHUP');
  changeService(stage, 'takataka.vn', (text) => withRealServer(text, 'rs39', ''));
  await expectRules(stage, 'has the pool without .39', {
    [vip.takataka]: { rs37: 10, rs38: 10 },
    [vip.giaitri]: fullPool,
  });
  await observeRules(stage, 'without .39');

  narrator.step('write .39 again; SIGHUP');
  changeService(stage, 'takataka.vn', (text) => withRealServer(text, 'rs39', realServerBlock('rs39')));
  await expectRules(stage, 'has the full pool again', { [vip.takataka]: fullPool, [vip.giaitri]: fullPool });
  await observeRules(stage, 'with .39 again');

  const report = await reader.endLoad();
  const ended = nowMs();
  const spread = Object.entries(report.answers)
    .map(([server, count]) => `${server} ${count}`)
    .sort();
  narrator.say(`${report.requests} requests on ${report.connections} connections: ${spread.join(', ')}`);
  const failures = report.failures.map(({ error }) => error);
  narrator.expect(
    'connections lost during three reloads',
    '0',
    `${failures.length}${failures.length > 0 ? `: ${failures.join(', ')}` : ''}`,
  );
  await expectNoGap(stage, 'during three reloads', began, ended);
}

async function observeRules(stage: PairStage, when: string): Promise<void> {
  for (const name of balancers) stage.context.narrator.observe(`${name} ipvsadm -Sn ${when}`, await stage.rules(name));
}

async function expectNoGap(stage: PairStage, when: string, began: number, ended: number): Promise<void> {
  const wire = await stage.wire();
  for (const [name, virtualRouterId] of [
    ['lb1v', 51],
    ['lb2v', 52],
  ] as const) {
    const gap = wire.longestGap(name, virtualRouterId, began, ended);
    stage.context.narrator.expect(
      `${name} missed no advertisement ${when}`,
      'one a second',
      `longest gap ${(gap / 1000).toFixed(2)} s`,
      gap < 1_700,
    );
  }
}

/** The site's procedure for a new service: real servers first, then BACKUP, then MASTER. */
export async function addService(stage: PairStage, reader: Client): Promise<void> {
  const { narrator } = stage.context;
  narrator.step(`a new service: ${vip.added} on lo of the real servers`);
  for (const name of realServers) await stage.topology.ip(name, ['address', 'add', `${vip.added}/32`, 'dev', 'lo']);
  const began = nowMs();
  for (const name of ['lb2v', 'lb1v'] as const) {
    narrator.step(`${name} (${name === 'lb1v' ? 'MASTER' : 'BACKUP'}): VI_3 and themmoi.example.conf; SIGHUP`);
    addThirdService(name, stage.configuration(name));
    stage.daemon(name).reload();
  }
  const wanted = `${vip.added} eth1:3`;
  const held = await happens({ within: 10_000, every: 50 }, async () =>
    (await stage.virtualAddresses('lb1v')).includes(wanted),
  );
  const onBackup = (await stage.virtualAddresses('lb2v')).includes(wanted);
  narrator.expect('the new address is on its master only', 'lb1v', `${held ? 'lb1v' : ''}${onBackup ? ' lb2v' : ''}`);
  await expectRules(stage, 'has three services', {
    [vip.takataka]: fullPool,
    [vip.giaitri]: fullPool,
    [vip.added]: fullPool,
  });
  const names = await reader.fetchNames(vip.added, 3);
  narrator.expect('the new service answers', realServers.join(' '), [...names].sort().join(' '));
  const wire = await stage.wire();
  const strayed = wire.from('lb2v', 53).filter(({ time }) => time >= began).length;
  narrator.expect('the BACKUP never spoke for the new service', '0 advertisements', `${strayed} advertisements`);
  await expectNoGap(stage, 'during two more reloads', began, nowMs() - 1_000);
  await observeRules(stage, 'with a third service');
}

/** The connections of the MASTER of VI_1 are copied to the other balancer, which keeps them ready. */
export async function expectSyncDaemons(
  stage: PairStage,
  roles: Readonly<Partial<Record<BalancerName, string>>>,
): Promise<void> {
  for (const name of balancers) {
    const role = roles[name];
    if (role === undefined) continue;
    const expected = `${role} eth0 0`;
    let seen = '';
    await happens({ within: 10_000 }, async () => (seen = await syncDaemons(stage.topology, name)) === expected);
    stage.context.narrator.expect(`${name} copies connections as`, expected, seen);
  }
}

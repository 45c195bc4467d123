/** The steps of the pair that are VRRP's: coming up, a crash and the takeover, the return, the stop. */
import { nowMs, sleep, until } from '../lib/clock.ts';
import { neighbour, portOf, rulesText } from '../lib/observe.ts';
import type { PairStage } from './pair-stage.ts';
import { balancers, macOf, vip, type BalancerName } from './pair-site.ts';
import { masterDownMs, skewMs } from './pair-wire.ts';

/**
 * How much later than the protocol's deadline a takeover may show here. The guest kernel has one CPU for everything and
 * a tick of 10 ms; exact figures are measured by bench/ on a real machine.
 */
const lateness = 400;
/** Timers may not fire early; the capture's own clock has this much grain. */
const earliness = 20;

/** Which balancer holds which virtual addresses, as text for the table. */
function holdersText(holders: Readonly<Record<BalancerName, readonly string[]>>): string {
  return balancers.map((name) => `${name}: ${holders[name].join(', ') || 'none'}`).join('; ');
}

async function expectHolders(
  stage: PairStage,
  what: string,
  expected: Record<BalancerName, string[]>,
  within: number,
): Promise<void> {
  const held = await stage.holds(expected, within);
  const seen = await stage.holders();
  stage.context.narrator.expect(what, holdersText(expected), holdersText(seen), held);
}

/** Both balancers at their ordinary work. */
export const ordinary: Record<BalancerName, string[]> = {
  lb1v: [`${vip.giaitri} eth1:1`],
  lb2v: [`${vip.takataka} eth1:2`],
};

/** Starts both daemons; each becomes master of its own service. */
export async function comeUp(stage: PairStage): Promise<void> {
  const { narrator } = stage.context;
  for (const name of balancers) {
    narrator.step(`${name}: start keepalived (${stage.kindOf(name)})`);
    stage.startDaemon(name);
  }
  await expectHolders(stage, 'each virtual address on its master, with its label, and nowhere else', ordinary, 40_000);
  // The line about an address comes a moment behind the address.
  await sleep(1000);
  for (const name of balancers) stage.daemon(name).settle();
  stage.settle();
}

/** Keeps what both look like now, for the comparison. */
export async function observeBoth(stage: PairStage, when: string): Promise<void> {
  const { narrator } = stage.context;
  for (const name of balancers) {
    narrator.observe(`${name} addresses ${when}`, await stage.addresses(name));
    if (!stage.vrrpOnly) narrator.observe(`${name} ipvsadm -Sn ${when}`, await stage.rules(name));
  }
}

/** Where the switch sends packets for a virtual address: hardware address and port. */
async function route(stage: PairStage, address: string): Promise<string> {
  const mac = await neighbour(stage.topology, 'switch', address);
  return `${mac} behind ${await portOf(stage.topology, 'switch', 'front', mac)}`;
}

function routeTo(name: BalancerName): string {
  return `${macOf[name].eth1} behind ${name}-front`;
}

async function expectRoute(stage: PairStage, name: BalancerName, address: string): Promise<void> {
  const wanted = routeTo(name);
  let seen = await route(stage, address);
  for (let attempt = 0; seen !== wanted && attempt < 10; attempt += 1) seen = await route(stage, address);
  stage.context.narrator.expect(`the switch sends packets for ${address} to ${name}`, wanted, seen);
}

/** Makes the switch know the virtual addresses, as any traffic would. */
export async function touchAddresses(stage: PairStage, addresses: readonly string[]): Promise<void> {
  for (const address of addresses) {
    await stage.topology.run('switch', ['ping', '-c', '1', '-W', '1', address], { accept: 'any' });
  }
}

export interface ServedInstance {
  readonly virtualRouterId: number;
  /** Whose it is at ordinary work. */
  readonly master: BalancerName;
  readonly address: string;
  readonly label: string;
}

/** The instances lb1v is master of before the crash. */
export const giaitriInstance: ServedInstance = {
  virtualRouterId: 51,
  master: 'lb1v',
  address: vip.giaitri,
  label: 'eth1:1',
};
export const addedInstance: ServedInstance = {
  virtualRouterId: 53,
  master: 'lb1v',
  address: vip.added,
  label: 'eth1:3',
};
/** The instance lb2v is master of. */
export const takatakaInstance: ServedInstance = {
  virtualRouterId: 52,
  master: 'lb2v',
  address: vip.takataka,
  label: 'eth1:2',
};

/** lb1v loses power: all its processes end without a word and its cables are dead. lb2v takes everything over. */
export async function crashFirst(stage: PairStage, instances: readonly ServedInstance[]): Promise<void> {
  const { narrator } = stage.context;
  for (const { address } of instances) await expectRoute(stage, 'lb1v', address);
  narrator.step('lb1v loses power');
  await stage.daemon('lb1v').crash();
  const since = nowMs();
  await stage.topology.ipBatch('switch', ['link set dev lb1v-inside down', 'link set dev lb1v-front down']);
  // A machine without power holds no addresses and balances nothing; a namespace has to be told.
  const lost = (await stage.addresses('lb1v')).filter(({ local }) => local.startsWith('123.30.175.4'));
  await stage.topology.ipBatch(
    'lb1v',
    lost.map(({ local }) => `address delete ${local}/32 dev eth1`),
  );
  if (!stage.vrrpOnly) await stage.topology.run('lb1v', ['ipvsadm', '-C']);

  const taken = {
    lb1v: [],
    lb2v: [...ordinary.lb2v, ...instances.map(({ address, label }) => `${address} ${label}`)].sort(),
  };
  await expectHolders(stage, 'lb2v holds everything after the crash', taken, 10_000);
  for (const { address } of instances) await expectRoute(stage, 'lb2v', address);
  const wire = await stage.wire();
  for (const { virtualRouterId, address } of instances) {
    const late = (wire.takeover(virtualRouterId, 'lb1v', 'lb2v', since) ?? Infinity) - masterDownMs;
    narrator.expect(
      `takeover of virtual router ${virtualRouterId}, after the last advertisement`,
      `${(masterDownMs / 1000).toFixed(3)} s (here up to ${lateness} ms more)`,
      `${((late + masterDownMs) / 1000).toFixed(3)} s`,
      late > -earliness && late < lateness,
    );
    const words = wire.firstWords('lb2v', virtualRouterId, address, since);
    narrator.observe(`order of events on the wire at the takeover of ${address}`, words);
    const expected = `advertisement ${virtualRouterId} priority 100, gratuitous ARP ${address} x 5`;
    narrator.expect(`first on the wire from lb2v for ${address}`, expected, words.join(', '));
  }
  await observeBoth(stage, 'after the crash of lb1v');
}

/** lb1v has power again and takes back what is its own. */
export async function comeBack(stage: PairStage, instances: readonly ServedInstance[]): Promise<void> {
  const { narrator } = stage.context;
  narrator.step('lb1v has power again');
  await stage.topology.ipBatch('switch', ['link set dev lb1v-inside up', 'link set dev lb1v-front up']);
  // A machine boots longer than its links need to come up; the kernel reports them up to a second late.
  await until('the links of lb1v come up', { within: 5_000, every: 50 }, async () => {
    const links = JSON.parse(await stage.topology.ip('lb1v', ['-j', 'link'])) as {
      ifname: string;
      operstate: string;
    }[];
    return links.filter(({ ifname, operstate }) => ifname.startsWith('eth') && operstate === 'UP').length === 2;
  });
  const since = nowMs();
  stage.startDaemon('lb1v');
  const back = { lb1v: instances.map(({ address, label }) => `${address} ${label}`).sort(), lb2v: ordinary.lb2v };
  await expectHolders(stage, 'lb1v has its own back, and only it', back, 40_000);
  for (const { address } of instances) await expectRoute(stage, 'lb1v', address);
  const wire = await stage.wire();
  for (const { virtualRouterId, address } of instances) {
    narrator.observe(
      `order of events on the wire at the return of ${address}`,
      wire.firstWords('lb1v', virtualRouterId, address, since),
    );
  }
  await observeBoth(stage, 'after the return of lb1v');
}

/** SIGTERM to lb2v: it says goodbye with priority 0, lb1v takes over at once. SIGTERM to lb1v: nothing is left. */
export async function stopBoth(stage: PairStage): Promise<void> {
  const { narrator } = stage.context;
  const before = (await stage.holders()).lb1v;
  const since = nowMs();
  await stopOne(stage, 'lb2v');
  const all = { lb1v: [...before, ...ordinary.lb2v].sort(), lb2v: [] };
  await expectHolders(stage, 'lb1v holds everything after the orderly stop of lb2v', all, 5_000);
  await stopOne(stage, 'lb1v');
  narrator.expect('no virtual address left', 'lb1v: none; lb2v: none', holdersText(await stage.holders()));
  if (!stage.vrrpOnly) {
    const left = (await Promise.all(balancers.map((name) => stage.rules(name)))).flat();
    narrator.expect('IPVS is empty on both', 'empty', rulesText(left) || 'empty');
  }
  const wire = await stage.wire();
  const goodbyes = wire.advertisements.filter(({ time, priority }) => time >= since && priority === 0);
  const texts = goodbyes.map(({ virtualRouterId, source }) => `${virtualRouterId} from ${source}`);
  narrator.observe('priority 0 advertisements at the stop', texts);
  narrator.expect('lb2v says goodbye with priority 0', '52 from 172.16.16.36', texts[0] ?? 'never');
  const late = (wire.takeover(52, 'lb2v', 'lb1v', since) ?? Infinity) - skewMs;
  narrator.expect(
    'takeover of virtual router 52, after the goodbye',
    `${(skewMs / 1000).toFixed(3)} s (here up to ${lateness} ms more)`,
    `${((late + skewMs) / 1000).toFixed(3)} s`,
    late > -earliness && late < lateness,
  );
}

async function stopOne(stage: PairStage, name: BalancerName): Promise<void> {
  const { narrator } = stage.context;
  narrator.step(`${name}: SIGTERM`);
  const began = nowMs();
  const code = await stage.daemon(name).stop();
  narrator.expect(`${name} ends`, 'exit code 0', `exit code ${code}`);
  narrator.say(`after ${((nowMs() - began) / 1000).toFixed(1)} s`);
}

/**
 * Keeps the frames and the logged state changes of both balancers, for the comparison. Which daemon is up first decides
 * whether the other's service is held for a moment during the start, so that part is left out.
 */
export async function observeWire(stage: PairStage, instances: readonly ServedInstance[]): Promise<void> {
  const { narrator } = stage.context;
  const wire = await stage.wire();
  for (const name of balancers) {
    for (const { virtualRouterId, master, address } of instances) {
      const since = name === master ? 0 : stage.settledAt;
      narrator.observe(
        `${name} advertisements ${virtualRouterId}`,
        wire.distinctAdvertisements(name, virtualRouterId, since),
      );
      narrator.observe(`${name} gratuitous ARPs ${address}`, wire.distinctArps(name, address, since));
    }
    const transitions = stage.daemon(name).transitions();
    const instanceNames = [...new Set(transitions.map((text) => text.split(' ')[0] ?? ''))].sort();
    for (const instance of instanceNames) {
      const states = transitions.filter((text) => text.startsWith(`${instance} `)).map((text) => text.split(' ')[1]);
      narrator.observe(`${name} states of ${instance} in the log`, states);
    }
  }
}

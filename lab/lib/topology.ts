/**
 * Machines as network namespaces, switches as bridges inside a namespace, cables as veth pairs. Everything is made by
 * few `ip -batch` calls, since starting a program is dear in the guest kernel.
 */
import { readdirSync } from 'node:fs';
import type { CleanUp } from './clean-up.ts';
import { LabError } from './errors.ts';
import { run, start, type RunOptions, type RunResult, type Running, type StartOptions } from './run.ts';

/** One end of a cable: an interface of a machine. */
export interface CableEnd {
  readonly machine: string;
  readonly interface: string;
  /** Hardware address; fixed ones make the frames of two runs comparable octet for octet. */
  readonly mac?: string;
  /** Addresses with prefix length, such as 172.16.16.35/24. */
  readonly addresses?: readonly string[];
  /** The bridge of that machine the interface is plugged into. */
  readonly bridge?: string;
}

export interface MachinePlan {
  readonly name: string;
  readonly bridges?: readonly {
    readonly name: string;
    readonly mac?: string;
    readonly addresses?: readonly string[];
  }[];
  /** Addresses on lo besides 127.0.0.1. */
  readonly loopback?: readonly string[];
  /** `ip route add` arguments. */
  readonly routes?: readonly string[];
  /** sysctl settings beyond the common ones. */
  readonly sysctls?: Readonly<Record<string, string | number>>;
}

export interface TopologyPlan {
  readonly machines: readonly MachinePlan[];
  readonly cables: readonly (readonly [CableEnd, CableEnd])[];
}

/** No IPv6 (its chatter would fill the captures), reverse path filter off (direct routing answers by another way). */
const commonSysctls = {
  'net.ipv6.conf.all.disable_ipv6': 1,
  'net.ipv6.conf.default.disable_ipv6': 1,
  'net.ipv4.conf.all.rp_filter': 0,
  'net.ipv4.conf.default.rp_filter': 0,
};

/** Built machines and cables. */
export class Topology {
  readonly plan: TopologyPlan;
  readonly #prefix: string;

  constructor(plan: TopologyPlan, prefix: string) {
    this.plan = plan;
    this.#prefix = prefix;
  }

  /** Name of the machine's network namespace. */
  namespace(machine: string): string {
    return `${this.#prefix}${machine}`;
  }

  /** Arguments that run a command on a machine: `ip netns exec NAMESPACE ...`. */
  on(machine: string, command: readonly string[]): [string, string[]] {
    return ['ip', ['netns', 'exec', this.namespace(machine), ...command]];
  }

  /** Runs a command on a machine to its end. */
  run(machine: string, command: readonly string[], options?: RunOptions): Promise<RunResult> {
    const [file, args] = this.on(machine, command);
    return run(file, args, options);
  }

  /** Starts a command on a machine. */
  start(cleanUp: CleanUp, name: string, machine: string, command: readonly string[], options?: StartOptions): Running {
    const [file, args] = this.on(machine, command);
    return start(cleanUp, name, file, args, options);
  }

  /** Runs `ip -n NAMESPACE ...` and returns what it printed. */
  async ip(machine: string, args: readonly string[]): Promise<string> {
    return (await run('ip', ['-n', this.namespace(machine), ...args])).stdout;
  }

  /** Runs several ip commands on a machine in one process. */
  async ipBatch(machine: string, lines: readonly string[]): Promise<void> {
    if (lines.length === 0) return;
    await run('ip', ['-n', this.namespace(machine), '-batch', '-'], { input: `${lines.join('\n')}\n` });
  }
}

/** Removes namespaces that a killed lab left behind: those that carry the id of a process that is gone. */
async function removeStale(): Promise<void> {
  let names: string[];
  try {
    names = readdirSync('/run/netns');
  } catch {
    return;
  }
  for (const name of names) {
    const owner = /^kts-(\d+)-/.exec(name)?.[1];
    if (owner === undefined || isAlive(Number(owner))) continue;
    await run('ip', ['netns', 'delete', name], { accept: 'any' });
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

/**
 * Builds the plan. `prefix` goes before each namespace's name; on the host it must hold the process id
 * (`kts-PID-...`), so that concurrent labs do not meet and left-overs are recognised.
 * @throws LabError when a namespace of that name exists.
 */
export async function buildTopology(plan: TopologyPlan, prefix: string, cleanUp: CleanUp): Promise<Topology> {
  const topology = new Topology(plan, prefix);
  await removeStale();
  const existing = (await run('ip', ['netns', 'list'])).stdout.split('\n').map((line) => line.split(' ')[0]);
  for (const { name } of plan.machines) {
    const namespace = topology.namespace(name);
    if (existing.includes(namespace)) {
      throw new LabError(
        `A network namespace "${namespace}" exists already. Remove it first: ip netns delete ${namespace}`,
      );
    }
  }
  cleanUp.add('remove network namespaces', async () => {
    const lines = plan.machines.map(({ name }) => `netns delete ${topology.namespace(name)}`);
    await run('ip', ['-force', '-batch', '-'], { input: `${lines.join('\n')}\n`, accept: 'any' });
  });
  const lines = [...plan.machines.map(({ name }) => `netns add ${topology.namespace(name)}`)];
  await run('ip', ['-batch', '-'], { input: `${lines.join('\n')}\n` });
  await Promise.all(plan.machines.map((machine) => setSysctls(topology, machine.name, commonSysctls)));
  const cables = plan.cables.map(([near, far]) => cableCommand(topology, near, far));
  await run('ip', ['-batch', '-'], { input: `${cables.join('\n')}\n` });
  for (const machine of plan.machines) {
    await topology.ipBatch(machine.name, machineCommands(plan, machine));
    if (machine.sysctls !== undefined) await setSysctls(topology, machine.name, machine.sysctls);
  }
  return topology;
}

function cableCommand(topology: Topology, near: CableEnd, far: CableEnd): string {
  const address = (end: CableEnd): string => (end.mac === undefined ? '' : ` address ${end.mac}`);
  return (
    `link add name ${near.interface} netns ${topology.namespace(near.machine)}${address(near)} type veth ` +
    `peer name ${far.interface} netns ${topology.namespace(far.machine)}${address(far)}`
  );
}

function machineCommands(plan: TopologyPlan, machine: MachinePlan): string[] {
  const lines = ['link set dev lo up'];
  for (const bridge of machine.bridges ?? []) {
    const mac = bridge.mac === undefined ? '' : ` address ${bridge.mac}`;
    lines.push(`link add name ${bridge.name}${mac} type bridge mcast_snooping 0 forward_delay 0`);
    for (const address of bridge.addresses ?? []) lines.push(`address add ${address} dev ${bridge.name}`);
    lines.push(`link set dev ${bridge.name} up`);
  }
  for (const end of plan.cables.flat().filter((candidate) => candidate.machine === machine.name)) {
    if (end.bridge !== undefined) lines.push(`link set dev ${end.interface} master ${end.bridge}`);
    for (const address of end.addresses ?? []) lines.push(`address add ${address} dev ${end.interface}`);
    lines.push(`link set dev ${end.interface} up`);
  }
  for (const address of machine.loopback ?? []) lines.push(`address add ${address} dev lo`);
  for (const route of machine.routes ?? []) lines.push(`route add ${route}`);
  return lines;
}

async function setSysctls(
  topology: Topology,
  machine: string,
  settings: Readonly<Record<string, string | number>>,
): Promise<void> {
  const words = Object.entries(settings).map(([name, value]) => `${name}=${value}`);
  // -e: a kernel without IPv6 has none of its settings.
  await topology.run(machine, ['sysctl', '-q', '-e', '-w', ...words]);
}

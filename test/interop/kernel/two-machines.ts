/** Two network namespaces joined by a veth pair, for the tests of the sockets. */
import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { afterAll, beforeAll } from 'vitest';

export interface Machine {
  readonly name: string;
  readonly path: string;
  readonly interface: string;
  readonly interfaceIndex: number;
  readonly hardwareAddress: string;
  readonly address: string;
  readonly address6: string;
  readonly linkLocal: string;
  /** Runs a program inside. */
  run(program: string, ...args: string[]): string;
}

export interface TwoMachines {
  readonly left: Machine;
  readonly right: Machine;
  remove(): void;
}

/** Runs `ip` with words separated by blanks. */
export function ip(words: string): string {
  return execFileSync('ip', words.split(' ')).toString();
}

interface LinkAnswer {
  readonly ifindex: number;
  readonly address: string;
}

function machine(name: string, device: string, number: number): Machine {
  const [link] = JSON.parse(ip(`-n ${name} -j link show dev ${device}`)) as LinkAnswer[];
  if (link === undefined) throw new Error(`no ${device} in ${name}`);
  return {
    name,
    path: `/run/netns/${name}`,
    interface: device,
    interfaceIndex: link.ifindex,
    hardwareAddress: link.address,
    address: `10.99.0.${number}`,
    address6: `fd00:99::${number}`,
    linkLocal: `fe80::${number}`,
    run: (program, ...args) => execFileSync('ip', ['netns', 'exec', name, program, ...args]).toString(),
  };
}

let made = 0;

/** @throws Error of `ip` without root; nothing is left behind then */
export function makeTwoMachines(): TwoMachines {
  const names = ['left', 'right'].map((side) => `kts-kernel-${process.pid}-${made}-${side}`);
  made++;
  const remove = (): void => {
    for (const name of names) {
      try {
        ip(`netns del ${name}`);
      } catch {
        // Not made, or removed by the test.
      }
    }
  };
  try {
    names.forEach((name) => ip(`netns add ${name}`));
    const [left = '', right = ''] = names;
    ip(`-n ${left} link add eth0 type veth peer name eth0 netns ${right}`);
    names.forEach((name, index) => {
      // No duplicate address detection: addresses are there at once. No addresses of the kernel's own making.
      ip(`netns exec ${name} sysctl -q -w net.ipv6.conf.eth0.accept_dad=0`);
      ip(`netns exec ${name} sysctl -q -w net.ipv6.conf.eth0.addr_gen_mode=1`);
      ip(`-n ${name} link set lo up`);
      ip(`-n ${name} link set eth0 up`);
      ip(`-n ${name} addr add 10.99.0.${index + 1}/24 dev eth0`);
      ip(`-n ${name} addr add fd00:99::${index + 1}/64 dev eth0 nodad`);
      ip(`-n ${name} addr add fe80::${index + 1}/64 dev eth0 nodad`);
    });
    return { left: machine(left, 'eth0', 1), right: machine(right, 'eth0', 2), remove };
  } catch (error) {
    remove();
    throw error;
  }
}

/** Gives the tests of a file two machines, which are removed after the last. */
export function provideTwoMachines(use: (machines: TwoMachines) => void): void {
  let machines: TwoMachines | undefined;
  beforeAll(() => {
    machines = makeTwoMachines();
    use(machines);
  });
  afterAll(() => machines?.remove());
}

/** Programs that answer on both addresses of a machine, until they are ended. */
export async function serveAnswers(machine: Machine): Promise<{ end(): void }> {
  const program = `${import.meta.dirname}/programs/answering-server.ts`;
  const servers = await Promise.all(
    [machine.address, machine.address6].map(async (address) => {
      const server = spawn('ip', ['netns', 'exec', machine.name, process.execPath, program, address]);
      await once(server.stdout, 'data');
      return server;
    }),
  );
  return {
    end: () => {
      for (const server of servers) server.kill();
    },
  };
}

/**
 * The lab uses addresses that belong to others on the real internet. Before any packet is sent this proves, from what
 * the kernel says and not from what was planned, that the lab's namespaces have no way out of themselves.
 */
import { LabError } from './errors.ts';
import { run } from './run.ts';
import type { Topology } from './topology.ts';

/** The part of `ip -j -d link` that is looked at. */
export interface LinkFacts {
  readonly ifindex: number;
  readonly ifname: string;
  readonly flags: readonly string[];
  /** Index of the other end, for a veth. */
  readonly link_index?: number;
  /** Number, within this namespace, of the namespace the other end is in. */
  readonly link_netnsid?: number;
  readonly linkinfo?: { readonly info_kind?: string };
}

export interface RouteFacts {
  readonly dst: string;
  readonly gateway?: string;
  readonly dev?: string;
}

export interface AddressFacts {
  readonly ifname: string;
  readonly addr_info: readonly { readonly local?: string }[];
}

/** What the kernel says about one lab machine. */
export interface MachineFacts {
  readonly machine: string;
  /** Name of its network namespace. */
  readonly namespace: string;
  /** Names of the namespaces its cables lead to, by their numbers within this namespace. */
  readonly neighbours: Readonly<Record<number, string>>;
  readonly links: readonly LinkFacts[];
  readonly routes: readonly RouteFacts[];
  readonly addresses: readonly AddressFacts[];
}

/** Reasons why traffic could leave, in words; empty when it cannot. `cables` are pairs of [machine, interface] as planned. */
export function waysOut(
  machines: readonly MachineFacts[],
  cables: readonly (readonly [readonly [string, string], readonly [string, string]])[],
): string[] {
  const reasons: string[] = [];
  const peers = new Map(cables.flatMap(([a, b]) => [[a.join(' '), b] as const, [b.join(' '), a] as const]));
  const labAddresses = new Set(
    machines.flatMap(({ addresses }) => addresses.flatMap(({ addr_info }) => addr_info.map(({ local }) => local))),
  );
  for (const facts of machines) {
    const { machine, links, routes } = facts;
    for (const link of links) {
      const reason = linkReason(facts, link, machines, peers);
      if (reason !== undefined) reasons.push(reason);
    }
    for (const route of routes) {
      if (route.gateway !== undefined && !labAddresses.has(route.gateway)) {
        reasons.push(`${machine} has a route to ${route.dst} through ${route.gateway}, which is no machine of the lab`);
      }
    }
  }
  return reasons;
}

function linkReason(
  { machine, neighbours }: MachineFacts,
  link: LinkFacts,
  machines: readonly MachineFacts[],
  peers: ReadonlyMap<string, readonly [string, string]>,
): string | undefined {
  const kind = link.linkinfo?.info_kind;
  if (link.flags.includes('LOOPBACK') || kind === 'bridge') return undefined;
  const peer = peers.get(`${machine} ${link.ifname}`);
  if (peer === undefined) {
    // Tunnel devices that some kernels put into every new namespace are harmless while they are down.
    return link.flags.includes('UP')
      ? `${machine} has an interface ${link.ifname} that the lab did not make`
      : undefined;
  }
  if (kind !== 'veth') return `${link.ifname} of ${machine} is a ${kind ?? 'physical'} interface`;
  const other = machines.find((candidate) => candidate.machine === peer[0]);
  const far = other?.links.find(({ ifname }) => ifname === peer[1]);
  const leadsTo = link.link_netnsid === undefined ? undefined : neighbours[link.link_netnsid];
  if (far === undefined || leadsTo !== other?.namespace || far.ifindex !== link.link_index) {
    return `the other end of ${link.ifname} of ${machine} is not ${peer[1]} of ${peer[0]}, but in ${leadsTo ?? 'an unknown namespace'}`;
  }
  return undefined;
}

async function json<T>(args: readonly string[]): Promise<T> {
  const { stdout } = await run('ip', ['-j', ...args]);
  return JSON.parse(stdout.trim() === '' ? '[]' : stdout) as T;
}

/**
 * Refuses to go on where traffic could leave the lab.
 * @throws LabError naming every way out found
 */
export async function requireIsolation(topology: Topology): Promise<void> {
  const machines: MachineFacts[] = [];
  for (const { name: machine } of topology.plan.machines) {
    const namespace = topology.namespace(machine);
    const inside = ['-n', namespace];
    const neighbours = await json<{ nsid: number; name?: string }[]>([...inside, 'netns', 'list-id']);
    machines.push({
      machine,
      namespace,
      neighbours: Object.fromEntries(neighbours.map(({ nsid, name }) => [nsid, name ?? 'a namespace without a name'])),
      links: await json<LinkFacts[]>([...inside, '-d', 'link']),
      routes: await json<RouteFacts[]>([...inside, 'route', 'show', 'table', 'main']),
      addresses: await json<AddressFacts[]>([...inside, 'address']),
    });
  }
  const cables = topology.plan.cables.map(
    ([a, b]) =>
      [
        [a.machine, a.interface],
        [b.machine, b.interface],
      ] as const,
  );
  const reasons = waysOut(machines, cables);
  if (reasons.length === 0) return;
  throw new LabError(
    `Traffic could leave the lab, so it is not played:\n${reasons.map((reason) => `  - ${reason}`).join('\n')}\n` +
      "Something on this machine (a container network, NetworkManager, a udev rule) changed the lab's namespaces; stop it, or run the lab on another machine.",
  );
}

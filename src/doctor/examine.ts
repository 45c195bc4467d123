/** All topics, each by its name: what `keepalivectl doctor` looks at. */
import type { DoctorFacts } from './facts.ts';
import { worstFirst } from './finding.ts';
import type { Finding, TopicFinding } from './finding.ts';
import { examineAddresses, examineRealServers } from './topics/addresses.ts';
import { examineAdvertisements } from './topics/advertisements.ts';
import { examineArp } from './topics/arp.ts';
import { examineClocks } from './topics/clocks.ts';
import { examineConfiguration } from './topics/configuration.ts';
import { examineFirewall } from './topics/firewall.ts';
import { examineForwarding } from './topics/forwarding.ts';
import { examineFeatures, examineInterfaces } from './topics/interfaces.ts';
import { examineIpvsModules } from './topics/ipvs-modules.ts';
import { examineIpvsSettings } from './topics/ipvs-settings.ts';
import { examineNonlocalBind } from './topics/nonlocal-bind.ts';
import { examineOwners } from './topics/ipvs-owners.ts';
import { examinePeers } from './topics/peers.ts';
import { examineReversePath } from './topics/reverse-path.ts';
import { examineRights } from './topics/rights.ts';
import { examineScripts } from './topics/scripts.ts';
import { examineTiming } from './topics/timing.ts';
import { examineTunnels } from './topics/tunnels.ts';

const topics: Readonly<Record<string, (facts: DoctorFacts) => TopicFinding[]>> = {
  configuration: examineConfiguration,
  rights: examineRights,
  interfaces: examineInterfaces,
  features: examineFeatures,
  advertisements: examineAdvertisements,
  addresses: examineAddresses,
  'real-servers': examineRealServers,
  peers: examinePeers,
  firewall: examineFirewall,
  'rp-filter': examineReversePath,
  arp: examineArp,
  forwarding: examineForwarding,
  'nonlocal-bind': examineNonlocalBind,
  'ipvs-modules': examineIpvsModules,
  'ipvs-settings': examineIpvsSettings,
  owners: examineOwners,
  tunnels: examineTunnels,
  scripts: examineScripts,
  clocks: examineClocks,
  timing: examineTiming,
};

export const topicNames: readonly string[] = Object.keys(topics);

/** Topics that need to listen; without them there is nothing to wait for. */
export const listeningTopics: ReadonlySet<string> = new Set([
  ...['advertisements', 'addresses', 'real-servers', 'peers', 'rp-filter', 'clocks'],
]);

/** @param only names of topics; absent: all. @returns findings, worst first */
export function examineMachine(facts: DoctorFacts, only: readonly string[] = topicNames): Finding[] {
  const findings = Object.entries(topics)
    .filter(([name]) => only.includes(name))
    .flatMap(([topic, examine]) => examine(facts).map((finding): Finding => ({ topic, ...finding })));
  return worstFirst(findings);
}

/** Unicast peers: is there a way to them, and is anybody there. */
import { linkNamed, routeTo } from '../facts.ts';
import type { DoctorFacts } from '../facts.ts';
import { instancePlace, listed, well } from '../finding.ts';
import type { TopicFinding } from '../finding.ts';
import type { VrrpInstanceConfiguration } from '../../config/model.ts';

export function examinePeers(facts: DoctorFacts): TopicFinding[] {
  const { instances } = facts.configuration.vrrp;
  const peers = instances.flatMap(({ unicastPeers }) => unicastPeers.map(({ address }) => address));
  if (peers.length === 0) return [];
  const findings = instances.flatMap((instance) =>
    instance.unicastPeers.flatMap(({ address }) => peerFindings(facts, instance, address)),
  );
  return findings.length > 0 ? findings : [well('peers', `there is a way to the unicast peers (${listed(peers)})`)];
}

function peerFindings(facts: DoctorFacts, instance: VrrpInstanceConfiguration, peer: string): TopicFinding[] {
  const where = [instancePlace(instance)];
  const route = routeTo(facts, peer);
  // A link-local address has a route on every interface.
  if (!route || peer.startsWith('fe80:')) return [];
  if (!route.reached) {
    return [
      {
        code: 'peer-unreachable',
        severity: 'error',
        what: `there is no route to the unicast peer ${peer} (${route.reason})`,
        why: 'advertisements never leave, and the peer becomes master too',
        where,
        remedies: [`ip route get ${peer}`],
      },
    ];
  }
  if (route.local) {
    return [
      {
        code: 'peer-is-here',
        severity: 'error',
        what: `the unicast peer ${peer} is an address of this machine`,
        why: 'the router advertises to itself, and the other one hears nothing',
        where,
        remedies: ['list the other routers in unicast_peer, not this one'],
      },
    ];
  }
  const base = linkNamed(facts, instance.interface);
  const findings: TopicFinding[] = [];
  if (base && route.interface !== instance.interface) {
    findings.push({
      code: 'peer-elsewhere',
      severity: 'warning',
      what: `the way to the unicast peer ${peer} leads over ${route.interface}, not over ${instance.interface}`,
      why: `the link of ${instance.interface} is watched, and another one is used: a cut there goes unnoticed, or the other way round`,
      where: [...where, instance.interface, route.interface],
      remedies: [`ip route get ${peer}`, `or name the interface: "interface ${route.interface}"`],
    });
  }
  const asked = facts.wire?.asked.some((one) => one.address === peer && one.interface === route.interface) === true;
  const answered = facts.wire?.answers.some(({ address }) => address === peer) === true;
  if (asked && !answered && route.gateway === undefined) {
    findings.push({
      code: 'peer-silent',
      severity: 'warning',
      what: `nobody answers ${peer.includes(':') ? 'neighbour solicitations' : 'ARP'} for the unicast peer ${peer} on ${route.interface}`,
      why: 'the other router is down, or its address or cable is not the one that is written here',
      where: [...where, route.interface],
      remedies: [`ping -c 3 -I ${route.interface} ${peer}`],
    });
  }
  return findings;
}

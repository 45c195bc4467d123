/** Settings of IPVS that decide what becomes of connections when servers come and go. */
import type { DoctorFacts } from '../facts.ts';
import { numberSetting } from '../facts.ts';
import { well } from '../finding.ts';
import type { TopicFinding } from '../finding.ts';
import { namedServices, usesMethod } from '../services.ts';
import type { NamedService } from '../services.ts';

const path = (name: string): string => `net/ipv4/vs/${name}`;
/** Share of the connection table from which on it is about to be full. */
const nearlyFull = 0.8;
const shownPlaces = 4;

export function examineIpvsSettings(facts: DoctorFacts): TopicFinding[] {
  const services = namedServices(facts.configuration);
  if (services.length === 0 || !facts.ipvs) return [];
  const findings = [
    ...nodest(facts, services),
    ...quiescent(facts, services),
    ...reuse(facts, services),
    ...tracking(facts, services),
    ...trackingTable(facts),
  ];
  return findings.length > 0 ? findings : [well('ipvs-settings', 'settings of IPVS suit the services')];
}

const placesOf = (services: readonly NamedService[]): string[] =>
  services.slice(0, shownPlaces).map(({ place }) => place);

/** A server that fails is taken away; what its clients send goes into the void until their entry runs out. */
function nodest(facts: DoctorFacts, services: readonly NamedService[]): TopicFinding[] {
  if (numberSetting(facts, path('expire_nodest_conn')) !== 0) return [];
  const removing = services.filter(({ realServers }) =>
    realServers.some(({ checkers, inhibitOnFailure }) => checkers.length > 0 && !inhibitOnFailure),
  );
  const datagrams = removing.filter(({ protocol }) => protocol === 'udp');
  const concerned = datagrams.length > 0 ? datagrams : removing;
  if (concerned.length === 0) return [];
  return [
    {
      code: 'expire-nodest-conn',
      severity: datagrams.length > 0 ? 'warning' : 'note',
      what: 'expire_nodest_conn is 0: connections to a server that was taken away are kept',
      why:
        datagrams.length > 0
          ? 'a client of a UDP service that keeps its port (a resolver, a log sender) goes on sending to the dead server, and its packets are dropped without a word'
          : 'their packets are dropped without a word, and clients wait for their own time-outs instead of connecting anew',
      where: placesOf(concerned),
      settings: [{ path: path('expire_nodest_conn'), value: '1' }],
    },
  ];
}

/** Templates of persistence keep clients at a server of weight 0. */
function quiescent(facts: DoctorFacts, services: readonly NamedService[]): TopicFinding[] {
  if (numberSetting(facts, path('expire_quiescent_template')) !== 0) return [];
  const persistent = services.filter(({ server }) => (server.persistenceTimeout ?? 0) > 0);
  const inhibiting = persistent.filter(({ realServers }) =>
    realServers.some(({ inhibitOnFailure }) => inhibitOnFailure),
  );
  if (persistent.length === 0) return [];
  const serious = inhibiting.length > 0;
  return [
    {
      code: 'expire-quiescent-template',
      severity: serious ? 'warning' : 'note',
      what: 'expire_quiescent_template is 0, and services are persistent',
      why: serious
        ? 'a server that fails gets weight 0 (inhibit_on_failure), and persistent clients are sent to it all the same'
        : 'clients stay at a server that is drained (weight 0) for as long as they come back within the persistence time',
      where: placesOf(serious ? inhibiting : persistent),
      settings: [{ path: path('expire_quiescent_template'), value: '1' }],
    },
  ];
}

/** @returns [major, minor] of "6.1.0-18-amd64" */
function kernelVersion(release: string): readonly [number, number] {
  const [, major = '0', minor = '0'] = /^(\d+)\.(\d+)/.exec(release) ?? [];
  return [Number(major), Number(minor)];
}

function isBefore(release: string, major: number, minor: number): boolean {
  const [ours, oursMinor] = kernelVersion(release);
  return ours < major || (ours === major && oursMinor < minor);
}

/** Clients that come again from the same port: what the kernel does with the entry that is still there. */
function reuse(facts: DoctorFacts, services: readonly NamedService[]): TopicFinding[] {
  const mode = numberSetting(facts, path('conn_reuse_mode'));
  const conntrack = numberSetting(facts, path('conntrack'));
  const where = placesOf(services);
  if (mode === 0) {
    return [
      {
        code: 'conn-reuse-off',
        severity: 'warning',
        what: 'conn_reuse_mode is 0: a client that uses a port again goes to the server that it had before',
        why: 'clients behind one address (a proxy, NAT) keep hitting a server that is drained or failed, and never reach a new one',
        where,
        settings: [{ path: path('conn_reuse_mode'), value: '1' }],
      },
    ];
  }
  // Linux 5.9 no longer waits a second for the entry of the firewall to go.
  if (mode !== undefined && conntrack === 1 && isBefore(facts.kernelRelease, 5, 9)) {
    return [
      {
        code: 'conn-reuse-delay',
        severity: 'warning',
        what: `conn_reuse_mode is ${mode} with conntrack on Linux ${facts.kernelRelease}`,
        why: 'before Linux 5.9 a connection from a port that was used shortly before waits for a second, its first packet being dropped',
        where,
        remedies: [
          'upgrade to Linux 5.9 or later',
          'or sysctl -w net.ipv4.vs.conn_reuse_mode=0, and do not drain servers then',
        ],
      },
    ];
  }
  return [];
}

/** Masquerading and rules about states see connections of IPVS only with its own setting. */
function tracking(facts: DoctorFacts, services: readonly NamedService[]): TopicFinding[] {
  const translated = services.filter((service) => usesMethod(service, 'NAT').length > 0);
  if (translated.length === 0 || numberSetting(facts, path('conntrack')) !== 0) return [];
  if (!facts.firewall.rulesets.some(({ needsConnectionTracking }) => needsConnectionTracking === true)) return [];
  return [
    {
      code: 'ipvs-conntrack',
      severity: 'warning',
      what: 'the firewall masquerades or asks for the state of connections, and net.ipv4.vs.conntrack is 0',
      why: 'connections that IPVS translates (NAT) are unknown to it: no source address is replaced, and "established" does not hold for them',
      where: placesOf(translated),
      settings: [{ path: path('conntrack'), value: '1' }],
    },
  ];
}

/** A table that is full drops new connections, whatever IPVS wants. */
function trackingTable(facts: DoctorFacts): TopicFinding[] {
  const most = numberSetting(facts, 'net/netfilter/nf_conntrack_max');
  const count = numberSetting(facts, 'net/netfilter/nf_conntrack_count');
  if (most === undefined || count === undefined || most === 0 || count < most * nearlyFull) return [];
  return [
    {
      code: 'conntrack-full',
      severity: count >= most ? 'error' : 'warning',
      what: `the connection table of the firewall has ${count} of ${most} entries`,
      why: 'when it is full new connections are dropped ("nf_conntrack: table full, dropping packet" in the kernel log)',
      settings: [{ path: 'net/netfilter/nf_conntrack_max', value: String(most * 2) }],
    },
  ];
}

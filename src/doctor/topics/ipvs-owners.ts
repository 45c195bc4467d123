/** Who else writes addresses and services here: two masters of one table undo each other's work. */
import { serviceKeysOf } from '../../check/desired.ts';
import type { Configuration } from '../../config/model.ts';
import { serviceKeyText } from '../../ipvs/keys.ts';
import type { DoctorFacts, ProcessFact } from '../facts.ts';
import { listed } from '../finding.ts';
import type { TopicFinding } from '../finding.ts';

/** Other programs that keep services in IPVS, by their names in /proc. */
const managers: ReadonlySet<string> = new Set([
  'kube-proxy',
  'ldirectord',
  'kube-router',
  'dockerd',
  'nanny',
  'lvsd',
  'seesaw_engine',
]);
const ownName = 'keepalived';

/** Whether a process of this name has a say here. */
export function isInteresting(name: string): boolean {
  return name.startsWith(ownName) || managers.has(name);
}

export function examineOwners(facts: DoctorFacts): TopicFinding[] {
  return [...severalDaemons(facts), ...otherManagers(facts), ...strangers(facts)];
}

/** Processes that were not started by one of their own name. */
function daemonsOf({ processes }: DoctorFacts): ProcessFact[] {
  const named = processes.filter(({ here, name }) => here && name.startsWith(ownName));
  return named.filter(({ parent }) => !named.some(({ pid }) => pid === parent));
}

function severalDaemons(facts: DoctorFacts): TopicFinding[] {
  const daemons = daemonsOf(facts);
  if (daemons.length < 2) return [];
  return [
    {
      code: 'several-daemons',
      severity: 'warning',
      what: `${daemons.length} daemons of this kind run here (pid ${listed(daemons.map(({ pid }) => String(pid)))})`,
      why: 'they share one table of services and one set of addresses: what one puts in, the other may take away',
      remedies: [
        `ps -fp ${daemons.map(({ pid }) => pid).join(',')} (stop the one that is left over, or give each a network namespace)`,
      ],
    },
  ];
}

function otherManagers({ configuration, processes }: DoctorFacts): TopicFinding[] {
  if (configuration.check.virtualServers.length === 0) return [];
  const { lvsFlush } = configuration.global;
  const others = processes.filter(({ here, name }) => here && managers.has(name) && (name !== 'dockerd' || lvsFlush));
  if (others.length === 0) return [];
  const names = listed(others.map(({ name, pid }) => `${name} (pid ${pid})`));
  return [
    {
      code: 'other-manager',
      severity: lvsFlush ? 'error' : 'warning',
      what: `${names} may keep services in the same IPVS table`,
      why: lvsFlush
        ? 'lvs_flush takes its services away whenever this daemon starts'
        : 'it may take services of this daemon away, as kube-proxy does with those that it does not know',
      remedies: [
        ...(lvsFlush ? ['remove lvs_flush'] : []),
        'kube-proxy: --ipvs-exclude-cidrs with the virtual addresses; or a network namespace of its own (net_namespace)',
      ],
    },
  ];
}

/** Services in the kernel that no line of the configuration asks for. */
function strangers({ configuration, ipvs }: DoctorFacts): TopicFinding[] {
  if (!ipvs?.services || configuration.check.virtualServers.length === 0) return [];
  const ours = keysOf(configuration);
  const unknown = ipvs.services.map(serviceKeyText).filter((key) => !ours.has(key));
  // Groups by one mark get their numbers at run time.
  if (unknown.length === 0 || configuration.global.firewall.ipvsTable !== undefined) return [];
  const { lvsFlush } = configuration.global;
  return [
    {
      code: 'foreign-services',
      severity: lvsFlush ? 'warning' : 'note',
      what: `IPVS has ${unknown.length === 1 ? 'a service' : `${unknown.length} services`} that this configuration does not name: ${listed(unknown)}`,
      why: lvsFlush
        ? 'lvs_flush deletes them at the next start'
        : 'somebody else keeps them, or a daemon that was killed left them behind',
      remedies: ['ipvsadm -Ln (to delete one: ipvsadm -D with its protocol and address)'],
    },
  ];
}

function keysOf({ check: { groups, virtualServers } }: Configuration): ReadonlySet<string> {
  return new Set(
    virtualServers.flatMap((server) => {
      const { identity } = server;
      const group = identity.kind === 'group' ? groups.find(({ name }) => name === identity.name) : undefined;
      return serviceKeysOf(server, group).map(serviceKeyText);
    }),
  );
}

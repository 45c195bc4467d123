/** What was heard of virtual routers: masters that we refuse, two at a time, and what a filter of our own takes away. */
import type { VrrpInstanceConfiguration } from '../../config/model.ts';
import type { DoctorFacts } from '../facts.ts';
import { instancePlace, listed, well } from '../finding.ts';
import type { TopicFinding } from '../finding.ts';
import type { HeardRouter } from '../wire/heard.ts';

/** So many of a source are needed before their absence behind the filter means anything. */
const enoughToCompare = 2;
/** Advertisements that overlap: a handover lets one source end before the other begins. */
const enoughForTwo = 2;

/** What to do about a refusal, by the engine's name for it. */
const refusalRemedies: Readonly<Record<string, string>> = {
  password: 'give both routers the same auth_pass (8 characters count)',
  'authentication-type': 'give both routers the same auth_type',
  'ah-presence': 'give both routers the same auth_type',
  'ah-digest': 'give both routers the same auth_pass (8 characters count)',
  'hmac-missing': 'give both routers the same auth_hmac; while they are changed, "mode permissive"',
  'hmac-unexpected': 'give both routers the same auth_hmac',
  'hmac-key': 'give both routers the same keys of auth_hmac',
  'hmac-digest': 'give both routers the same keys of auth_hmac',
  'hmac-stale': 'set the clocks: chronyc tracking, timedatectl',
  interval: 'give both routers the same advert_int',
  version: 'give both routers the same vrrp_version',
  ttl: 'something on the way routes the packets or changes their TTL: VRRP belongs on one link, or into unicast_peer with min_ttl',
  cast: 'let both routers use unicast_peer, or neither',
  checksum: 'a keepalived before 1.3.6 needs old_unicast_checksum, some others v3_checksum_as_v2',
};

export function examineAdvertisements(facts: DoctorFacts): TopicFinding[] {
  const { configuration, wire } = facts;
  if (!wire) return [];
  const findings = configuration.vrrp.instances.flatMap((instance) => {
    const heard = onBase(
      instance,
      wire.routers.filter((router) => router.instance === instance.name),
    );
    return ofInstance(facts, instance, heard);
  });
  const strangers = wire.routers.filter(({ instance, own }) => instance === undefined && !own);
  if (strangers.length > 0) {
    const texts = strangers.map(
      ({ interface: on, source, virtualRouterId }) => `${virtualRouterId} from ${source} on ${on}`,
    );
    findings.push(well('other-routers', `other virtual routers were heard: ${listed(texts)}`));
  }
  return findings;
}

/** What comes to an interface comes to the VMAC on it too: a source counts once. */
function onBase(instance: VrrpInstanceConfiguration, heard: readonly HeardRouter[]): HeardRouter[] {
  return heard.filter(
    (router) =>
      router.interface === instance.interface ||
      !heard.some((other) => other.interface === instance.interface && other.source === router.source),
  );
}

function ofInstance(
  facts: DoctorFacts,
  instance: VrrpInstanceConfiguration,
  heard: readonly HeardRouter[],
): TopicFinding[] {
  const others = heard.filter(({ own }) => !own);
  const findings = [
    ...others.flatMap((router) => refused(instance, router)),
    ...others.flatMap((router) => differing(instance, router)),
    ...others.flatMap((router) => undelivered(instance, router)),
    ...twoMasters(instance, heard),
  ];
  if (findings.length > 0) return findings;
  const state = facts.daemon?.states?.[instance.name];
  if (heard.length === 0) return silence(facts, instance, state);
  const speakers = heard.map(({ own, priority, source }) => `${own ? 'this machine' : source} (priority ${priority})`);
  return [well('advertisements', `${instance.name}: heard from ${listed(speakers)}`)];
}

function placesOf(instance: VrrpInstanceConfiguration, router: HeardRouter): string[] {
  return [instancePlace(instance), router.interface];
}

function refused(instance: VrrpInstanceConfiguration, router: HeardRouter): TopicFinding[] {
  const { refusal, source, virtualRouterId } = router;
  // The clock is a finding of its own.
  if (!refusal || refusal.code === 'hmac-stale') return [];
  const clash = router.addresses.length > 0 && !sharesAddress(instance, router);
  const addresses = clash ? `, and it has other addresses: ${listed(router.addresses)}` : '';
  return [
    {
      code: 'advertisement-refused',
      severity: 'error',
      what: `${source} advertises virtual router ${virtualRouterId} with priority ${router.priority}, and ${instance.name} refuses it: ${refusal.reason}${addresses}`,
      why: clash
        ? 'two pairs of routers use one identifier on one link: both are masters of the same virtual hardware address'
        : 'this router does not see that master and becomes one too: two have the addresses',
      where: placesOf(instance, router),
      remedies: clash
        ? [`give one of the pairs another virtual_router_id than ${virtualRouterId}`]
        : [refusalRemedies[refusal.code] ?? `compare vrrp_instance ${instance.name} with that of ${source}`],
    },
  ];
}

function sharesAddress({ virtualAddresses }: VrrpInstanceConfiguration, { addresses }: HeardRouter): boolean {
  return virtualAddresses.some(({ address }) => addresses.includes(address));
}

/** Taken all the same, and not as it should be. */
function differing(instance: VrrpInstanceConfiguration, router: HeardRouter): TopicFinding[] {
  return router.remarks.flatMap((remark): TopicFinding[] => {
    const where = placesOf(instance, router);
    switch (remark.code) {
      case 'address-count':
      case 'address-list': {
        const clash = router.addresses.length > 0 && !sharesAddress(instance, router);
        return [
          {
            code: clash ? 'router-id-clash' : 'addresses-differ',
            severity: clash ? 'error' : 'warning',
            what: clash
              ? `${router.source} uses virtual router ${router.virtualRouterId} for quite other addresses: ${listed(router.addresses)}`
              : `${router.source} advertises other addresses than ${instance.name}: ${remark.reason}`,
            why: clash
              ? 'two pairs of routers use one identifier on one link: one of them stays BACKUP for ever, and its addresses are with nobody'
              : 'after a failover some addresses are with nobody; keepalived before 2.3.3 drops such advertisements, and two become master',
            where,
            remedies: [
              clash
                ? `give one of the pairs another virtual_router_id than ${router.virtualRouterId}`
                : 'list the same addresses in virtual_ipaddress on all routers (theirs: ' +
                  `${listed(router.addresses, 8)})`,
            ],
          },
        ];
      }
      case 'interval-differs':
        return [
          {
            code: 'interval-differs',
            severity: 'warning',
            what: `${router.source} has another advert_int than ${instance.name}: ${remark.reason}`,
            why: 'each takes over from the other after a different time, and version 2 would refuse it',
            where,
            remedies: ['give both routers the same advert_int'],
          },
        ];
      default:
        return [];
    }
  });
}

/** On the wire, and not behind the filters of this machine. */
function undelivered(instance: VrrpInstanceConfiguration, router: HeardRouter): TopicFinding[] {
  if (router.delivered !== 0 || router.count < enoughToCompare) return [];
  return [
    {
      code: 'advertisements-dropped-here',
      severity: 'error',
      what: `${router.count} advertisements of ${router.source} came to ${router.interface} and none to the programs of this machine`,
      why: 'a firewall rule, rp_filter or another filter of this machine drops them: this router sees no master and becomes one too',
      where: placesOf(instance, router),
      remedies: [
        'nft list ruleset; iptables-save',
        `nstat -az TcpExtIPReversePathFilter; sysctl net.ipv4.conf.${router.interface}.rp_filter`,
      ],
    },
  ];
}

function twoMasters(instance: VrrpInstanceConfiguration, heard: readonly HeardRouter[]): TopicFinding[] {
  const masters = heard.filter(({ count, priority }) => count >= enoughForTwo && priority > 0);
  const overlapping = masters.filter((router) =>
    masters.some(
      (other) =>
        other !== router && other.source !== router.source && other.first < router.last && router.first < other.last,
    ),
  );
  if (overlapping.length < 2) return [];
  const speakers = overlapping.map(({ hardwareAddress, own, priority, source }) =>
    own ? `this machine (priority ${priority})` : `${source} (priority ${priority}, ${hardwareAddress})`,
  );
  return [
    {
      code: 'two-masters',
      severity: 'error',
      what: `virtual router ${instance.virtualRouterId} has ${overlapping.length} masters at a time: ${listed(speakers)}`,
      why: 'clients reach now the one and now the other; one of them does not hear or does not accept the other',
      where: [instancePlace(instance), overlapping[0]?.interface ?? ''],
      remedies: ['run keepalivectl doctor on each of them: the one that refuses or drops the other says why'],
    },
  ];
}

/** Nobody speaks: the daemon does not run anywhere, or nothing arrives. */
function silence(
  { daemon, wire }: DoctorFacts,
  instance: VrrpInstanceConfiguration,
  state: string | undefined,
): TopicFinding[] {
  const listened = wire?.listenedFor ?? 0;
  const patience = (instance.downTimerAdvertisements + 1) * instance.advertisementInterval;
  if (listened < patience || (instance.interface !== '' && wire?.interfaces.includes(instance.interface) === false)) {
    return [
      well('advertisements', `${instance.name}: nothing heard in ${listened / 1000} s, which is too short to say`),
    ];
  }
  // A unicast master speaks to its peers; the interface it leaves by may be another one.
  if (state === 'MASTER') {
    return instance.unicastPeers.length > 0
      ? []
      : [
          {
            code: 'master-silent',
            severity: 'error',
            what: `${instance.name} is MASTER and nothing of it left ${instance.interface} in ${listened / 1000} s`,
            why: 'the other routers do not hear it and become master too',
            where: [instancePlace(instance)],
            remedies: ['journalctl -u keepalived; nft list ruleset'],
          },
        ];
  }
  return [
    {
      code: 'no-master',
      severity: daemon ? 'warning' : 'note',
      what: `no advertisement of virtual router ${instance.virtualRouterId} was heard in ${listened / 1000} s`,
      why: daemon
        ? 'no router is master, or its advertisements do not come this far (multicast in a cloud, a security group, another VLAN)'
        : 'no router of this pair is running, or its advertisements do not come this far',
      where: [instancePlace(instance), instance.interface],
      remedies: [`tcpdump -ni ${instance.interface === '' ? 'any' : instance.interface} proto 112 (on each router)`],
    },
  ];
}

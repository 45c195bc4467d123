/** Forwarding: answers of NAT go through this machine as through a router, and so does what a virtual gateway serves. */
import type { AddressFamily } from '../../config/model.ts';
import { numberSetting } from '../facts.ts';
import type { DoctorFacts } from '../facts.ts';
import { listed, placeText, well } from '../finding.ts';
import type { TopicFinding } from '../finding.ts';
import { namedServices, usesMethod } from '../services.ts';

const path = { inet: 'net/ipv4/ip_forward', inet6: 'net/ipv6/conf/all/forwarding' } as const;
const title = { inet: 'IPv4', inet6: 'IPv6' } as const;

export function examineForwarding(facts: DoctorFacts): TopicFinding[] {
  return (['inet', 'inet6'] as const).flatMap((family) => forFamily(facts, family));
}

function forFamily(facts: DoctorFacts, family: AddressFamily): TopicFinding[] {
  const value = numberSetting(facts, path[family]);
  const translated = namedServices(facts.configuration).filter((service) =>
    usesMethod(service, 'NAT').some((server) => server.family === family),
  );
  const routers = routingGroups(facts, family);
  if (translated.length === 0 && routers.length === 0) return [];
  // IPv6 may be built out of the kernel or switched off altogether.
  if (value === undefined || value !== 0) {
    return value === undefined
      ? []
      : [well('forwarding', `${title[family]} packets are forwarded`), ...acceptRa(facts, family)];
  }
  const settings = [{ path: path[family], value: '1' }];
  if (translated.length > 0) {
    return [
      {
        code: 'no-forwarding',
        severity: 'error',
        what: `${title[family]} is not forwarded, and ${translated.length === 1 ? 'a service with NAT needs' : `${translated.length} services with NAT need`} it`,
        why: 'requests reach the real servers, and their answers are dropped here: clients run into time-outs while every check is green',
        where: listedPlaces(translated.map(({ place }) => place)),
        settings,
        ...(family === 'inet6' && {
          remedies: ['a default route from router advertisements then needs net.ipv6.conf.IFACE.accept_ra=2'],
        }),
      },
    ];
  }
  return [
    {
      code: 'no-forwarding-gateway',
      severity: 'warning',
      what: `${title[family]} is not forwarded, and ${listed(routers)} ${routers.length === 1 ? 'keeps' : 'keep'} addresses of several interfaces together, as routers do`,
      why: 'machines that use a virtual address as their gateway get no further than here',
      where: routers,
      settings,
    },
  ];
}

/** Groups whose members are on different interfaces: what one does for a gateway. */
function routingGroups({ configuration: { vrrp } }: DoctorFacts, family: AddressFamily): string[] {
  return vrrp.syncGroups.flatMap((group) => {
    const interfaces = new Set(
      vrrp.instances
        .filter((instance) => group.members.includes(instance.name) && instance.family === family)
        .map((instance) => instance.interface),
    );
    return interfaces.size > 1 ? [`vrrp_sync_group ${group.name} (${placeText(group.at)})`] : [];
  });
}

/** A machine that forwards takes no default route from advertisements unless told to (accept_ra 2). */
function acceptRa(facts: DoctorFacts, family: AddressFamily): TopicFinding[] {
  if (family !== 'inet6') return [];
  return facts.links.flatMap(({ name }): TopicFinding[] => {
    const way = `net/ipv6/conf/${name}/accept_ra`;
    const advertised = facts.routes.find(
      (route) => route.reached && route.interface === name && route.gateway?.startsWith('fe80:') === true,
    );
    if (numberSetting(facts, way) !== 1 || !advertised) return [];
    return [
      {
        code: 'accept-ra',
        severity: 'note',
        what: `IPv6 is forwarded and accept_ra is 1 on ${name}: router advertisements are not listened to`,
        why: 'a default route that came from one will run out',
        where: [name],
        settings: [{ path: way, value: '2' }],
      },
    ];
  });
}

function listedPlaces(places: readonly string[]): string[] {
  const most = 4;
  return places.length <= most ? [...places] : [...places.slice(0, most - 1), `and ${places.length - most + 1} more`];
}

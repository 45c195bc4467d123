/** Whom to ask for: virtual addresses, real servers that share the link, unicast peers. */
import type { Configuration } from '../../config/model.ts';
import type { RouteFact } from '../facts.ts';
import { namedServices } from '../services.ts';

export interface Question {
  readonly address: string;
  readonly interface: string;
}

/** A frame each and three rounds: more than this is noise. */
export const mostQuestions = 512;

/** Addresses whose ways have to be known. */
export function destinationsOf({ bfd, check, vrrp }: Pick<Configuration, 'bfd' | 'check' | 'vrrp'>): string[] {
  return [
    ...bfd.instances.map(({ neighborAddress }) => neighborAddress),
    ...vrrp.instances.flatMap(({ unicastPeers }) => unicastPeers.map(({ address }) => address)),
    ...check.virtualServers.flatMap(({ realServers, sorryServer }) =>
      [...realServers, ...(sorryServer ? [sorryServer] : [])].map(({ address }) => address),
    ),
  ];
}

/**
 * A virtual address is asked for on its own interface, and, of direct routing, on those by which the real servers are
 * reached: there they would answer.
 * @param routes of destinationsOf()
 */
export function questionsOf(configuration: Configuration, routes: readonly RouteFact[]): Question[] {
  const questions = new Map<string, Question>();
  const ask = (address: string, name: string): void => {
    if (name !== '' && questions.size < mostQuestions)
      questions.set(`${address} ${name}`, { address, interface: name });
  };
  const onLink = (address: string): string => {
    const route = routes.find(({ destination }) => destination === address);
    return route?.reached === true && !route.local && route.gateway === undefined ? route.interface : '';
  };
  for (const { excludedVirtualAddresses, interface: base, unicastPeers, virtualAddresses } of configuration.vrrp
    .instances) {
    for (const { address } of unicastPeers) ask(address, onLink(address));
    for (const virtual of [...virtualAddresses, ...excludedVirtualAddresses])
      ask(virtual.address, virtual.interface || base);
  }
  for (const { addresses, realServers } of namedServices(configuration)) {
    for (const { address, forwarding } of realServers) {
      if (forwarding.method === 'NAT') continue;
      const name = onLink(address);
      ask(address, name);
      for (const virtual of addresses) ask(virtual.address, name);
    }
  }
  return [...questions.values()];
}

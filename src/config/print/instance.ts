/** Prints vrrp_instance. */
import type { GratuitousConfiguration, UnicastPeer, VrrpInstanceConfiguration } from '../model.ts';
import { printAddress } from './addresses.ts';
import { printInstanceNotify } from './notify.ts';
import {
  blockLine,
  boolLine,
  flagLine,
  line,
  optional,
  seconds,
  valueBlock,
  valueLine,
  type PrintedLine,
} from './printed.ts';
import { printTracked } from './trackables.ts';

function peerLine({ address, minTtl, maxTtl }: UnicastPeer): PrintedLine {
  const words: (string | number)[] = [address];
  if (minTtl !== undefined) words.push('min_ttl', minTtl);
  if (maxTtl !== undefined) words.push('max_ttl', maxTtl);
  return valueLine(words);
}

function gratuitousLines(gratuitous: GratuitousConfiguration): PrintedLine[] {
  return [
    line('garp_master_delay', seconds(gratuitous.masterDelay)),
    line('garp_master_repeat', gratuitous.masterRepeat),
    line('garp_master_refresh', seconds(gratuitous.masterRefresh)),
    line('garp_master_refresh_repeat', gratuitous.masterRefreshRepeat),
    line('garp_lower_prio_delay', seconds(gratuitous.lowerPriorityDelay)),
    line('garp_lower_prio_repeat', gratuitous.lowerPriorityRepeat),
  ];
}

function authenticationLines({ authentication }: VrrpInstanceConfiguration): PrintedLine[] {
  if (!authentication) return [];
  return [
    blockLine(
      'authentication',
      [],
      [line('auth_type', authentication.type), line('auth_pass', authentication.password)],
    ),
  ];
}

/** vrrp_instance. */
export function printInstance(instance: VrrpInstanceConfiguration): PrintedLine {
  const unicast = instance.unicastPeers.length > 0;
  return blockLine(
    'vrrp_instance',
    [instance.name],
    [
      line('state', instance.initialState),
      ...(instance.interface === '' ? [] : [line('interface', instance.interface)]),
      line('virtual_router_id', instance.virtualRouterId),
      line('priority', instance.priority),
      line('version', instance.version),
      ...flagLine('native_ipv6', instance.family === 'inet6'),
      line('advert_int', seconds(instance.advertisementInterval)),
      line('down_timer_adverts', instance.downTimerAdvertisements),
      boolLine('strict_mode', instance.strict),
      ...authenticationLines(instance),
      ...(unicast ? [] : [line('mcast_dst_ip', instance.multicastGroup)]),
      ...optional(unicast ? 'unicast_src_ip' : 'mcast_src_ip', instance.sourceAddress),
      ...flagLine('track_src_ip', instance.trackSourceAddress),
      ...valueBlock('unicast_peer', instance.unicastPeers.map(peerLine)),
      ...optional('unicast_ttl', instance.unicastTtl),
      ...flagLine('check_unicast_src', instance.checkUnicastSource),
      ...(instance.oldUnicastChecksum === undefined
        ? []
        : [line('old_unicast_checksum', ...(instance.oldUnicastChecksum ? [] : ['never']))]),
      ...printTracked(instance),
      ...flagLine('dont_track_primary', instance.dontTrackPrimary),
      line(instance.nopreempt ? 'nopreempt' : 'preempt'),
      line('preempt_delay', seconds(instance.preemptDelay)),
      line(instance.accept ? 'accept' : 'no_accept'),
      boolLine('lower_prio_no_advert', instance.lowerPriorityNoAdvertisement),
      boolLine('higher_prio_send_advert', instance.higherPrioritySendAdvertisement),
      boolLine('skip_check_adv_addr', instance.skipCheckAdvertisedAddresses),
      boolLine('owner_ignore_adverts', instance.ownerIgnoreAdvertisements),
      boolLine('v3_checksum_as_v2', instance.v3ChecksumAsV2),
      ...gratuitousLines(instance.gratuitous),
      ...valueBlock('virtual_ipaddress', instance.virtualAddresses.map(printAddress)),
      ...flagLine('no_virtual_ipaddress', instance.virtualAddresses.length === 0),
      ...valueBlock('virtual_ipaddress_excluded', instance.excludedVirtualAddresses.map(printAddress)),
      ...printInstanceNotify(instance.notify),
      line('debug', instance.debugLevel),
    ],
    instance.at,
  );
}

/** Prints vrrp_instance. */
import type { GratuitousConfiguration, UnicastPeer, VrrpInstanceConfiguration } from '../model.ts';
import { printAddress } from './addresses.ts';
import { printVirtualInterface } from './instance-interface.ts';
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
import { printRoute, printRule } from './routes.ts';
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
  const words = [line('auth_type', authentication.type), line('auth_pass', authentication.password)];
  return [blockLine('authentication', [], words)];
}

function hmacLines({ hmac }: VrrpInstanceConfiguration): PrintedLine[] {
  if (!hmac) return [];
  const lines = [
    ...hmac.keys.map(({ id, key, file }) => line('key', id, file === undefined ? `hex:${key}` : `file:${file}`)),
    line('active_key', hmac.activeKey),
    line('time_window', seconds(hmac.timeWindow)),
    line('anti_replay', hmac.antiReplay),
    line('mode', hmac.mode),
  ];
  return [blockLine('auth_hmac', [], lines)];
}

/** An empty block of peers says that unicast was meant. */
function peerLines({ unicastPeers, unicastWithoutPeers }: VrrpInstanceConfiguration): PrintedLine[] {
  return unicastWithoutPeers
    ? [blockLine('unicast_peer', [], [])]
    : valueBlock('unicast_peer', unicastPeers.map(peerLine));
}

function unicastLines(instance: VrrpInstanceConfiguration): PrintedLine[] {
  const { oldUnicastChecksum } = instance;
  return [
    ...peerLines(instance),
    ...flagLine('unicast_fault_no_peer', instance.unicastFaultNoPeer),
    ...optional('unicast_ttl', instance.unicastTtl),
    // Of a multicast instance it comes from global_defs; here it would ask for unicast.
    ...flagLine(
      'check_unicast_src',
      instance.checkUnicastSource && (instance.unicastPeers.length > 0 || instance.unicastWithoutPeers),
    ),
    ...(oldUnicastChecksum === undefined
      ? []
      : [line('old_unicast_checksum', ...(oldUnicastChecksum ? [] : ['never']))]),
  ];
}

/** Without one of its own the global period is switched off by a 0. */
function extraGratuitousLine({ extraGratuitous }: VrrpInstanceConfiguration): PrintedLine {
  if (!extraGratuitous) return line('garp_extra_if', 0);
  const { interval, allInterfaces } = extraGratuitous;
  return line('garp_extra_if', ...(allInterfaces ? ['all'] : []), seconds(interval));
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
      ...printVirtualInterface(instance),
      line('virtual_router_id', instance.virtualRouterId),
      line('priority', instance.priority),
      line('version', instance.version),
      ...flagLine('native_ipv6', instance.family === 'inet6'),
      line('advert_int', seconds(instance.advertisementInterval)),
      line('down_timer_adverts', instance.downTimerAdvertisements),
      boolLine('strict_mode', instance.strict),
      ...authenticationLines(instance),
      ...hmacLines(instance),
      line('mcast_dst_ip', instance.multicastGroup),
      ...optional(unicast ? 'unicast_src_ip' : 'mcast_src_ip', instance.sourceAddress),
      ...flagLine('track_src_ip', instance.trackSourceAddress),
      ...unicastLines(instance),
      ...printTracked(instance),
      ...flagLine('dont_track_primary', instance.dontTrackPrimary),
      line(instance.nopreempt ? 'nopreempt' : 'preempt'),
      line('preempt_delay', seconds(instance.preemptDelay)),
      ...optional('timer_expired_backup', instance.timerExpiredBackup),
      line(instance.accept ? 'accept' : 'no_accept'),
      boolLine('lower_prio_no_advert', instance.lowerPriorityNoAdvertisement),
      boolLine('higher_prio_send_advert', instance.higherPrioritySendAdvertisement),
      boolLine('skip_check_adv_addr', instance.skipCheckAdvertisedAddresses),
      boolLine('owner_ignore_adverts', instance.ownerIgnoreAdvertisements),
      boolLine('v3_checksum_as_v2', instance.v3ChecksumAsV2),
      ...(instance.stepDownOnRemoval ? [boolLine('step_down_on_removal', true)] : []),
      ...gratuitousLines(instance.gratuitous),
      extraGratuitousLine(instance),
      ...flagLine('promote_secondaries', instance.promoteSecondaries),
      ...flagLine('linkbeat_use_polling', instance.linkbeatUsePolling),
      ...optional('kernel_rx_buf_size', instance.kernelReceiveBuffer),
      ...valueBlock('virtual_ipaddress', instance.virtualAddresses.map(printAddress)),
      ...flagLine('no_virtual_ipaddress', instance.noVirtualAddress),
      ...valueBlock('virtual_ipaddress_excluded', instance.excludedVirtualAddresses.map(printAddress)),
      ...valueBlock('virtual_routes', instance.virtualRoutes.map(printRoute)),
      ...valueBlock('virtual_rules', instance.virtualRules.map(printRule)),
      ...printInstanceNotify(instance.notify),
      boolLine('notify_priority_changes', instance.notifyPriorityChanges),
      line('debug', instance.debugLevel),
    ],
    instance.at,
  );
}

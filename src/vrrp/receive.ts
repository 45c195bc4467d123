/** What an accepted advertisement does to an instance (RFC 5798 sections 6.4.2 and 6.4.3; reference: behaviour A5). */
import { compareAddresses } from '../core/ip-address.ts';
import type { MonotonicMs } from '../core/time.ts';
import { debugDropped, debugTaken } from './debug-log.ts';
import { examine } from './examine.ts';
import type { Instance } from './instance.ts';
import { noticeLateness } from './lateness.ts';
import type { PacketMeta } from './types.ts';
import type { ReceivedAdvertisement } from './wire/advertisement.ts';
import { VRRP } from './wire/constants.ts';

/** Sources whose sequence numbers are remembered; more routers than this do not share a virtual router. */
const REMEMBERED_SEQUENCES = 16;

/**
 * Checks a packet against an instance and lets it act.
 * @param now when the packet arrived, from which a backup counts
 * @param handledAt when this call is made, from which a master counts
 */
export function receive(
  instance: Instance,
  packet: Uint8Array,
  meta: PacketMeta,
  now: MonotonicMs,
  handledAt: MonotonicMs,
): void {
  if (now < instance.host.startupEnds) return;
  if (instance.state !== 'BACKUP' && instance.state !== 'MASTER') return;
  noticeLateness(instance, handledAt);
  const examination = examine(packet, meta, {
    configuration: instance.configuration,
    addressOctets: instance.addressOctets,
    effectivePriority: instance.effectivePriority,
    master: instance.state === 'MASTER',
    previousSource: instance.masterAddress,
    oldUnicastChecksum: instance.oldUnicastChecksum,
    lastSequence: (source) => instance.heardSequences.get(source),
    lastHmacSequence: (source) => instance.replayMarks.get(source),
    realTime: instance.configuration.hmac === undefined ? 0 : instance.host.realTime(now),
    digests: instance.host.digests,
  });
  if (!examination.accepted) {
    instance.lastRefusal = { source: meta.source, reason: examination.refusal.reason };
    if (examination.refusal.counter) instance.statistics[examination.refusal.counter]++;
    instance.refusals.dropped(examination.refusal, meta.source, now);
    instance.peers.refused(meta.source, examination.refusal, now);
    debugDropped(instance, meta.source, examination.refusal.reason);
    return;
  }
  const { advertisement, remarks, sequence, hmacSequence } = examination;
  for (const remark of remarks) {
    if (remark.counter) instance.statistics[remark.counter]++;
    instance.refusals.remarked(remark, meta.source);
  }
  if (examination.usesOldUnicastChecksum) {
    instance.oldUnicastChecksum = true;
    instance.host.out.log(
      'notice',
      `(${instance.name}) ${meta.source} computes the checksum as keepalived up to 1.3.6 did: doing the same from now on. ` +
        'Write old_unicast_checksum to say so, or "old_unicast_checksum never" to forbid it',
    );
  }
  debugTaken(instance, advertisement, meta.source);
  instance.statistics.advertisementsReceived++;
  instance.heardAnother();
  instance.peers.heard(meta.source, advertisement.priority, advertisement.interval, now);
  if (advertisement.priority === VRRP.priorityStop) instance.statistics.priorityZeroReceived++;
  if (hmacSequence !== undefined) instance.replayMarks.set(meta.source, hmacSequence, instance.configuration);
  if (sequence !== undefined) rememberSequence(instance, meta.source, sequence);
  // What was said before we listened is no answer to anybody any more.
  const stale = instance.listening !== undefined && (meta.receivedAt ?? handledAt) < instance.listening.since;
  if (instance.state === 'MASTER') heardAsMaster(instance, advertisement, meta.source, stale, handledAt);
  else heardAsBackup(instance, advertisement, meta.source, now);
}

function rememberSequence(instance: Instance, source: string, sequence: number): void {
  const { heardSequences, transmitter } = instance;
  heardSequences.delete(source);
  heardSequences.set(source, sequence);
  const oldest = heardSequences.keys().next();
  if (heardSequences.size > REMEMBERED_SEQUENCES && !oldest.done) heardSequences.delete(oldest.value);
  // The original keeps one count for both directions and drops what is not above it: ours must not fall behind.
  if (sequence > transmitter.sequence) transmitter.sequence = sequence;
}

/** Accepts another router as master. */
function follow(instance: Instance, advertisement: ReceivedAdvertisement, source: string, now: MonotonicMs): void {
  if (instance.masterAddress !== source) instance.refusals.newMaster(now);
  instance.masterAddress = source;
  instance.masterPriority = advertisement.priority;
  if (instance.configuration.version === 3) instance.masterInterval = advertisement.interval;
  instance.silence = `no advertisement from ${source}`;
  instance.candidacy = 'no-response';
  instance.silentSince = now;
}

function heardAsBackup(
  instance: Instance,
  advertisement: ReceivedAdvertisement,
  source: string,
  now: MonotonicMs,
): void {
  const { host, name } = instance;
  const { priority } = advertisement;
  // Whoever speaks with less, or resigns, is no owner beside us.
  if (priority !== VRRP.priorityOwner) instance.yieldOwnership(false, now);
  else if (instance.owner && !instance.ownerYields) {
    warnOfOwner(instance, source, 'reducing local priority until it is gone');
    instance.yieldOwnership(true, now);
  }
  const { effectivePriority } = instance;
  if (priority === VRRP.priorityStop) {
    host.out.log('info', `(${name}) Backup received priority 0 advertisement`);
    instance.masterPriority = 0;
    instance.silence = `${source} resigned (priority 0), nobody advertised`;
    instance.candidacy = 'resigned';
    instance.silentSince = now;
    instance.startTimer(instance.skew, now);
    return;
  }
  const atLeastOurs = priority >= effectivePriority;
  if (atLeastOurs) instance.preemptAt = undefined;
  else if (!instance.nopreempt && !mayStay(instance, now)) {
    host.out.log('info', `(${name}) received lower priority (${priority}) advert from ${source} - discarding`);
    instance.silence = `${source} has the lower priority ${priority}, nobody else advertised`;
    instance.candidacy = 'preempted';
    return;
  }
  follow(instance, advertisement, source, now);
  instance.wanted = 'BACKUP';
  instance.startTimer(instance.downInterval, now);
}

/** Whether a master of lower priority is left alone for the time of preempt_delay, which the first one heard starts. */
function mayStay(instance: Instance, now: MonotonicMs): boolean {
  const { preemptDelay } = instance.configuration;
  if (preemptDelay <= 0) return false;
  instance.preemptAt ??= now + preemptDelay;
  return now < instance.preemptAt;
}

function heardAsMaster(
  instance: Instance,
  advertisement: ReceivedAdvertisement,
  source: string,
  stale: boolean,
  now: MonotonicMs,
): void {
  const { host, name } = instance;
  const { priority } = advertisement;
  if (priority === VRRP.priorityStop) {
    if (!stale) instance.lowerPriorityAnswers.resigned(now);
    return;
  }
  const ours = instance.effectivePriority;
  const order = compareAddresses(source, instance.sourceAddress ?? '');
  if (priority === ours && order === 0) {
    const finding = { code: 'own-address', reason: 'received an advertisement with our own priority and address' };
    instance.refusals.dropped(finding, source, now);
    return;
  }
  if (priority > ours || (priority === ours && order > 0)) {
    yieldTo(instance, advertisement, source, now);
    return;
  }
  if (instance.listening && instance.nopreempt) {
    const reason = `not run for too long, ${source} (priority ${priority}) took over meanwhile and nopreempt is set`;
    follow(instance, advertisement, source, now);
    instance.group?.memberYields(instance, reason, now);
    return;
  }
  if (instance.owner && priority === VRRP.priorityOwner && !prevails(instance, advertisement, source, now)) return;
  const words = priority === ours ? 'same priority but lower address' : `lower priority ${priority}, ours ${ours}`;
  if (instance.meetRival(source, now)) {
    host.out.log('notice', `(${name}) Received advert from ${source} with ${words}, forcing new election`);
  }
  if (!stale) instance.lowerPriorityAnswers.heard(priority, source, now);
}

function yieldTo(instance: Instance, advertisement: ReceivedAdvertisement, source: string, now: MonotonicMs): void {
  const { configuration, host, name, effectivePriority: ours } = instance;
  const { priority } = advertisement;
  if (configuration.higherPrioritySendAdvertisement) instance.advertise(now);
  const words =
    priority === ours
      ? `same priority ${priority} but higher IP address than ours`
      : `higher priority ${priority}, ours ${ours}`;
  host.out.log('notice', `(${name}) Master received advert from ${source} with ${words}`);
  if (instance.owner && priority === VRRP.priorityOwner) {
    warnOfOwner(instance, source, 'reducing local priority until it is gone');
    instance.yieldOwnership(true, now);
  }
  follow(instance, advertisement, source, now);
  const relation =
    priority === ours
      ? `has our priority ${priority} and a higher address`
      : `has priority ${priority}, ours is ${ours}`;
  instance.group?.memberYields(instance, `${source} ${relation}`, now);
}

/** In the words of the original, those of 2.2.7 and of 2.4: log scrapers know either. */
function warnOfOwner(
  { host, name, sourceAddress }: Instance,
  source: string,
  consequence: string,
  relation = `and ${sourceAddress ?? 'this router'} are both configured as address owner`,
): void {
  host.out.log(
    'warning',
    `(${name}) CONFIGURATION ERROR: local instance and a remote instance are both configured as address owner, ` +
      `please fix - ${consequence} (${source} ${relation}, please resolve)`,
  );
}

/** An owner heard another one of lower address, which should give way. @returns whether we stay master */
function prevails(instance: Instance, { interval }: ReceivedAdvertisement, source: string, now: MonotonicMs): boolean {
  const longer = Math.max(interval, instance.configuration.advertisementInterval);
  switch (instance.ownerConflict.heard(source, longer, now)) {
    case 'answer':
      warnOfOwner(instance, source, 'it has the lower address and should give way');
      // The second one in case that the first is lost; the election that follows sends it.
      instance.advertise(now);
      return true;
    case 'wait':
      return true;
    case 'yield': {
      const reason = `${source} owns the addresses too and does not give way, although its address is lower`;
      warnOfOwner(
        instance,
        source,
        'it does not give way, reducing local priority until it is gone',
        'is still advertising as address owner',
      );
      instance.yieldOwnership(true, now);
      instance.masterAddress = source;
      instance.masterPriority = VRRP.priorityOwner;
      instance.group?.memberYields(instance, reason, now);
      return false;
    }
  }
}

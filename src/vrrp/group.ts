/**
 * The unit that elects together: a sync group, or one instance that is in none. One state machine whose inputs are the
 * wishes of its members: any fault puts all into FAULT, all wish to be master or nobody is (reference: behaviour A7).
 */
import type { VrrpSyncGroupConfiguration } from '../config/model.ts';
import type { MonotonicMs } from '../core/time.ts';
import { overrideStatus } from '../live/words.ts';
import type { Instance, InstanceState } from './instance.ts';
import { seconds } from './outbox.ts';
import type { Outbox } from './outbox.ts';
import type { VrrpGroupStatus } from './types.ts';

type JointState = 'BACKUP' | 'MASTER' | 'FAULT';

export class SyncGroup {
  /** Absent: a single instance, of which no group is spoken. */
  readonly configuration: VrrpSyncGroupConfiguration | undefined;
  readonly members: readonly Instance[];
  state: InstanceState = 'INIT';
  since: MonotonicMs = 0;
  reason = 'not started';
  /** The fault that keeps or kept the group in FAULT. */
  #fault = '';
  /** The start was held up by scripts without a result. */
  #waited = false;
  readonly #out: Outbox;

  /** @param previous the group of the same name before a reload: its state goes on, if one of its members does */
  constructor(
    configuration: VrrpSyncGroupConfiguration | undefined,
    members: readonly Instance[],
    out: Outbox,
    previous?: SyncGroup,
  ) {
    this.configuration = configuration;
    this.members = members;
    this.#out = out;
    if (previous && members.some(({ state }) => state !== 'INIT')) {
      this.state = previous.state;
      this.since = previous.since;
      this.reason = previous.reason;
      this.#fault = previous.#fault;
    }
    for (const member of members) member.group = this;
  }

  get name(): string | undefined {
    return this.configuration?.name;
  }

  /** Brings all members into the state that their faults and states demand: at start, after a change of faults, after a reload. */
  settle(now: MonotonicMs): void {
    const faulty = this.members.find((member) => member.faults.length > 0);
    if (faulty) {
      this.#becomeFault(faulty, now);
      return;
    }
    if (this.members.every((member) => member.state === 'INIT')) {
      const awaited = this.members.flatMap((member) => member.assessment.awaited);
      if (awaited.length === 0) {
        this.#begin(now);
        return;
      }
      this.#waited = true;
      for (const member of this.members) member.reason = `waiting for the first result of ${awaited.join(', ')}`;
      return;
    }
    const running = this.members.filter((member) => member.state !== 'INIT');
    const recovered = running.find((member) => member.state === 'FAULT');
    const backup = running.find((member) => member.state === 'BACKUP');
    if (recovered) this.#become('BACKUP', recovered, `the fault "${this.#fault}" is gone`, now);
    else if (backup) this.#join('BACKUP', backup, now);
    else if (running[0]) this.#join('MASTER', running[0], now);
  }

  /** After a reload: members that are new or came from elsewhere take the state of the others. */
  #join(state: 'BACKUP' | 'MASTER', model: Instance, now: MonotonicMs): void {
    const uniform = this.members.every((member) => member.state === state);
    if (!uniform) this.#become(state, model, model.reason, now);
    else if (this.state !== state) this.#note(state, `${model.name}: ${model.reason}`, now);
  }

  #begin(now: MonotonicMs): void {
    const [first] = this.members;
    if (!first) return;
    const owners = this.members.every((member) => member.owner);
    // During the startup delay even the owner is silent; its timer is the shortest there is.
    if (owners && now >= first.host.startupEnds) {
      this.#become('MASTER', first, 'we own the addresses (priority 255)', now);
      return;
    }
    // At the start the group is told of before its members, afterwards behind them, as by the original.
    if (!this.#waited) this.#note('BACKUP', 'start', now);
    for (const member of this.members) {
      const { advertisementInterval, initialState, authentication } = member.configuration;
      // A replayed authentication header must not be what a new router hears first (reference: behaviour A2).
      const eager = !member.released && (member.owner || (initialState === 'MASTER' && authentication?.type !== 'AH'));
      const held = first.host.startupEnds - now;
      const delay = held > 0 ? `, held back for ${seconds(held)} by ${delayKeyword(first)}` : '';
      const reason = `start${eager ? ', to be master soon' : ''}${delay}`;
      member.enterBackup(reason, now, eager ? advertisementInterval + member.minimalSkew : undefined);
    }
    if (this.#waited) this.#note('BACKUP', 'start', now);
  }

  /** A member's master-down timer expired. */
  memberWantsMaster(member: Instance, reason: string, now: MonotonicMs): void {
    const announced = member.wanted === 'MASTER';
    member.wanted = 'MASTER';
    const reluctant = this.members.find((other) => other.wanted !== 'MASTER');
    if (!reluctant) {
      this.#become('MASTER', member, reason, now);
      return;
    }
    member.waitForGroup(now);
    if (announced) return;
    member.reason = `would be master (${reason}), waits for ${reluctant.name} of sync group ${this.name ?? ''}`;
    this.#out.log('info', `(${member.name}) ${member.reason}`);
  }

  /** A master member heard a better master. */
  memberYields(member: Instance, reason: string, now: MonotonicMs): void {
    this.#become('BACKUP', member, reason, now);
  }

  /**
   * A virtual address of a member was removed by somebody else, and it is to step down as the original does: all masters
   * of the group resign and may be back after their skew, with everything written anew.
   */
  memberLostAddress(member: Instance, reason: string, now: MonotonicMs): void {
    for (const each of this.members) {
      if (each.state !== 'MASTER') continue;
      each.stepDown(
        each === member ? reason : `follows ${member.name} in sync group ${this.name ?? ''}: ${reason}`,
        now,
      );
    }
    this.#note('BACKUP', `${member.name}: ${reason}`, now);
  }

  /**
   * The operator wants others to be master, and the members have the lowest priority by now: all masters resign and
   * listen for a whole master-down interval.
   */
  release(reason: string, now: MonotonicMs): void {
    const masters = this.members.filter(({ state }) => state === 'MASTER');
    for (const member of masters) member.stepDown(reason, now, member.downInterval);
    if (masters.length > 0) this.#note('BACKUP', reason, now);
  }

  /** A member heard a master of lower priority: all members tell the switches again where their addresses are. */
  announceLowerPriority(now: MonotonicMs): void {
    for (const member of this.members) {
      const { lowerPriorityRepeat, lowerPriorityDelay } = member.configuration.gratuitous;
      if (member.state === 'MASTER' && lowerPriorityRepeat > 0) {
        member.announceTwice(lowerPriorityRepeat, lowerPriorityDelay, now);
      }
    }
  }

  /** The process ends. */
  retire(now: MonotonicMs): void {
    this.#note('STOP', 'the daemon stops', now);
  }

  status(): VrrpGroupStatus | undefined {
    if (this.configuration === undefined) return undefined;
    const { name, members } = this.configuration;
    const override = this.members.find((member) => member.override?.target.kind === 'group')?.override;
    return {
      name,
      state: this.state,
      since: this.since,
      reason: this.reason,
      members,
      ...(override && { override: overrideStatus(override) }),
    };
  }

  #becomeFault(faulty: Instance, now: MonotonicMs): void {
    for (const member of this.members) {
      const own = member.faults.join('; ');
      if (member.state === 'FAULT') {
        if (own !== '') this.#stayInFault(member, own);
        // What a tracker has to say changes with each of its results; this is told at once when it changes.
        member.faultsTold = untracked(member);
      } else if (own !== '') {
        member.enterFault(own, now);
        member.faultsTold = untracked(member);
      }
    }
    const reason = `${faulty.name}: ${faulty.faults.join('; ')}`;
    this.#fault = this.configuration ? reason : faulty.faults.join('; ');
    this.#follow('FAULT', `member ${reason} (sync group ${this.name ?? ''})`, now);
    this.#note('FAULT', reason, now);
  }

  /** One fault is gone, another one is left or has come: without a word the operator would look for the wrong one. */
  #stayInFault(member: Instance, reason: string): void {
    member.reason = reason;
    if (untracked(member) !== member.faultsTold)
      this.#out.log('notice', `(${member.name}) is still in FAULT: ${reason}`);
  }

  /** The leader goes first with its own reason, the others follow it, then the group is said to have changed. */
  #become(state: JointState, leader: Instance | undefined, reason: string, now: MonotonicMs): void {
    if (leader && leader.state !== state) enter(leader, state, reason, now);
    this.#follow(state, `follows ${leader?.name ?? 'the others'} in sync group ${this.name ?? ''}: ${reason}`, now);
    this.#note(state, leader ? `${leader.name}: ${reason}` : reason, now);
  }

  #follow(state: JointState, reason: string, now: MonotonicMs): void {
    const others = this.members.filter((member) => member.state !== state);
    if (others.length > 0) this.#out.log('info', `VRRP_Group(${this.name ?? ''}) Syncing instances to ${state} state`);
    for (const member of others) enter(member, state, reason, now);
    // A member that was waiting to be master begins anew with the others.
    if (state === 'BACKUP') for (const member of this.members) member.wanted = 'BACKUP';
  }

  #note(to: InstanceState, reason: string, now: MonotonicMs): void {
    const from = this.state;
    this.reason = reason;
    if (from === to) return;
    this.state = to;
    this.since = now;
    if (this.name !== undefined) this.#out.event({ kind: 'vrrp-group', group: this.name, from, to, reason, at: now });
  }
}

/** The faults of interfaces and addresses, in words. */
function untracked({ assessment, faults }: Instance): string {
  return faults.filter((fault) => !assessment.faults.includes(fault)).join('; ');
}

/** What an operator has to look for; with both, either will lead him to it. */
function delayKeyword({ host: { global } }: Instance): string {
  return global.vrrpStartupDelay > 0 ? 'vrrp_startup_delay' : 'vrrp_delay_after_boot';
}

function enter(member: Instance, state: JointState, reason: string, now: MonotonicMs): void {
  if (state === 'MASTER') member.enterMaster(reason, now);
  else if (state === 'BACKUP') member.enterBackup(reason, now);
  else member.enterFault(reason, now);
}

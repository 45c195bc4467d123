/** Plays a scene: the machines start, things happen to them, the troubles end, and the protocol has its time to settle. */
import type { Happening, MachinePlan, Scene } from './scene.ts';
import {
  basePriority,
  configurationOf,
  globalOf,
  linkOf,
  links,
  nameOf,
  scriptInterval,
  spanOf,
} from './configuration.ts';
import { Ethernet } from './ethernet.ts';
import { Machine, plainEngine } from './machine.ts';
import type { MachineConfiguration, MakeEngine } from './machine.ts';
import type { VrrpSetting } from '../../src/live/types.ts';
import { BrokenInvariant } from './watch.ts';

/** A machine and the plan that it runs at the moment. */
interface Actor {
  readonly machine: Machine;
  readonly plans: readonly MachinePlan[];
  plan: MachinePlan;
}

export class Story {
  readonly scene: Scene;
  readonly ethernet: Ethernet;
  readonly actors: readonly Actor[];
  readonly #configurations = new Map<MachinePlan, MachineConfiguration>();

  constructor(scene: Scene, makeEngine: MakeEngine = plainEngine) {
    this.scene = scene;
    const { loss, duplication, delay } = scene.ethernet;
    this.ethernet = new Ethernet(scene.seed, { loss, duplication, maximalDelay: spanOf(scene, delay) });
    this.actors = scene.machines.map((plans, index) => {
      const [plan] = plans;
      if (!plan) throw new Error('a machine without a configuration');
      const machine = new Machine(
        index + 1,
        this.#configuration(plan, index + 1),
        this.ethernet,
        makeEngine,
        scene.ahead,
      );
      this.ethernet.stations.push(machine);
      return { machine, plans, plan };
    });
  }

  get machines(): readonly Machine[] {
    return this.actors.map(({ machine }) => machine);
  }

  /** Everything, the settling included. @throws BrokenInvariant */
  play(): this {
    for (const { machine } of this.actors) machine.start();
    for (const happening of this.scene.happenings) {
      this.ethernet.run(spanOf(this.scene, happening.wait));
      this.#happen(happening);
    }
    this.#settle();
    this.#checkMasters();
    return this;
  }

  #configuration(plan: MachinePlan, machine: number): MachineConfiguration {
    const known = this.#configurations.get(plan);
    if (known) return known;
    const made = { vrrp: configurationOf(this.scene, plan, machine), global: globalOf(this.scene, plan) };
    this.#configurations.set(plan, made);
    return made;
  }

  #happen({ kind, machine: number, choice }: Happening): void {
    const actor = this.actors[number % this.actors.length];
    if (!actor) return;
    const { machine } = actor;
    const link = links[choice % links.length] ?? 'eth0';
    switch (kind) {
      case 'start':
        if (!machine.alive) machine.start();
        break;
      case 'cut':
        machine.side = 1;
        break;
      case 'heal':
        machine.side = 0;
        break;
      case 'link-down':
        if (machine.linkStates.get(link) !== 'gone') machine.setLink(link, 'down');
        break;
      case 'link-up':
        machine.setLink(link, 'up');
        break;
      case 'link-gone':
        machine.setLink(link, 'gone');
        break;
      case 'link-anew':
        machine.setLink(link, 'gone');
        this.ethernet.after(choice * 10, () => machine.setLink(link, 'up'));
        break;
      case 'delete-address':
        machine.deleteAddress(choice);
        break;
      case 'vmac-gone':
        machine.deleteVmac(choice);
        break;
      case 'script':
        machine.script = (['good', 'bad', 'hangs'] as const)[choice % 3] ?? 'good';
        break;
      case 'file':
        machine.setFile([0, 20, -20, 254][choice % 4] ?? 0);
        break;
      case 'process':
        machine.setProcesses(choice % 2);
        break;
      case 'crash':
        if (machine.alive) machine.crash();
        break;
      case 'stop':
        if (machine.alive && !machine.paused) machine.stop();
        break;
      case 'pause':
        if (machine.alive) machine.pausedUntil = this.ethernet.now + spanOf(this.scene, 1 + choice);
        break;
      case 'operator':
        this.#override(machine, choice);
        break;
      case 'reload': {
        if (!machine.alive || machine.paused) break;
        actor.plan = actor.plans[choice % actor.plans.length] ?? actor.plan;
        machine.reload(this.#configuration(actor.plan, machine.number));
      }
    }
  }

  /** Another word of the operator on one instance, or on the group of all. */
  #override(machine: Machine, choice: number): void {
    const { grouped, virtualRouters } = this.scene;
    const name = nameOf(choice % virtualRouters.length);
    const target = grouped ? ({ kind: 'group', name: 'G' } as const) : ({ kind: 'instance', name } as const);
    const settings: readonly (VrrpSetting | undefined)[] = [
      { kind: 'release' },
      { kind: 'priority', priority: 20 + choice },
      { kind: 'priority', priority: 240 + choice },
      undefined,
    ];
    const setting = settings[(choice >> 1) % settings.length];
    const others = machine.overrides.filter((change) => change.target.name !== target.name);
    machine.override(...others, ...(setting === undefined ? [] : [{ target, setting, since: this.ethernet.now }]));
  }

  /** Packets arrive again; what is broken, failed or cut off may stay so: the others have to live with it. */
  #settle(): void {
    const { scene, ethernet } = this;
    ethernet.loss = 0;
    // Longer delays than the protocol bears are a trouble too.
    ethernet.maximalDelay = scene.ethernet.delay * Math.min(...scene.virtualRouters.map(({ interval }) => interval));
    if (!scene.staysCut) for (const { machine } of this.actors) machine.side = 0;
    const plans = scene.machines.flat();
    const longest = (span: (plan: MachinePlan) => number): number => Math.max(...plans.map(span));
    // Sleepers wake and listen; delays of start, of preemption, of links; three results of a script.
    const delays =
      longest(({ startupDelay }) => startupDelay) +
      longest(({ preemptDelay }) => preemptDelay) +
      2 * longest(({ upDelay, downDelay }) => upDelay + downDelay);
    const down = Math.max(
      ...scene.virtualRouters.map(
        ({ interval, downTimerAdvertisements }) => downTimerAdvertisements * interval + Math.max(1000, interval),
      ),
    );
    ethernet.run(spanOf(scene, 13 + delays) + 4 * scriptInterval + 2500 + down);
    ethernet.run(3 * down);
  }

  /** One master in each connected part, and where nothing forbids it the one of the highest priority. */
  #checkMasters(): void {
    for (const index of this.scene.virtualRouters.keys()) {
      for (const side of [0, 1]) {
        const part = this.actors.filter(
          ({ machine, plan }) => machine.alive && machine.side === side && basePriority(this.scene, plan, index) > 0,
        );
        const able = part.filter(({ machine, plan }) => this.#fault(machine, plan, index) === undefined);
        const name = nameOf(index);
        const told = (): string =>
          `${name} on side ${side}: ${part.map((actor) => this.#words(actor, index)).join('; ')}`;
        for (const { machine, plan } of part) {
          const status = machine.engine?.status().find((each) => each.name === name);
          const fault = this.#fault(machine, plan, index);
          if ((status?.state === 'FAULT') !== (fault !== undefined))
            throw new BrokenInvariant(
              `R${machine.number} is ${status?.state} (${status?.reason}), expected is ${fault ?? 'no fault'}`,
            );
          const priority = this.#priority(machine, plan, index);
          // Of two owners one counts as 254.
          const yields = priority === 255 && status?.effectivePriority === 254;
          if (status?.effectivePriority !== priority && !yields)
            throw new BrokenInvariant(
              `R${machine.number} ${name}: priority ${status?.effectivePriority} (${status?.priorityExplanation}), expected is ${priority}`,
            );
        }
        const masters = part.filter(
          ({ machine }) => machine.engine?.status().find((each) => each.name === name)?.state === 'MASTER',
        );
        if (this.scene.grouped && !this.#sameMembers(part)) continue;
        // Who is told to take no notice of a cable that is out is master beside the one on the cable.
        if (part.some((actor) => this.#isCutOffUnnoticed(actor))) continue;
        if (masters.length !== Math.min(1, able.length))
          throw new BrokenInvariant(`${masters.length} masters of ${told()}`);
        const [master] = masters;
        if (!master || able.some(({ plan }) => plan.nopreempt)) continue;
        const highest = Math.max(...able.map(({ machine, plan }) => this.#priority(machine, plan, index)));
        if (this.#priority(master.machine, master.plan, index) !== highest)
          throw new BrokenInvariant(`the highest priority is ${highest}; ${told()}`);
      }
    }
  }

  /** A sync group that has other members elsewhere may wait for ever for one that a router alone holds. */
  #sameMembers(part: readonly Actor[]): boolean {
    const members = ({ plan }: Actor): string =>
      [...this.scene.virtualRouters.keys()].map((index) => basePriority(this.scene, plan, index) > 0).join();
    const everywhere = part[0]
      ? this.actors.filter(({ machine }) => machine.alive && machine.side === part[0]?.machine.side)
      : [];
    return new Set(everywhere.map(members)).size <= 1;
  }

  #isCutOffUnnoticed({ machine, plan }: Actor): boolean {
    return plan.untracked && [...this.scene.virtualRouters.keys()].some((index) => !machine.linkIsUp(linkOf(index)));
  }

  #words({ machine, plan }: Actor, index: number): string {
    const status = machine.engine?.status().find((each) => each.name === nameOf(index));
    return `R${machine.number} ${status?.state ?? 'without it'} ${this.#priority(machine, plan, index)} (${status?.reason ?? ''})`;
  }

  /** Why the machine cannot be master, from the world and the plan alone. */
  #fault(machine: Machine, plan: MachinePlan, index: number): string | undefined {
    const { trackers } = plan;
    const members = this.scene.grouped ? [...this.scene.virtualRouters.keys()] : [index];
    for (const member of members) {
      if (basePriority(this.scene, plan, member) === 0) continue;
      const { flavour, vmac } = this.scene.virtualRouters[member] ?? {};
      // Without the interface there is no address to send from, unless one is configured, or the virtual one is the owner's.
      const sends = flavour === 'unicast' || basePriority(this.scene, plan, member) === 255;
      const isBad =
        plan.untracked && vmac === 'none'
          ? machine.linkState(linkOf(member)) === 'gone' && !sends
          : !machine.linkIsUp(linkOf(member));
      if (isBad) return `${linkOf(member)} is not up`;
    }
    if (trackers.interface === 0 && !machine.linkIsUp('eth2')) return 'eth2 is not up';
    if (trackers.script === 0 && machine.script !== 'good') return 'the script fails';
    if (trackers.process === 0 && machine.processes < 1) return 'the process is gone';
    if (trackers.file === 0 && machine.file !== 0) return 'the file says so';
    if (trackers.file !== undefined && machine.file * trackers.file <= -254) return 'the file says -254';
    return undefined;
  }

  #priority(machine: Machine, plan: MachinePlan, index: number): number {
    const setting = overrideOf(machine, this.scene, index);
    if (setting?.kind === 'release') return 1;
    const base = setting?.kind === 'priority' ? setting.priority : basePriority(this.scene, plan, index);
    if (base === 255) return 255;
    const { script = 0, process = 0, interface: link = 0, file = 0 } = plan.trackers;
    const weigh = (weight: number, good: boolean): number => (weight > 0 === good ? weight : 0);
    const sum =
      base +
      weigh(script, machine.script === 'good') +
      weigh(process, machine.processes > 0) +
      weigh(link, machine.linkIsUp('eth2')) +
      // Greater numbers than 253 do not count; -254 is a fault and no number.
      (machine.file * file <= -254 ? 0 : Math.min(253, machine.file * file));
    return Math.max(1, Math.min(254, sum));
  }
}

/** What the operator has set on a virtual router of a machine. */
function overrideOf({ overrides }: Machine, { grouped }: Scene, index: number): VrrpSetting | undefined {
  return overrides.find(({ target }) => target.name === (grouped ? 'G' : nameOf(index)))?.setting;
}

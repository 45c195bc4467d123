/** The checked models that the machines of a scene run. */
import type { GlobalConfiguration, VrrpConfiguration, VrrpInstanceConfiguration } from '../../src/config/model.ts';
import { placeVirtualRouters } from '../../src/vrrp/virtual-interfaces.ts';
import { at, globalModel, gratuitous, routeModel, trackProcessModel } from '../support/models.ts';
import { address, instance, script, syncGroup, vrrpConfiguration } from '../unit/vrrp/configuration.ts';
import type { MachinePlan, Scene, VirtualRouterPlan } from './scene.ts';

/** The link that is only tracked. */
export const trackedLink = 'eth2';
export const links = ['eth0', 'eth1', trackedLink] as const;
export const tracked = { script: 'chk', file: 'weight', process: 'daemon' } as const;

export const nameOf = (index: number): string => `VI_${'ABC'[index] ?? index}`;
/** The name of the macvlan of a virtual router. */
export const vmacOf = (index: number): string => `vrrp.${10 + index}`;
export const linkOf = (index: number): string => (index === 1 ? 'eth1' : 'eth0');

/** Every interface that there may be; its place is its index, from 2 on. */
const allLinks = [...links, vmacOf(0), vmacOf(1), vmacOf(2)];

/** @param life how often it was made anew: the kernel never gives a number twice */
export function indexOfLink(name: string, life = 0): number {
  return allLinks.indexOf(name) + 2 + life * allLinks.length;
}

/** The interface underneath a macvlan. */
export function baseOf(vmac: string): string {
  return linkOf(allLinks.indexOf(vmac) - links.length);
}

/** Own address of a machine (from 1) on a link. */
export function ownAddress(machine: number, link: string, family: 'inet' | 'inet6' = 'inet'): string {
  if (family === 'inet6') return `fe80::${machine}`;
  return `${{ eth0: '192.0.2', eth1: '198.51.100', eth2: '203.0.113' }[link] ?? '10.0.0'}.${machine}`;
}

function virtualAddress({ flavour }: VirtualRouterPlan, index: number, number: number) {
  const text = flavour === 'IPv6' ? `2001:db8:${index}::${100 + number}` : `192.0.2.${100 + 20 * index + number}`;
  return address(text, linkOf(index));
}

function flavoured(
  scene: Scene,
  plan: VirtualRouterPlan,
  index: number,
  machine: number,
): Partial<VrrpInstanceConfiguration> {
  switch (plan.flavour) {
    case 'plain':
      return {};
    case 'password':
      return { authentication: { type: 'PASS', password: 'simulate' } };
    case 'authentication header':
      return { authentication: { type: 'AH', password: 'simulate' } };
    case 'hmac':
      return {
        hmac: {
          keys: [{ id: 1, key: '000102030405060708090a0b0c0d0e0f' }],
          activeKey: 1,
          timeWindow: 5000,
          antiReplay: 'time',
          mode: 'enforce',
        },
      };
    case 'IPv6':
      return { family: 'inet6', multicastGroup: 'ff02::12' };
    case 'unicast': {
      const peers = scene.machines.map((_, other) => other + 1).filter((other) => other !== machine);
      const link = linkOf(index);
      return {
        sourceAddress: ownAddress(machine, link),
        unicastPeers: peers.map((other) => ({ address: ownAddress(other, link) })),
        checkUnicastSource: true,
      };
    }
  }
}

/** Spans of a plan in milliseconds. */
export const spanOf = (scene: Scene, intervals: number): number =>
  intervals * (scene.virtualRouters[0]?.interval ?? 1000);

export function basePriority(scene: Scene, plan: MachinePlan, index: number): number {
  const own = plan.priorities[index] ?? 0;
  if (!scene.grouped || own === 0) return own;
  // Members with different priorities would want different routers as master: that is no fault of the daemon.
  return plan.priorities.find((priority) => priority > 0) ?? 100;
}

function trackersOf({ trackers }: MachinePlan) {
  const { script: ofScript, file, process, interface: ofInterface } = trackers;
  return {
    trackScripts: ofScript === undefined ? [] : [{ script: tracked.script, weight: ofScript, reverse: false }],
    trackFiles: file === undefined ? [] : [{ file: tracked.file, weight: file, reverse: false }],
    trackProcesses: process === undefined ? [] : [{ process: tracked.process, weight: process, reverse: false }],
    trackInterfaces: ofInterface === undefined ? [] : [{ interface: trackedLink, weight: ofInterface, reverse: false }],
  };
}

export const scriptInterval = 1000;

function placed({ vmac, routes }: VirtualRouterPlan, index: number): Partial<VrrpInstanceConfiguration> {
  const virtualRoutes = Array.from({ length: routes }, (_, number) => {
    const { interface: _on, ...anywhere } = routeModel();
    const destination = { address: `10.${30 + index}.${number}.0`, prefixLength: 24 };
    return number % 2 === 0 ? { ...anywhere, destination } : { ...anywhere, destination, interface: linkOf(index) };
  });
  if (vmac === 'none') return { virtualRoutes };
  const transmitOnBase = vmac === 'transmits on base';
  return {
    virtualRoutes,
    virtualInterface: { kind: 'vmac', name: vmacOf(index), transmitOnBase, netlinkNotify: false },
  };
}

/** @param machine its number, from 1 */
export function configurationOf(scene: Scene, plan: MachinePlan, machine: number): VrrpConfiguration {
  const trackers = trackersOf(plan);
  const instances = scene.virtualRouters.flatMap((virtual, index) => {
    const priority = basePriority(scene, plan, index);
    if (priority === 0) return [];
    return instance({
      ...flavoured(scene, virtual, index, machine),
      ...placed(virtual, index),
      ...(scene.grouped ? {} : trackers),
      name: nameOf(index),
      virtualRouterId: 10 + index,
      interface: linkOf(index),
      version: virtual.version,
      priority,
      advertisementInterval: virtual.interval,
      downTimerAdvertisements: virtual.downTimerAdvertisements,
      initialState: plan.initialMaster && !plan.nopreempt ? 'MASTER' : 'BACKUP',
      nopreempt: plan.nopreempt,
      preemptDelay: plan.nopreempt ? 0 : spanOf(scene, plan.preemptDelay),
      lowerPriorityNoAdvertisement: !plan.answerLower,
      virtualAddresses: Array.from({ length: virtual.addresses }, (_, number) =>
        virtualAddress(virtual, index, number),
      ),
      dontTrackPrimary: plan.untracked,
      excludedVirtualAddresses: Array.from({ length: plan.excluded }, (_, number) => ({
        ...virtualAddress(virtual, index, 10 + number),
        ...(plan.untracked && { interface: trackedLink, track: false }),
      })),
      gratuitous: { ...gratuitous, masterRefresh: plan.refresh ? 5000 : 0 },
    });
  });
  const members = instances.map(({ name }) => name);
  const delays = { up: spanOf(scene, plan.upDelay), down: spanOf(scene, plan.downDelay) };
  const written = vrrpConfiguration({
    instances,
    syncGroups: scene.grouped ? [syncGroup('G', members, { ...trackers, trackingWeight: true })] : [],
    scripts: [script(tracked.script, { interval: scriptInterval, timeout: 500, rise: 2, fall: 2 })],
    trackFiles: [{ name: tracked.file, path: '/run/weight', weight: 0, reverse: false, at }],
    trackProcesses: [
      trackProcessModel({ name: tracked.process, process: 'daemon', terminateDelay: 300, forkDelay: 200 }),
    ],
    interfaceDelays: delays.up + delays.down > 0 ? [{ interface: 'eth0', ...delays, at }] : [],
  });
  return placeVirtualRouters({ vrrp: written, global: globalOf(scene, plan) }).vrrp;
}

export function globalOf(scene: Scene, plan: MachinePlan): GlobalConfiguration {
  return globalModel({ vrrpStartupDelay: spanOf(scene, plan.startupDelay) });
}

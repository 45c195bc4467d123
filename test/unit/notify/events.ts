/** Events for tests: only what a test is about has to be said. */
import type {
  CheckerEvent,
  RealServerEvent,
  VirtualServerEvent,
  VrrpGroupEvent,
  VrrpInstanceEvent,
} from '../../../src/core/events.ts';

const common = { at: 1_000, reason: 'because' };

export function instanceEvent(some: Partial<VrrpInstanceEvent> = {}): VrrpInstanceEvent {
  return { ...common, kind: 'vrrp-instance', instance: 'VI_1', from: 'BACKUP', to: 'MASTER', priority: 150, ...some };
}

export function groupEvent(some: Partial<VrrpGroupEvent> = {}): VrrpGroupEvent {
  return { ...common, kind: 'vrrp-group', group: 'G1', from: 'BACKUP', to: 'MASTER', ...some };
}

export const service = '[192.168.1.54]:tcp:80';
export const server = '[172.16.1.2]:tcp:80';

export function checkerEvent(some: Partial<CheckerEvent> = {}): CheckerEvent {
  return { ...common, kind: 'checker', service, server, checker: 'TCP_CHECK', from: 'UP', to: 'DOWN', ...some };
}

export function realServerEvent(some: Partial<RealServerEvent> = {}): RealServerEvent {
  return { ...common, kind: 'real-server', service, server, from: 'UP', to: 'DOWN', phase: 'running', ...some };
}

export function virtualServerEvent(some: Partial<VirtualServerEvent> = {}): VirtualServerEvent {
  return {
    ...common,
    kind: 'virtual-server',
    service,
    from: 'UP',
    to: 'DOWN',
    phase: 'running',
    weight: 0,
    quorum: 1,
    hysteresis: 0,
    ...some,
  };
}

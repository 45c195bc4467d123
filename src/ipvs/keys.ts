/** Identities of services and destinations as text, for maps, sets and messages. */
import type { AddressFamily } from '../config/model.ts';
import type { Destination, IpvsOperation, ServiceKey } from './types.ts';

function endpoint(family: AddressFamily, address: string, port: number): string {
  return family === 'inet6' ? `[${address}]:${port}` : `${address}:${port}`;
}

/** `tcp 192.0.2.1:80`, `udp [2001:db8::1]:53`, `fwmark 7 inet6`: equal exactly if the kernel holds them to be one service. */
export function serviceKeyText(key: ServiceKey): string {
  return key.kind === 'fwmark'
    ? `fwmark ${key.mark} ${key.family}`
    : `${key.protocol} ${endpoint(key.family, key.address, key.port)}`;
}

/** `192.0.2.7:80`: equal exactly if the kernel holds them to be one destination of a service. */
export function destinationKeyText(destination: Pick<Destination, 'family' | 'address' | 'port'>): string {
  return endpoint(destination.family, destination.address, destination.port);
}

/** One write in words, for logs and plans: "add server 192.0.2.7:80 (weight 3) to tcp 192.0.2.1:80". */
export function describeOperation(operation: IpvsOperation): string {
  switch (operation.op) {
    case 'add-service':
      return `add service ${serviceKeyText(operation.service.key)} (${operation.service.scheduler})`;
    case 'edit-service':
      return `change service ${serviceKeyText(operation.service.key)} (${operation.service.scheduler})`;
    case 'delete-service':
      return `delete service ${serviceKeyText(operation.key)}`;
    case 'add-destination':
      return `add server ${destinationKeyText(operation.destination)} (weight ${operation.destination.weight}) to ${serviceKeyText(operation.key)}`;
    case 'edit-destination':
      return `change server ${destinationKeyText(operation.destination)} (weight ${operation.destination.weight}) of ${serviceKeyText(operation.key)}`;
    case 'delete-destination':
      return `delete server ${destinationKeyText(operation.destination)} of ${serviceKeyText(operation.key)}`;
    case 'flush':
      return 'flush all services';
    case 'start-daemon':
      return `start the ${operation.daemon.role} synchronisation daemon on ${operation.daemon.interface}`;
    case 'stop-daemon':
      return `stop the ${operation.role} synchronisation daemon`;
    case 'set-timeouts':
      return `set timeouts to ${operation.tcp} ${operation.tcpFin} ${operation.udp} s`;
  }
}

/**
 * Operations put into octets behind one another, thousands in a row. Most differ from the one before them in addresses,
 * ports and weights only, so its octets are taken and these are written over.
 */
import { DaemonError } from '../core/errors.ts';
import { writeIpAddress } from '../core/ip-address.ts';
import { netlinkAlign } from '../core/netlink/message.ts';
import type { MessageMemory } from '../core/netlink/message.ts';
import { encodeOperation, invalidAddress } from './encode.ts';
import { sameServiceSettings } from './service.ts';
import type { Destination, IpvsOperation, Service, ServiceKey } from './types.ts';

const LITTLE_ENDIAN = true;
const BIG_ENDIAN = false;

/**
 * Where the values are in a message whose service is an address. Behind both headers (20 octets) and that of the nest:
 * family, protocol (8 octets each, header included), address (20), port (8); then the nest of the server with family (8),
 * address (20), port, forwarding, weight and both thresholds (8 each). Values stand behind four octets of header.
 */
const at = {
  serviceAddress: 44,
  servicePort: 64,
  address: 84,
  port: 104,
  weight: 120,
  upperThreshold: 128,
  lowerThreshold: 136,
} as const;

/** A message of a service alone has other attributes behind its key. */
type ServiceWrite = Extract<IpvsOperation, { op: 'add-service' | 'edit-service' }>;
type DestinationWrite = Extract<IpvsOperation, { op: 'add-destination' | 'edit-destination' }>;

interface Model<T> {
  operation: T;
  readonly octets: Uint8Array;
}

/** Messages of one conversation with the kernel. */
export class OperationOctets {
  readonly #familyId: number;
  readonly #services: Partial<Record<ServiceWrite['op'], Model<ServiceWrite>>> = {};
  readonly #destinations: Partial<Record<DestinationWrite['op'], Model<DestinationWrite>>> = {};

  /** @param familyId number of the IPVS family */
  constructor(familyId: number) {
    this.#familyId = familyId;
  }

  /**
   * Puts the message behind those that are in the memory, which is to have room for `longestOperation` octets.
   * @throws DaemonError as encodeOperation(), and IPVS_TOO_LONG; nothing was put then
   */
  put(operation: IpvsOperation, memory: MessageMemory): void {
    const start = memory.used;
    try {
      switch (operation.op) {
        case 'add-service':
        case 'edit-service':
          this.#putService(operation, memory);
          return;
        case 'add-destination':
        case 'edit-destination':
          this.#putDestination(operation, memory);
          return;
        default:
          this.#make(operation, memory);
      }
    } catch (error) {
      memory.octets.fill(0, start, memory.used);
      memory.used = start;
      throw error;
    }
  }

  #make(operation: IpvsOperation, memory: MessageMemory): Uint8Array {
    const start = memory.used;
    const made = encodeOperation(this.#familyId, operation, memory);
    if (made.length > longestOperation) {
      throw new DaemonError('IPVS_TOO_LONG', `${made.length} octets are more than one message to IPVS ever has`);
    }
    // A long one was made elsewhere.
    if (made.buffer !== memory.octets.buffer) memory.octets.set(made, start);
    memory.used = start + netlinkAlign(made.length);
    return made;
  }

  #putService(operation: ServiceWrite, memory: MessageMemory): void {
    const model = this.#services[operation.op];
    if (model === undefined || !isLikeService(operation.service, model.operation.service)) {
      this.#services[operation.op] = { operation, octets: this.#make(operation, memory).slice() };
      return;
    }
    const start = memory.used;
    copy(model.octets, memory);
    putKey(operation.service.key, memory, start);
    model.operation = operation;
  }

  #putDestination(operation: DestinationWrite, memory: MessageMemory): void {
    const model = this.#destinations[operation.op];
    const { destination, key } = operation;
    if (
      model === undefined ||
      !isLikeKey(key, model.operation.key) ||
      !isLikeDestination(destination, model.operation.destination)
    ) {
      this.#destinations[operation.op] = { operation, octets: this.#make(operation, memory).slice() };
      return;
    }
    const start = memory.used;
    copy(model.octets, memory);
    // The servers of a service come together: its key stands in the model then.
    if (key !== model.operation.key) {
      putKey(key, memory, start);
      model.octets.set(memory.octets.subarray(start + at.serviceAddress, start + at.address), at.serviceAddress);
      model.operation = operation;
    }
    putAddress(destination, memory, start + at.address);
    const { view } = memory;
    view.setUint16(start + at.port, destination.port, BIG_ENDIAN);
    view.setUint32(start + at.weight, destination.weight, LITTLE_ENDIAN);
    view.setUint32(start + at.upperThreshold, destination.upperThreshold, LITTLE_ENDIAN);
    view.setUint32(start + at.lowerThreshold, destination.lowerThreshold, LITTLE_ENDIAN);
  }
}

/** Octets of the longest message that is put; the kernel knows no name that is longer than 16. */
export const longestOperation = 1024;

function copy(octets: Uint8Array, memory: MessageMemory): void {
  memory.octets.set(octets, memory.used);
  memory.used += netlinkAlign(octets.length);
}

/** Keys whose messages differ in address and port. */
function isLikeKey(key: ServiceKey, model: ServiceKey): boolean {
  if (key === model) return key.kind === 'address';
  return (
    key.kind === 'address' && model.kind === 'address' && key.family === model.family && key.protocol === model.protocol
  );
}

function isLikeService(service: Service, model: Service): boolean {
  return isLikeKey(service.key, model.key) && sameServiceSettings(service, model);
}

/** What a tunnel has more is compared by nobody. */
function isLikeDestination({ family, forwarding }: Destination, model: Destination): boolean {
  return family === model.family && forwarding.method === model.forwarding.method && forwarding.method !== 'TUN';
}

function putKey(key: ServiceKey, memory: MessageMemory, start: number): void {
  if (key.kind !== 'address') return;
  putAddress(key, memory, start + at.serviceAddress);
  memory.view.setUint16(start + at.servicePort, key.port, BIG_ENDIAN);
}

function putAddress(
  { address, family }: Pick<Destination, 'address' | 'family'>,
  { octets }: MessageMemory,
  place: number,
) {
  if (!writeIpAddress(family, address, octets, place)) throw invalidAddress(family, address);
}

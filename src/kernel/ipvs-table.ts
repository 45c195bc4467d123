/** The kernel's IPVS table of one network namespace: read in dumps, written in batches. */
import { execFile } from 'node:child_process';
import { DaemonError } from '../core/errors.ts';
import { decodeFamilyId, encodeGetFamily } from '../core/netlink/generic-family.ts';
import { NLMSG } from '../core/netlink/constants.ts';
import { readNetlinkMessage } from '../core/netlink/message.ts';
import type { Decoded } from '../core/netlink/message.ts';
import { IPVS_GENL_NAME } from '../ipvs/constants.ts';
import { decodeDaemons, decodeDestinations, decodeInfo, decodeServices, decodeTimeouts } from '../ipvs/decode.ts';
import {
  encodeDumpDaemons,
  encodeDumpDestinations,
  encodeDumpServices,
  encodeGetInfo,
  encodeGetService,
  encodeGetTimeouts,
  encodeOperation,
} from '../ipvs/encode.ts';
import { serviceKeyText } from '../ipvs/keys.ts';
import { OperationOctets } from '../ipvs/operation-octets.ts';
import { isMissingDestination, judgeOutcome } from '../ipvs/outcome.ts';
import type { IpvsOutcome } from '../ipvs/outcome.ts';
import { decodeDestinationTraffic, decodeServiceTraffic } from '../ipvs/traffic.ts';
import type { ServiceTable } from '../ipvs/reconciler.ts';
import type {
  DestinationTraffic,
  IpvsInfo,
  IpvsOperation,
  IpvsTimeouts,
  KernelDestination,
  Service,
  ServiceKey,
  ServiceTraffic,
  SyncDaemon,
  Traffic,
} from '../ipvs/types.ts';
import { SystemError } from './errors.ts';
import { OperationStream, inWords } from './ipvs-operations.ts';
import { digestOfTable, glanceAtTable, headOfTable } from './ipvs-text.ts';
import type { TextSeen } from './ipvs-text.ts';
import { NetlinkSocket } from './netlink-socket.ts';

/**
 * A list of destinations costs the kernel two or three turns each and there is one list a service; that many
 * conversations at a time keep it busy while we decode.
 */
export const DUMP_CONVERSATIONS = 4;
/** Those who want to see traffic do not keep others from theirs; they have as many again. */
const TRAFFIC_CONVERSATION = DUMP_CONVERSATIONS;
/** Services whose traffic is decoded in one go. */
const TRAFFIC_A_TURN = 500;
const MODPROBE_TIMEOUT_MS = 10_000;
const ENOENT = 2;
const ESRCH = 3;

const missing = (detail: string, cause?: unknown): DaemonError =>
  new DaemonError(
    'IPVS_MISSING',
    `this kernel has no IPVS (${detail}); load it with "modprobe ip_vs", in a container on the host`,
    { cause },
  );

/** @returns what went wrong, in words; undefined if the module is loaded now */
function loadModule(): Promise<string | undefined> {
  return new Promise((resolve) => {
    execFile('modprobe', ['--', 'ip_vs'], { timeout: MODPROBE_TIMEOUT_MS }, (error, _stdout, stderr) => {
      const [firstLine = ''] = stderr.trim().split('\n');
      resolve(error ? firstLine || `modprobe ip_vs: ${error.message.split('\n')[0] ?? ''}` : undefined);
    });
  });
}

/** The number of the IPVS family, undefined if the kernel knows none. */
async function findFamily(socket: NetlinkSocket): Promise<number | undefined> {
  const { messages, acknowledgement } = await socket.request(encodeGetFamily(IPVS_GENL_NAME));
  if (acknowledgement.errno === ENOENT) return undefined;
  if (acknowledgement.errno !== 0) {
    throw new SystemError(
      'request',
      acknowledgement.errno,
      'number of the IPVS netlink family',
      acknowledgement.message,
    );
  }
  const [answer] = messages;
  return answer && valueOf(decodeFamilyId(readNetlinkMessage(answer).payload));
}

function valueOf<T>(decoded: Decoded<T>): T {
  if (!decoded.ok) throw decoded.error;
  return decoded.value;
}

export interface IpvsTableOptions {
  /** Path of the network namespace whose table it is (/run/netns/NAME); the process's own if absent. */
  readonly namespacePath?: string;
}

export class IpvsTable implements ServiceTable {
  /** Conversations; the first also writes. */
  readonly #sockets: (NetlinkSocket | undefined)[];
  readonly #open: () => NetlinkSocket;
  readonly #familyId: number;
  readonly #octets: OperationOctets;
  /** In another network namespace than this process. */
  readonly #isElsewhere: boolean;
  /** Of the text in which the last glance found everything. */
  #glanced: TextSeen | undefined;

  private constructor(socket: NetlinkSocket, open: () => NetlinkSocket, familyId: number, isElsewhere: boolean) {
    this.#isElsewhere = isElsewhere;
    this.#sockets = [socket];
    this.#open = open;
    this.#familyId = familyId;
    this.#octets = new OperationOctets(familyId);
  }

  /**
   * Finds IPVS in the kernel and loads the module if it is not there.
   * @throws DaemonError IPVS_MISSING with the remedy; SystemError if netlink is refused (no privilege, no such namespace)
   */
  static async open({ namespacePath }: IpvsTableOptions = {}): Promise<IpvsTable> {
    const open = (): NetlinkSocket =>
      NetlinkSocket.open({ protocol: 'generic', ...(namespacePath !== undefined && { namespacePath }) });
    const socket = open();
    try {
      let familyId = await findFamily(socket);
      if (familyId === undefined) {
        const trouble = await loadModule();
        familyId = await findFamily(socket);
        if (familyId === undefined) throw missing(trouble ?? 'the module ip_vs is loaded and offers no netlink family');
      }
      return new IpvsTable(socket, open, familyId, namespacePath !== undefined);
    } catch (error) {
      socket.close();
      throw error;
    }
  }

  #socket(index = 0): NetlinkSocket {
    return (this.#sockets[index] ??= this.#open());
  }

  async #ask(message: Uint8Array, subject: string): Promise<Uint8Array> {
    const { messages, acknowledgement } = await this.#socket().request(message);
    if (acknowledgement.errno !== 0) {
      throw new SystemError('request', acknowledgement.errno, subject, acknowledgement.message);
    }
    const answer = messages.find((candidate) => readNetlinkMessage(candidate).type !== NLMSG.DONE);
    if (!answer) throw new DaemonError('IPVS_NO_ANSWER', `the kernel gave no answer about the ${subject}`);
    return answer;
  }

  /** Version of IPVS in the kernel and the size of its connection table. */
  async info(): Promise<IpvsInfo> {
    return valueOf(decodeInfo(await this.#ask(encodeGetInfo(this.#familyId), 'version of IPVS')));
  }

  /** Version of IPVS in the kernel: "1.2.1". */
  async version(): Promise<string> {
    return (await this.info()).version;
  }

  /**
   * The whole table. One dump lists the services, one each their servers.
   * @param wantDestinations servers are read only of the services whose key text it affirms; the others come with none
   * @returns services in the kernel's order, their servers oldest first (the order in which they were added)
   */
  async dumpServices(wantDestinations: (keyText: string) => boolean = () => true): Promise<Service[]> {
    const services = valueOf(decodeServices(await this.#socket().dump(encodeDumpServices(this.#familyId))));
    const wanted = services
      .map((service, index) => ({ service, index }))
      .filter(({ service }) => wantDestinations(serviceKeyText(service.key)));
    const vanished = new Set<number>();
    let next = 0;
    const converse = async (conversation: number): Promise<void> => {
      for (let task = wanted[next++]; task; task = wanted[next++]) {
        const destinations = await this.dumpDestinations(task.service.key, conversation);
        if (destinations) services[task.index] = { ...task.service, destinations };
        else vanished.add(task.index);
      }
    };
    const conversations = Math.min(DUMP_CONVERSATIONS, wanted.length);
    await Promise.all(Array.from({ length: conversations }, (_, index) => converse(index)));
    return vanished.size === 0 ? services : services.filter((_, index) => !vanished.has(index));
  }

  /** The servers of one service with their connections, oldest first; undefined if the service is gone. */
  async dumpDestinations(key: ServiceKey, conversation = 0): Promise<KernelDestination[] | undefined> {
    try {
      const messages = await this.#socket(conversation).dump(encodeDumpDestinations(this.#familyId, key));
      return valueOf(decodeDestinations(messages, key.family)).reverse();
    } catch (error) {
      if (error instanceof SystemError && (error.errno === ESRCH || error.errno === ENOENT)) return undefined;
      throw error;
    }
  }

  /**
   * Writes operations in their order, many to a system call; the first batches reach the kernel before this returns, and the
   * others are asked for when it is their turn. A server that is to be changed and is missing gets added.
   * @returns what became of those that were not simply done, in their order; refusals are outcomes. Rejects with SystemError
   *   ENOBUFS if answers were lost, and with what the operations throw
   */
  async apply(operations: Iterable<IpvsOperation>): Promise<IpvsOutcome[]> {
    const stream = new OperationStream(this.#octets, operations);
    await this.#socket().stream(stream);
    const outcomes = stream.outcomes();
    await this.#addMissing(outcomes);
    return outcomes;
  }

  async #addMissing(outcomes: IpvsOutcome[]): Promise<void> {
    const additions: { readonly index: number; readonly edit: IpvsOperation; readonly add: IpvsOperation }[] = [];
    for (const [index, { operation: edit, errno }] of outcomes.entries()) {
      if (edit.op !== 'edit-destination' || !isMissingDestination(edit, errno)) continue;
      additions.push({ index, edit, add: { op: 'add-destination', key: edit.key, destination: edit.destination } });
    }
    if (additions.length === 0) return;
    const answers = await this.#socket().transact(additions.map(({ add }) => encodeOperation(this.#familyId, add)));
    for (const [position, { index, edit, add }] of additions.entries()) {
      const acknowledgement = answers[position] ?? { errno: 0 };
      const judged = judgeOutcome(add, acknowledgement.errno, inWords(acknowledgement));
      outcomes[index] =
        judged.result === 'failed'
          ? { ...judged, operation: edit }
          : { operation: edit, result: 'added', errno: acknowledgement.errno };
    }
  }

  /** What every service carries, in the kernel's order. Other work goes on between the slices of decoding. */
  async dumpServiceTraffic(): Promise<ServiceTraffic[]> {
    const messages = await this.#socket(TRAFFIC_CONVERSATION).dump(encodeDumpServices(this.#familyId));
    const all: ServiceTraffic[] = [];
    for (let first = 0; first < messages.length; first += TRAFFIC_A_TURN) {
      if (first > 0) await new Promise(setImmediate);
      all.push(...valueOf(decodeServiceTraffic(messages.slice(first, first + TRAFFIC_A_TURN))));
    }
    return all;
  }

  /** What one service carries; undefined if it is gone. */
  async readServiceTraffic(key: ServiceKey): Promise<Traffic | undefined> {
    const request = encodeGetService(this.#familyId, key);
    const { acknowledgement, messages } = await this.#socket(TRAFFIC_CONVERSATION).request(request);
    const { errno, message } = acknowledgement;
    if (errno === ESRCH || errno === ENOENT) return undefined;
    if (errno !== 0) throw new SystemError('request', errno, `IPVS service ${serviceKeyText(key)}`, message);
    return valueOf(decodeServiceTraffic(messages))[0]?.traffic;
  }

  /**
   * What the servers of one service carry, oldest first; undefined if the service is gone.
   * @param conversation 0 to DUMP_CONVERSATIONS - 1, of several at a time
   */
  async dumpDestinationTraffic(key: ServiceKey, conversation = 0): Promise<DestinationTraffic[] | undefined> {
    try {
      const socket = this.#socket(TRAFFIC_CONVERSATION + conversation);
      const messages = await socket.dump(encodeDumpDestinations(this.#familyId, key));
      return valueOf(decodeDestinationTraffic(messages, key.family)).reverse();
    } catch (error) {
      if (error instanceof SystemError && (error.errno === ESRCH || error.errno === ENOENT)) return undefined;
      throw error;
    }
  }

  /**
   * Looks at the table as a text, in slices: some hundred system calls for 10,000 services, where dumpServices() needs as
   * many thousands.
   */
  async glance(services: Iterable<Service>, unchanged = false): Promise<boolean | undefined> {
    if (this.#isElsewhere) return undefined;
    if (unchanged && this.#glanced !== undefined && (await digestOfTable()) === this.#glanced.whole) return true;
    const { found, seen } = await glanceAtTable(services);
    this.#glanced = seen;
    return found;
  }

  beginsAsGlanced(): boolean {
    return this.#glanced !== undefined && headOfTable() === this.#glanced.head;
  }

  /** The running synchronisation daemons. */
  async daemons(): Promise<SyncDaemon[]> {
    return valueOf(decodeDaemons(await this.#socket().dump(encodeDumpDaemons(this.#familyId))));
  }

  async startDaemon(daemon: SyncDaemon): Promise<IpvsOutcome> {
    return this.#one({ op: 'start-daemon', daemon });
  }

  async stopDaemon(role: 'master' | 'backup'): Promise<IpvsOutcome> {
    return this.#one({ op: 'stop-daemon', role });
  }

  /** Timeouts of connections, in seconds. */
  async timeouts(): Promise<IpvsTimeouts> {
    return valueOf(decodeTimeouts(await this.#ask(encodeGetTimeouts(this.#familyId), 'timeouts of IPVS')));
  }

  /** Sets timeouts in seconds; 0 leaves one as it is. */
  async setTimeouts(timeouts: IpvsTimeouts): Promise<IpvsOutcome> {
    return this.#one({ op: 'set-timeouts', ...timeouts });
  }

  async #one(operation: IpvsOperation): Promise<IpvsOutcome> {
    const [outcome] = await this.apply([operation]);
    return outcome ?? { operation, result: 'done', errno: 0 };
  }

  /** Ends all conversations; safe to call twice. */
  close(): void {
    for (const socket of this.#sockets) socket?.close();
  }
}

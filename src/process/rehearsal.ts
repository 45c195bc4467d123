/**
 * A rehearsal of becoming master, at the start, with everything but the effect: the runtime compiles a function when it
 * is first called, and the first call of this path is the one that the shop waits for. Measured: the first takeover of a
 * process came 2.5 ms late, after a rehearsal well under 1 ms. What is sent goes to the loopback interface of this
 * namespace, before any socket of VRRP is open.
 */
import type { Configuration } from '../config/model.ts';
import type { Milliseconds } from '../core/time.ts';
import { now } from '../kernel/clock.ts';
import type { PacketSocket } from '../kernel/packet-socket.ts';
import { encodeAddressChange } from '../network/address-codec.ts';
import { desiredAddressKey, planAddresses } from '../network/plan-addresses.ts';
import type { Link } from '../network/types.ts';
import { VrrpEngine } from '../vrrp/engine.ts';
import type { VrrpEnvironment, VrrpIntent } from '../vrrp/types.ts';
import { AdvertisementSockets } from './advertisement-sockets.ts';
import { PunctualTimer } from './punctual-timer.ts';

/** Enough for the runtime to see the same shapes more than once. */
const rounds = 3;
/** More instances than this teach it nothing new. */
const mostInstances = 4;
/** Deadlines played in a round; becoming master needs one or two an instance. */
const mostDeadlines = 32;
const IFF_UP = 1;
const IFF_RUNNING = 0x40;
const loopbackName = 'lo';
const loopbackAddress = '127.0.0.1';
/** A virtual router id that no configuration can have: the rehearsal's own socket hears nothing. */
const nobodysRouterId = 0;

/** All links as if they were up, so that the rehearsal reaches MASTER also on a machine whose cables come later. */
function working(links: readonly Link[]): Link[] {
  return links.map((link) => ({ ...link, up: true, flags: link.flags | IFF_UP | IFF_RUNNING }));
}

/** Plays start, takeover, refreshes and stop of a scratch engine with this configuration on an imagined clock. */
function playEngine(
  configuration: Configuration,
  environment: VrrpEnvironment,
  perform: (intents: readonly VrrpIntent[]) => void,
): void {
  const instances = configuration.vrrp.instances.slice(0, mostInstances);
  const vrrp = { ...configuration.vrrp, instances, syncGroups: [], scripts: [], trackFiles: [], trackProcesses: [] };
  const links = working(environment.links);
  const engine = new VrrpEngine(vrrp, configuration.global, { ...environment, links });
  let time: Milliseconds = 0;
  perform(engine.start(time));
  for (let deadline = 0; deadline < mostDeadlines; deadline++) {
    const next = engine.nextTimeout();
    if (next === undefined) break;
    time = Math.max(time, next);
    perform(engine.timeout(time));
  }
  for (const { addresses, unwanted } of engine.desiredAddresses()) {
    const managed = new Set([...addresses, ...unwanted].map((address) => desiredAddressKey(address)));
    for (const change of planAddresses(addresses, environment.addresses, managed, links)) {
      encodeAddressChange(change, { markProtocol: true });
    }
  }
  engine.status();
  perform(engine.stop(time));
}

/** Lets one deadline pass. */
function playDeadline(): Promise<void> {
  return new Promise((resolve) => {
    const timer = new PunctualTimer(() => {
      timer.close();
      resolve();
    });
    timer.arm(now() + 1);
  });
}

/** Sends intents to the loopback interface; whether that is up does not matter. */
function sendToLoopback(sockets: AdvertisementSockets, frames: PacketSocket, links: readonly Link[]) {
  const loopback = links.find(({ name }) => name === loopbackName)?.index ?? 0;
  return (intents: readonly VrrpIntent[]): void => {
    for (const intent of intents) {
      if (intent.type === 'send-advertisement' && intent.family === 'inet') {
        sockets.send({ ...intent, interface: loopbackName, unicast: true, destination: loopbackAddress });
      } else if (intent.type === 'send-frame') {
        try {
          frames.send(loopback, intent.frame);
        } catch {
          // Nobody waits for it.
        }
      }
    }
  };
}

/** Rehearses. Never rejects for what the machine refuses. */
export async function rehearse(
  configuration: Configuration,
  environment: VrrpEnvironment,
  frames: PacketSocket,
): Promise<void> {
  const sockets = new AdvertisementSockets({ packet: () => undefined, trouble: () => undefined });
  sockets.reconcile(
    [
      {
        family: 'inet',
        cast: 'unicast',
        interface: loopbackName,
        authenticationHeader: false,
        virtualRouterIds: [nobodysRouterId],
        instances: [],
      },
    ],
    environment.links,
  );
  const perform = sendToLoopback(sockets, frames, environment.links);
  for (let round = 0; round < rounds; round++) {
    playEngine(configuration, environment, perform);
    await playDeadline();
  }
  sockets.close();
}

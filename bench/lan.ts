/**
 * A LAN without a way out: a bridge in a namespace of its own and two machines, each on one veth pair. Capture happens
 * on the bridge, which sees every frame of both.
 */
import { Capture } from './capture.ts';
import { Namespace } from './namespace.ts';

export interface Machine {
  readonly namespace: Namespace;
  readonly address: string;
  /** The bridge's end of its cable. */
  readonly port: string;
}

export class Lan implements AsyncDisposable {
  readonly bridge: Namespace;
  readonly first: Machine;
  readonly second: Machine;
  readonly capture: Capture;
  readonly #resources: AsyncDisposableStack;

  private constructor(
    bridge: Namespace,
    machines: [Machine, Machine],
    capture: Capture,
    resources: AsyncDisposableStack,
  ) {
    this.bridge = bridge;
    [this.first, this.second] = machines;
    this.capture = capture;
    this.#resources = resources;
  }

  static async create(): Promise<Lan> {
    await using resources = new AsyncDisposableStack();
    const bridge = resources.use(await Namespace.create());
    await bridge.ip('link add br0 type bridge forward_delay 0 mcast_snooping 0', 'link set br0 up');
    const connect = async (port: string, address: string): Promise<Machine> => {
      const namespace = resources.use(await Namespace.create());
      await bridge.ip(
        `link add ${port} type veth peer name eth0 netns ${namespace.pid}`,
        `link set ${port} master br0`,
        `link set ${port} up`,
      );
      await namespace.ip(`addr add ${address}/24 dev eth0`, 'link set eth0 up');
      return { namespace, address, port };
    };
    const machines: [Machine, Machine] = [await connect('first', '192.0.2.1'), await connect('second', '192.0.2.2')];
    const capture = resources.use(await Capture.start(bridge, 'br0'));
    return new Lan(bridge, machines, capture, resources.move());
  }

  /** Cuts a machine off without taking its carrier away, as a switch does that has lost its mind. */
  async cut(machine: Machine): Promise<void> {
    await this.bridge.ip(`link set ${machine.port} nomaster`);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#resources.disposeAsync();
  }
}

/**
 * One side of the comparison: a machine with eth0 and eth1, a place behind the other ends of their cables where a peer
 * can appear, a FIFO that is read, a capture. Both sides are the same down to the hardware addresses.
 */
import { readFileSync } from 'node:fs';
import type { CleanUp } from '../../../lab/lib/clean-up.ts';
import { until } from '../../../lab/lib/clock.ts';
import { readPcap, type Frame } from '../../../lab/lib/pcap.ts';
import type { Running } from '../../../lab/lib/run.ts';
import { Machine, configurationFile, keepalived, patience } from '../process/machine.ts';

export type Kind = 'ours' | 'debian';

const programs: Readonly<Record<Kind, string>> = { ours: keepalived, debian: '/usr/sbin/keepalived' };

const wireFile = '/tmp/wire.pcap';
const wireFilter = '(ip proto 112 or ip proto 51 or ip6 proto 112 or arp or icmp6) and not ether src 02:00:00:00:00:09';

const prepare = `set -e
sysctl -q -w net.ipv6.conf.all.disable_ipv6=0 net.ipv6.conf.default.disable_ipv6=0 net.ipv6.conf.default.accept_dad=0
ip netns add peer
for n in 0 1; do
  ip link add eth$n address 02:00:00:00:0$n:01 type veth peer name eth\${n}w netns peer
  ip link set eth$n addrgenmode none
  ip link set eth$n up
  ip -n peer link set eth\${n}w addrgenmode none address 02:00:00:00:0$n:09
  ip -n peer link set eth\${n}w up
  ip addr add 10.88.$n.1/24 dev eth$n
  ip addr add 2001:db8:$n::1/64 dev eth$n nodad
  ip addr add fe80::1/64 dev eth$n nodad
  ip -n peer addr add 10.88.$n.9/24 dev eth\${n}w
  ip -n peer addr add fe80::9/64 dev eth\${n}w nodad
done
ip -n peer link set lo up
mkfifo /tmp/fifo
echo 0 >/tmp/number
printf '#!/bin/sh\\ntest ! -e /tmp/failed\\n' >/tmp/check.sh
printf '#!/bin/sh\\necho "$*" >>/tmp/said\\n' >/tmp/say.sh
: >/tmp/said
chmod 755 /tmp/*.sh
`;

const insidePeer = ['nsenter', '--net=/run/netns/peer'];

export class Side {
  readonly kind: Kind;
  readonly machine: Machine;
  readonly #fifo: Running;
  readonly #capture: Running;
  #daemon: Running | undefined;
  #peer: Running | undefined;

  private constructor(kind: Kind, machine: Machine, fifo: Running, capture: Running) {
    this.kind = kind;
    this.machine = machine;
    this.#fifo = fifo;
    this.#capture = capture;
  }

  static async make(cleanUp: CleanUp, kind: Kind): Promise<Side> {
    const machine = await Machine.make(cleanUp, kind);
    await machine.run(['sh', '-c', prepare]);
    const fifo = machine.start('fifo', ['sh', '-c', 'exec cat <>/tmp/fifo']);
    const capture = machine.start('capture', [
      ...[...insidePeer, 'dumpcap', '-q', '-P', '-i', 'eth0w', '-f', wireFilter, '-w', wireFile],
    ]);
    await until('the capture listens', { within: patience, every: 20 }, () =>
      capture.lines.some(({ text }) => text.startsWith('File: ')),
    );
    return new Side(kind, machine, fifo, capture);
  }

  /** Lines written to the FIFO so far. */
  get told(): string[] {
    return this.#fifo.lines.map(({ text }) => text);
  }

  get log(): string[] {
    return (this.#daemon?.lines ?? []).map(({ text }) => text);
  }

  /** What notify scripts were called with, in order of their names: they run at the same time. */
  get said(): string[] {
    return this.machine.read('/tmp/said').trim().split('\n').toSorted();
  }

  start(configuration: string): void {
    this.machine.write(configurationFile, configuration);
    this.#daemon = this.machine.start(this.kind, [programs[this.kind], '-n', '-l', '-D', '--vrrp']);
  }

  reload(configuration: string): void {
    this.machine.write(configurationFile, configuration);
    this.#daemon?.signal('SIGHUP');
  }

  async stop(): Promise<void> {
    await this.#daemon?.stop('SIGTERM', patience);
  }

  /** The peer is Debian's keepalived on both sides. */
  startPeer(configuration: string): void {
    this.machine.write('/tmp/peer.conf', configuration);
    this.#peer = this.machine.start('peer', [
      ...[...insidePeer, programs.debian, '-n', '-l', '-D', '--vrrp', '-f', '/tmp/peer.conf'],
      ...['-p', '/tmp/peer.pid', '-r', '/tmp/peer-vrrp.pid'],
    ]);
  }

  async stopPeer(how: 'stop' | 'crash'): Promise<void> {
    if (how === 'crash') this.#peer?.kill();
    await this.#peer?.stop('SIGTERM', patience);
  }

  /** Unplugs the cable of eth0 or eth1 at the peer's end, or plugs it in. */
  async cable(port: string, up: boolean): Promise<void> {
    await this.machine.run(['ip', '-n', 'peer', 'link', 'set', `${port}w`, up ? 'up' : 'down']);
  }

  /** Ends the capture and returns what eth0 sent. */
  async frames(): Promise<Frame[]> {
    await this.#capture.stop('SIGINT', patience);
    return readPcap(readFileSync(this.machine.path(wireFile)));
  }
}

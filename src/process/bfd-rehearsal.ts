/**
 * A rehearsal of a session's life at the start: the runtime compiles what is called, and the first packets and the first
 * detection should find it compiled. Nothing is sent.
 */
import { BfdEngine } from '../bfd/engine.ts';
import { encodeControlPacket, type BfdState } from '../bfd/wire/control-packet.ts';
import type { BfdConfiguration } from '../config/model.ts';

/** Enough for the runtime to see the same shapes often. */
const packets = 300;
const microseconds = 50_000;
const interval = microseconds / 1000;

/** Plays coming up, some packets and a detection on an imagined clock. */
export function rehearseBfd({ instances: [instance] }: BfdConfiguration): void {
  if (instance === undefined) return;
  const quick = { ...instance, minRx: interval, minTx: interval, passive: false, multihop: false, maxHops: -1 };
  const engine = new BfdEngine({ instances: [quick] }, { random: () => 0.5 });
  const meta = { family: instance.family, source: instance.neighborAddress, port: 3784, ttl: 255 } as const;
  let time = 0;
  engine.start(time);
  const hear = (state: BfdState, final: boolean): void => {
    const octets = encodeControlPacket({
      diagnostic: 0,
      state,
      poll: false,
      final,
      demand: false,
      multiplier: 3,
      myDiscriminator: 1,
      yourDiscriminator: engine.status()[0]?.localDiscriminator ?? 0,
      desiredMinTx: microseconds,
      requiredMinRx: microseconds,
      requiredMinEchoRx: 0,
    });
    engine.receive(octets, meta, time, time);
    time += interval / 2;
    engine.timeout(time);
  };
  hear('Down', false);
  hear('Init', false);
  for (let packet = 0; packet < packets; packet++) hear('Up', packet === 0);
  engine.timeout(time + 10 * interval);
}

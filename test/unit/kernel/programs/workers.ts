// Worker threads that use the addon and end in every way there is; says how many descriptors were left behind.
import { readdirSync } from 'node:fs';
import { Worker, isMainThread, parentPort, workerData } from 'node:worker_threads';
import { now } from '../../../../src/kernel/clock.ts';
import { DeadlineTimer } from '../../../../src/kernel/deadline-timer.ts';
import { NetlinkSocket } from '../../../../src/kernel/netlink-socket.ts';
import { onSignal } from '../../../../src/kernel/signals.ts';
import { UnixDatagramSocket } from '../../../../src/kernel/unix-datagram-socket.ts';

type Ending = 'close' | 'exit' | 'terminate' | 'throw';

function work(ending: Ending): void {
  const timer = new DeadlineTimer((at) => timer.arm(at + 0.2));
  timer.arm(now());
  const netlink = NetlinkSocket.open({ protocol: 'route', groups: [1] });
  const datagrams = UnixDatagramSocket.open('@nobody');
  const signal = onSignal(44, () => undefined);
  setTimeout(() => {
    parentPort?.postMessage('working');
    if (ending === 'exit') process.exit(7);
    if (ending === 'throw') throw new Error('from the worker');
    if (ending !== 'close') return;
    timer.close();
    netlink.close();
    datagrams.close();
    signal();
  }, 20);
}

async function run(ending: Ending): Promise<number> {
  const worker = new Worker(new URL(import.meta.url), { workerData: ending });
  worker.on('error', () => undefined);
  const ended = new Promise<number>((resolve) => worker.on('exit', resolve));
  worker.on('message', () => {
    if (ending === 'terminate') void worker.terminate();
  });
  return ended;
}

if (isMainThread) {
  const countDescriptors = (): number => readdirSync('/proc/self/fd').length;
  await run('close');
  const before = countDescriptors();
  for (const ending of ['close', 'exit', 'terminate', 'throw'] as const) {
    console.log(`${ending} ${await run(ending)}`);
  }
  console.log(`left ${countDescriptors() - before}`);
} else {
  work(workerData as Ending);
}

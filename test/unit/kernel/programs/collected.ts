// An armed timer to which nobody holds a reference must not be collected. Run with --expose-gc.
import { now } from '../../../../src/kernel/clock.ts';
import { DeadlineTimer } from '../../../../src/kernel/deadline-timer.ts';

const collect = (globalThis as { gc?: () => void }).gc;
if (collect === undefined) throw new Error('run with --expose-gc');
const wanted = 50;
let called = 0;
function arm(): void {
  for (let index = 0; index < wanted; index++) {
    new DeadlineTimer(() => {
      called++;
    }).arm(now() + 60);
  }
}
arm();
for (let round = 0; round < 5; round++) {
  setTimeout(() => {
    collect();
  }, round * 10);
}
setTimeout(() => {
  console.log(`called ${called}`);
  process.exit(0);
}, 200);

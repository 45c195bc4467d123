// A callback that throws straight out of the addon: the exception is uncaught, the loop goes on.
import { now } from '../../../../src/kernel/clock.ts';
import { DeadlineTimer } from '../../../../src/kernel/deadline-timer.ts';

const handled = process.argv[2] === 'handled';
if (handled) process.on('uncaughtException', (error) => console.log(`uncaught ${error.message}`));
new DeadlineTimer(() => {
  throw new Error('first');
}).arm(now() + 5);
const later = new DeadlineTimer(() => {
  console.log('later');
  later.close();
  process.exit(0);
});
later.arm(now() + 30);

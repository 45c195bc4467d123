// Tells of every signal it gets; "ready" once it listens.
import { ignoreSignal, onSignal, resetSignal } from '../../../../src/kernel/signals.ts';

const keep = setInterval(() => undefined, 1_000);
for (const signal of [36, 63, 'SIGHUP', 'SIGUSR1', 'SIGUSR2', 'SIGTERM'] as const) {
  onSignal(signal, (number) => console.log(`got ${number}`));
}
onSignal(40, () => {
  throw new Error('from a listener');
});
onSignal(40, () => console.log('second listener'));
process.on('uncaughtException', (error) => console.log(`uncaught ${error.message}`));
onSignal(50, () => ignoreSignal('SIGHUP'));
onSignal(51, () => resetSignal('SIGUSR2'));
onSignal(52, () => clearInterval(keep));
const stop = onSignal(53, () => console.log('never again'));
stop();
ignoreSignal(53);
console.log('ready');

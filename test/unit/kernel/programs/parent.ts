// "parent" starts "child" and is killed; the child must get its signal. "late" is a child whose parent was another process.
import { spawn } from 'node:child_process';
import { onSignal } from '../../../../src/kernel/signals.ts';
import { parentProcessId, signalOnParentDeath } from '../../../../src/kernel/process-control.ts';

const [role] = process.argv.slice(2);
const keep = setInterval(() => undefined, 1_000);
if (role === 'parent') {
  spawn(process.execPath, [process.argv[1] ?? '', 'child'], { stdio: 'inherit' });
} else if (role === 'child') {
  onSignal('SIGTERM', () => {
    console.log('told');
    process.exit(0);
  });
  console.log(`bound ${signalOnParentDeath('SIGTERM', parentProcessId())}`);
} else {
  console.log(`late ${signalOnParentDeath('SIGTERM', 2)}`);
  clearInterval(keep);
}

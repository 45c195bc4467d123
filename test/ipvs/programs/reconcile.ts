/** Works on the guest's IPVS tables through the kernel shells and writes down what ipvsadm shows after each step. */
import { execFileSync, spawn } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { DaemonError } from '../../../src/core/errors.ts';
import { serviceKeyText } from '../../../src/ipvs/keys.ts';
import { ServiceReconciler } from '../../../src/ipvs/reconciler.ts';
import type { ServiceTable } from '../../../src/ipvs/reconciler.ts';
import type { IpvsOutcome } from '../../../src/ipvs/outcome.ts';
import { IpvsTable } from '../../../src/kernel/ipvs-table.ts';
import { digestOfTable, glanceAtTable, headOfTable } from '../../../src/kernel/ipvs-text.ts';
import { bulk, expectations, foreignCommands, wishes } from '../reconcile-tables.ts';
import type { StepName } from '../reconcile-tables.ts';

const OURS = 'ours';
const PEER = 'peer';

function inNamespace(name: string, command: string, ...args: string[]): string {
  return execFileSync('ip', ['netns', 'exec', name, command, ...args], { encoding: 'utf8' });
}

/** The table as text, thresholds included, which -S does not show. */
function tableOf(name: string): string[] {
  const thresholds = inNamespace(name, 'ipvsadm', '-Ln', '--thresholds')
    .split('\n')
    .slice(3)
    .map((line) => line.trim().replaceAll(/\s+/g, ' '));
  return [...inNamespace(name, 'ipvsadm', '-Sn').trim().split('\n'), ...thresholds.filter((line) => line !== '')];
}

function restore(name: string, commands: readonly string[]): void {
  inNamespace(name, 'ipvsadm', '-C');
  execFileSync('ip', ['netns', 'exec', name, 'ipvsadm', '-R'], { input: `${commands.join('\n')}\n` });
}

interface Step {
  readonly name: StepName;
  readonly seen: string[];
  /** What ipvsadm itself made in another namespace. */
  readonly expected: string[];
  readonly operations: string[];
  /** What a glance at the table said before the step, and after it. */
  readonly glances: readonly (boolean | undefined)[];
}

for (const name of [OURS, PEER]) {
  execFileSync('ip', ['netns', 'add', name]);
  // Without any address the kernel holds no address to be unicast, and refuses servers.
  inNamespace(name, 'ip', 'link', 'set', 'lo', 'up');
}

const result: Record<string, unknown> = {};
const steps: Step[] = [];

async function openWithoutModule(): Promise<string> {
  execFileSync('sh', ['-c', 'modprobe -r ip_vs_rr ip_vs_wrr ip_vs_lc ip_vs_wlc ip_vs_sh ip_vs']);
  execFileSync('umount', ['/lib/modules']);
  try {
    (await IpvsTable.open()).close();
    return 'opened';
  } catch (error) {
    return error instanceof DaemonError ? `${error.code}: ${error.message}` : String(error);
  } finally {
    execFileSync('mount', ['--bind', '/usr/lib/uml/modules', '/lib/modules']);
  }
}

result['missing'] = await openWithoutModule();
// The module is loaded by opening the table.
const table = await IpvsTable.open({ namespacePath: `/run/netns/${OURS}` });
result['version'] = await table.version();

let operations: string[] = [];
const failures: string[] = [];
const observed: ServiceTable = {
  dumpServices: (wanted) => table.dumpServices(wanted),
  apply: (writes) => {
    const all = [...writes];
    operations.push(...all.map(({ op }) => op));
    return table.apply(all);
  },
};
const reconciler = new ServiceReconciler(observed, ({ outcomes }) => {
  failures.push(...outcomes.flatMap(({ reason }: IpvsOutcome) => reason ?? []));
});

/** Somebody whose /proc shows the table of that namespace. */
const inhabitant = spawn('ip', ['netns', 'exec', OURS, 'sleep', '1000'], { stdio: 'ignore' });
while (!execFileSync('ip', ['netns', 'pids', OURS], { encoding: 'utf8' }).includes(String(inhabitant.pid))) continue;
/** Without marks: those of both families look the same there. */
const glance = async (name: StepName): Promise<boolean | undefined> => {
  const text = `/proc/${inhabitant.pid ?? 0}/net/ip_vs`;
  const ours = wishes[name].filter(({ key }) => key.kind !== 'fwmark');
  const { found, seen } = await glanceAtTable(ours, text);
  if (found === true && ((await digestOfTable(text)) !== seen?.whole || headOfTable(text) !== seen?.head))
    throw new Error('the digest of one text changes');
  return found;
};

restore(OURS, foreignCommands);
for (const name of Object.keys(wishes) as StepName[]) {
  operations = [];
  if (name === 'cleared by somebody') inNamespace(OURS, 'ipvsadm', '-C');
  const before = await glance(name);
  if (name === 'cleared by somebody') {
    await reconciler.resync();
  } else if (name === 'a server removed by somebody') {
    const [removal = ''] = expectations[name].before ?? [];
    inNamespace(OURS, 'ipvsadm', ...removal.split(' '));
    await reconciler.setDesired(wishes[name]);
  } else {
    await reconciler.setDesired(wishes[name]);
  }
  restore(PEER, expectations[name].commands);
  steps.push({ name, seen: tableOf(OURS), expected: tableOf(PEER), operations, glances: [before, await glance(name)] });
}
inhabitant.kill();
result['steps'] = steps;
result['owned'] = [...reconciler.owned];
result['failures'] = failures;

result['timeouts before'] = await table.timeouts();
await table.setTimeouts({ tcp: 1000, tcpFin: 0, udp: 200 });
result['timeouts'] = inNamespace(OURS, 'ipvsadm', '-L', '--timeout').trim();

inNamespace(OURS, 'ip', 'address', 'add', '10.255.0.1/24', 'dev', 'lo');
const started = await table.startDaemon({ role: 'master', interface: 'lo', syncId: 51, ttl: 3 });
const again = await table.startDaemon({ role: 'master', interface: 'lo', syncId: 51, ttl: 3 });
result['daemon started'] = [started.result, again.result];
result['daemons'] = inNamespace(OURS, 'ipvsadm', '-L', '--daemon').trim();
result['daemons read'] = await table.daemons();
result['daemon stopped'] = [(await table.stopDaemon('master')).result, (await table.stopDaemon('master')).result];

const large = bulk(1000);
const [, first] = [await table.apply([{ op: 'flush' }]), performance.now()];
const fresh = new ServiceReconciler(table);
await fresh.setDesired(large);
const written = performance.now();
const dumped = await table.dumpServices((text) => fresh.owned.has(text));
const read = performance.now();
result['bulk'] = {
  services: dumped.length,
  destinations: dumped.reduce((sum, { destinations }) => sum + destinations.length, 0),
  equal: dumped.every((service) => large.some((wish) => serviceKeyText(wish.key) === serviceKeyText(service.key))),
  writeMilliseconds: Math.round(written - first),
  readMilliseconds: Math.round(read - written),
};
table.close();
writeFileSync('/run/out/result.json', JSON.stringify(result));

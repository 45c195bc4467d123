// Moves into a network namespace and into a mount namespace of its own, and prints what its children see.
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import {
  bindMount,
  enterNetworkNamespace,
  interfaceIndex,
  unshareMounts,
} from '../../../../src/kernel/process-control.ts';
import { NetlinkSocket } from '../../../../src/kernel/netlink-socket.ts';

const [name = '', folder = ''] = process.argv.slice(2);
const run = (command: string): string => execFileSync('sh', ['-c', command]).toString().trim();
const tell = (subject: string, value: unknown): void => console.log(`${subject} ${JSON.stringify(value)}`);

const home = run('readlink /proc/self/ns/net');
NetlinkSocket.open({ protocol: 'route', namespacePath: `/run/netns/${name}` }).close();
tell('stays', run('readlink /proc/self/ns/net') === home);
enterNetworkNamespace(name);
tell('entered', run('ip -o link show eth0 | grep -c eth0@'));
tell('interface', interfaceIndex('eth0') !== undefined);

mkdirSync(`${folder}/source`);
mkdirSync(`${folder}/target`);
writeFileSync(`${folder}/source/inside`, '');
unshareMounts();
bindMount(`${folder}/source`, `${folder}/target`);
tell('mounted', existsSync(`${folder}/target/inside`));
tell('mounted for a child', run(`ls ${folder}/target`));
tell('outside', run(`nsenter -t ${process.ppid} -m ls ${folder}/target`));
try {
  enterNetworkNamespace('none');
} catch (error) {
  tell('refused', (error as Error).message);
}

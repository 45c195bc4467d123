/**
 * Several daemons on one machine, each in a network namespace of its own: /run/keepalived, with pid files, FIFOs and
 * control socket, is for each of them what the machine knows as /run/keepalived/NAMESPACE (reference: runtime contract,
 * files). A mount namespace belongs to threads, and the runtime's exist before a line of ours runs; so the process goes
 * there and begins anew, and everything it starts is there from its first moment.
 */
import path from 'node:path';
import { DaemonError } from '../core/errors.ts';
import { withEarlySignalGuard } from '../kernel/early-signals.ts';
import { bindMount, enterNetworkNamespace, unshareMounts } from '../kernel/process-control.ts';
import { makeDirectory } from './make-directory.ts';
import { pidDirectory } from './settings.ts';

/** Tells the process that begins anew that it is there. */
const marker = 'KEEPALIVED_NAMESPACE';

/** The daemon has to live in another network namespace than it was started in. */
export class NamespaceWanted extends DaemonError {
  readonly namespace: string;

  constructor(namespace: string) {
    super('NAMESPACE_WANTED', `the daemon belongs into network namespace ${namespace}`);
    this.namespace = namespace;
  }
}

/** The namespace that this process went to before it began. Children and scripts do not hear of it. */
export function takeNamespace(environment: NodeJS.ProcessEnv): string | undefined {
  const namespace = environment[marker];
  Reflect.deleteProperty(environment, marker);
  return namespace;
}

/** The environment of a process that is started from there. */
export function environmentOfNamespace(namespace: string, environment: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  return withEarlySignalGuard({ ...environment, [marker]: namespace });
}

/**
 * Moves this thread, and every process that it starts, to the network namespace and to its own /run/keepalived.
 * @throws SystemError ENOENT, EPERM
 */
export function goToNamespace(namespace: string): void {
  enterNetworkNamespace(namespace);
  unshareMounts();
  const own = path.join(pidDirectory, path.basename(namespace));
  makeDirectory(pidDirectory, 0o755);
  makeDirectory(own, 0o755);
  bindMount(own, pidDirectory);
}

/** Goes there and begins anew, with the same process id. @throws SystemError */
export function beginInNamespace(namespace: string, environment: NodeJS.ProcessEnv): never {
  goToNamespace(namespace);
  const { argv, execArgv, execPath } = process;
  process.execve?.(execPath, [execPath, ...execArgv, ...argv.slice(1)], environmentOfNamespace(namespace, environment));
  throw new Error('this runtime cannot begin anew in a namespace');
}

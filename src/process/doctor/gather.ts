/** Gathers everything that is known about this machine. Reads and listens; changes nothing. */
import { release } from 'node:os';
import { ask } from '../../cli/control/client.ts';
import { parseKeepalivedArguments } from '../../cli/keepalived-arguments.ts';
import type { Diagnostic } from '../../config/diagnostics.ts';
import type { Configuration } from '../../config/model.ts';
import type { Milliseconds } from '../../core/time.ts';
import type { DaemonFacts, DoctorFacts, WireFacts } from '../../doctor/facts.ts';
import { destinationsOf, questionsOf } from '../../doctor/wire/questions.ts';
import { clockIsSynchronised } from '../../kernel/clock.ts';
import { pidFilePath } from '../settings.ts';
import {
  readAllListeners,
  readModules,
  readProcesses,
  readRights,
  readScripts,
  readSettings,
  readText,
} from './files.ts';
import { readFirewall } from './firewall.ts';
import { listen } from './listen.ts';
import { readIpvs, readNetwork, readRoutes } from './network.ts';

export interface GatherOptions {
  readonly configuration: Configuration;
  readonly diagnostics: readonly Diagnostic[];
  /** Of the daemon, if it runs. */
  readonly socketPath: string;
  /** 0: it is not listened. */
  readonly listenFor: Milliseconds;
}

/** @throws SystemError if the kernel refuses netlink or packet sockets */
export async function gatherFacts(options: GatherOptions): Promise<DoctorFacts> {
  const { configuration, diagnostics, listenFor, socketPath } = options;
  const { addresses, links } = await readNetwork();
  const daemon = await findDaemon(configuration, socketPath);
  const known = await readRoutes(destinationsOf(configuration), links);
  const wire = await hear(listenFor, { configuration, links, addresses, routes: known });
  const heard = (wire?.routers ?? []).map(({ source }) => source);
  const clockSynchronised = clockIsSynchronised();
  const ipvs = await readIpvs();
  return {
    configuration,
    diagnostics,
    kernelRelease: release(),
    settings: readSettings(links.map(({ name }) => name)),
    links,
    addresses,
    routes: [...known, ...(await readRoutes(heard, links))],
    modules: readModules(),
    ...(ipvs && { ipvs }),
    rights: readRights(daemon?.pid),
    firewall: await readFirewall(),
    scripts: readScripts(configuration),
    processes: readProcesses(),
    listeners: readAllListeners(),
    ...(clockSynchronised !== undefined && { clockSynchronised }),
    ...(wire && { wire }),
    ...(daemon && { daemon }),
  };
}

async function hear(
  listenFor: Milliseconds,
  around: Pick<DoctorFacts, 'configuration' | 'links' | 'addresses' | 'routes'>,
): Promise<WireFacts | undefined> {
  if (listenFor <= 0) return undefined;
  return listen({ ...around, questions: questionsOf(around.configuration, around.routes) }, listenFor);
}

/** The daemon by its control socket, or by its pid file alone. */
async function findDaemon({ global }: Configuration, socketPath: string): Promise<DaemonFacts | undefined> {
  try {
    const answer = await ask(socketPath, { command: 'status', detail: 'summary', most: 0, no_traffic: true });
    if (answer.ok) return daemonOf(answer.result);
  } catch {
    // It may be another implementation, or one that nobody may ask.
  }
  const parsed = parseKeepalivedArguments([]);
  if (parsed.kind !== 'run') return undefined;
  const pid = Number(readText(pidFilePath('parent', parsed.arguments, global))?.trim());
  const name = Number.isInteger(pid) && pid > 0 ? readText(`/proc/${pid}/comm`) : undefined;
  return name === undefined ? undefined : { pid };
}

function daemonOf(status: unknown): DaemonFacts {
  const { pid, vrrp } = (status ?? {}) as {
    readonly pid?: unknown;
    readonly vrrp?: { readonly instances?: readonly { readonly name: string; readonly state: string }[] } | null;
  };
  const states = Object.fromEntries((vrrp?.instances ?? []).map(({ name, state }) => [name, state]));
  return { ...(typeof pid === 'number' && { pid }), states };
}

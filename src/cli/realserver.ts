/** `keepalivectl realserver`: prints the real server's side of direct routing and of tunnels. Changes nothing. */
import { defaultConfigurationFile } from '../process/settings.ts';
import { realServerFiles } from '../realserver/formats.ts';
import type { RealServerFormat } from '../realserver/formats.ts';
import { addressOf, addressesOf, guePort, planRealServer } from '../realserver/plan.ts';
import type { RealServerAddress, Reception, Tunnel } from '../realserver/plan.ts';
import { exitCodes, refuse } from './control/exit-codes.ts';
import { loadHere } from './load-here.ts';

export interface RealServerOptions {
  readonly addresses: readonly string[];
  readonly file?: string | undefined;
  readonly configId?: string | undefined;
  /** Default: as the configuration says, else dr. */
  readonly method?: 'dr' | 'tun' | undefined;
  readonly tunnel?: Tunnel | undefined;
  readonly port?: number | undefined;
  readonly format: RealServerFormat;
}

/** @returns exit status */
export function realServer(options: RealServerOptions): number {
  const { addresses: named, file, format, method } = options;
  // With addresses and a method there is nothing to look up; a machine that has the configuration need not be this one.
  const known = named.length > 0 && method !== undefined && file === undefined ? undefined : configured(options);
  if (named.length === 0 && known === undefined)
    return refuse(
      `${file ?? defaultConfigurationFile} cannot be read: name the virtual addresses (keepalivectl realserver 10.0.0.1 --method dr)`,
    );
  const wanted: RealServerAddress[] = [];
  if (named.length === 0) wanted.push(...(known ?? []).map((one) => withMethod(one, options)));
  for (const text of named) {
    const ofFile = (known ?? []).filter(({ address }) => address === text);
    const found =
      ofFile.length > 0 ? ofFile.map((one) => withMethod(one, options)) : [addressOf(text, receptionOf(options))];
    for (const one of found) {
      if (!one) return refuse(`"${text}" is no address`);
      wanted.push(one);
    }
  }
  if (wanted.length === 0) return refuse('the configuration has no service with direct routing or tunnels');
  const files = realServerFiles(planRealServer(wanted), format);
  const shown = files.map(({ path, text }) =>
    files.length === 1 && format === 'script' ? text : `# ${path}\n${text}`,
  );
  process.stdout.write(shown.join('\n'));
  return exitCodes.done;
}

function receptionOf({ method = 'dr', port = guePort, tunnel = 'ipip' }: RealServerOptions): Reception {
  if (method === 'dr') return { method };
  return { method, tunnel, ...(tunnel === 'gue' && { port }) };
}

function withMethod(address: RealServerAddress, options: RealServerOptions): RealServerAddress {
  return options.method === undefined ? address : { ...address, reception: receptionOf(options) };
}

/** Of the configuration; undefined if it does not load. */
function configured({ configId, file }: RealServerOptions): readonly RealServerAddress[] | undefined {
  const { configuration } = loadHere({ configId, file });
  if (!configuration) return undefined;
  const { addresses, leftOut } = addressesOf(configuration);
  for (const one of leftOut) process.stderr.write(`keepalivectl: left out: ${one}\n`);
  return addresses;
}

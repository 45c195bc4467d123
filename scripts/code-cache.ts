/**
 * Makes the code cache of a part: loads it, runs what can be run of it without touching this machine, so that the
 * functions a start needs are compiled, and keeps what V8 then has. A process of its own, because V8 takes a cache only
 * under the flags it was made with; `verify` looks in another one whether it does. Called by parts.ts:
 * code-cache.ts make|verify DIST PART
 */
import { readdirSync } from 'node:fs';
import path from 'node:path';
import { parseKeepalivedArguments } from '../src/cli/keepalived-arguments.ts';
import type { KeepalivedArguments } from '../src/cli/keepalived-arguments.ts';
import type { Configuration } from '../src/config/model.ts';
import { MessageMemory } from '../src/core/netlink/message.ts';
import type { Link } from '../src/network/types.ts';
import type * as CheckerPart from '../src/process/checker-part.ts';
import type * as ConfigTest from '../src/process/config-test.ts';
import { machinePorts, readConfiguration } from '../src/process/configuration-source.ts';
import type * as ParentPart from '../src/process/parent-part.ts';
import { loadPrecompiled, saveCodeCache } from '../src/process/precompiled.ts';
import { childOptions } from '../src/process/settings.ts';
import { snapshotPieces, type SnapshotMessage } from '../src/process/snapshot-pieces.ts';
import type * as VrrpPart from '../src/process/vrrp-part.ts';

const [what = '', dist = '', name = ''] = process.argv.slice(2);
const examples = path.join(import.meta.dirname, '..', 'examples');

/** The arguments of the command for each of our examples. */
function samples(...options: string[]): KeepalivedArguments[] {
  const files = ['nat', 'pair'].flatMap((example) =>
    readdirSync(path.join(examples, example), { recursive: true, encoding: 'utf8' })
      .filter((file) => file.endsWith('.conf'))
      .sort()
      .map((file) => path.join(examples, example, file)),
  );
  return files.flatMap((file) => {
    const parsed = parseKeepalivedArguments([...options, '--use-file', file]);
    return parsed.kind === 'run' ? [parsed.arguments] : [];
  });
}

/** What the parent would send, as the collector of a part gives it back; interfaces of another machine are believed. */
function snapshots(kind: 'vrrp' | 'checker', collector: VrrpPart.SnapshotCollector): Configuration[] {
  const found: Configuration[] = [];
  for (const sample of samples('--no-interfaces')) {
    const { configuration } = readConfiguration(sample, 'run', machinePorts());
    if (configuration === undefined) continue;
    const options = childOptions(kind, sample, configuration.global);
    const snapshot: SnapshotMessage = { type: 'configure', configuration, options };
    for (const message of snapshotPieces(snapshot)) {
      if (message.type === 'configure-piece') collector.piece(message);
      else found.push(collector.complete(message).configuration);
    }
  }
  if (found.length === 0) throw new Error(`none of the examples has a configuration for ${kind}`);
  return found;
}

/** An interface that is up, with an Ethernet address for local use. */
function link(interfaceName: string, index: number): Link {
  const hardwareAddress = Uint8Array.of(2, 0, 0, 0, 0, index);
  return { index, name: interfaceName, flags: 0x1043, mtu: 1500, hardwareType: 1, hardwareAddress, up: true };
}

/** Deadlines of an engine that are played on an imagined clock. */
const deadlines = 12;

/** What a start does with a part beyond loading it. */
const rehearsals: Readonly<Record<string, (exports: unknown) => void | Promise<void>>> = {
  'config-test': (exports) => {
    const { testConfiguration } = exports as typeof ConfigTest;
    for (const sample of samples('--config-test')) testConfiguration(sample, undefined);
  },
  parent: (exports) => {
    const { RememberedReading, snapshotPieces: pieces } = exports as typeof ParentPart;
    for (const sample of samples('--no-interfaces')) {
      const { configuration } = new RememberedReading().read(sample);
      if (configuration === undefined) continue;
      const options = childOptions('checker', sample, configuration.global);
      for (const piece of pieces({ type: 'configure', configuration, options })) JSON.stringify(piece);
    }
  },
  vrrp: (exports) => {
    const { SnapshotCollector, VrrpEngine } = exports as typeof VrrpPart;
    const links = ['eth0', 'eth1', 'eth2'].map((interfaceName, at) => link(interfaceName, at + 2));
    const none = (): Uint8Array => new Uint8Array(32);
    for (const { global, vrrp } of snapshots('vrrp', new SnapshotCollector())) {
      const environment = { digests: { hmacMd5: none, hmacSha256: none }, links, addresses: [] };
      const engine = new VrrpEngine(vrrp, global, environment);
      engine.start(0);
      for (let count = 0, time = 0; count < deadlines; count++) {
        time = Math.max(time, engine.nextTimeout() ?? time);
        engine.timeout(time);
        engine.desiredAddresses();
      }
    }
  },
  checker: async (exports) => {
    const { CheckEngine, OperationOctets, OperationStream, ServiceReconciler, SnapshotCollector } =
      exports as typeof CheckerPart;
    for (const { check, global } of snapshots('checker', new SnapshotCollector())) {
      const octets = new OperationOctets(1);
      const reconciler = new ServiceReconciler({
        dumpServices: () => Promise.resolve([]),
        apply: (operations) => {
          const stream = new OperationStream(octets, operations);
          const memory = new MessageMemory(65_536);
          while (stream.fill(memory, new Int32Array(128)) > 0) memory.reset();
          return Promise.resolve(stream.outcomes());
        },
      });
      const engine = new CheckEngine(check, global, { random: Math.random });
      engine.start(0);
      await reconciler.setDesired(engine.desiredServices());
      for (let count = 0, time = 0; count < deadlines; count++) {
        time = Math.max(time, engine.nextTimeout() ?? time);
        for (const intent of engine.timeout(time)) {
          if (intent.type !== 'start-probe') continue;
          engine.probeFinished(intent.request.id, { ok: true, detail: 'rehearsed', duration: 1 }, time);
        }
        await reconciler.setDesired(engine.desiredServices());
      }
    }
  },
};

const part = loadPrecompiled(dist, name);
if (part === undefined) throw new Error(`${dist} has no ${name} to make a code cache of`);
if (what === 'make') {
  await rehearsals[name]?.(part.exports);
  saveCodeCache(dist, name, part);
} else if (part.script.cachedDataRejected !== false) throw new Error(`V8 rejects the code cache of ${name}`);
process.exit(0);

/**
 * The VRRP engine: every instance and sync group of a configuration as one state machine without I/O. The caller feeds
 * packets, time and the state of the network in, and carries the returned intents out strictly in their order.
 *
 * Time: `now` is monotonic milliseconds and never goes back between calls. After every call ask nextTimeout() and call
 * timeout() at that moment. When the caller was late, it hands over waiting packets with receive() before timeout().
 */
import type { GlobalConfiguration, VrrpConfiguration } from '../config/model.ts';
import type { MonotonicMs } from '../core/time.ts';
import type { KernelAddress, Link } from '../network/types.ts';
import type {
  DesiredInstanceAddresses,
  PacketMeta,
  ScriptOutcome,
  VrrpEnvironment,
  VrrpGroupStatus,
  VrrpInstanceStatus,
  VrrpIntent,
  VrrpScriptStatus,
  VrrpTransport,
} from './types.ts';

export class VrrpEngine {
  constructor(_configuration: VrrpConfiguration, _global: GlobalConfiguration, _environment: VrrpEnvironment) {}

  /** Evaluates the trackers and enters the first states. Left-over addresses are reconciled away first. Once. */
  start(_now: MonotonicMs): readonly VrrpIntent[] {
    return [];
  }

  /**
   * A packet of IP protocol 112 (or 51, AH).
   * @param packet IPv4: from the first octet of the IP header, as a raw socket delivers it; IPv6: from the VRRP header
   */
  receive(_packet: Uint8Array, _meta: PacketMeta, _now: MonotonicMs): readonly VrrpIntent[] {
    return [];
  }

  /** Runs everything that is due at `now`; harmless when nothing is. */
  timeout(_now: MonotonicMs): readonly VrrpIntent[] {
    return [];
  }

  /** When timeout() is wanted next; undefined: never, as things stand. */
  nextTimeout(): MonotonicMs | undefined {
    return undefined;
  }

  /** All links as they are now (a complete snapshot, not a difference). */
  linksChanged(_links: readonly Link[], _now: MonotonicMs): readonly VrrpIntent[] {
    return [];
  }

  /** All addresses as they are now (a complete snapshot). Our own that are missing on a master are put back. */
  addressesChanged(_addresses: readonly KernelAddress[], _now: MonotonicMs): readonly VrrpIntent[] {
    return [];
  }

  /** A run begun by a run-script intent ended. Unknown names (removed by a reload) are ignored. */
  scriptFinished(_script: string, _outcome: ScriptOutcome, _now: MonotonicMs): readonly VrrpIntent[] {
    return [];
  }

  /** The number in a track file; undefined: no file, or nothing in it. May be called before start(). */
  trackFileChanged(_name: string, _value: number | undefined, _now: MonotonicMs): readonly VrrpIntent[] {
    return [];
  }

  /** Goes over to another configuration with state, timers, statistics and script results kept. */
  reload(_configuration: VrrpConfiguration, _global: GlobalConfiguration, _now: MonotonicMs): readonly VrrpIntent[] {
    return [];
  }

  /** Leaves every mastership (priority 0 first) and gives up all addresses. Nothing but status may be called after it. */
  stop(_now: MonotonicMs): readonly VrrpIntent[] {
    return [];
  }

  /**
   * What reconcile-addresses asks to be written.
   * @param instances only these; default all, removed ones of the last reload included
   */
  desiredAddresses(_instances?: readonly string[]): readonly DesiredInstanceAddresses[] {
    return [];
  }

  /** Where packets of this configuration come and go. Ask again after reload() and linksChanged(). */
  transports(): readonly VrrpTransport[] {
    return [];
  }

  /** In configuration order. */
  status(): readonly VrrpInstanceStatus[] {
    return [];
  }

  groupStatus(): readonly VrrpGroupStatus[] {
    return [];
  }

  scriptStatus(): readonly VrrpScriptStatus[] {
    return [];
  }

  /** Sets every statistics counter to zero. */
  clearStatistics(): void {}
}

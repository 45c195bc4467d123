/** The VRRP process as one script (precompiled.ts), with what the build runs of it so that V8 has compiled it. */
export { runVrrpProcess } from './vrrp-process.ts';
export { VrrpEngine } from '../vrrp/engine.ts';
export { SnapshotCollector } from './snapshot-pieces.ts';

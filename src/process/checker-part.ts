/** The checker process as one script (precompiled.ts), with what the build runs of it so that V8 has compiled it. */
export { runCheckerProcess } from './checker-process.ts';
export { CheckEngine } from '../check/engine.ts';
export { OperationOctets } from '../ipvs/operation-octets.ts';
export { OperationStream } from '../kernel/ipvs-operations.ts';
export { ServiceReconciler } from '../ipvs/reconciler.ts';
export { SnapshotCollector } from './snapshot-pieces.ts';

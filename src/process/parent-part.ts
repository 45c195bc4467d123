/** The parent process as one script (precompiled.ts), with what the build runs of it so that V8 has compiled it. */
export { runParent } from './run-parent.ts';
export { RememberedReading } from './remembered-reading.ts';
export { snapshotPieces } from './snapshot-pieces.ts';

/**
 * Property tests draw from a fixed seed, so that two runs of one commit judge the same cases. PROPERTY_SEED=random (or a
 * number) explores others: `PROPERTY_SEED=random npm test`. A failure prints its seed either way.
 */
import fc from 'fast-check';

const chosen = process.env['PROPERTY_SEED'] ?? '20261122';
if (chosen !== 'random') fc.configureGlobal({ ...fc.readConfigureGlobal(), seed: Number(chosen) });

// Makes the checks of a JSON list from the place it runs in, in turn or together, and writes their results as JSON.
import { readFileSync } from 'node:fs';
import type { ActingChecker } from '../../../../src/check/acting.ts';
import { probe } from '../../../unit/check/probes/servers.ts';

const checkers = JSON.parse(readFileSync(0, 'utf8')) as ActingChecker[];
if (process.argv[2] === 'together') {
  console.log(JSON.stringify(await Promise.all(checkers.map((checker) => probe(checker)))));
} else {
  const results = [];
  for (const checker of checkers) results.push(await probe(checker));
  console.log(JSON.stringify(results));
}

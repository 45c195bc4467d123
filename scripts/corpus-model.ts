/**
 * Holds what this daemon understands of a collection of real configurations against what the original understands of
 * them: both models are printed as state dumps and compared field by field, what is run-time only left aside. The
 * collection is not part of the project: it is looked for beside the checkout, or where CORPUS says.
 *
 *   npm run corpus:model [-- PART-OF-A-FILE-NAME] [--verbose]
 *   npm run corpus:model -- --golden     makes the dumps in test/golden/dumps anew
 */
import { existsSync, readdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { compareFields, fieldsOf, type FieldDifference } from './corpus-model/compare.ts';
import { configuredFields, differenceText, explanationOf } from './corpus-model/differences.ts';
import { makeOriginalDumps, originalDumps } from './corpus-model/originals.ts';
import { loadOurs, ourDumps } from './corpus-model/ours.ts';

const original = '/usr/sbin/keepalived';

type Verdict = 'equal' | 'explained' | 'different' | 'refused here' | 'no dump of the original';

interface FileResult {
  readonly file: string;
  readonly verdict: Verdict;
  readonly fields: number;
  readonly differences: readonly (FieldDifference & { readonly reason: string | undefined })[];
}

function compareFile(file: string): FileResult {
  const theirs = originalDumps(file);
  const name = path.basename(file);
  const result = (verdict: Verdict): FileResult => ({ file: name, verdict, fields: 0, differences: [] });
  if (theirs.vrrp === undefined && theirs.check === undefined && theirs.bfd === undefined)
    return result('no dump of the original');
  const { configuration } = loadOurs(file);
  if (configuration === undefined) return result('refused here');
  const ours = ourDumps(configuration);
  let fields = 0;
  const differences: FileResult['differences'][number][] = [];
  for (const kind of ['vrrp', 'check', 'bfd'] as const) {
    const dump = theirs[kind];
    if (dump === undefined) continue;
    const comparison = compareFields(configuredFields(fieldsOf(dump)), configuredFields(fieldsOf(ours[kind])));
    fields += comparison.fields;
    for (const difference of comparison.differences)
      differences.push({ ...difference, reason: explanationOf(name, difference) });
  }
  const open = differences.some(({ reason }) => reason === undefined);
  return {
    file: name,
    verdict: open ? 'different' : differences.length > 0 ? 'explained' : 'equal',
    fields,
    differences,
  };
}

function print(results: readonly FileResult[], verbose: boolean): void {
  const compared = results.filter(({ fields }) => fields > 0);
  const byField = new Map<string, { count: number; files: Set<string>; example: string }>();
  for (const { file, differences } of compared) {
    for (const difference of differences) {
      if (difference.reason !== undefined) continue;
      const name = `${difference.section}: ${difference.key}`;
      const entry = byField.get(name) ?? { count: 0, files: new Set(), example: differenceText(difference) };
      entry.count++;
      entry.files.add(file);
      byField.set(name, entry);
      if (verbose) console.log(`${file} [${difference.block}] ${differenceText(difference)}`);
    }
  }
  for (const [name, { count, files, example }] of [...byField].sort((a, b) => b[1].files.size - a[1].files.size)) {
    console.log(
      `${name}: ${count} times in ${files.size} files (${[...files].slice(0, 4).join(', ')})\n    ${example}`,
    );
  }
  const reasons = new Map<string, number>();
  for (const { differences } of compared) {
    for (const reason of new Set(differences.map((difference) => difference.reason))) {
      if (reason !== undefined) reasons.set(reason, (reasons.get(reason) ?? 0) + 1);
    }
  }
  console.log('\nExplained differences, by the number of files:');
  for (const [reason, count] of [...reasons].sort((a, b) => b[1] - a[1])) console.log(`  ${count}: ${reason}`);
  const count = (verdict: Verdict): number => results.filter((result) => result.verdict === verdict).length;
  const fields = compared.reduce((sum, result) => sum + result.fields, 0);
  const different = compared.reduce((sum, result) => sum + result.differences.length, 0);
  const open = [...byField.values()].reduce((sum, entry) => sum + entry.count, 0);
  console.log(
    `\n${compared.length} of ${results.length} files are accepted by both and have a dump: ${count('equal')} agree in every field, ` +
      `${count('explained')} but for explained differences, ${count('different')} differ; ${count('refused here')} are refused here.\n` +
      `${fields} fields: ${fields - different} agree, ${different - open} differ as explained, ${open} differ.`,
  );
  for (const { file } of results.filter(({ verdict }) => verdict === 'different')) console.log(`differs: ${file}`);
  for (const { file } of results.filter(({ verdict }) => verdict === 'refused here')) console.log(`refused: ${file}`);
}

/** The dumps that test/golden/original-dumps.test.ts holds ours against, and the process that each is of. */
const golden = { global: ['check', 'parent'], vrrp: ['vrrp', 'bfd'], check: ['check'] } as const;

async function makeGolden(root: string): Promise<void> {
  const folder = path.join(root, 'test', 'golden', 'dumps');
  const fileOf = (name: string): string => path.join(folder, `${name}.conf`);
  await makeOriginalDumps(Object.keys(golden).map((name) => fileOf(name)));
  for (const [name, kinds] of Object.entries(golden)) {
    const dumps = originalDumps(fileOf(name));
    for (const kind of kinds) {
      const text = dumps[kind];
      if (text === undefined)
        throw new Error(`the original wrote no dump of ${name}.conf (${kind}); see .cache/corpus-model`);
      writeFileSync(path.join(folder, `${name}.${kind}.data`), text);
    }
  }
}

async function main(): Promise<void> {
  const root = path.dirname(import.meta.dirname);
  if (process.argv.includes('--golden')) return makeGolden(root);
  const folder = process.env['CORPUS'] ?? path.join(path.dirname(root), 'shared', 'corpus');
  if (!existsSync(folder) || !existsSync(original)) {
    const missing = existsSync(folder)
      ? `${original} (apt-get install keepalived)`
      : `${folder} (CORPUS=FOLDER names another place)`;
    console.log(`corpus-model: skipped, there is no ${missing}`);
    return;
  }
  const words = process.argv.slice(2);
  const part = words.find((word) => !word.startsWith('-')) ?? '';
  const files = readdirSync(folder)
    .filter((name) => name.endsWith('.conf') && name.includes(part))
    .sort()
    .map((name) => path.join(folder, name));
  await makeOriginalDumps(files);
  const results = files.map((file) => compareFile(file));
  print(results, words.includes('--verbose'));
  if (results.some(({ verdict }) => verdict === 'different')) process.exitCode = 1;
}

await main();

/** `npm run man`: writes the manual pages and the completion for bash to dist/manual, to look at them. */
import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { genhashPage, keepalivectlPage, keepalivedPage } from './manual/command-pages.ts';
import { bashCompletion } from './manual/completion.ts';
import { configurationPage } from './manual/configuration-page.ts';

/** Every manual page by its file name. */
export function manualPages(): ReadonlyMap<string, string> {
  return new Map([
    ['keepalived.8', keepalivedPage()],
    ['keepalived.conf.5', configurationPage()],
    ['genhash.1', genhashPage()],
    ['keepalivectl.1', keepalivectlPage()],
  ]);
}

if (import.meta.main) {
  const folder = path.join(import.meta.dirname, '..', 'dist', 'manual');
  mkdirSync(folder, { recursive: true });
  for (const [file, text] of manualPages()) writeFileSync(path.join(folder, file), text);
  writeFileSync(path.join(folder, 'keepalived.bash-completion'), bashCompletion());
  process.stdout.write(`man: ${[...manualPages().keys()].join(' ')} and the completion, in dist/manual\n`);
}

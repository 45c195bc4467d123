/** Where things are: the project, its programs, and the lab's own bundled modules inside the guest. */
import { existsSync } from 'node:fs';
import path from 'node:path';

/** Top folder of the project. In the guest the running module is a bundle elsewhere, so the word LAB_ROOT says it. */
export function projectRoot(): string {
  return process.env['LAB_ROOT'] ?? path.dirname(path.dirname(import.meta.dirname));
}

/** File of a lab module that runs as a program of its own: the bundle in the guest, the source elsewhere. */
export function labProgram(name: string): string {
  const bundled = path.join(import.meta.dirname, `${name}.mjs`);
  return existsSync(bundled) ? bundled : path.join(import.meta.dirname, `${name}.ts`);
}

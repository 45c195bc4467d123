/** What the process that serves the status page is told of it. */
import { readFileSync } from 'node:fs';
import { hostname } from 'node:os';
import path from 'node:path';
import { virtualServerLabels } from '../check/labels.ts';
import type { Configuration, PageUser, StatusPageConfiguration } from '../config/model.ts';
import { digestPassword } from '../web/status-page/passwords.ts';
import type { PageAccount, PageSettings } from '../web/status-page/settings.ts';

/** Where the build puts the style sheet and the script: beside the program. */
const assetsFolder = path.join(import.meta.dirname, 'page');

function accountOf({ name, password }: PageUser): PageAccount {
  return { name, password: password.kind === 'plain' ? digestPassword(name, password.text) : password };
}

/**
 * Read by the parent, because the other process may have no right to.
 * @throws Error when the files of the page are not where the build puts them
 */
export function pageSettings(page: StatusPageConfiguration, folder = assetsFolder): PageSettings {
  const { basePath, hosts, maximumViewers, users } = page;
  return {
    basePath,
    hosts,
    maximumViewers,
    accounts: users.map(accountOf),
    host: hostname(),
    style: readFileSync(path.join(folder, 'page.css'), 'utf8'),
    script: readFileSync(path.join(folder, 'page.js'), 'utf8'),
  };
}

/** Labels of services, each with what its servers are called: what a search for a server looks through. */
export function serverNames({ check }: Configuration): readonly (readonly [label: string, names: string])[] {
  const labels = virtualServerLabels(check);
  return check.virtualServers.map(({ realServers }, index) => [
    labels[index] ?? '',
    realServers.map(({ address, port }) => `${address}:${port}`).join(' '),
  ]);
}

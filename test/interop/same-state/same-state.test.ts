// The same configurations through the same events under Debian's keepalived and under this daemon: after each event
// kernel, FIFO, scripts and wire show the same.
import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { scenesAtOnce } from '../vrrp/fair-play.ts';
import { addressTable } from './address-table.ts';
import { compare } from './play.ts';
import { protocolTable } from './protocol-table.ts';
import { trackingTable } from './tracking-table.ts';

const configurations = [...protocolTable, ...addressTable, ...trackingTable];

scenesAtOnce(
  Object.fromEntries(
    configurations.map((configuration) => [configuration.name, (cleanUp) => compare(cleanUp, configuration)]),
  ),
  12,
);

const differences = readFileSync(new URL('../../../docs/differences.md', import.meta.url), 'utf8');

it.each(configurations.flatMap(({ differs, name }) => (differs === undefined ? [] : [{ name, ...differs }])))(
  'docs/differences.md explains what differs in "$name"',
  ({ explained }) => {
    expect(differences).toContain(explained);
  },
);

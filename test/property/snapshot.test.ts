// Whatever a configuration was and becomes: a process that gets differences has what it would have got as a whole.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Configuration } from '../../src/config/model.ts';
import { sameSettings } from '../../src/plan/same.ts';
import type { ChildOptions } from '../../src/process/messages.ts';
import { SnapshotCollector, snapshotPieces } from '../../src/process/snapshot-pieces.ts';
import { model } from '../unit/config/memory.ts';

const server = fc
  .record({
    address: fc.constantFrom('10.1.0.1 80', '10.1.0.2 80', '10.1.0.1 81', '10.1.0.3'),
    lines: fc.uniqueArray(
      fc.constantFrom(
        'weight 2',
        'inhibit_on_failure',
        'notify_up /bin/true',
        'retry 3',
        'TCP_CHECK {\n}',
        'TCP_CHECK {\nconnect_timeout 2\n}',
        'TCP_CHECK {\nbind_port 1000\nshare_probe off\n}',
        'TCP_CHECK {\nconnect_ip 10.1.0.9\n}',
        'TCP_CHECK {\nconnect_port 81\n}',
        'HTTP_GET {\nurl {\npath /a\n}\n}',
        'HTTP_GET {\nurl {\npath /b\nstatus_code 200\n}\nfwmark 3\n}',
      ),
      { maxLength: 4 },
    ),
  })
  .map(({ address, lines }) => `real_server ${address} {\n${lines.join('\n')}\n}`);

const service = fc
  .record({
    identity: fc.constantFrom('10.0.0.1 80', '10.0.0.2 80', '10.0.0.3 80', 'fwmark 1', 'group G'),
    lines: fc.uniqueArray(
      fc.constantFrom('protocol TCP', 'weight 3', 'alpha', 'quorum 2', 'lvs_sched wrr', 'delay_loop 3'),
    ),
    sorry: fc.constantFrom('', '', 'sorry_server 10.1.0.9 80', 'sorry_server 10.1.0.8 80'),
    servers: fc.array(server, { minLength: 1, maxLength: 5 }),
  })
  .map(
    ({ identity, lines, servers, sorry }) =>
      `virtual_server ${identity} {\n${[...lines, sorry, ...servers].join('\n')}\n}`,
  );

/** Many that are alike, as in large configurations, with one that is not. */
const alike = fc
  .record({
    count: fc.nat(12),
    other: fc.nat(12),
    own: service,
    lines: fc.constantFrom('', 'TCP_CHECK {\n}', 'weight 2'),
  })
  .map(({ count, lines, other, own }) =>
    Array.from({ length: count }, (_, index) =>
      index === other
        ? own
        : `virtual_server 10.2.0.${index} 80 {\nreal_server 10.1.0.${index} 80 {\n${lines}\n}\nreal_server 10.1.1.1 80 {\n}\n}`,
    ),
  );

const services = fc.oneof(fc.array(service, { maxLength: 6 }), alike);

const configuration = services.map((blocks) => {
  const text = `virtual_server_group G {\n10.0.1.1 80\n}\n${blocks.join('\n')}\n`;
  return model(text, { mode: 'run' });
});

/** Order of keys included, which the identities of checks depend on. */
function checksOf({ check }: Configuration): string[] {
  return check.virtualServers.flatMap(({ realServers }) =>
    realServers.flatMap(({ checkers }) => checkers.map(({ at: _at, ...checker }) => JSON.stringify(checker))),
  );
}

function everyObject(value: unknown, seen: Set<unknown> = new Set()): Set<unknown> {
  if (typeof value !== 'object' || value === null) return seen;
  seen.add(value);
  for (const inner of Object.values(value)) everyObject(inner, seen);
  return seen;
}

describe('a snapshot as a difference', () => {
  it('is the configuration, whatever it was before, and has the objects of what is the same', () => {
    fc.assert(
      fc.property(fc.array(configuration, { minLength: 1, maxLength: 4 }), (configurations) => {
        const collector = new SnapshotCollector();
        let sent: Configuration | undefined;
        let had: Configuration | undefined;
        for (const next of configurations) {
          let has: Configuration | undefined;
          for (const message of snapshotPieces(
            { type: 'configure', configuration: next, options: { kind: 'checker' } as ChildOptions },
            sent,
          )) {
            const arrived = JSON.parse(JSON.stringify(message)) as typeof message;
            if (arrived.type === 'configure') has = collector.complete(arrived).configuration;
            else collector.piece(arrived);
          }
          sent = next;
          if (has === undefined) throw new Error('there was no last message');
          expect(sameSettings(has, next)).toBe(true);
          expect(checksOf(has)).toEqual(checksOf(next));
          const former = everyObject(had);
          for (const is of has.check.virtualServers) {
            const was = had?.check.virtualServers.filter((other) => sameSettings(other.identity, is.identity)) ?? [];
            if (was.length === 1 && sameSettings(was[0], is)) expect(is).toBe(was[0]);
            // Nothing is in two places of a configuration but what nobody tells apart.
            else if (was.length === 0) for (const own of is.realServers) expect(former.has(own)).toBe(false);
          }
          const servers = has.check.virtualServers.flatMap(({ realServers, sorryServer }) =>
            sorryServer ? [...realServers, sorryServer] : realServers,
          );
          const parts = [...has.check.virtualServers, ...servers, ...servers.flatMap(({ checkers }) => checkers)];
          expect(new Set(parts).size).toBe(parts.length);
          had = has;
        }
      }),
    );
  });
});

// A reading that knows the virtual servers of the one before is only faster: what is read and said stays the same.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { scaledConfiguration } from '../../bench/configurations.ts';
import type { KnownServices } from '../../src/config/known-services.ts';
import type { LoadResult } from '../../src/config/load.ts';
import type { RealServerConfiguration } from '../../src/config/model.ts';
import { samples } from '../data/samples/all.ts';
import { load, type FileTable } from '../unit/config/memory.ts';

/** As text: the order of keys counts, too. */
function textOf({ configuration, diagnostics, exitCode }: LoadResult): string {
  return JSON.stringify({ configuration, diagnostics, exitCode }, undefined, 1);
}

/** Reads some texts one after the other, each knowing of the one before, and compares each with what it is alone. */
function expectSame(texts: readonly string[], files: readonly FileTable[] = []): void {
  let known: KnownServices | undefined;
  for (const [index, text] of texts.entries()) {
    const others = files[index % files.length] ?? {};
    const again = load(text, { mode: 'run', files: others, note: true, ...(known && { known }) });
    expect(textOf(again)).toBe(textOf(load(text, { mode: 'run', files: others })));
    // Whoever asks for origins gets services that are completed at the end.
    const late = load(text, { mode: 'run', files: others, origins: { record: () => undefined } as never });
    const { files: read = [] } = late.configuration ?? {};
    expect(JSON.stringify(again.configuration)).toBe(JSON.stringify(late.configuration));
    // What is said twice of one place, because its file is read twice, comes in another order.
    if (new Set(read).size === read.length) expect(again.diagnostics).toEqual(late.diagnostics);
    known = again.known;
  }
}

const server = fc
  .record({
    opener: fc.constantFrom(
      'real_server 10.1.0.1 80 {',
      'real_server 10.1.0.2 80 {',
      'real_server 10.1.0.3 80 {',
      'real_server 10.1.0.3 81 { # a comment',
      'real_server fd00::1 80 {',
      'real_server 10.1.0.4 80\n{',
    ),
    lines: fc.array(
      fc.constantFrom(
        'weight 2',
        'weight 2',
        'weight x',
        'weight 0',
        'inhibit_on_failure',
        'TCP_CHECK {\n connect_timeout 2\n}',
        'TCP_CHECK {\n}',
        'TCP_CHECK { connect_port 81',
        'HTTP_GET {\n url {\n path "/a b"\n }\n}',
        'SMTP_CHECK {\n host {\n connect_ip 10.1.0.9\n }\n}',
        'FILE_CHECK {\n track_file f\n}',
        'BFD_CHECK {\n name unknown\n}',
        'MISC_CHECK {\n misc_path /usr/bin/true\n}',
        'notify_up /usr/bin/true',
        'lvs_method TUN',
        '# only a comment with $A, @b and include',
        'weight $W',
        '',
      ),
      { maxLength: 4 },
    ),
    end: fc.constantFrom('}', '}', '}', '}\n', '} # end', ''),
  })
  .map(({ end, lines, opener }) => [opener, ...lines, end].join('\n'));

const plainServer = fc
  .tuple(fc.integer({ min: 1, max: 6 }), fc.constantFrom('1', '2', '3', '1', '2', '3', '$W'))
  .map(([host, weight]) => `  real_server 10.1.0.${host} 80 {\n    weight ${weight}\n  }`);

const head = fc.array(
  fc.constantFrom(
    'protocol TCP', 'lvs_sched rr', 'lvs_method NAT', 'delay_loop 3', 'quorum 4', 'weight 3', 'alpha', 'retry 2', 'lvs_method DR',
    'quorum_up /usr/bin/true', 'sorry_server 10.1.0.1 80', 'bogus 1', 'virtualhost "a b"', 'hashed', 'drain_timeout 5', '{', '}', '~SEQ(i, 1, 2) weight $i',
  ),
  { maxLength: 4 },
); // prettier-ignore

function service(
  identity: fc.Arbitrary<string>,
  own: fc.Arbitrary<readonly string[]>,
  pool: fc.Arbitrary<string>,
): fc.Arbitrary<string> {
  return fc
    .tuple(identity, own, fc.array(pool, { maxLength: 5 }))
    .map(([name, lines, servers]) => [`virtual_server ${name} {`, ...lines, ...servers, '}'].join('\n'));
}

const identities = fc.constantFrom(
  '10.0.0.1 80', '10.0.0.2 80', '10.0.0.3 80', '10.0.0.4 80', 'fd00::1 80', 'fwmark 1', 'group G', 'x 1',
); // prettier-ignore

const good = service(identities, fc.constant(['  protocol TCP', '  lvs_sched rr', '  lvs_method NAT']), plainServer);

const block = fc.oneof(
  { weight: 6, arbitrary: good },
  { weight: 2, arbitrary: service(identities, head, fc.oneof(server, plainServer)) },
  {
    weight: 1,
    arbitrary: fc.constantFrom(
      'global_defs {\n checker_log_all_failures\n}',
      'global_defs {\n smtp_alert_checker true\n}',
      'global_defs {\n notification_email {\n a@example.org\n }\n}',
      '$W=7',
      '$W=6',
      '$LONG=weight 3 \\\n weight 4',
      'include more.conf',
      '@node1 $W=8',
      'virtual_server_group G {\n 10.0.1.1 80\n}',
      'track_file f {\n file /tmp/f\n}',
      'vrrp_instance V {\n interface eth0\n virtual_router_id 1\n}',
      '# nothing',
      'virtual_server 10.0.0.1 80 { real_server 10.1.0.1 80 { weight 2',
      '}}',
      '}',
      'virtual_server 10.0.0.5 80',
    ),
  },
);

/** Where in a list, and what is done there. */
const edit = fc.record({
  place: fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }),
  what: fc.constantFrom('remove', 'double', 'blank', 'comment', 'weight', 'address', 'swap', 'definitions'),
});

function edited(text: string, edits: readonly { readonly place: number; readonly what: string }[]): string {
  const lines = text.split('\n');
  for (const { place, what } of edits) {
    const at = Math.floor(place * lines.length);
    const line = lines[at] ?? '';
    if (what === 'remove') lines.splice(at, 1);
    else if (what === 'double') lines.splice(at, 0, line);
    else if (what === 'blank') lines.splice(at, 0, '');
    else if (what === 'comment') lines[at] = `${line} # c`;
    else if (what === 'weight') lines[at] = line.replace(/(weight|\$W=) ?\d+/, '$1 9').replace('= ', '=');
    else if (what === 'definitions')
      for (const [index, other] of lines.entries()) lines[index] = other.replace(/\$W=\d/, '$$W=5');
    else if (what === 'address') lines[at] = line.replace(/\.\d+ 80/, '.77 80');
    else lines.push(...lines.splice(at, 3));
  }
  return lines.join('\n');
}

describe('a reading with what is known from the one before', () => {
  it('is what it is alone, for any blocks and any edits', () => {
    fc.assert(
      fc.property(
        fc.array(block, { minLength: 1, maxLength: 6 }),
        fc.array(block, { maxLength: 3 }),
        fc.array(fc.array(edit, { minLength: 1, maxLength: 4 }), { minLength: 1, maxLength: 4 }),
        fc.constantFrom('\n', '\r\n'),
        (blocks, included, rounds, end) => {
          const texts = [`$W=4\n${blocks.join('\n')}\n`];
          const more = [`${included.join('\n')}\n`];
          for (const edits of rounds) {
            texts.push(edited(texts.at(-1) ?? '', edits));
            more.push(edited(more.at(-1) ?? '', edits.slice(0, 1)));
          }
          const asWritten = (text: string): string => text.replaceAll('\n', end);
          expectSame(
            texts.map(asWritten),
            more.map((text) => ({ '/etc/keepalived/more.conf': asWritten(text) })),
          );
        },
      ),
      { numRuns: 400 },
    );
  });

  it('is what it is alone, for valid uses of every keyword', () => {
    for (const { text, without } of samples) expectSame([without, text, `# one line\n${text}`, without]);
  });

  it('is what it is alone, where repetitions have made so much that the rest is left out', () => {
    const service =
      'virtual_server 10.0.0.1 80 {\nprotocol TCP\nlvs_sched rr\nlvs_method NAT\nreal_server 10.1.0.1 80 {\nweight 2 # two\n}\n}\n';
    const much = '~SEQ(i, 1, 600000) # nothing\n';
    expectSame([service, much + service, service, service + much]);
  });

  it('is what it is alone, and finds what is the same, where one server of each service is another', () => {
    const texts = (['nothing', 'weight', 'address', 'nothing'] as const).flatMap((changed) =>
      [false, true].map((checked) => [...scaledConfiguration(40, checked, changed)].join('')),
    );
    expectSame(texts);
  });
});

describe('a service of which one server has changed', () => {
  const pool = (third: string, more = ''): string =>
    [
      'virtual_server 10.0.0.1 80 {',
      'protocol TCP\nlvs_sched rr\nlvs_method NAT',
      more,
      'real_server 10.1.0.1 80 {\nweight 1\n}',
      'real_server 10.1.0.2 80 {\nweight 1\n}',
      third,
      '}\n',
    ].join('\n');
  const third = 'real_server 10.1.0.3 80 {\nweight 1\n}';

  it.each([
    ['weighs too little for the quorum', 'quorum 3', 'real_server 10.1.0.3 80 {\nweight 0\n}'],
    ['is another one of the pool', '', 'real_server 10.1.0.2 80 {\n}'],
    [
      'is the sorry server, but not inhibited',
      'sorry_server 10.1.0.9 80',
      'real_server 10.1.0.9 80 {\ninhibit_on_failure\n}',
    ],
    ['is of another family', '', 'real_server fd00::1 80 {\n}'],
    ['has a port that packets cannot have', '', 'real_server 10.1.0.3 81 {\nlvs_method DR\n}'],
    ['runs a script', '', 'real_server 10.1.0.3 80 {\nnotify_up /usr/bin/true\n}'],
    ['follows something', '', 'real_server 10.1.0.3 80 {\nFILE_CHECK {\ntrack_file f\n}\n}'],
    ['has an old keyword', '', 'real_server 10.1.0.3 80 {\nSMTP_CHECK {\nhost {\n}\n}\n}'],
    ['is not closed', '', 'real_server 10.1.0.3 80 {'],
    ['is closed twice', '', 'real_server 10.1.0.3 80 {\n}\n}'],
    ['comes behind another setting', '', 'weight 3\nreal_server 10.1.0.3 80 {\n}'],
    [
      'is a definition of two lines',
      '',
      '$LONG=a \\\nreal_server 10.1.0.2 80 {\nweight 1\n}\nreal_server 10.1.0.4 80 {\n}\n',
    ],
    ['is made by a repetition', '', '~SEQ(i, 3, 5) real_server 10.1.0.$i 80 {}'],
    ['is gone', '', ''],
  ])('where it %s', (_what, more, changed) => {
    const track = 'track_file f {\nfile /tmp/f\n}\n';
    const [before, after] = [track + pool(third, more), track + pool(changed, more)];
    expectSame([before, after, before, `# below\n${after}`]);
  });
});

function serversOf({ configuration }: LoadResult): readonly RealServerConfiguration[] {
  return configuration?.check.virtualServers.flatMap(({ realServers }) => realServers) ?? [];
}

describe('what a reading knows from the one before', () => {
  const text = [...scaledConfiguration(10, true, 'nothing')].join('');
  const first = load(text, { mode: 'run', note: true });
  const again = (changed: string): LoadResult =>
    load(changed, { mode: 'run', note: true, ...(first.known && { known: first.known }) });

  it('are the very same virtual servers for the same lines', () => {
    const { configuration } = again(`${text}# the end\n`);
    const before = first.configuration?.check.virtualServers ?? [];
    expect(before).toHaveLength(10);
    for (const [index, service] of before.entries()) expect(configuration?.check.virtualServers[index]).toBe(service);
  });

  it('are the very same real servers where others of the same virtual server have changed', () => {
    const before = new Set(serversOf(first));
    for (const changed of ['weight', 'address'] as const) {
      const after = serversOf(again([...scaledConfiguration(10, true, changed)].join('')));
      expect(after).toHaveLength(30);
      expect(after.map((server) => before.has(server))).toEqual(
        Array.from({ length: 10 }, () => [true, true, false]).flat(),
      );
    }
  });

  it('are no services whose meaning comes from elsewhere', () => {
    const known = load(
      [
        '$W = 3',
        'virtual_server 10.0.0.1 80 {\n protocol TCP\n lvs_sched rr\n lvs_method NAT\n real_server 10.1.0.1 80 {\n weight $W\n }\n}',
        'virtual_server 10.0.0.2 80 {\n protocol TCP\n lvs_sched rr\n lvs_method NAT\n real_server 10.1.0.1 80 {\n notify_up /usr/bin/true\n }\n}',
        'virtual_server 10.0.0.3 80 {\n protocol TCP\n lvs_sched rr\n lvs_method NAT\n real_server 10.1.0.1 80 {\n weight 1\n }\n}',
        '',
      ].join('\n'),
      { mode: 'run', note: true },
    ).known;
    const services = [...(known?.files.values() ?? [])].flatMap((file) => file.services);
    expect(services.map(({ identity }) => identity)).toMatchObject([{ address: '10.0.0.3' }]);
  });
});

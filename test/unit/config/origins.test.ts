// Where values come from: written, written but changed, another keyword, the default.
import { describe, expect, it } from 'vitest';
import { OriginRecorder, originsOf, type Origin } from '../../../src/config/origins.ts';
import { configurationLines } from '../../../src/config/print/configuration.ts';
import type { PrintedLine } from '../../../src/config/print/printed.ts';
import { statementText } from '../../../src/config/print/text.ts';
import { walkSchema } from '../../../src/config/schema/keyword.ts';
import { inheritanceOf, namedKeywords, namesOf } from '../../../src/config/schema/relations.ts';
import { topSchema } from '../../../src/config/schema/top.ts';
import { instance } from './memory.ts';
import { read } from './round-trip.ts';

/** Every printed line below the blocks named, as text, with its origin in short. */
function origins(text: string): Map<string, string> {
  const recorder = new OriginRecorder();
  const { configuration } = read(text, { origins: recorder });
  if (!configuration) throw new Error('not loaded');
  const shown = new Map<string, string>();
  const walk = (printed: readonly PrintedLine[], path: string, found: ReadonlyMap<PrintedLine, Origin>): void => {
    for (const line of printed) {
      const origin = found.get(line);
      const name = path + statementText(line);
      shown.set(name, origin ? short(origin) : 'nothing');
      walk(line.block ?? [], `${name} / `, found);
    }
  };
  for (const { line, origins: found } of originsOf(configurationLines(configuration), recorder.statements, topSchema))
    walk([line], '', found);
  return shown;
}

function short(origin: Origin): string {
  switch (origin.kind) {
    case 'given':
      return `given ${origin.at.line}`;
    case 'adjusted':
      return `adjusted ${origin.at.line} ${[origin.given.keyword, ...origin.given.words].join(' ')}`;
    case 'inherited':
      return `${origin.copies ? 'copies' : 'follows'} ${origin.from} ${origin.at.line}`;
    case 'default':
      return 'default';
  }
}

describe('the relations between keywords', () => {
  it('name keywords that exist', () => {
    const known = new Set<string>();
    for (const { path, keyword } of walkSchema(topSchema)) {
      known.add(`${path === '(top)' ? '' : (path.split('/').at(-1) ?? '')}/${keyword}`);
    }
    expect(namedKeywords().filter((named) => !known.has(named))).toEqual([]);
    expect(namedKeywords().length).toBeGreaterThan(100);
  });

  it('cover what a checker inherits from its servers (behaviour B1)', () => {
    expect(inheritanceOf('TCP_CHECK', 'retry').copies).toEqual(['real_server/retry', 'virtual_server/retry']);
    expect(inheritanceOf('TCP_CHECK', 'bind_port')).toEqual({});
    expect(namesOf('virtual_server', 'lb_algo')).toContain('lvs_sched');
  });
});

describe('values of an instance', () => {
  const text = `global_defs {
vrrp_garp_master_delay 7
vrrp_version 3
}
vrrp_instance VI_1 {
interface eth0
virtual_router_id 51
priority 300
advert_int 1.001
nopreempt
state MASTER
virtual_ipaddress {
10.0.0.1
10.0.0.2/24 label eth0:1
}
}
`;
  const shown = origins(text);
  const vi = (line: string) => shown.get(`vrrp_instance VI_1 / ${line}`);

  it.each([
    ['interface eth0', 'given 6'],
    ['virtual_router_id 51', 'given 7'],
    ['priority 100', 'adjusted 8 priority 300'],
    ['advert_int 1', 'adjusted 9 advert_int 1.001'],
    ['preempt', 'adjusted 10 nopreempt'],
    ['state MASTER', 'given 11'],
    ['garp_master_delay 7', 'copies vrrp_garp_master_delay 2'],
    ['garp_lower_prio_delay 7', 'copies vrrp_garp_master_delay 2'],
    ['version 3', 'copies vrrp_version 3'],
    ['garp_master_repeat 5', 'default'],
    ['down_timer_adverts 3', 'default'],
  ])('%s: %s', (line, expected) => expect(vi(line)).toBe(expected));

  it('each address is that of its line', () => {
    const addresses = [...shown].filter(([name]) => name.includes('/ virtual_ipaddress / '));
    expect(addresses.map(([, origin]) => origin)).toEqual(['given 13', 'given 14']);
  });
});

describe('values of servers and checkers', () => {
  const text = `virtual_server 10.0.0.1 80 {
delay_loop 6
lb_algo rr
lb_kind NAT
protocol tcp
retry 2
real_server 10.0.0.2 80 {
TCP_CHECK {
retry 4
}
}
real_server 10.0.0.3 80 {
delay_loop 9
HTTP_GET {
nb_get_retry 3
url {
path /a
}
url {
path /b
status_code 200
}
}
}
}
`;
  const shown = origins(text);
  const at = (path: string) => shown.get(`virtual_server 10.0.0.1 80 / ${path}`);

  it.each([
    ['lvs_sched rr', 'given 3'],
    ['lvs_method NAT', 'given 4'],
    ['protocol TCP', 'given 5'],
    ['quorum 1', 'default'],
    ['real_server 10.0.0.2 80', 'given 7'],
    ['real_server 10.0.0.2 80 / lvs_method NAT', 'copies lb_kind 4'],
    ['real_server 10.0.0.2 80 / TCP_CHECK / retry 4', 'given 9'],
    ['real_server 10.0.0.2 80 / TCP_CHECK / connect_ip 10.0.0.2', 'copies real_server 7'],
    ['real_server 10.0.0.2 80 / TCP_CHECK / delay_loop 6', 'copies delay_loop 2'],
    ['real_server 10.0.0.2 80 / TCP_CHECK / warmup 6', 'copies delay_loop 2'],
    ['real_server 10.0.0.3 80 / HTTP_GET / delay_loop 9', 'copies delay_loop 13'],
    ['real_server 10.0.0.3 80 / HTTP_GET / retry 3', 'given 15'],
    ['real_server 10.0.0.3 80 / HTTP_GET / delay_before_retry 3', 'default'],
    ['real_server 10.0.0.3 80 / HTTP_GET / url / path /a', 'given 17'],
    ['real_server 10.0.0.3 80 / HTTP_GET / url / path /b', 'given 20'],
  ])('%s: %s', (path, expected) => expect(at(path)).toBe(expected));
});

it('blocks that one line of a repetition made are told apart by their names', () => {
  const shown = origins(
    `~SEQ(i, 2) vrrp_instance VI_$i { interface eth0 } \n${instance()}`.replace(
      /^.*\n/,
      '$BODY= { \\\ninterface eth0 \\\nvirtual_router_id ${i} \\\npriority 5${i} \\\nno_virtual_ipaddress \\\n}\n~SEQ(i, 2) vrrp_instance A${i} ${BODY}\n',
    ),
  );
  expect([...shown.keys()]).toEqual(
    expect.arrayContaining(['vrrp_instance A1 / priority 51', 'vrrp_instance A2 / priority 52']),
  );
  for (const name of ['vrrp_instance A1 / priority 51', 'vrrp_instance A2 / priority 52']) {
    expect(shown.get(name)).toMatch(/^given/);
  }
});

it('keys are told apart by their numbers, however they are spelt', () => {
  const keys = ['1 0123456789abcdef0123456789abcdef', '2 hex:'.padEnd(70, '0')].map((key) => `key ${key}`);
  const shown = origins(instance(`version 3\nauth_hmac {\n${keys.join('\n')}\nactive_key 2\n}`));
  const found = [...shown].filter(([name]) => name.includes('/ auth_hmac / key'));
  expect(found.map(([, origin]) => origin)).toEqual(['given 9', 'given 10']);
});

it('commands are compared by their arguments, whatever their quotes', () => {
  const shown = origins(instance(`notify_master '/usr/bin/true "a b"'`));
  expect(shown.get(`vrrp_instance VI_1 / notify_master "/usr/bin/true 'a b'"`)).toMatch(/^given/);
});

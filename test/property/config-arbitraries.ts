// Configurations made from the schema: blocks that can stand, with any keywords of theirs and arguments in the form that the schema says.
import fc from 'fast-check';
import type { BlockShape, KeywordShape } from '../../src/config/tree.ts';
import { BlockSchema, type KeywordFacts, type LineWords } from '../../src/config/schema/keyword.ts';
import { topSchema } from '../../src/config/schema/top.ts';

type Text = fc.Arbitrary<string>;
type Entry = KeywordFacts & KeywordShape & { readonly words?: LineWords };

const awkward = [
  'plain', '"two words"', '"#1"', '"a!b"', '"$x"', '"${y}"', '"~z"', '"@w"', '"{b}"', "it's", 'a\\b', '"a\\b c"', '""', '\u00fc\u00df', '"include"',
]; // prettier-ignore
const commands = [
  '/usr/bin/true', '"/usr/bin/true a b"', `"/usr/bin/true 'a b' c"`, '"/usr/bin/true \\"x y\\" z"', `'/usr/bin/true "q" w'`,
  '"/usr/bin/true # ! {x} $y"', '"/usr/bin/true \\\\\\\\ a\\\\tb"', '"/usr/bin/true \\\\$x ~ @ %"', '"/usr/bin/true \'\'"', '/nowhere/script',
]; // prettier-ignore

const atoms: Readonly<Record<string, readonly string[]>> = {
  ifname: ['eth0', 'eth1', 'eth0.7', 'lo', 'nosuch'],
  'vrf ifname': ['red'],
  ip: ['10.0.0.1', '10.1.2.3', '192.168.7.9', 'fe80::1', '2001:db8::5', '2001:0db8:0:0::00ff'],
  'mcast ip': ['224.0.0.81', '239.1.2.3'],
  'ipv4 mcast': ['224.0.0.18', '239.1.1.1'],
  'ipv6 mcast': ['ff02::12', 'ff05::7'],
  prefix: ['10.2.0.0/16', 'default', '2001:db8:1::/48', '10.9.9.9'],
  'ip prefix': ['10.2.0.0/16', '2001:db8:1::/48'],
  cmd: commands,
  user: ['root', 'nobody'],
  group: ['root'],
  'vrrp_script name': ['s1', 's2'],
  'track_file name': ['f1', 'f2'],
  'vrrp_track_process name': ['p1'],
  'bfd_instance name': ['b1'],
  'vrrp_instance name': ['VI_1', 'VI_2', 'VI_3'],
  path: ['/tmp/x', '"/tmp/a b"', '/index.html?a=b', '"/x#y"'],
  dir: ['/tmp', '"/var/tmp/a b"'],
  host: ['www.example.org', '10.0.0.1:80'],
  email: ['root@localhost', 'a@b.example'],
  address: ['root@localhost', 'a@b.example'],
  '32 hex': ['00112233445566778899aabbccddeeff', '00112233445566778899AABBCCDDEEFF', 'xyz'],
  'pcre2 pattern': ['abc', '"a b"', "'x\\\\d+ y'", '"^[a-z]{2,3}$"', '"\\\\bq\\\\b #!"'],
  'hex string': ['00ff12', 'zz'],
  'hex string? with X wildcards': ['00xxXX', ''],
  'ipv4 netmask': ['255.255.255.0', '255.255.0.0', '255.255'],
  ipv4: ['10.0.0.255', '+', '-'],
  'name or number': ['7', '254', 'main', '0x10'],
  'int32': ['-1', '0', '-150'],
  uint32: ['0', '1', '4294967295'],
  'uint32 any base': ['0x10', '7'],
  uint: ['0', '3', '100'],
  'label': ['16', '17'],
  'mac? 5 or 6 octets': ['02:00:5e:00:01', '02:00:5e:00:01:07'],
  'params...': ['', 'x y'],
  string: awkward,
  name: awkward,
  domain: ['example.org', '"a b"'],
  'never?': ['', 'never'],
  'VS?': ['', 'VS'],
}; // prettier-ignore

function numbers(name: string): Text | undefined {
  const range = /(-?[\d.]+)\.\.(-?[\d.]+)/.exec(name);
  const from = /(?:from|above) ([\d.]+)/.exec(name);
  if (!range && !from && !/^(uint|int|secs|usec|msec|bytes|number|n)\b/.test(name)) return undefined;
  const low = Number(range?.[1] ?? from?.[1] ?? 0);
  const high = Number(range?.[2] ?? 4294);
  const inside = fc.integer({ min: Math.ceil(low), max: Math.floor(high) }).map(String);
  const choices: Text[] = [
    inside,
    fc.constantFrom(String(low), String(high), String(Math.min(high, Math.ceil(low) + 1))),
  ];
  if (name.includes('float')) {
    choices.push(fc.double({ min: low, max: Math.min(high, 4294), noNaN: true }).map((value) => value.toFixed(3)));
    choices.push(fc.constantFrom('1.5', '0.25', '2.000001'));
  }
  return fc.oneof(...choices, fc.constantFrom('0', '-1', 'x'));
}

function atom(name: string): Text {
  const known = atoms[name] ?? atoms[name.replace(/\?$/, '')];
  const arbitrary = (known && fc.constantFrom(...known)) ?? numbers(name) ?? fc.constantFrom(...awkward);
  return name.endsWith('?') ? fc.oneof(arbitrary, fc.constant('')) : arbitrary;
}

/** Words of a form outside of angle brackets and braces. */
function splitForm(form: string): string[] {
  const parts: string[] = [];
  let depth = 0;
  let current = '';
  for (const char of form) {
    if (char === '<' || char === '{' || char === '(') depth++;
    if (char === '>' || char === '}' || char === ')') depth--;
    if (char === ' ' && depth === 0) {
      parts.push(current);
      current = '';
    } else current += char;
  }
  return [...parts, current].filter((part) => part !== '');
}

/** Arguments in a form of the schema (`<int 1..255> {reverse}`, `A or B`). */
export function argumentsOf(form: string): Text {
  if (form === '(none)' || form.startsWith('after') || form.startsWith('before')) return fc.constant('');
  if (form === '<bool?>') return fc.constantFrom('', 'on', 'off', 'true', 'false', 'maybe');
  const parts = splitForm(form);
  if (parts.includes('or')) {
    const alternatives: string[][] = [[]];
    for (const part of parts) {
      if (part === 'or') alternatives.push([]);
      else alternatives.at(-1)?.push(part);
    }
    return fc.oneof(...alternatives.map((words) => argumentsOf(words.join(' '))));
  }
  if (parts.length > 6 && parts.every((part) => !part.startsWith('<') && !part.startsWith('{')))
    return fc.constantFrom(...parts);
  const words = parts.map((part): Text => {
    const repeated = /[+*]$/.test(part) && part.length > 1;
    const bare = repeated ? part.slice(0, -1) : part;
    let one: Text;
    if (bare.startsWith('<') && bare.endsWith('>')) one = atom(bare.slice(1, -1));
    else if (bare.startsWith('{') && bare.endsWith('}')) {
      const inner = bare.slice(1, -1);
      const choice = /^[a-z_ 0-9]+$/.test(inner) && !inner.includes(' or ') && inner.includes(' ');
      one = fc.oneof(fc.constant(''), choice ? fc.constantFrom(...inner.split(' ')) : argumentsOf(inner));
    } else if (bare === '<ip>{/<prefixlen>}') one = fc.constantFrom('10.0.0.7/24', '10.0.0.8', '2001:db8::9/64');
    else one = fc.constant(bare);
    return repeated ? fc.array(one, { minLength: 1, maxLength: 3 }).map((all) => all.join(' ')) : one;
  });
  return fc.tuple(...words).map((all) => all.filter((word) => word !== '').join(' '));
}

/** One line of a value block: its first word, then options. */
function valueLine(words: LineWords): Text {
  const firsts = Object.entries(words).filter(([word]) => word.startsWith('<'));
  const options = Object.entries(words).filter(([word]) => !word.startsWith('<'));
  const first = firsts.length === 0 ? fc.constant('') : fc.oneof(...firsts.map(([, { form }]) => argumentsOf(form)));
  if (options.length === 0) return first;
  const option = fc.oneof(...options.map(([word, { form }]) => argumentsOf(form).map((rest) => `${word} ${rest}`)));
  return fc.tuple(first, fc.array(option, { maxLength: 4 })).map(([name, rest]) => [name, ...rest].join(' '));
}

function isSchema(shape: BlockShape | undefined): shape is BlockSchema<unknown> {
  return shape instanceof BlockSchema;
}

function statement(keyword: string, entry: Entry, depth: number): Text {
  if (entry.shape === 'values') {
    const lines = entry.words ? valueLine(entry.words) : fc.constantFrom(...awkward);
    return fc
      .array(lines, { minLength: 1, maxLength: 3 })
      .map((all) => `${keyword} {\n${all.filter((line) => line.trim() !== '').join('\n')}\n}`);
  }
  if (entry.shape === 'block') {
    const form = entry.form.replace(/,? *block$/, '');
    const head = form === '' ? fc.constant('') : argumentsOf(form);
    return fc
      .tuple(head, isSchema(entry.nested) ? keywordsOf(entry.nested, 5, [], depth + 1) : fc.constant(''))
      .map(([words, body]) => `${keyword} ${words} {\n${body}\n}`);
  }
  return argumentsOf(entry.form).map((words) => `${keyword} ${words}`);
}

/** Some statements of a block, in any order. */
export function keywordsOf(
  schema: BlockSchema<never> | BlockSchema<unknown>,
  maximum: number,
  without: readonly string[] = [],
  depth = 0,
): Text {
  if (depth > 4) return fc.constant('');
  const entries = [...(schema.keywords as ReadonlyMap<string, Entry>)].filter(
    ([keyword]) => !without.includes(keyword),
  );
  const one = fc.constantFrom(...entries).chain(([keyword, entry]) => statement(keyword, entry, depth));
  return fc.array(one, { maxLength: maximum }).map((all) => all.join('\n'));
}

function nested(keyword: string, inside: BlockSchema<unknown> | BlockSchema<never> = topSchema): BlockSchema<unknown> {
  const shape = (inside.keywords as ReadonlyMap<string, Entry>).get(keyword)?.nested;
  if (!isSchema(shape)) throw new Error(`${keyword} is no block`);
  return shape;
}

const virtualServer = nested('virtual_server');
const realServer = nested('real_server', virtualServer);
const checkerNames = [...realServer.keywords.keys()].filter((keyword) => /^[A-Z_]+$/.test(keyword));
const needed: Readonly<Record<string, string>> = {
  HTTP_GET: 'url {\npath /\n}', SSL_GET: 'url {\npath /a\n}', MISC_CHECK: 'misc_path /usr/bin/true', FILE_CHECK: 'track_file f1',
  BFD_CHECK: 'name b1',
}; // prettier-ignore

const checker: Text = fc
  .constantFrom(...checkerNames)
  .chain((name) =>
    keywordsOf(nested(name, realServer), 5).map((body) => `${name} {\n${needed[name] ?? ''}\n${body}\n}`),
  );

function instanceBlock(index: number): Text {
  const address = fc.constantFrom(`10.0.${index}.1/24`, `10.0.${index}.1`, `2001:db8:${index}::1/64`);
  return fc
    .tuple(address, keywordsOf(nested('vrrp_instance'), 8))
    .map(
      ([own, body]) =>
        `vrrp_instance VI_${index} {\ninterface eth0\nvirtual_router_id ${index}\nvirtual_ipaddress {\n${own}\n}\n${body}\n}`,
    );
}

function serverBlock(index: number): Text {
  const identity = fc.constantFrom(
    `10.3.0.${index} 80`,
    `10.3.0.${index} 0`,
    `fwmark ${index}`,
    'group g1',
    `2001:db8:3::${index} 443`,
  );
  const member = fc
    .tuple(
      fc.integer({ min: 1, max: 9 }),
      keywordsOf(realServer, 3, checkerNames),
      fc.array(checker, { maxLength: 2 }),
      fc.boolean(),
    )
    .map(
      ([host, body, checkers, ipv6]) =>
        `real_server ${ipv6 ? '2001:db8:4::' : '10.4.0.'}${host} 80 {\n${body}\n${checkers.join('\n')}\n}`,
    );
  return fc
    .tuple(identity, keywordsOf(virtualServer, 6, ['real_server']), fc.array(member, { minLength: 1, maxLength: 3 }))
    .map(
      ([head, body, members]) =>
        `virtual_server ${head} {\nprotocol TCP\nlvs_sched rr\nlvs_method NAT\n${body}\n${members.join('\n')}\n}`,
    );
}

function namedBlock(keyword: string, name: string, first: string): Text {
  return keywordsOf(nested(keyword), 4).map((body) => `${keyword} ${name} {\n${first}\n${body}\n}`);
}

const trackables: Text = fc
  .tuple(
    namedBlock('vrrp_script', 's1', 'script "/usr/bin/true 1"'),
    namedBlock('vrrp_script', 's2', 'script \'/usr/bin/true "a b"\''),
    namedBlock('track_file', 'f1', 'file /tmp/f1'),
    namedBlock('track_file', 'f2', 'file "/tmp/f 2"'),
    namedBlock('vrrp_track_process', 'p1', 'process haproxy'),
    namedBlock('bfd_instance', 'b1', 'neighbor_ip 10.0.0.9'),
  )
  .map((all) => all.join('\n'));

const others = [...(topSchema.keywords as ReadonlyMap<string, Entry>)].filter(
  ([keyword]) =>
    !/^(global_defs|virtual_server|vrrp_instance|vrrp_script|track_file|vrrp_track_file|vrrp_track_process|bfd_instance|include.*)$/.test(
      keyword,
    ),
);

/** A whole configuration: sound in its main parts, with any keyword of the language in places where it may stand. */
export const configurationText: Text = fc
  .tuple(
    fc.array(
      fc.constantFrom(...others).chain(([keyword, entry]) => statement(keyword, entry, 0)),
      { maxLength: 4 },
    ),
    keywordsOf(nested('global_defs'), 12),
    trackables,
    fc.tuple(instanceBlock(1), instanceBlock(2), instanceBlock(3)),
    fc.nat(3),
    fc.boolean(),
    namedBlock('vrrp_sync_group', 'VG_1', 'group {\nVI_1\nVI_2\n}'),
    fc.tuple(serverBlock(1), serverBlock(2), serverBlock(3)),
    fc.nat(3),
  )
  .map(([free, global, tracked, instances, instanceCount, grouped, group, servers, serverCount]) =>
    [
      `global_defs {\n${global}\n}`,
      tracked,
      'virtual_server_group g1 {\n10.5.0.1 80\n10.5.0.2-9 80\nfwmark 9\n}',
      ...free,
      ...instances.slice(0, instanceCount),
      ...(grouped && instanceCount > 1 ? [group] : []),
      ...servers.slice(0, serverCount),
    ].join('\n'),
  );

const soundInstance = 'interface eth0\nvirtual_router_id 9\nvirtual_ipaddress {\n10.0.9.1/24\n}';
const soundServer = 'protocol TCP\nlvs_sched sh\nlvs_method NAT';
const member = (inside: string): string => `real_server 10.4.0.1 80 {\n${inside}\n}`;

/** A place for each keyword: where it may stand, and a configuration around it that is sound but for it. */
const places: readonly (readonly [schema: BlockSchema<unknown>, around: (inside: string) => string])[] = [
  [nested('global_defs'), (inside) => `global_defs {\n${inside}\n}\nvrrp_instance VI_9 {\n${soundInstance}\n}`],
  [nested('vrrp_instance'), (inside) => `vrrp_instance VI_9 {\n${soundInstance}\n${inside}\n}`],
  [nested('vrrp_instance'), (inside) => `vrrp_instance VI_9 {\n${soundInstance}\nunicast_peer {\n10.0.0.77\n}\n${inside}\n}`],
  [nested('authentication', nested('vrrp_instance')), (inside) => `vrrp_instance VI_9 {\n${soundInstance}\nauthentication {\nauth_type PASS\nauth_pass x\n${inside}\n}\n}`],
  [nested('auth_hmac', nested('vrrp_instance')), (inside) => `vrrp_instance VI_9 {\n${soundInstance}\nauth_hmac {\nkey 1 0123456789abcdef0123456789abcdef\nactive_key 1\n${inside}\n}\n}`],
  [nested('vrrp_sync_group'), (inside) => `vrrp_instance VI_9 {\n${soundInstance}\n}\nvrrp_sync_group G {\ngroup {\nVI_9\n}\n${inside}\n}`],
  [nested('vrrp_script'), (inside) => `vrrp_script s9 {\nscript /usr/bin/true\n${inside}\n}`],
  [nested('track_file'), (inside) => `track_file f9 {\nfile /tmp/f9\n${inside}\n}`],
  [nested('vrrp_track_process'), (inside) => `vrrp_track_process p9 {\nprocess haproxy\n${inside}\n}`],
  [nested('bfd_instance'), (inside) => `bfd_instance b9 {\nneighbor_ip 10.0.0.77\n${inside}\n}`],
  [nested('garp_group'), (inside) => `garp_group {\ngarp_interval 1\ninterface eth0\n${inside}\n}`],
  [nested('SSL'), (inside) => `SSL {\n${inside}\n}`],
  [virtualServer, (inside) => `virtual_server 10.3.0.9 80 {\n${soundServer}\n${inside}\n${member('TCP_CHECK {\n}')}\n}`],
  [virtualServer, (inside) => `virtual_server fwmark 9 {\nlvs_sched rr\nlvs_method DR\n${inside}\n${member('')}\n}`],
  [realServer, (inside) => `virtual_server 10.3.0.9 80 {\n${soundServer}\n${member(inside)}\n}`],
  ...checkerNames.map((name): (typeof places)[number] => [
    nested(name, realServer),
    (inside) => `virtual_server 10.3.0.9 80 {\n${soundServer}\n${member(`${name} {\n${needed[name] ?? ''}\n${inside}\n}`)}\n}`,
  ]),
  ...['HTTP_GET', 'SSL_GET'].map((name): (typeof places)[number] => [
    nested('url', nested(name, realServer)),
    (inside) => `virtual_server 10.3.0.9 80 {\n${soundServer}\n${member(`${name} {\nurl {\npath /\n${inside}\n}\n}`)}\n}`,
  ]),
]; // prettier-ignore

/** Every keyword by itself, wherever it may stand, with arguments in its form. */
export function eachKeyword(): readonly { readonly name: string; readonly text: Text }[] {
  const inBlocks = places.flatMap(([schema, around]) =>
    [...(schema.keywords as ReadonlyMap<string, Entry>)].map(([keyword, entry]) => ({
      name: `${schema.name} ${keyword}`,
      text: fc.tuple(trackables, statement(keyword, entry, 1)).map(([first, own]) => `${first}\n${around(own)}\n`),
    })),
  );
  const atTop = others.map(([keyword, entry]) => ({
    name: keyword,
    text: fc
      .tuple(trackables, statement(keyword, entry, 0))
      .map(([first, own]) => `${first}\nvrrp_instance VI_1 {\n${soundInstance}\n}\n${own}\n`),
  }));
  return [...inBlocks, ...atTop];
}

/**
 * The rules that VMACs and no_accept need, as a script for nft (reference: behaviour A9): reports of group membership
 * leave by the interface underneath a VMAC, and packets from and to addresses that are not accepted are dropped.
 */
export interface FirewallSettings {
  readonly table: string;
  /** Of the base chains. */
  readonly priority: number;
  readonly counters: boolean;
  /** Interfaces of link-local addresses by name instead of by index: they may come back with another one. */
  readonly interfacesByName: boolean;
}

/** What one family needs. */
export interface FirewallFamily {
  /** VMACs and the interfaces underneath. All of them exist. */
  readonly vmacs: readonly { readonly name: string; readonly base: string }[];
  /** There is an instance that does not accept: sets and rules for its addresses are made. */
  readonly drops: boolean;
  /** Addresses that are dropped now, link-local ones not among them. */
  readonly addresses: readonly string[];
  /** The same with the interface they are on. IPv6 only. */
  readonly linkLocals: readonly { readonly address: string; readonly interface: string }[];
}

export type FirewallFamilies = Readonly<Record<'ip' | 'ip6', FirewallFamily>>;

type TableFamily = keyof FirewallFamilies;

const quoted = (name: string): string => `"${name}"`;

function elements(values: readonly string[]): string {
  return values.length === 0 ? '' : ` elements = { ${values.join(', ')} };`;
}

function linkLocalElements({ linkLocals }: FirewallFamily): string[] {
  return linkLocals.map(({ address, interface: name }) => `${address} . ${quoted(name)}`);
}

function sets(family: TableFamily, wish: FirewallFamily, settings: FirewallSettings): string[] {
  const lines: string[] = [];
  if (wish.vmacs.length > 0) {
    const pairs = wish.vmacs.map(({ name, base }) => `${quoted(name)} : ${quoted(base)}`);
    lines.push(`map vmac_map { type iface_index : iface_index;${elements(pairs)} }`);
    if (family === 'ip6')
      lines.push(`set vmac_set { type iface_index;${elements(wish.vmacs.map(({ name }) => quoted(name)))} }`);
  }
  if (!wish.drops) return lines;
  lines.push(`set vips { type ${family === 'ip' ? 'ipv4_addr' : 'ipv6_addr'};${elements(wish.addresses)} }`);
  if (family === 'ip6') {
    const interfaceType = settings.interfacesByName ? 'ifname' : 'iface_index';
    lines.push(
      'set neighbor-discovery { type icmpv6_type; flags constant; elements = { nd-neighbor-solicit, nd-neighbor-advert }; }',
      `set vips_link_local { type ipv6_addr . ${interfaceType};${elements(linkLocalElements(wish))} }`,
    );
  }
  return lines;
}

function chains(family: TableFamily, { vmacs, drops }: FirewallFamily, settings: FirewallSettings): string[] {
  const count = settings.counters ? 'counter ' : '';
  const base = (hook: string): string => `type filter hook ${hook} priority ${settings.priority}; policy accept;`;
  const [input, output] = settings.interfacesByName ? ['iifname', 'oifname'] : ['iif', 'oif'];
  const toBase = (report: string): string =>
    `${report} meta oifkind "macvlan" ${count}dup to ${family} daddr device oif map @vmac_map drop`;
  const out: string[] = [];
  if (vmacs.length > 0 && family === 'ip') out.push(toBase('ip protocol igmp'));
  if (vmacs.length > 0 && family === 'ip6') {
    out.push(toBase('icmpv6 type mld2-listener-report'), toBase('icmpv6 type mld-listener-report'));
    out.push(`icmpv6 type nd-router-solicit meta oifkind "macvlan" oif @vmac_set ${count}drop`);
  }
  if (!drops) return [`chain out { ${base('output')} ${out.join('; ')}; }`];
  const lines: string[] = [];
  const discovery = `icmpv6 type @neighbor-discovery ${count}accept`;
  const incoming: string[] = [];
  if (family === 'ip6') {
    lines.push(
      `chain in_link_local { ip6 daddr . ${input} @vips_link_local ${count}drop; }`,
      `chain out_link_local { ip6 saddr . ${output} @vips_link_local ${count}drop; }`,
    );
    out.push(discovery, `ip6 saddr fe80::/10 ${count}goto out_link_local`);
    incoming.push(discovery, `ip6 daddr fe80::/10 ${count}goto in_link_local`);
  }
  out.push(`${family} saddr @vips ${count}drop`);
  incoming.push(`${family} daddr @vips ${count}drop`);
  return [
    ...lines,
    `chain out { ${base('output')} ${out.join('; ')}; }`,
    `chain in { ${base('input')} ${incoming.join('; ')}; }`,
  ];
}

/** Takes the tables away, whether or not they are there: nft of every age knows these two words. */
export function removalScript({ table }: FirewallSettings, families: readonly TableFamily[]): string {
  return families.map((family) => `add table ${family} ${table}\ndelete table ${family} ${table}\n`).join('');
}

function isNeeded({ vmacs, drops }: FirewallFamily): boolean {
  return drops || vmacs.length > 0;
}

/** One transaction that makes a family's table anew, or takes it away when nothing needs it. */
function tableScript(family: TableFamily, wish: FirewallFamily, settings: FirewallSettings): string {
  const removal = removalScript(settings, [family]);
  if (!isNeeded(wish)) return removal;
  const body = [...sets(family, wish, settings), ...chains(family, wish, settings)];
  return `${removal}table ${family} ${settings.table} {\n${body.map((line) => `  ${line}\n`).join('')}}\n`;
}

/** What cannot be changed without making the table anew. */
function structure({ vmacs, drops }: FirewallFamily): string {
  return JSON.stringify([vmacs, drops]);
}

function contents(family: TableFamily, wish: FirewallFamily, { table }: FirewallSettings): string {
  const change = (set: string, values: readonly string[]): string =>
    `flush set ${family} ${table} ${set}\n` +
    (values.length === 0 ? '' : `add element ${family} ${table} ${set} { ${values.join(', ')} }\n`);
  return change('vips', wish.addresses) + (family === 'ip6' ? change('vips_link_local', linkLocalElements(wish)) : '');
}

/**
 * The script that leads from what is there to what is wanted, as one transaction; empty if nothing differs. Counters
 * stay while only addresses change.
 * @param present as the last script left it; undefined: unknown, perhaps the remains of an earlier life
 */
export function firewallScript(
  present: FirewallFamilies | undefined,
  wanted: FirewallFamilies,
  settings: FirewallSettings,
): string {
  let script = '';
  for (const family of ['ip', 'ip6'] as const) {
    const before = present?.[family];
    const wish = wanted[family];
    if (before === undefined || structure(before) !== structure(wish)) script += tableScript(family, wish, settings);
    else if (wish.drops && contents(family, before, settings) !== contents(family, wish, settings))
      script += contents(family, wish, settings);
  }
  return script;
}

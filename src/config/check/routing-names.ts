/** Numbers of tables, scopes, protocols, realms, dsfields and interface groups: written as such, or by their names in iproute2's files. */
import type { NameDraft, RealmsDraft } from '../drafts.ts';
import type { RoutingNameTable } from '../ports.ts';
import { quote, type Context } from '../schema/context.ts';
import type { Statement } from '../statement.ts';
import { parseCInteger } from '../values.ts';

/** Names that are known without any file (linux/rtnetlink.h). */
const builtIn: Readonly<Record<RoutingNameTable, Readonly<Record<string, number>>>> = {
  rt_tables: { unspec: 0, default: 253, main: 254, local: 255 },
  rt_scopes: { global: 0, universe: 0, site: 200, link: 253, host: 254, nowhere: 255 },
  rt_protos: {
    unspec: 0,
    redirect: 1,
    kernel: 2,
    boot: 3,
    static: 4,
    gated: 8,
    ra: 9,
    mrt: 10,
    zebra: 11,
    bird: 12,
    dnrouted: 13,
    xorp: 14,
    ntk: 15,
    dhcp: 16,
    mrouted: 17,
    keepalived: 18,
    babel: 42,
    openr: 99,
    bgp: 186,
    isis: 187,
    ospf: 188,
    rip: 189,
    eigrp: 192,
  },
  rt_realms: { cosmos: 0 },
  rt_dsfield: { default: 0 },
  group: { default: 0 },
};

const largest: Readonly<Record<RoutingNameTable, number>> = {
  rt_tables: 0xffff_ffff,
  rt_scopes: 255,
  rt_protos: 255,
  rt_realms: 0xffff,
  rt_dsfield: 255,
  group: 0x7fff_ffff,
};

const meanings: Readonly<Record<RoutingNameTable, string>> = {
  rt_tables: 'routing table',
  rt_scopes: 'scope',
  rt_protos: 'routing protocol',
  rt_realms: 'realm',
  rt_dsfield: 'type of service',
  group: 'interface group',
};

const codes: Readonly<Partial<Record<RoutingNameTable, string>>> = {
  rt_tables: 'CFG_UNKNOWN_TABLE',
  rt_scopes: 'CFG_INVALID_SCOPE',
};

/** Default of iproute_etc_dir, for the remedy. */
const etcDirectory = '/etc/iproute2';

export class RoutingNames {
  readonly #context: Context;

  constructor(context: Context) {
    this.#context = context;
  }

  /** The number; undefined after reporting what is wrong with it, or if the names of this host are not known. */
  resolve({ table, text, word }: NameDraft, statement: Statement, consequence: string): number | undefined {
    const written = parseCInteger(text);
    const number = written ?? this.#lookUp(table, text);
    if (number !== undefined && number >= 0 && number <= largest[table]) return number;
    // Scopes are few and seldom added to; the other tables are each machine's own.
    if (number === undefined && !this.#context.host.routingName && table !== 'rt_scopes') return undefined;
    const problem =
      number === undefined
        ? `there is no ${meanings[table]} ${quote(text)}`
        : `${meanings[table]} ${quote(text)} is not in the range 0 to ${largest[table]}`;
    const directory = this.#context.draft.global.iprouteEtcDirectory ?? etcDirectory;
    this.#context.error(
      statement,
      word,
      codes[table] ?? 'CFG_UNKNOWN_NAME',
      `${problem}; ${consequence}`,
      number === undefined ? `add it to ${directory}/${table}, or write its number` : undefined,
    );
    return undefined;
  }

  /** Both sides as the 32 bits of the kernel. */
  realms({ from, to }: RealmsDraft, statement: Statement, consequence: string): number | undefined {
    const left = from ? this.resolve(from, statement, consequence) : 0;
    const right = this.resolve(to, statement, consequence);
    return left === undefined || right === undefined ? undefined : left * 0x1_0000 + right;
  }

  #lookUp(table: RoutingNameTable, name: string): number | undefined {
    const { host, draft } = this.#context;
    const { iprouteEtcDirectory: etc, iprouteUserDirectory: user } = draft.global;
    const directories = { ...(etc !== undefined && { etc }), ...(user !== undefined && { user }) };
    const known = builtIn[table];
    return host.routingName?.(table, name, directories) ?? (Object.hasOwn(known, name) ? known[name] : undefined);
  }
}

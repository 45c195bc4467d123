/** All virtual servers of a configuration, completed as early as possible, and in their order. */
import { hasTwins } from '../../core/endpoint.ts';
import type { RealServerDraft, VirtualServerDraft } from '../drafts.ts';
import type {
  CheckConfiguration,
  RealServerConfiguration,
  SourceLocation,
  VirtualServerConfiguration,
  VirtualServerGroup,
  VirtualServerIdentity,
} from '../model.ts';
import { locate, type Statement } from '../statement.ts';
import type { Context } from '../schema/context.ts';
import { virtualServerSchema } from '../schema/virtual-server.ts';
import { ServerCheck, checkGroups } from './virtual-servers.ts';

/** Identity as one text, to find repetitions. */
function keyOf(identity: VirtualServerIdentity): string {
  if (identity.kind === 'address') return `${identity.address} ${identity.port} ${identity.protocol}`;
  return identity.kind === 'fwmark' ? `fwmark ${identity.mark} ${identity.family}` : '';
}

function serverRefersToOthers({ checkers }: RealServerDraft): boolean {
  return checkers.some(({ reference }) => reference !== undefined);
}

/** Whether a service can be checked only when everything has been read: groups, files and instances may follow it. */
function refersToOthers({ identity, realServers }: VirtualServerDraft): boolean {
  return identity.kind === 'group' || realServers.some(serverRefersToOthers);
}

/** Scripts are looked at when all are known, and those that cannot be run are left out. */
function serverHasScripts({ checkers, notifyDown, notifyUp }: RealServerDraft): boolean {
  return notifyUp !== undefined || notifyDown !== undefined || checkers.some(({ script }) => script !== undefined);
}

function mustWait(draft: VirtualServerDraft): boolean {
  const { quorumDown, quorumUp, realServers } = draft;
  return (
    quorumUp !== undefined || quorumDown !== undefined || refersToOthers(draft) || realServers.some(serverHasScripts)
  );
}

type Mutable<T> = { -readonly [K in keyof T]: T[K] };

const noGroups: ReadonlyMap<string, VirtualServerGroup> = new Map();

/** Settings of global_defs that virtual servers are made with, as one text. */
function globalsOf({ draft: { global } }: Context): string {
  return `${global.smtpAlertChecker} ${global.smtpAlert} ${global.checkerLogAllFailures}`;
}

/** A service that comes behind one that has to wait. */
type Later = { readonly statement: () => Statement; readonly line: number } & (
  { readonly draft: VirtualServerDraft } | { readonly server: VirtualServerConfiguration }
);

/** Completes the virtual servers of one configuration, in the order of the text. */
export class VirtualServersCheck {
  readonly #context: Context;
  /** Line of each service so far, by its identity; none of an address that has one service only. */
  readonly #lines = new Map<string, number>();
  /** Number of the first service of each address, and the lines of all by their numbers. */
  readonly #firstOf = new Map<string, number>();
  readonly #lineOf: number[] = [];
  /** What each service is, also of those that were let go. */
  readonly identities: VirtualServerIdentity[] = [];
  /** Whether services that come are compared with those before, and whether some service was there already. */
  #compares = false;
  #repetitions = 0;
  readonly #servers: VirtualServerConfiguration[] = [];
  readonly #later: Later[] = [];
  /** How many drafts have been looked at: none, or all that there are. */
  #taken = 0;
  #globals: string | undefined;
  #waiting = false;

  constructor(context: Context) {
    this.#context = context;
  }

  /**
   * Checks what has been read and lets it go, up to the first service that refers to something else. For those who want
   * the diagnostics only: tens of thousands of servers then never exist at one time.
   */
  checkAndForget(): void {
    const { virtualServers } = this.#context.draft;
    for (let first = virtualServers[0]; first && !this.#waiting; first = virtualServers[0]) {
      this.#waiting = refersToOthers(first);
      if (this.#waiting) return;
      const server = this.#build(first, noGroups);
      if (server) this.#isNew(server, first.statement.line, () => first.statement);
      virtualServers.shift();
    }
  }

  /**
   * Completes what has just been read and lets the draft go, unless it has to wait for what follows: drafts and statements
   * of tens of thousands of servers then never exist at one time.
   * @returns the service if it is complete and depends on nothing else but its own text and `globals`
   */
  completeEarly(): VirtualServerConfiguration | undefined {
    const { virtualServers } = this.#context.draft;
    const draft = virtualServers[this.#taken];
    if (draft === undefined) return undefined;
    this.#let(virtualServers);
    const statement = (): Statement => draft.statement;
    const { line } = draft.statement;
    if (mustWait(draft)) {
      this.#later.push({ draft, statement, line });
      return undefined;
    }
    this.#globals ??= globalsOf(this.#context);
    const server = this.#build(draft, noGroups);
    if (server !== undefined) this.#add(server, line, statement);
    return server;
  }

  /** The first one stays: it stands for all of them where somebody looks for a place near them. */
  #let(virtualServers: VirtualServerDraft[]): void {
    if (this.#taken === 0) this.#taken = 1;
    else virtualServers.pop();
  }

  /**
   * Takes a service as it was made of the same text before.
   * @param distinct no two of all services that this is said of are one
   */
  addKnown(server: VirtualServerConfiguration, line: number, statement: () => Statement, distinct: boolean): void {
    const { virtualServers } = this.#context.draft;
    if (this.#taken === 0) {
      const { identity } = server;
      virtualServers.push({
        statement: statement(),
        identity: draftIdentity(identity),
        schedulerFlags: [],
        realServers: [],
      });
      this.#taken = 1;
    }
    this.#globals ??= globalsOf(this.#context);
    if (!distinct || this.#compares || this.#later.length > 0) {
      this.#add(server, line, statement);
      return;
    }
    this.identities.push(server.identity);
    this.#lineOf.push(line);
    this.#servers.push(server);
  }

  /**
   * A service in which only real servers are others.
   * @param former as it was; it has an address and no sorry server
   * @param statement what opens it now
   * @param servers those that are as before, and statements of the others
   * @returns undefined: it has to be read as a whole, because more than these servers is other or to be said
   */
  changed(
    former: VirtualServerConfiguration,
    statement: Statement,
    servers: readonly (RealServerConfiguration | Statement)[],
  ): VirtualServerConfiguration | undefined {
    const context = this.#context;
    const { checkDefaults, defaultWeight, drainTimeout, family, forwarding, identity, inhibitOnFailure } = former;
    const draft: VirtualServerDraft = {
      statement,
      identity: draftIdentity(identity),
      schedulerFlags: [],
      realServers: [],
      weight: defaultWeight,
      inhibitOnFailure,
    };
    if (checkDefaults !== undefined) Object.assign(draft, checkDefaults);
    if (drainTimeout !== undefined) draft.drainTimeout = drainTimeout;
    const check = new ServerCheck(draft, noGroups, context);
    const realServers: RealServerConfiguration[] = [];
    let weight = 0;
    for (const entry of servers) {
      let server = entry;
      if ('words' in server) {
        virtualServerSchema.readOne(draft, server, context);
        const read = draft.realServers.pop();
        if (read === undefined || serverRefersToOthers(read) || serverHasScripts(read)) return undefined;
        const method = read.forwarding ?? forwarding;
        if (read.family !== family && method.method !== 'TUN') return undefined;
        server = withPartsOf(former.realServers[realServers.length], check.realServer(read, forwarding));
      }
      weight += server.weight;
      realServers.push(server);
    }
    if (realServers.length === 0 || weight < former.quorum || hasTwins(realServers)) return undefined;
    const at = locate(statement);
    return { ...former, realServers: realServers.slice(), at: samePlace(former.at, at) ? former.at : at };
  }

  /** Whether the settings that services were made with have changed behind them, so that they have to be made once more. */
  get isOutdated(): boolean {
    return this.#globals !== undefined && this.#globals !== globalsOf(this.#context);
  }

  /** Whether some service was there already, as everything told that has been checked. */
  get hasRepetitions(): boolean {
    return this.#repetitions > 0;
  }

  /** What services were made with; equal settings and equal text make equal services. */
  get globals(): string {
    return globalsOf(this.#context);
  }

  /** Checks everything that is there. */
  finish(): CheckConfiguration {
    const context = this.#context;
    const groups = checkGroups(context);
    for (const later of this.#later) {
      const server = 'server' in later ? later.server : this.#build(later.draft, groups);
      if (server && this.#isNew(server, later.line, later.statement)) this.#servers.push(server);
    }
    for (const draft of context.draft.virtualServers.slice(this.#taken)) {
      const server = this.#build(draft, groups);
      if (server && this.#isNew(server, draft.statement.line, () => draft.statement)) this.#servers.push(server);
    }
    const { tlsClient } = context.draft;
    // A list that grew has room for more.
    const virtualServers = this.#servers.slice();
    return { virtualServers, groups: [...groups.values()], ...(tlsClient && { tlsClient }) };
  }

  #build(
    draft: VirtualServerDraft,
    groups: ReadonlyMap<string, VirtualServerGroup>,
  ): VirtualServerConfiguration | undefined {
    return new ServerCheck(draft, groups, this.#context).build();
  }

  #add(server: VirtualServerConfiguration, line: number, statement: () => Statement): void {
    if (this.#later.length > 0) this.#later.push({ server, statement, line });
    else if (this.#isNew(server, line, statement)) this.#servers.push(server);
  }

  /** False after reporting that there is such a service already. */
  #isNew({ identity }: VirtualServerConfiguration, line: number, statement: () => Statement): boolean {
    if (!this.#compares) this.#compareFromNowOn();
    const number = this.identities.push(identity) - 1;
    this.#lineOf.push(line);
    const first = this.#firstLineOf(identity, number, line);
    if (first === undefined) return true;
    this.#repetitions++;
    // The kernel has one such service; the original sets both up and mixes their servers without a word.
    const at = statement();
    this.#context.report(
      'note',
      at,
      0,
      'CFG_SAME_SERVICE',
      `${at.words.slice(0, 3).join(' ')} is already defined in line ${first}; the second is ignored`,
      'put all real servers into one virtual_server',
    );
    return false;
  }

  /** Notes the services so far, of which no two are one. */
  #compareFromNowOn(): void {
    this.#compares = true;
    for (const [number, identity] of this.identities.entries()) {
      this.#firstLineOf(identity, number, this.#lineOf[number] ?? 0);
    }
  }

  /** The line of the first service of this identity; undefined: it is this one. */
  #firstLineOf(identity: VirtualServerIdentity, number: number, line: number): number | undefined {
    if (identity.kind === 'address') {
      // No text is made for the tens of thousands that share their address with no other.
      const before = this.#firstOf.get(identity.address);
      if (before === undefined) {
        this.#firstOf.set(identity.address, number);
        return undefined;
      }
      const other = this.identities[before];
      if (other !== undefined) this.#lines.set(keyOf(other), this.#lineOf[before] ?? line);
    }
    const key = keyOf(identity);
    const first = key === '' ? undefined : this.#lines.get(key);
    if (first === undefined) this.#lines.set(key, line);
    return first;
  }
}

function samePlace(a: SourceLocation, b: SourceLocation): boolean {
  return a.line === b.line && a.column === b.column && a.file === b.file;
}

/** A server with the address and place of the one that stood there, where they are the same: both live on. */
function withPartsOf(
  former: RealServerConfiguration | undefined,
  server: Mutable<RealServerConfiguration>,
): RealServerConfiguration {
  if (former?.address === server.address) server.address = former.address;
  if (former !== undefined && samePlace(former.at, server.at)) server.at = former.at;
  return server;
}

/** As the text gives it; the protocol has a line of its own. */
function draftIdentity(identity: VirtualServerIdentity): VirtualServerDraft['identity'] {
  if (identity.kind === 'address') {
    const { address, family, port } = identity;
    return { kind: 'address', family, address, port };
  }
  return identity.kind === 'group' ? { kind: 'group', name: identity.name } : { kind: 'fwmark', mark: identity.mark };
}

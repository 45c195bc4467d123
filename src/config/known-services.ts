/**
 * What a reading keeps of its virtual servers for the next one, and how that uses it: a block whose lines are the same means
 * the same, if nothing else has a say in it, and gives the very same object without being read or checked. Where only real
 * servers of it are others, only these are read. Everything that is out of the ordinary (something to be reported,
 * definitions, scripts, references to other blocks) is read as ever.
 */
import type { VirtualServersCheck } from './check/virtual-server-list.ts';
import type { RealServerConfiguration, VirtualServerConfiguration } from './model.ts';
import type { Reporter } from './reporter.ts';
import type { Context } from './schema/context.ts';
import { topSchema } from './schema/top.ts';
import type { LineSkipper, SourceReader } from './source/reader.ts';
import { Statement, startOfLine, type SourceFile } from './statement.ts';
import type { TreeBuilder } from './tree.ts';
import { scanWords } from './words.ts';

/** How far the lines of a virtual server reach, from the beginning of its first; most have it in common with the one before. */
interface Extent {
  /** With the line feed of its last line. */
  readonly length: number;
  readonly lines: number;
  /**
   * Where its real servers begin and where the last one ends: octets and lines, two numbers each. Empty: it can only be the
   * same as a whole.
   */
  readonly servers: readonly number[];
}

/** Virtual servers whose lines mean only this, in the order of the text; there may be tens of thousands. */
interface KnownFile {
  readonly text: string;
  readonly services: readonly VirtualServerConfiguration[];
  /** Where the first line of each begins; which one that is its place says. */
  readonly starts: readonly number[];
  readonly extents: readonly Extent[];
}

/** Known services of everything that was read. */
export interface KnownServices {
  readonly files: ReadonlyMap<string, KnownFile>;
  /** Settings of other blocks that they were made with. */
  readonly globals: string;
  /** No two services were one, so that nothing has to be compared while none comes in between. */
  readonly distinct: boolean;
}

/** Thrown where it turns out too late that something must be read as a whole: everything is then read once more. */
export class ReuseAbandoned extends Error {}

/** More servers than these that are gone one behind the other make a pool that is read as a whole. */
const serversTried = 8;

/** Looks for services of one file. */
class FileSearch {
  readonly file: KnownFile;
  #next = 0;
  /** Services from here on have not been found yet. */
  #fresh = 0;
  #byOpener: Map<string, number> | undefined;

  constructor(file: KnownFile) {
    this.file = file;
  }

  /** The service that comes behind the one that was found last. */
  get expected(): number {
    return this.#next;
  }

  /** What of a service stands in the text from `start` on: all of it, everything before its first real server, or less. */
  partThatStands(number: number, text: string, start: number): 'all' | 'head' | 'none' {
    const extent = this.file.extents[number];
    if (extent === undefined) return 'none';
    const from = this.file.starts[number] ?? 0;
    const former = this.file.text;
    if (text.startsWith(former.slice(from, from + extent.length), start)) return 'all';
    const [head] = extent.servers;
    return head !== undefined && text.startsWith(former.slice(from, from + head), start) ? 'head' : 'none';
  }

  /**
   * Which real server of a service has the lines at `at`, -1 if none has.
   * @param next the one that is expected
   */
  sameServer(number: number, next: number, text: string, at: number): number {
    const { extents, starts, text: former } = this.file;
    const servers = extents[number]?.servers ?? [];
    const start = starts[number] ?? 0;
    const last = Math.min(servers.length / 2 - 1, next + serversTried);
    for (let index = next; index < last; index++) {
      const from = start + (servers[index * 2] ?? 0);
      const to = start + (servers[index * 2 + 2] ?? 0);
      if (text.startsWith(former.slice(from, to), at)) return index;
    }
    return -1;
  }

  /** The number of the service with the same first line as the text has from `start` on, -1 if there is none. */
  find(text: string, start: number): number {
    const { starts } = this.file;
    const expected = this.#next;
    if (expected < starts.length && text.startsWith(this.#opener(expected), start)) return expected;
    if (!isVirtualServer(text, start)) return -1;
    this.#byOpener ??= new Map(starts.map((_start, number) => [this.#opener(number), number]));
    return this.#byOpener.get(firstLine(text, start)) ?? -1;
  }

  /** The one that is found is this one. @returns whether it was not found before */
  found(number: number): boolean {
    this.#next = number + 1;
    const isFresh = number >= this.#fresh;
    if (isFresh) this.#fresh = number + 1;
    return isFresh;
  }

  #opener(number: number): string {
    return firstLine(this.file.text, this.file.starts[number] ?? 0);
  }
}

function firstLine(text: string, start: number): string {
  return text.slice(start, text.indexOf('\n', start) + 1);
}

const opening = /[ \t]*virtual_server[ \t]/y;

function isVirtualServer(text: string, start: number): boolean {
  opening.lastIndex = start;
  return opening.test(text);
}

/** The blocks right inside a statement of the top level that are real servers, in the order of the text. */
class Pool {
  readonly #entries: (RealServerConfiguration | Statement)[] = [];
  /** How many statements are among them. */
  statements = 0;
  /**
   * Where each begins: octet of the file and line. Of this list and that of the entries only what is counted is there: a list
   * that is cut is made anew.
   */
  readonly #begins: number[] = [];
  #count = 0;
  /** Where the last one ends; -1: one is not in the text of the file alone. */
  #end = 0;
  #endLine = 0;

  clear(): void {
    this.statements = 0;
    this.#count = 0;
    this.#end = 0;
  }

  /** Those that are as before, and statements of the others. */
  get entries(): readonly (RealServerConfiguration | Statement)[] {
    return this.#entries.slice(0, this.#count / 2);
  }

  addKept(server: RealServerConfiguration, offset: number, line: number, end: number, endLine: number): void {
    this.#begin(server, offset, line);
    if (this.#end >= 0) this.#end = end;
    this.#endLine = endLine;
  }

  /** @param text in which its closing brace stands, at `offset` */
  addRead(opener: Statement, line: number, text: string, offset: number): void {
    this.statements++;
    this.#begin(opener, startOfLine(opener.text, opener.start), opener.line);
    if (opener.text !== text) this.#end = -1;
    if (this.#end >= 0) this.#end = text.indexOf('\n', offset) + 1;
    this.#endLine = line + 1;
  }

  #begin(entry: RealServerConfiguration | Statement, offset: number, line: number): void {
    this.#entries[this.#count / 2] = entry;
    this.#begins[this.#count++] = offset;
    this.#begins[this.#count++] = line;
  }

  /** Places from the beginning of their service, as an extent has them; `alike` itself if they are the same. */
  placesFrom(offset: number, line: number, alike: readonly number[]): readonly number[] {
    if (this.#end < 0 || this.#count === 0) return alike.length === 0 ? alike : [];
    const begins = this.#begins;
    const length = this.#count;
    begins[length] = this.#end;
    begins[length + 1] = this.#endLine;
    let isAlike = alike.length === length + 2;
    for (let at = 0; isAlike && at < length + 2; at += 2) {
      isAlike = alike[at] === (begins[at] ?? 0) - offset && alike[at + 1] === (begins[at + 1] ?? 0) - line;
    }
    if (isAlike) return alike;
    return begins.slice(0, length + 2).map((value, at) => value - (at % 2 === 0 ? offset : line));
  }
}

/** A service of which only real servers are others. */
interface ChangedService {
  readonly service: VirtualServerConfiguration;
  readonly opener: Statement;
  readonly distinct: boolean;
}

export interface ReuseParts {
  readonly context: Context;
  readonly services: VirtualServersCheck;
  readonly reporter: Reporter;
  readonly tree: TreeBuilder;
  readonly reader: () => SourceReader;
}

interface FoundServices {
  readonly file: SourceFile;
  readonly text: string;
  readonly services: VirtualServerConfiguration[];
  readonly starts: number[];
  readonly extents: Extent[];
}

/** Reads one configuration with what is known from the one before, and notes what the next one may know. */
export class ServiceReuse implements LineSkipper {
  readonly #parts: ReuseParts;
  readonly #former: KnownServices | undefined;
  readonly #searches = new Map<string, FileSearch | undefined>();
  readonly #found = new Map<string, FoundServices>();
  #changed: ChangedService | undefined;
  line = 0;
  /** What had been reported and done when the statement of the top level began, and had been read when its block ended. */
  readonly #before = { said: 0, entangled: 0 };
  #entangledAtEnd = 0;
  readonly #pool = new Pool();
  /** Where the block of the statement of the top level ended; -1: not in the text of its opener. */
  #end = -1;
  #endLine = 0;
  /** Of the last service. */
  #extent: Extent = { length: 0, lines: 0, servers: [] };

  constructor(parts: ReuseParts, former: KnownServices | undefined) {
    this.#parts = parts;
    this.#former = former;
  }

  /** A statement of the top level begins. */
  begun(): void {
    const { reader } = this.#parts;
    this.#before.said = this.#said;
    this.#before.entangled = reader().entangled;
    this.#pool.clear();
    this.#end = -1;
  }

  /** The block of a statement of the top level, or one right inside it, has been closed. */
  ended(opener: Statement, line: number, text: string, offset: number): void {
    const { reader, tree } = this.#parts;
    if (tree.depth > 0) {
      if (opener.keyword === 'real_server') this.#pool.addRead(opener, line, text, offset);
    } else {
      this.#end = opener.text === text ? offset : -1;
      this.#endLine = line;
    }
    this.#entangledAtEnd = reader().entangled;
  }

  get #said(): number {
    const { context, reporter } = this.#parts;
    return reporter.count + context.onceOnly;
  }

  /** What a later reading may know, once everything has been read and checked. */
  get known(): KnownServices {
    const { globals, hasRepetitions } = this.#parts.services;
    return { files: this.#found, globals, distinct: !hasRepetitions };
  }

  /** Takes a finished statement of the top level. */
  take(statement: Statement): void {
    const { context, services } = this.#parts;
    if (statement === this.#changed?.opener) {
      this.#takeChanged(this.#changed);
      return;
    }
    const { block } = statement;
    topSchema.readOne(context.draft, statement, context);
    const service = services.completeEarly();
    if (service !== undefined && block !== undefined && this.#isPlain()) this.#remember(statement, block, service);
  }

  /** Nothing was said of it, and nothing else has a say in it. */
  #isPlain(): boolean {
    const { entangled, said } = this.#before;
    return this.#said === said && this.#entangledAtEnd === entangled && this.#parts.reader().isFree;
  }

  skip(file: SourceFile, line: number, start: number, read: (line: number, start: number) => number): number {
    const { services, tree } = this.#parts;
    const search = this.#former !== undefined && tree.isAtTop ? this.#searchOf(file.name) : undefined;
    if (search === undefined) return -1;
    const { text } = file;
    let number = search.expected;
    let part = search.partThatStands(number, text, start);
    if (part === 'none') {
      number = search.find(text, start);
      if (number < 0) return -1;
      part = search.partThatStands(number, text, start);
    }
    const distinct = search.found(number) && this.#former?.distinct === true;
    const { extents, services: known } = search.file;
    const [extent, service] = [extents[number], known[number]];
    if (part === 'none' || extent === undefined || service === undefined) return -1;
    if (part === 'head') return this.#readChanged(file, line, start, search, number, distinct, read);
    tree.finishTop();
    const same = moved(service, line - service.at.line);
    services.addKnown(same, line, () => openerOf(file, line, start), distinct);
    this.#note(file, same, start, extent);
    this.line = line + extent.lines;
    return start + extent.length;
  }

  /** Reads a service with the head of a known one: what is as before is skipped, the rest read. */
  #readChanged(
    file: SourceFile,
    line: number,
    start: number,
    search: FileSearch,
    number: number,
    distinct: boolean,
    read: (line: number, start: number) => number,
  ): number {
    const { reader, tree } = this.#parts;
    const { text } = file;
    const service = search.file.services[number];
    const servers = search.file.extents[number]?.servers ?? [];
    tree.finishTop();
    const head = start + (servers[0] ?? 0);
    let at = start;
    for (let next = line; tree.depth === 0 && at < head; next++) at = read(next, at);
    const { opener } = tree;
    if (opener === undefined || service === undefined) throw new ReuseAbandoned();
    this.#changed = { service, opener, distinct };
    at = head;
    let lineNow = line + (servers[1] ?? 0);
    let next = 0;
    while (tree.depth > 0 && at < text.length) {
      if (tree.depth === 1 && reader().isFree) {
        const same = search.sameServer(number, next, text, at);
        const server = service.realServers[same];
        if (server !== undefined) {
          const place = same * 2;
          const fromLine = servers[place + 1] ?? 0;
          const end = at + (servers[place + 2] ?? 0) - (servers[place] ?? 0);
          const endLine = lineNow + (servers[place + 3] ?? 0) - fromLine;
          const here = movedServer(server, lineNow - service.at.line - fromLine);
          this.#pool.addKept(here, at, lineNow, end, endLine);
          at = end;
          lineNow = endLine;
          next = same + 1;
          continue;
        }
      }
      at = read(lineNow, at);
      lineNow++;
      // The one that was expected is another, if a server begins here.
      if (tree.depth === 2) next++;
    }
    if (tree.depth === 0) tree.finishTop();
    this.line = lineNow;
    return at;
  }

  #takeChanged({ distinct, opener, service: former }: ChangedService): void {
    const { services } = this.#parts;
    this.#changed = undefined;
    // What else stands in it is no real server, or one that is not a block.
    if ((opener.block ?? []).length !== this.#pool.statements) throw new ReuseAbandoned();
    const service = services.changed(former, opener, this.#pool.entries);
    if (service === undefined || this.#said !== this.#before.said) throw new ReuseAbandoned();
    services.addKnown(service, opener.line, () => opener, distinct);
    if (this.#said !== this.#before.said) throw new ReuseAbandoned();
    if (this.#isPlain()) this.#noteService(opener, service, true);
  }

  #remember(statement: Statement, block: readonly Statement[], service: VirtualServerConfiguration): void {
    const { identity, realServers, sorryServer } = service;
    const servers = this.#pool.statements;
    const divisible =
      identity.kind === 'address' &&
      sorryServer === undefined &&
      servers === realServers.length &&
      block.findIndex(isRealServer) === block.length - servers;
    this.#noteService(statement, service, divisible);
  }

  /** @param divisible behind its head there are real servers and nothing else */
  #noteService(opener: Statement, service: VirtualServerConfiguration, divisible: boolean): void {
    const { file, line, start, text } = opener;
    if (text !== file.text || this.#end < 0) return;
    const end = text.indexOf('\n', this.#end) + 1;
    if (end === 0) return;
    // Nothing but blanks is before it in its line, or it would not be plain.
    const beginning = start - service.at.column + 1;
    const length = end - beginning;
    const lines = this.#endLine - line + 1;
    const before = this.#extent;
    const servers = divisible ? this.#pool.placesFrom(beginning, line, before.servers) : [];
    if (before.length !== length || before.lines !== lines || before.servers !== servers)
      this.#extent = { length, lines, servers };
    this.#note(file, service, beginning, this.#extent);
  }

  #note(file: SourceFile, service: VirtualServerConfiguration, start: number, extent: Extent): void {
    let of = this.#found.get(file.name);
    // A file that is read twice has two texts.
    if (of?.file !== file) {
      of = { file, text: file.text, services: [], starts: [], extents: [] };
      this.#found.set(file.name, of);
    }
    of.services.push(service);
    of.starts.push(start);
    of.extents.push(extent);
  }

  #searchOf(name: string): FileSearch | undefined {
    const search = this.#searches.get(name);
    if (search !== undefined || this.#searches.has(name)) return search;
    const file = this.#former?.files.get(name);
    const made = file && new FileSearch(file);
    this.#searches.set(name, made);
    return made;
  }
}

function isRealServer({ keyword }: Statement): boolean {
  return keyword === 'real_server';
}

/** The statement that opens a service in this line, for messages. */
function openerOf(file: SourceFile, line: number, start: number): Statement {
  const { text } = file;
  const lineFeed = text.indexOf('\n', start);
  const brace = text.indexOf('{', start);
  const { words, spans } = scanWords(text, start, Math.min(lineFeed, brace));
  return new Statement(words, file, line, text, spans[0] ?? start, spans.at(-1) ?? lineFeed);
}

/** The same some lines further down. */
function moved(service: VirtualServerConfiguration, lines: number): VirtualServerConfiguration {
  if (lines === 0) return service;
  const { at, realServers, sorryServer } = service;
  const copy = {
    ...service,
    realServers: realServers.map((server) => movedServer(server, lines)),
    at: below(at, lines),
  };
  if (sorryServer !== undefined) copy.sorryServer = movedServer(sorryServer, lines);
  return copy;
}

function movedServer(server: RealServerConfiguration, lines: number): RealServerConfiguration {
  if (lines === 0) return server;
  const { at, checkers } = server;
  return {
    ...server,
    checkers: checkers.map((checker) => ({ ...checker, at: below(checker.at, lines) })),
    at: below(at, lines),
  };
}

function below<Place extends { readonly line: number }>(at: Place, lines: number): Place {
  return { ...at, line: at.line + lines };
}

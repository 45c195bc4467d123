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
import { Statement, type SourceFile } from './statement.ts';
import type { TreeBuilder } from './tree.ts';
import { scanWords } from './words.ts';

/** A virtual server whose lines mean only this. */
interface KnownService {
  readonly service: VirtualServerConfiguration;
  /** Where its first line begins, and which one that is. */
  readonly start: number;
  readonly line: number;
  /** With the line feed of its last line. */
  readonly length: number;
  readonly lines: number;
  /**
   * Where its real servers begin and where the last one ends: octets and lines from the beginning, two numbers each. Empty:
   * it can only be the same as a whole.
   */
  readonly servers: readonly number[];
}

interface KnownFile {
  readonly text: string;
  /** In the order of the text. */
  readonly services: readonly KnownService[];
}

/** Known services of everything that was read. */
export interface KnownServices {
  readonly files: ReadonlyMap<string, KnownFile>;
  /** Settings of other blocks that they were made with. */
  readonly globals: string;
}

/** Thrown where it turns out too late that something must be read as a whole: everything is then read once more. */
export class ReuseAbandoned extends Error {}

/** Looks for services of one file. */
class FileSearch {
  readonly text: string;
  readonly #services: readonly KnownService[];
  #next = 0;
  #byOpener: Map<string, number> | undefined;

  constructor({ services, text }: KnownFile) {
    this.text = text;
    this.#services = services;
  }

  /** The service with the same first line as the text has from `start` on. */
  find(text: string, start: number): KnownService | undefined {
    const expected = this.#services[this.#next];
    if (expected !== undefined && text.startsWith(this.#opener(expected), start)) {
      this.#next++;
      return expected;
    }
    if (!isVirtualServer(text, start)) return undefined;
    this.#byOpener ??= new Map(this.#services.map((known, index) => [this.#opener(known), index]));
    const index = this.#byOpener.get(firstLine(text, start));
    if (index === undefined) return undefined;
    this.#next = index + 1;
    return this.#services[index];
  }

  #opener({ start }: KnownService): string {
    return firstLine(this.text, start);
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

/** Where the closing brace of a block stands; its offset is -1 where that is not in the text of its opener. */
interface BlockEnd {
  readonly opener: Statement;
  readonly offset: number;
  readonly line: number;
}

/** A service of which only real servers are others. */
interface ChangedService {
  readonly known: KnownService;
  readonly opener: Statement;
  /** Real servers as before, each with how many new ones stand before it. */
  readonly kept: (ServerPlace & { readonly server: RealServerConfiguration; readonly before: number })[];
}

/** The lines of a block, from the beginning of the first to the beginning of the one behind the last. */
interface ServerPlace {
  readonly start: number;
  readonly line: number;
  readonly end: number;
  readonly endLine: number;
}

export interface ReuseParts {
  readonly context: Context;
  readonly services: VirtualServersCheck;
  readonly reporter: Reporter;
  readonly tree: TreeBuilder;
  readonly reader: () => SourceReader;
}

/** Reads one configuration with what is known from the one before, and notes what the next one may know. */
export class ServiceReuse implements LineSkipper {
  readonly #parts: ReuseParts;
  readonly #former: KnownServices | undefined;
  readonly #searches = new Map<string, FileSearch | undefined>();
  readonly #found = new Map<string, { file: SourceFile; text: string; services: KnownService[] }>();
  #changed: ChangedService | undefined;
  line = 0;
  /** What had been reported and done when the statement of the top level began, and had been read when its block ended. */
  readonly #before = { said: 0, entangled: 0 };
  #entangledAtEnd = 0;
  /** Where the blocks of the statement of the top level ended, in the order of the text, its own last. */
  #ends: BlockEnd[] = [];
  /** A lasting list for the places of a service's servers, and those of the last service: most are the same. */
  readonly #servers: number[] = [];
  #lastServers: readonly number[] = [];

  constructor(parts: ReuseParts, former: KnownServices | undefined) {
    this.#parts = parts;
    this.#former = former;
  }

  /** A statement of the top level begins. */
  begun(): void {
    const { reader } = this.#parts;
    this.#before.said = this.#said;
    this.#before.entangled = reader().entangled;
    this.#ends = [];
  }

  /** The block of a statement of the top level, or one right inside it, has been closed. */
  ended(opener: Statement, line: number, text: string, offset: number): void {
    this.#ends.push({ opener, offset: opener.text === text ? offset : -1, line });
    this.#entangledAtEnd = this.#parts.reader().entangled;
  }

  get #said(): number {
    const { context, reporter } = this.#parts;
    return reporter.count + context.onceOnly;
  }

  /** What a later reading may know, once everything has been read. */
  get known(): KnownServices {
    return { files: this.#found, globals: this.#parts.services.globals };
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
    const { tree } = this.#parts;
    if (this.#former === undefined || !tree.isAtTop) return -1;
    const search = this.#searchOf(file.name);
    const known = search?.find(file.text, start);
    if (search === undefined || known === undefined) return -1;
    const { length, lines, servers, service } = known;
    const from = known.start;
    if (file.text.startsWith(search.text.slice(from, from + length), start)) {
      tree.finishTop();
      const same = moved(service, line - known.line);
      this.#parts.services.addKnown(same, line, () => openerOf(file, line, start));
      this.#note(file, { service: same, start, line, length, lines, servers });
      this.line = line + lines;
      return start + length;
    }
    const [head] = servers;
    if (head === undefined || !file.text.startsWith(search.text.slice(from, from + head), start)) return -1;
    return this.#readChanged(file, line, start, search.text, known, read);
  }

  /** Reads a service with the head of a known one: what is as before is skipped, the rest read. */
  #readChanged(
    file: SourceFile,
    line: number,
    start: number,
    former: string,
    known: KnownService,
    read: (line: number, start: number) => number,
  ): number {
    const { tree } = this.#parts;
    const { text } = file;
    const { servers, service } = known;
    tree.finishTop();
    const head = start + (servers[0] ?? 0);
    let at = start;
    for (let next = line; tree.depth === 0 && at < head; next++) at = read(next, at);
    const { opener } = tree;
    if (opener === undefined) throw new ReuseAbandoned();
    const changed: ChangedService = { known, opener, kept: [] };
    this.#changed = changed;
    at = head;
    let lineNow = line + (servers[1] ?? 0);
    let next = 0;
    while (tree.depth > 0 && at < text.length) {
      if (tree.depth === 1 && this.#parts.reader().isFree) {
        const same = sameServer(former, known, next, text, at);
        const server = service.realServers[same];
        if (server !== undefined) {
          const [from = 0, fromLine = 0, to = 0, toLine = 0] = servers.slice(same * 2, same * 2 + 4);
          const lines = toLine - fromLine;
          changed.kept.push({
            server: movedServer(server, lineNow - known.line - fromLine),
            start: at,
            line: lineNow,
            end: at + to - from,
            endLine: lineNow + lines,
            before: opener.block?.length ?? 0,
          });
          at += to - from;
          lineNow += lines;
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

  #takeChanged(changed: ChangedService): void {
    const { services } = this.#parts;
    const { kept, known, opener } = changed;
    this.#changed = undefined;
    const added = opener.block ?? [];
    if (added.some(({ keyword }) => keyword !== 'real_server')) throw new ReuseAbandoned();
    const addedPlaces = this.#placesOf(added);
    const entries: (RealServerConfiguration | Statement)[] = [];
    const places: ServerPlace[] = [];
    for (let index = 0, next = 0; index <= added.length; index++) {
      for (let one = kept[next]; one?.before === index; one = kept[next]) {
        entries.push(one.server);
        places.push(one);
        next++;
      }
      const statement = added[index];
      const place = addedPlaces?.[index];
      if (statement !== undefined) entries.push(statement);
      if (place !== undefined) places.push(place);
    }
    const service = services.changed(known.service, opener, entries);
    if (service === undefined || this.#said !== this.#before.said) throw new ReuseAbandoned();
    services.addKnown(service, opener.line, () => opener);
    if (this.#said !== this.#before.said) throw new ReuseAbandoned();
    if (addedPlaces !== undefined && this.#isPlain()) this.#noteService(opener, service, places, known.servers);
  }

  #remember(statement: Statement, block: readonly Statement[], service: VirtualServerConfiguration): void {
    const first = block.findIndex(({ keyword }) => keyword === 'real_server');
    const servers = block.slice(first);
    const { identity, realServers, sorryServer } = service;
    const divisible =
      identity.kind === 'address' &&
      sorryServer === undefined &&
      servers.length === realServers.length &&
      servers.every(({ keyword }) => keyword === 'real_server');
    this.#noteService(statement, service, (divisible ? this.#placesOf(servers) : undefined) ?? [], this.#lastServers);
  }

  /** Where blocks of the statement stand that is being taken; undefined: not in the text of the file alone. */
  #placesOf(blocks: readonly Statement[]): readonly ServerPlace[] | undefined {
    const places: ServerPlace[] = [];
    let next = 0;
    for (const block of blocks) {
      while (next < this.#ends.length && this.#ends[next]?.opener !== block) next++;
      const end = this.#ends[next];
      if (end === undefined || end.offset < 0) return undefined;
      places.push(placeOf(block, end));
    }
    return places;
  }

  /** @param alike places of a service that may have the same */
  #noteService(
    opener: Statement,
    service: VirtualServerConfiguration,
    places: readonly ServerPlace[],
    alike: readonly number[],
  ): void {
    const { file, line, start, text } = opener;
    const brace = this.#ends.at(-1);
    if (text !== file.text || brace?.opener !== opener || brace.offset < 0) return;
    const end = text.indexOf('\n', brace.offset) + 1;
    if (end === 0) return;
    // Nothing but blanks is before it in its line, or it would not be plain.
    const beginning = start - service.at.column + 1;
    const servers = this.#servers;
    servers.length = 0;
    for (const place of places) servers.push(place.start - beginning, place.line - line);
    const last = places.at(-1);
    if (last !== undefined) servers.push(last.end - beginning, last.endLine - line);
    const isAlike = servers.length === alike.length && servers.every((value, index) => value === alike[index]);
    this.#lastServers = isAlike ? alike : servers.slice();
    this.#note(file, {
      service,
      start: beginning,
      line,
      length: end - beginning,
      lines: brace.line - line + 1,
      servers: this.#lastServers,
    });
  }

  #note(file: SourceFile, known: KnownService): void {
    let of = this.#found.get(file.name);
    // A file that is read twice has two texts.
    if (of?.file !== file) {
      of = { file, text: file.text, services: [] };
      this.#found.set(file.name, of);
    }
    of.services.push(known);
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

function placeOf({ line, start, text }: Statement, end: BlockEnd): ServerPlace {
  return {
    start: text.lastIndexOf('\n', start) + 1,
    line,
    end: text.indexOf('\n', end.offset) + 1,
    endLine: end.line + 1,
  };
}

/** More servers than these that are gone one behind the other make a pool that is read as a whole. */
const serversTried = 8;

/**
 * The number of the known real server whose lines stand at `at`, -1 if there is none.
 * @param next the one that is expected
 */
function sameServer(former: string, { servers, start }: KnownService, next: number, text: string, at: number): number {
  const last = Math.min(servers.length / 2 - 1, next + serversTried);
  for (let index = next; index < last; index++) {
    const from = start + (servers[index * 2] ?? 0);
    const to = start + (servers[index * 2 + 2] ?? 0);
    if (text.startsWith(former.slice(from, to), at)) return index;
  }
  return -1;
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

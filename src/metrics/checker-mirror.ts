/** What is known of virtual and real servers: names once a configuration, numbers anew at each question. */
import { serverNumbers, serviceNumbers, servicesInPiece, type CheckerFigures } from './figures.ts';
import { labelText } from './exposition.ts';
import { countAt, numbersOf, textsOf, type Rows, type Texts } from './sample-octets.ts';

/** Services that follow one another, with the labels of their samples written out. */
export interface ServicePiece {
  readonly services: Rows;
  readonly servers: Rows;
  /** Of each service, then of its servers (figures.ts). */
  numbers: Texts;
}

const serviceLabels = ['service'] as const;
const serverLabels = ['service', 'server'] as const;

export class CheckerMirror {
  #generation: number | undefined;
  readonly #pieces = new Map<number, ServicePiece>();

  /** What a question about this piece may say that is known already. */
  knownGeneration(from: number): number | undefined {
    return this.#pieces.has(from) ? this.#generation : undefined;
  }

  /**
   * Takes a piece.
   * @returns false: it is of another configuration than the pieces before; all are to be asked for again
   */
  take(from: number, { generation, names, numbers, services }: CheckerFigures): boolean {
    const same = generation === this.#generation;
    if (!same) {
      this.#pieces.clear();
      this.#generation = generation;
    }
    const known = this.#pieces.get(from);
    if (known !== undefined) known.numbers = numbersOf(numbers);
    else if (names !== undefined) this.#pieces.set(from, pieceOf(names, numbersOf(numbers)));
    for (const first of this.#pieces.keys()) if (first >= services && first > 0) this.#pieces.delete(first);
    return same || from === 0;
  }

  /** In their order. */
  pieces(): readonly ServicePiece[] {
    const pieces: ServicePiece[] = [];
    for (let from = 0; ; from += servicesInPiece) {
      const piece = this.#pieces.get(from);
      if (piece === undefined) return pieces;
      pieces.push(piece);
    }
  }

  forget(): void {
    this.#pieces.clear();
    this.#generation = undefined;
  }
}

/** Two servers of a service may bear one name (the same address twice); the second is not shown. */
function pieceOf(names: readonly (readonly string[])[], numbers: Texts): ServicePiece {
  const ofServices: number[] = [];
  const ofServers: number[] = [];
  let at = 0;
  for (const [, ...servers] of names) {
    ofServices.push(at);
    at += serviceNumbers;
    for (let index = 0; index < servers.length; index++, at += serverNumbers) ofServers.push(at);
  }
  const serviceTexts = names.map(([service = '']) => labelText(serviceLabels, [service]));
  const serverTexts = names.flatMap(([service = '', ...servers]) =>
    servers.map((server, index) =>
      servers.indexOf(server) === index ? labelText(serverLabels, [service, server]) : '',
    ),
  );
  return {
    services: { labels: textsOf(serviceTexts), first: Uint32Array.from(ofServices) },
    servers: { labels: textsOf(serverTexts), first: Uint32Array.from(ofServers) },
    numbers,
  };
}

/** The sum over all services. @param place which of their numbers, a count */
export function sumOf(pieces: readonly ServicePiece[], place: number): number {
  let sum = 0;
  for (const { numbers, services } of pieces)
    for (const first of services.first) sum += countAt(numbers, first + place);
  return sum;
}

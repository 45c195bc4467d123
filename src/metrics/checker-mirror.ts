/** What is known of virtual and real servers: names once a configuration, numbers anew at each question. */
import { serverNumbers, serviceNumbers, servicesInPiece, type CheckerFigures } from './figures.ts';
import { labelText } from './exposition.ts';

/** Services that follow one another, with the labels of their samples written out. */
export interface ServicePiece {
  readonly services: readonly string[];
  /** For each service those of its servers. */
  readonly servers: readonly (readonly string[])[];
  /** Of each service, then of its servers (figures.ts). */
  numbers: readonly number[];
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
    const values = JSON.parse(`[${numbers}]`) as readonly number[];
    const known = this.#pieces.get(from);
    if (known !== undefined) known.numbers = values;
    else if (names !== undefined) this.#pieces.set(from, pieceOf(names, values));
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
function pieceOf(names: readonly (readonly string[])[], numbers: readonly number[]): ServicePiece {
  return {
    services: names.map(([service = '']) => labelText(serviceLabels, [service])),
    servers: names.map(([service = '', ...servers]) =>
      servers.map((server, index) =>
        servers.indexOf(server) === index ? labelText(serverLabels, [service, server]) : '',
      ),
    ),
    numbers,
  };
}

/** Calls `each` with the labels and the value of one of the numbers of services. @param place which one */
export function forEachService(
  { numbers, servers, services }: ServicePiece,
  place: number,
  each: (labels: string, value: number) => void,
): void {
  let at = place;
  for (let index = 0; index < services.length; index++) {
    each(services[index] ?? '', numbers[at] ?? -1);
    at += serviceNumbers + serverNumbers * (servers[index]?.length ?? 0);
  }
}

/** The same of servers. */
export function forEachServer(
  { numbers, servers }: ServicePiece,
  place: number,
  each: (labels: string, value: number) => void,
): void {
  let at = place;
  for (const ofService of servers) {
    at += serviceNumbers;
    for (const labels of ofService) {
      if (labels !== '') each(labels, numbers[at] ?? -1);
      at += serverNumbers;
    }
  }
}

/** Address and port of a server, and lists of them. */

export interface Endpoint {
  /** In its canonical text. */
  readonly address: string;
  readonly port: number;
}

/** Lists up to this length are searched pair by pair, which is faster than a table; most pools have a handful of servers. */
export const smallPool = 16;

export function sameEndpoint(a: Endpoint, b: Endpoint): boolean {
  return a.port === b.port && a.address === b.address;
}

/** Whether two of a list are one. */
export function hasTwins(endpoints: readonly Endpoint[]): boolean {
  if (endpoints.length > smallPool)
    return new Set(endpoints.map(({ address, port }) => `${address} ${port}`)).size < endpoints.length;
  // Thousands of lists of a few entries are looked through one after the other: no closure for each.
  for (let index = 1; index < endpoints.length; index++) {
    const endpoint = endpoints[index];
    for (let before = 0; before < index; before++) {
      const other = endpoints[before];
      if (endpoint !== undefined && other !== undefined && sameEndpoint(other, endpoint)) return true;
    }
  }
  return false;
}

/**
 * The place of an endpoint in a list, -1: nowhere.
 * @param expected where most are
 */
export function placeOfEndpoint(wanted: Endpoint, others: readonly Endpoint[], expected: number): number {
  const inPlace = others[expected];
  if (inPlace !== undefined && (inPlace === wanted || sameEndpoint(inPlace, wanted))) return expected;
  for (let place = 0; place < others.length; place++) {
    const other = others[place];
    if (other !== undefined && sameEndpoint(other, wanted)) return place;
  }
  return -1;
}

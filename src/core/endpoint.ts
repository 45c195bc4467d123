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
  return endpoints.some((endpoint, index) =>
    endpoints.some((other, before) => before < index && sameEndpoint(other, endpoint)),
  );
}

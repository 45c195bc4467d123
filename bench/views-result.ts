/** What bench/programs/views.ts finds out. */
export interface View {
  readonly title: string;
  /** Milliseconds of each look, from the question to the last octet. */
  readonly times: readonly number[];
  readonly octets: number;
  /** Milliseconds of processor time a look, by process. */
  readonly processor: Readonly<Record<string, number>>;
}

export interface ViewsResult {
  readonly views: readonly View[];
}

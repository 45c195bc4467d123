/** What the program in the guest finds when the kernel's own table of connections is counted. Times in milliseconds. */

/** Clients that hold more than the limit. */
export const greedyClients = 50;

export interface ReadRun {
  /** Processor time of the whole command: outside of the kernel, and in it. */
  readonly user: number;
  readonly system: number;
  readonly wall: number;
}

/** What bench/programs/count-connections.ts says of itself. */
export interface CountedConnections {
  /** Processor time of the counting alone, without the start of the process. */
  readonly milliseconds: number;
  /** Megabytes beyond what the process had before. */
  readonly memory: number;
  readonly found: number;
}

export interface KernelConnections {
  /** dd to a file: the kernel's walk through its table, and hardly anything else. */
  readonly kernel: ReadRun & { readonly lines: number };
  readonly ours: ReadRun & CountedConnections;
  /** Ours over that file: our part alone. */
  readonly fromFile: ReadRun & CountedConnections;
  /** ipvsadm and awk, as a cron script would. */
  readonly script?: ReadRun & { readonly found: number };
}

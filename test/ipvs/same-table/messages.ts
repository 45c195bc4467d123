/** Between the play and the agents, which live in the namespaces of the two daemons. */

export type Behaviour = 'good' | 'wrong' | 'slow' | 'refusing';

export type Order =
  /** Makes the place ready: shell commands, then backends that are well. */
  | { readonly do: 'prepare'; readonly commands: readonly string[]; readonly backends: readonly string[] }
  | { readonly do: 'start'; readonly command: readonly string[]; readonly configuration: string }
  | { readonly do: 'reload'; readonly configuration: string }
  | { readonly do: 'stop' }
  | { readonly do: 'behave'; readonly backend: string; readonly behaviour: Behaviour }
  | { readonly do: 'write'; readonly file: string; readonly text: string }
  | { readonly do: 'run'; readonly command: string }
  | { readonly do: 'look' };

/** What a daemon has made of it so far. */
export interface Seen {
  /** `ipvsadm -Sn`, and what else the place asks for. */
  readonly table: readonly string[];
  /** Lines of the FIFO. */
  readonly told: readonly string[];
  /** Calls of notify scripts. */
  readonly said: readonly string[];
  readonly log: readonly string[];
  /** True while the daemon runs. */
  readonly running: boolean;
}

export interface Request {
  readonly id: number;
  readonly order: Order;
}

export interface Answer {
  readonly id: number;
  readonly seen?: Seen;
  readonly trouble?: string;
}

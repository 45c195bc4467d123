/** The daemon as a subagent of the machine's SNMP agent: a session that is opened again whenever it ends. */
import type { Milliseconds } from '../../core/time.ts';
import type { Log } from '../../log/log.ts';
import { parseMasterAddress } from './agentx/address.ts';
import { AgentxSession, type SessionOptions } from './agentx/session.ts';
import type { Variable } from './value.ts';

const firstDelay: Milliseconds = 1_000;
const longestDelay: Milliseconds = 30_000;

export interface SnmpAgentOptions extends Pick<SessionOptions, 'description' | 'subtrees' | 'view'> {
  /** As configured. */
  readonly master: string;
}

export class SnmpAgent {
  readonly #options: SnmpAgentOptions;
  readonly #log: Log;
  #session: AgentxSession | undefined;
  #retry: NodeJS.Timeout | undefined;
  #delay = firstDelay;
  /** The trouble that the log knows of. */
  #trouble: string | undefined;
  #closing = false;

  constructor(options: SnmpAgentOptions, log: Log) {
    this.#options = options;
    this.#log = log;
  }

  /** Begins to look for the master agent. Never waits for it. */
  open(): void {
    const { description, subtrees, view } = this.#options;
    let master;
    try {
      master = parseMasterAddress(this.#options.master);
    } catch (error) {
      this.#log.error(`SNMP: ${(error as Error).message}`);
      return;
    }
    const session: AgentxSession = new AgentxSession({
      master,
      description,
      subtrees,
      view,
      ready: () => this.#ready(),
      lost: (reason) => this.#lost(session, reason),
    });
    this.#session = session;
  }

  /** Sends a notification, if there is a master agent to send it. */
  notify(variables: readonly Variable[]): void {
    this.#session?.notify(variables);
  }

  close(): void {
    this.#closing = true;
    clearTimeout(this.#retry);
    this.#session?.close();
  }

  #ready(): void {
    this.#delay = firstDelay;
    this.#trouble = undefined;
    this.#log.info(`SNMP: connected to the master agent at ${this.#options.master}`);
  }

  #lost(session: AgentxSession, reason: string | undefined): void {
    if (this.#session === session) this.#session = undefined;
    if (this.#closing) return;
    const trouble = reason ?? 'closed';
    if (trouble !== this.#trouble) {
      this.#trouble = trouble;
      this.#log.warning(`SNMP: master agent at ${this.#options.master}: ${trouble}; trying again until it is there`);
    }
    this.#retry = setTimeout(() => this.open(), this.#delay);
    this.#delay = Math.min(longestDelay, this.#delay * 2);
  }
}

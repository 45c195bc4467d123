/** The daemon as a subagent of the machine's SNMP agent: a session that is opened again whenever it ends. */
import type { Log } from '../../log/log.ts';
import { parseMasterAddress } from './agentx/address.ts';
import { Reconnection } from '../reconnection.ts';
import { AgentxSession, type SessionOptions } from './agentx/session.ts';
import type { Variable } from './value.ts';

export interface SnmpAgentOptions extends Pick<SessionOptions, 'answer' | 'description' | 'subtrees' | 'testSet'> {
  /** As configured. */
  readonly master: string;
}

export class SnmpAgent {
  readonly #options: SnmpAgentOptions;
  readonly #log: Log;
  #session: AgentxSession | undefined;
  readonly #reconnection: Reconnection;

  constructor(options: SnmpAgentOptions, log: Log) {
    this.#options = options;
    this.#log = log;
    const subject = `SNMP: master agent at ${options.master}`;
    this.#reconnection = new Reconnection(subject, () => this.open(), log);
  }

  /** Begins to look for the master agent. Never waits for it. */
  open(): void {
    const { answer, description, subtrees, testSet } = this.#options;
    let master;
    try {
      master = parseMasterAddress(this.#options.master);
    } catch (error) {
      this.#log.error(`SNMP: ${(error as Error).message}`);
      return;
    }
    const session: AgentxSession = new AgentxSession({
      master,
      answer,
      description,
      subtrees,
      testSet,
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
    this.#reconnection.close();
    this.#session?.close();
  }

  #ready(): void {
    this.#reconnection.recovered();
    this.#log.info(`SNMP: connected to the master agent at ${this.#options.master}`);
  }

  #lost(session: AgentxSession, reason: string | undefined): void {
    if (this.#session === session) this.#session = undefined;
    this.#reconnection.lost(`${reason ?? 'closed'}; trying again until it is there`);
  }
}

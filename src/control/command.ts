/** A command of the control socket: its name, what its requests may say, who may ask, and what it does. */
import type { ControlPorts } from './ports.ts';
import type { Answer } from './protocol.ts';
import type { RequestFields } from './request-fields.ts';

/** `read` looks; `change` makes the daemon do something. */
export type Access = 'read' | 'change';

/** The client that asked, for commands that say more than one thing. */
export interface Caller {
  /**
   * Sends a part ahead of the answer. Never waits: a client that reads too slowly is let go (`gone`), so that nothing piles
   * up for it.
   */
  part(value: unknown): void;
  /** User id of the process that asks; absent: not known. */
  readonly user?: number;
  /** Settles when the client has read what it was sent so far, or is gone: for who has much to say at once. */
  ready(): Promise<void>;
  /** Aborted when the client has left, or sends no more: whoever follows keeps its sending side open. */
  readonly gone: AbortSignal;
}

export interface CommandDescription<Parameters> {
  readonly name: string;
  /**
   * Takes every field of a request that it knows; the rest is refused by the registry.
   * @throws RequestError what is wrong with it
   */
  readonly read: (fields: RequestFields) => Parameters;
  /** Write it below `read`, from which the type of the parameters is known. */
  readonly access: Access | ((parameters: Parameters) => Access);
  /**
   * Does it. An error becomes a refusal with its message. Parts come before the answer; a command that follows something
   * settles when the client is gone.
   */
  readonly run: (parameters: Parameters, ports: ControlPorts, caller: Caller) => Promise<Answer>;
}

/** A request that was understood. */
export interface PreparedRequest {
  readonly access: Access;
  readonly run: (ports: ControlPorts, caller: Caller) => Promise<Answer>;
}

/** A command as the registry has it, whatever its parameters are. */
export interface ControlCommand {
  readonly name: string;
  /** @throws RequestError */
  readonly prepare: (fields: RequestFields) => PreparedRequest;
}

export function defineCommand<Parameters>({ access, name, read, run }: CommandDescription<Parameters>): ControlCommand {
  return {
    name,
    prepare: (fields) => {
      const parameters = read(fields);
      fields.end();
      return {
        access: typeof access === 'function' ? access(parameters) : access,
        run: (ports, caller) => run(parameters, ports, caller),
      };
    },
  };
}

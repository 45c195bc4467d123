/** What the checks by datagrams share: one is sent, and an answer, an error or silence decides. */
import { now } from '../../kernel/clock.ts';
import { ConnectedDatagramSocket, type ConnectedDatagramOptions } from '../../kernel/connected-datagram-socket.ts';
import type { CheckTarget } from '../../config/model.ts';
import { SystemError } from '../../kernel/errors.ts';
import type { ProbeHandle, ProbePhase, ProbeResult, ProbeStep } from '../types.ts';
import { connectFailurePhase, errorText } from './connection.ts';
import { Patience } from './patience.ts';

export type Verdict =
  | { readonly ok: true; readonly detail: string }
  | { readonly ok: false; readonly phase: ProbePhase; readonly detail: string };

export interface DatagramExchange {
  readonly protocol: ConnectedDatagramOptions['protocol'];
  /** What is sent. */
  request(isRaw: boolean): Uint8Array;
  /** What a datagram of the server means; undefined: nothing, wait on. */
  received(data: Uint8Array, isRaw: boolean): Verdict | undefined;
  /** What it means when the time is over. */
  readonly silence: Verdict;
}

/** Starts one exchange; `done` is called once, never from within, unless it is cancelled. */
export function startDatagramProbe(
  target: CheckTarget,
  exchange: DatagramExchange,
  done: (result: ProbeResult) => void,
): ProbeHandle {
  const started = now();
  let socket: ConnectedDatagramSocket | undefined;
  let finished = false;
  const release = () => {
    finished = true;
    patience.end();
    clearImmediate(beginning);
    socket?.close();
  };
  const steps: ProbeStep[] = [];
  const reached = (step: string) => steps.push({ reached: step, at: now() - started });
  const finish = (verdict: Verdict) => {
    if (finished) return;
    release();
    done({ ...verdict, duration: now() - started, ...(!verdict.ok && { steps }) });
  };
  const fail = (error: unknown) => {
    // A socket that this process may not have says nothing of the server.
    const noSocket = error instanceof SystemError && error.syscall === 'socket';
    finish({ ok: false, phase: noSocket ? 'setup' : connectFailurePhase(error), detail: errorText(error) });
  };
  const patience = new Patience(target.connectTimeout, finish, exchange.silence);
  // Never within start(): the engine has not finished handing the probe out.
  const beginning = setImmediate(() => {
    try {
      socket = new ConnectedDatagramSocket(
        optionsOf(target, exchange.protocol),
        (data) => {
          const verdict = exchange.received(data, socket?.isRaw ?? false);
          if (verdict === undefined) return;
          reached('answer');
          finish(verdict);
        },
        fail,
      );
      socket.send(exchange.request(socket.isRaw));
      reached('sent');
    } catch (error) {
      fail(error);
    }
  });
  return { cancel: release };
}

function optionsOf(target: CheckTarget, protocol: ConnectedDatagramOptions['protocol']): ConnectedDatagramOptions {
  const { address, port, bindAddress, bindPort, bindInterface, fwmark } = target;
  return {
    family: address.includes(':') ? 'inet6' : 'inet',
    protocol,
    destination: address,
    port,
    ...(bindAddress !== undefined && { source: bindAddress }),
    ...(bindPort !== undefined && { sourcePort: bindPort }),
    ...(bindInterface !== undefined && { interface: bindInterface }),
    ...(fwmark !== undefined && { mark: fwmark }),
  };
}

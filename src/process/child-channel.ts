/** The child's end of the line to its parent: typed messages over what the parent opened when it started us. */
import type { DaemonEvent } from '../core/events.ts';
import { MessageLine } from '../kernel/message-line.ts';
import type { ChildToParent, ParentToChild } from './messages.ts';
import { parentLine } from './started-process.ts';

/** More would be read in one go on the other side. */
const eventsInMessage = 256;

export interface ParentChannel<Said = ChildToParent, Heard = ParentToChild> {
  /** Queues a message; never blocks. After the parent is gone, messages are dropped. */
  send(message: Said): void;
  onMessage(listener: (message: Heard) => void): void;
  /** Settles when everything queued so far has left this process. */
  flush(): Promise<void>;
  /** The parent has died: an orderly stop is due. */
  onParentGone(listener: () => void): void;
}

const notByHand = 'this program is started by keepalived itself';

/** Opens the line of a process with a protocol or checks. Throws when this process was not started by the parent process. */
export function openParentLine(): ParentChannel {
  let heard: (message: ParentToChild) => void = () => undefined;
  let parentGone = (): void => undefined;
  let line: MessageLine;
  try {
    line = new MessageLine(parentLine, {
      message: (message) => heard(message as ParentToChild),
      ended: () => parentGone(),
    });
  } catch (error) {
    throw new Error(notByHand, { cause: error });
  }
  return {
    send: (message) => line.send(message),
    flush: () => line.flush(),
    onMessage: (listener) => {
      heard = listener;
    },
    onParentGone: (listener) => {
      parentGone = listener;
    },
  };
}

/** Opens Node's channel, for a process that has its streams and sockets anyway. Throws likewise. */
export function openParentChannel<Said = ChildToParent, Heard = ParentToChild>(): ParentChannel<Said, Heard> {
  if (process.send === undefined) throw new Error(notByHand);
  let last: Promise<void> = Promise.resolve();
  return {
    send: (message) => {
      if (!process.connected) return;
      // The callback takes the error of a closed channel, which would otherwise be thrown.
      last = new Promise((resolve) => process.send?.(message, () => resolve()));
    },
    flush: () => last,
    onMessage: (listener) => {
      process.on('message', (message) => listener(message as Heard));
    },
    onParentGone: (listener) => {
      process.on('disconnect', listener);
    },
  };
}

/**
 * The same channel for who has events to tell: each message is a system call on both sides, so what 30,000 servers have
 * to tell goes together, a turn's worth each. The order of all messages stays.
 */
export function eventsTogether(channel: ParentChannel): ParentChannel {
  let events: DaemonEvent[] = [];
  let turn: NodeJS.Immediate | undefined;
  const sendEvents = (): void => {
    clearImmediate(turn);
    turn = undefined;
    if (events.length === 0) return;
    const together = events;
    events = [];
    channel.send({ type: 'events', events: together });
  };
  return {
    ...channel,
    send: (message) => {
      if (message.type === 'event') {
        events.push(message.event);
        if (events.length >= eventsInMessage) sendEvents();
        else turn ??= setImmediate(sendEvents);
        return;
      }
      sendEvents();
      channel.send(message);
    },
    flush: () => {
      sendEvents();
      return channel.flush();
    },
  };
}

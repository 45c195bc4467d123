/** One connection to the system bus that owns a name: from the socket to the loss. Who owns it opens the next one. */
import type { DBusConnection, Message } from 'dbus-native';
import { DaemonError } from '../../core/errors.ts';
import type { Milliseconds } from '../../core/time.ts';
import type { MethodCall } from './answer.ts';

const messageTypes = { call: 1, return: 2, error: 3, signal: 4 } as const;
const noReplyExpected = 1;
const bus = { destination: 'org.freedesktop.DBus', path: '/org/freedesktop/DBus' } as const;
/** Answers of RequestName that own the name (D-Bus specification). */
const ownerReplies: readonly unknown[] = [1, 4];
/** The largest message that is read: calls to this daemon carry next to nothing. */
const largestMessage = 1 << 20;
/** A bus that takes nothing for so long that this much waits is as good as lost. Octets. */
const largestBacklog = 1 << 20;
const patience: Milliseconds = 10_000;

/** The answer to a call. */
export type Reply =
  | { readonly type: 'return'; readonly signature: string; readonly body: readonly unknown[] }
  | { readonly type: 'error'; readonly error: string; readonly text: string };

export interface BusListener {
  /** Somebody calls; the answer goes back unless the caller wants none. */
  readonly called: (call: MethodCall) => Reply;
  /** The name is ours, or somebody else's: told when it changes. */
  readonly owns: (owner: boolean) => void;
  /** It is over, once, for this reason; undefined: close() was asked for. */
  readonly lost: (reason: string | undefined) => void;
}

function busAddress(): string {
  return process.env['DBUS_SYSTEM_BUS_ADDRESS'] ?? 'unix:path=/var/run/dbus/system_bus_socket';
}

export class BusConnection {
  readonly #connection: DBusConnection;
  readonly #listener: BusListener;
  readonly #name: string;
  readonly #replies = new Map<number, (reply: Message) => void>();
  readonly #timer: NodeJS.Timeout;
  #serial = 0;
  #over = false;

  /**
   * Connects and asks for the name.
   * @throws DaemonError BUS_ADDRESS if the address of the bus means nothing
   */
  static async open(name: string, listener: BusListener): Promise<BusConnection> {
    const { default: library } = await import('dbus-native');
    let connection;
    try {
      connection = library.createConnection({
        busAddress: busAddress(),
        authMethods: ['EXTERNAL'],
        maxMessageSize: largestMessage,
      });
    } catch (error) {
      throw new DaemonError('BUS_ADDRESS', `${busAddress()}: ${(error as Error).message}`);
    }
    return new BusConnection(connection, name, listener);
  }

  private constructor(connection: DBusConnection, name: string, listener: BusListener) {
    this.#connection = connection;
    this.#name = name;
    this.#listener = listener;
    this.#timer = setTimeout(() => this.#end('the bus does not answer'), patience);
    connection.on('error', (error: Error) => this.#end(error.message));
    connection.on('end', () => this.#end('the bus has closed the connection'));
    connection.on('close', () => this.#end('the bus has closed the connection'));
    connection.on('handlerError', (error: Error) => this.#end(error.message));
    connection.on('message', (message: Message) => this.#received(message));
    this.#callBus('Hello', '', [], () => {
      // No flags: it waits in line behind another owner.
      this.#callBus('RequestName', 'su', [name, 0], (reply) => {
        clearTimeout(this.#timer);
        if (reply.type === messageTypes.error) this.#end(reply.errorName ?? 'the bus refuses the name');
        else this.#listener.owns(ownerReplies.includes(reply.body?.[0]));
      });
    });
  }

  /** Sends a signal; without a connection nobody hears it. */
  signal(path: string, interfaceName: string, member: string, signature = '', body: readonly unknown[] = []): void {
    this.#send({ type: messageTypes.signal, path, interface: interfaceName, member, ...content(signature, body) });
  }

  /** Gives the name back and hangs up, behind everything that was sent. */
  close(): void {
    if (this.#over) return;
    this.#callBus('ReleaseName', 's', [this.#name], () => this.#end(undefined));
    setTimeout(() => this.#end(undefined), 500).unref();
  }

  #callBus(member: string, signature: string, body: readonly unknown[], then: (reply: Message) => void): void {
    const serial = this.#send({
      type: messageTypes.call,
      interface: bus.destination,
      ...bus,
      member,
      ...content(signature, body),
    });
    if (serial !== undefined) this.#replies.set(serial, then);
  }

  #send(message: Message): number | undefined {
    if (this.#over) return undefined;
    const serial = (this.#serial = (this.#serial % 0xffffffff) + 1);
    try {
      this.#connection.message({ ...message, serial });
    } catch (error) {
      this.#end((error as Error).message);
      return undefined;
    }
    if (this.#connection.stream.writableLength > largestBacklog) this.#end('the bus takes nothing');
    return serial;
  }

  #received(message: Message): void {
    if (this.#over) return;
    switch (message.type) {
      case messageTypes.call:
        this.#answer(message);
        return;
      case messageTypes.return:
      case messageTypes.error: {
        const serial = message.replySerial ?? 0;
        const then = this.#replies.get(serial);
        this.#replies.delete(serial);
        then?.(message);
        return;
      }
      default:
        if (message.sender !== bus.destination || message.body?.[0] !== this.#name) return;
        if (message.member === 'NameAcquired') this.#listener.owns(true);
        if (message.member === 'NameLost') this.#listener.owns(false);
    }
  }

  #answer(message: Message): void {
    const reply = this.#listener.called(message);
    if (((message.flags ?? 0) & noReplyExpected) !== 0 || message.serial === undefined) return;
    const head = { replySerial: message.serial, ...(message.sender !== undefined && { destination: message.sender }) };
    if (reply.type === 'return')
      this.#send({ type: messageTypes.return, ...head, ...content(reply.signature, reply.body) });
    else this.#send({ type: messageTypes.error, ...head, errorName: reply.error, ...content('s', [reply.text]) });
  }

  #end(reason: string | undefined): void {
    if (this.#over) return;
    this.#over = true;
    clearTimeout(this.#timer);
    this.#replies.clear();
    if (reason === undefined) this.#connection.end();
    else this.#connection.stream.destroy();
    this.#listener.lost(reason);
  }
}

function content(signature: string, body: readonly unknown[]): Pick<Message, 'signature' | 'body'> {
  return signature === '' ? {} : { signature, body: [...body] };
}

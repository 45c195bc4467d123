/** Makes requests on the client machine, as it is told over its channel, and counts the answers. */
import net from 'node:net';

export interface Count {
  /** Name of the server that answered, or what went wrong, and how often. */
  readonly answers: Readonly<Record<string, number>>;
}

export type Order =
  /** One request after the other. */
  | { readonly do: 'ask'; readonly host: string; readonly port: number; readonly times: number }
  /** Many at a time, each with a pause between connection and request, until `stop`. */
  | { readonly do: 'load'; readonly host: string; readonly atOnce: number; readonly pause: number }
  | { readonly do: 'progress' }
  | { readonly do: 'stop' };

/** Far more than any answer takes; a request that was lost never gets one. */
const longest = 30_000;

/** The body of the answer, or the trouble. */
function request(host: string, port: number, pause: number): Promise<string> {
  return new Promise((resolve) => {
    let text = '';
    const socket = net.connect({ host, port });
    socket.setEncoding('utf8').setTimeout(longest, () => socket.destroy(new Error('no answer')));
    socket.on('connect', () => setTimeout(() => socket.write('GET / HTTP/1.0\r\n\r\n'), pause));
    socket.on('data', (part) => (text += String(part)));
    socket.on('error', (error) => resolve(`error: ${error.message}`));
    socket.on('close', () => resolve(/\r\n\r\n(.+)$/.exec(text)?.[1] ?? `error: cut off (${text})`));
  });
}

let loading = false;
let loaded = new Map<string, number>();
let workers: Promise<void>[] = [];

function count(into: Map<string, number>, answer: string): void {
  into.set(answer, (into.get(answer) ?? 0) + 1);
}

async function work(host: string, pause: number): Promise<void> {
  while (loading) count(loaded, await request(host, 80, pause));
}

async function obey(order: Order): Promise<Map<string, number>> {
  switch (order.do) {
    case 'ask': {
      const answers = new Map<string, number>();
      for (let left = order.times; left > 0; left--) count(answers, await request(order.host, order.port, 0));
      return answers;
    }
    case 'load':
      loading = true;
      loaded = new Map();
      workers = Array.from({ length: order.atOnce }, (_, index) => work(order.host, index % 2 === 0 ? 0 : order.pause));
      return loaded;
    case 'progress':
      return loaded;
    case 'stop':
      loading = false;
      await Promise.all(workers);
      return loaded;
  }
}

process.on('message', (order: Order) => {
  void obey(order).then((answers) => process.send?.({ answers: Object.fromEntries(answers) } satisfies Count));
});
process.on('disconnect', () => process.exit());

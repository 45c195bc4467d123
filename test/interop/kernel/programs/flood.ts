// A raw socket to which nobody holds a reference receives a flood while memory is collected. Run with --expose-gc.
import { RawSocket } from '../../../../src/kernel/raw-socket.ts';

const [from = '', to = '', address = ''] = process.argv.slice(2);
const collect = (globalThis as { gc?: () => void }).gc;
if (collect === undefined) throw new Error('run with --expose-gc');
const wanted = 5_000;
let received = 0;
function listen(): void {
  const socket = RawSocket.open({ family: 'inet', protocol: 112, namespacePath: to });
  socket.setReceiveBuffer(8 << 20);
  socket.onPacket(() => {
    received++;
  });
}
listen();
const sender = RawSocket.open({ family: 'inet', protocol: 112, namespacePath: from, receive: false });
let sent = 0;
const timer = setInterval(() => {
  for (let index = 0; index < 100; index++, sent++) sender.send(new Uint8Array(20), { destination: address });
  if (sent % 1_000 === 0) collect();
  if (sent < wanted) return;
  clearInterval(timer);
  setTimeout(() => {
    console.log(`received ${received} of ${sent}`);
    process.exit(0);
  }, 300);
}, 2);

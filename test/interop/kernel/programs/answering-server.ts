// TCP and UDP server that tells each client its own address and port.
import { createSocket } from 'node:dgram';
import { createServer } from 'node:net';

const [address] = process.argv.slice(2);
createServer((socket) => {
  socket.on('error', () => undefined);
  socket.end(`${socket.remoteAddress ?? ''} ${socket.remotePort ?? 0}`);
}).listen(7_000, address, () => {
  const datagrams = createSocket(address?.includes(':') === true ? 'udp6' : 'udp4');
  datagrams.on('message', (_message, from) => datagrams.send(`${from.address} ${from.port}`, from.port, from.address));
  datagrams.bind(7_000, address, () => console.log('ready'));
});

// A server for every check by network: says on standard output who has come to which, as "service address port".
import { createSocket } from 'node:dgram';
import http from 'node:http';
import https from 'node:https';
import net from 'node:net';
import { selfSigned } from '../../../unit/check/probes/servers.ts';
import { ports } from './ports.ts';

function came(service: string, address = 'reset', port = 0): void {
  console.log(`${service} ${address.replace(/^::ffff:/, '').replace(/%.*/, '')} ${port}`);
}

net
  .createServer((socket) => {
    came('TCP_CHECK', socket.remoteAddress, socket.remotePort);
    socket.on('error', () => undefined).end();
  })
  .listen(ports.TCP_CHECK, '::');

const page = (service: string) => (request: http.IncomingMessage, response: http.ServerResponse) => {
  came(service, request.socket.remoteAddress, request.socket.remotePort);
  response.end('good');
};
http.createServer(page('HTTP_GET')).listen(ports.HTTP_GET, '::');
https.createServer(selfSigned(), page('SSL_GET')).listen(ports.SSL_GET, '::');

net
  .createServer((socket) => {
    came('SMTP_CHECK', socket.remoteAddress, socket.remotePort);
    socket.on('error', () => undefined);
    socket.write('220 hello\r\n');
    socket.on('data', (data) => socket.write(data.toString().startsWith('HELO') ? '250 hello\r\n' : '221 bye\r\n'));
  })
  .listen(ports.SMTP_CHECK, '::');

const datagrams = { DNS_CHECK: 0x80, UDP_CHECK: 0 } as const;
for (const service of ['DNS_CHECK', 'UDP_CHECK'] as const) {
  const socket = createSocket('udp6');
  socket.on('message', (data, from) => {
    came(service, from.address, from.port);
    // DNS: the query with the bit that makes it an answer.
    data[2] = (data[2] ?? 0) | datagrams[service];
    socket.send(data, from.port, from.address);
  });
  socket.bind(ports[service], '::');
}
setTimeout(() => console.log('ready'), 200);

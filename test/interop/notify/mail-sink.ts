/** A mail server that prints one line a mail: its subject, its recipients and its body. `silent`: it never says a word. */
import { createServer } from 'node:net';

const silent = process.argv[2] === 'silent';
const server = createServer((socket) => {
  socket.on('error', () => undefined);
  if (silent) return;
  let rest = '';
  let inData = false;
  let recipients: string[] = [];
  let mail: string[] = [];
  const answer = (text: string): void => void socket.write(`${text}\r\n`);
  answer('220 sink');
  socket.setEncoding('utf8').on('data', (text: string) => {
    const lines = (rest + text).split('\r\n');
    rest = lines.pop() ?? '';
    for (const line of lines) {
      if (!inData) {
        if (/^DATA/i.test(line)) inData = true;
        if (/^RCPT/i.test(line)) recipients.push(line.replace(/^.*<|>.*$/g, ''));
        answer(/^DATA/i.test(line) ? '354 go on' : /^QUIT/i.test(line) ? '221 bye' : '250 fine');
      } else if (line === '.') {
        const subject = mail.find((header) => header.startsWith('Subject: '))?.slice(9) ?? '';
        const body = mail
          .slice(mail.indexOf('') + 1)
          .join(' ')
          .trim();
        process.stdout.write(`${subject} to ${recipients.join(',')}: ${body}\n`);
        answer('250 taken');
        inData = false;
        recipients = [];
        mail = [];
      } else mail.push(line);
    }
  });
});
server.listen(25, '127.0.0.1', () => process.stdout.write('listening\n'));

/** Answers to scrapes over real connections of the loopback, from processes that answer as the daemon's do. */
import { get } from 'node:http';
import type { IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { gunzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { servicesInPiece } from '../../../src/metrics/figures.ts';
import type { FiguresAsked } from '../../../src/metrics/figures.ts';
import { acceptsGzip } from '../../../src/web/gzip-stream.ts';
import { HttpFront } from '../../../src/web/http-front.ts';
import type { WebQuestion } from '../../../src/web/messages.ts';
import { MetricsFeature } from '../../../src/web/metrics-feature.ts';
import { checkerFigures, collected } from '../metrics/collected.ts';
import { readExposition } from '../metrics/exposition-reader.ts';

const services = Array.from({ length: 4_000 }, (_, index) => [`[10.0.0.${index}]:tcp:80`, 'one', 'two']);

function checkerAnswer({ from }: FiguresAsked): unknown {
  const piece = checkerFigures(services.slice(from, from + servicesInPiece), from);
  return { ...piece, services: services.length };
}

function answerTo(question: WebQuestion): unknown {
  const { bfd, parent, vrrp } = collected();
  if (question.about === 'parent-figures') {
    const processes = (['parent', 'vrrp', 'checker', 'bfd'] as const).map((name) => ({ name, up: true, deaths: 0 }));
    return { ...parent, processes };
  }
  if (question.about !== 'child-figures') throw new Error(`nobody is asked about ${question.about}`);
  if (question.kind === 'checker') return checkerAnswer(question.asked);
  return question.kind === 'bfd' ? bfd : { ...vrrp, total: vrrp?.instances.length };
}

const complaints: string[] = [];
const front = new HttpFront((message) => complaints.push(message));
let port = 0;

beforeAll(async () => {
  const { routes } = new MetricsFeature({ ask: (question) => Promise.resolve(answerTo(question)) });
  port = ((await front.listen({ host: '127.0.0.1', port: 0 }, routes)) as AddressInfo).port;
});

afterAll(async () => {
  await front.close(0);
  expect(complaints).toEqual([]);
});

/** Begins to read an answer. */
function asked(headers: Record<string, string>, method = 'GET'): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    get({ port, method, path: '/metrics', headers, agent: false }, resolve).on('error', reject);
  });
}

async function scrape(headers: Record<string, string>): Promise<{ readonly answer: IncomingMessage; body: Buffer }> {
  const answer = await asked(headers);
  const pieces: Buffer[] = [];
  for await (const piece of answer) pieces.push(piece as Buffer);
  return { answer, body: Buffer.concat(pieces) };
}

/** Without what the process says of itself, which is different each time. */
function lines(body: Buffer): readonly string[] {
  return body
    .toString()
    .split('\n')
    .filter((line) => !line.includes('process="web"'));
}

describe('a scrape', () => {
  it('gets the same text plain and compressed, in a fraction of the octets', async () => {
    const plain = await scrape({});
    expect(plain.answer.headers['content-encoding']).toBeUndefined();
    expect(plain.answer.headers.vary).toContain('Accept-Encoding');
    expect(readExposition(plain.body.toString()).get('keepalived_real_server_up')?.samples.length).toBe(8_000);
    const compressed = await scrape({ 'accept-encoding': 'gzip' });
    expect(compressed.answer.headers['content-encoding']).toBe('gzip');
    expect(lines(gunzipSync(compressed.body))).toEqual(lines(plain.body));
    expect(compressed.body.length).toBeLessThan(plain.body.length / 5);
  });

  it('says to HEAD what it would answer', async () => {
    const answer = await asked({ 'accept-encoding': 'gzip' }, 'HEAD');
    answer.resume();
    expect(answer.headers['content-encoding']).toBe('gzip');
  });

  it.each(['gzip', 'identity'])('costs only its own answer where the client goes away (%s)', async (encoding) => {
    for (let round = 0; round < 5; round++) (await asked({ 'accept-encoding': encoding })).destroy();
    expect((await scrape({})).answer.statusCode).toBe(200);
  });
});

// RFC 9110, section 12.5.3: q=0 means "not acceptable".
describe('who takes gzip', () => {
  it.each(['gzip', 'deflate, gzip;q=0.5', 'GZIP ; q=1', 'br,gzip', 'gzip;q=0.001'])('says so: %s', (header) => {
    expect(acceptsGzip(header)).toBe(true);
  });

  it.each([undefined, '', 'identity', 'gzip;q=0', 'gzip; Q = 0.000', 'x-gzip', 'deflate, br', '*'])(
    'does not say it with %s',
    (header) => expect(acceptsGzip(header)).toBe(false),
  );
});

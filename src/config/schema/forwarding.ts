/** `lvs_method` and its synonyms: how packets reach the real server. */
import type { ForwardingMethod } from '../model.ts';
import type { Statement } from '../statement.ts';
import { readInteger } from '../values.ts';
import { quote, type Context } from './context.ts';
import type { LineWords } from './keyword.ts';

export const forwardingForm = 'NAT or DR or TUN {type ipip or gue port <1..65535> or gre} {nocsum or csum or remcsum}';

export const forwardingWords: LineWords = {
  NAT: { form: '(none)', note: 'Addresses are rewritten on the way.' },
  DR: { form: '(none)', note: 'Direct routing: only the MAC address changes.' },
  TUN: {
    form: '{type ipip or gue port <n> or gre} {nocsum or csum or remcsum}',
    note: 'Tunnel; checksums only for gue and gre.',
    default: 'type ipip',
  },
};

const checksums = { nocsum: 'none', csum: 'csum', remcsum: 'remcsum' } as const;

function isChecksum(word: string): word is keyof typeof checksums {
  return Object.hasOwn(checksums, word);
}

/** One object for all: tens of thousands of servers say the same. */
const plain = { NAT: { method: 'NAT' }, DR: { method: 'DR' } } as const;

/** Reads the words behind the keyword; undefined after reporting. */
export function readForwarding(statement: Statement, context: Context): ForwardingMethod | undefined {
  const word = statement.words[1] ?? '';
  if (word === 'NAT' || word === 'DR') return plain[word];
  if (word === 'TUN') return readTunnel(statement, context);
  const meant = ['NAT', 'DR', 'TUN'].find((method) => method === word.toUpperCase());
  context.error(
    statement,
    1,
    'CFG_INVALID_WORD',
    `${statement.keyword}: forwarding method ${quote(word)} is unknown`,
    meant === undefined ? 'write NAT, DR or TUN' : `write ${meant}, in capitals`,
  );
  return undefined;
}

function readTunnel(statement: Statement, context: Context): ForwardingMethod | undefined {
  const { words } = statement;
  let tunnel: 'ipip' | 'gue' | 'gre' = 'ipip';
  let port: number | undefined;
  let checksum: 'none' | 'csum' | 'remcsum' = 'none';
  for (let at = 2; at < words.length; at++) {
    const word = words[at] ?? '';
    if (isChecksum(word)) {
      checksum = checksums[word];
    } else if (word === 'type') {
      at++;
      const type = words[at] ?? '';
      if (type !== 'ipip' && type !== 'gue' && type !== 'gre') {
        context.error(
          statement,
          at,
          'CFG_INVALID_WORD',
          `${statement.keyword}: tunnel type ${quote(type)} is unknown`,
          'write ipip, gue or gre',
        );
        return undefined;
      }
      tunnel = type;
    } else if (word === 'port') {
      at++;
      port = readInteger(context, statement, at, { min: 1, max: 65535 });
      if (port === undefined) return undefined;
    } else {
      context.error(statement, at, 'CFG_UNKNOWN_OPTION', `${statement.keyword}: unknown option ${quote(word)}`);
      return undefined;
    }
  }
  if (tunnel === 'gue' && port === undefined) {
    context.error(
      statement,
      words.length,
      'CFG_INCOMPLETE',
      `${statement.keyword}: a gue tunnel needs a port`,
      'write "TUN type gue port <1..65535>"',
    );
    return undefined;
  }
  if (tunnel !== 'gue' && port !== undefined) {
    context.error(statement, 0, 'CFG_CONFLICT', `${statement.keyword}: only a gue tunnel has a port; it is ignored`);
    port = undefined;
  }
  if (tunnel === 'ipip' && checksum !== 'none') {
    context.error(
      statement,
      0,
      'CFG_CONFLICT',
      `${statement.keyword}: an ipip tunnel has no checksum; the option is ignored`,
    );
    checksum = 'none';
  }
  return { method: 'TUN', tunnel, checksum, ...(port !== undefined && { port }) };
}

/** unicast_peer and what belongs to it. */
import type { InstanceDraft } from '../drafts.ts';
import type { Statement } from '../statement.ts';
import { quote, type Context } from './context.ts';
import { custom, flag, lines, readAddress } from './forms.ts';
import type { Keyword } from './keyword.ts';
import { positional, readOptions, type LineOptions } from './lines.ts';

type I = InstanceDraft;

/** Remembers the first keyword that only makes sense with unicast peers. */
export function noteUnicast(draft: I, statement: Statement): void {
  draft.unicastAt ??= statement;
}

const peerOptions: LineOptions<{ address: string; minTtl?: number; maxTtl?: number }> = {
  min_ttl: {
    form: '<0..255>',
    note: 'Least TTL accepted from this peer; implies check_unicast_src.',
    default: '0',
    read: (draft, cursor) => {
      const value = cursor.integer('<0..255>', { min: 0, max: 255 });
      if (value !== undefined) draft.minTtl = value;
    },
  },
  max_ttl: {
    form: '<0..255>',
    note: 'Greatest TTL accepted from this peer; implies check_unicast_src.',
    default: '255',
    read: (draft, cursor) => {
      const value = cursor.integer('<0..255>', { min: 0, max: 255 });
      if (value !== undefined) draft.maxTtl = value;
    },
  },
};

function readPeer(draft: I, statement: Statement, context: Context): void {
  const parsed = readAddress(statement, 0, context);
  if (!parsed) {
    context.error(
      statement,
      0,
      'CFG_INVALID_ADDRESS',
      `unicast_peer: ${quote(statement.words[0] ?? '')} is not an IP address; the line is ignored`,
    );
    return;
  }
  const same = draft.unicastPeers.find((peer) => peer.address === parsed.address);
  if (same) {
    context.duplicate(statement, 0, `unicast_peer ${parsed.address}`, same.statement);
    return;
  }
  const peer: { address: string; statement: Statement; minTtl?: number; maxTtl?: number } = {
    address: parsed.address,
    statement,
  };
  readOptions(peer, peerOptions, statement, 0, context);
  if (peer.minTtl !== undefined || peer.maxTtl !== undefined) draft.checkUnicastSource = true;
  draft.unicastPeers.push(peer);
}

export const unicastKeywords: Readonly<Record<string, Keyword<I>>> = {
  unicast_peer: lines('Peers; unicast instead of multicast.', 'block of peers', readPeer, {
    default: 'none',
    begin: (draft) => (draft.hasUnicastPeerBlock = true),
    words: {
      ...positional({ '<IPADDR>': ['<ip>', 'One peer per line, of the family of the instance.'] }),
      ...peerOptions,
    },
  }),
  unicast_fault_no_peer: flag('FAULT instead of multicast when there are no peers.', (draft, _value, statement) => {
    draft.unicastFaultNoPeer = true;
    noteUnicast(draft, statement);
  }),
  check_unicast_src: flag(
    'Accepts advertisements from listed peers only.',
    (draft, _value, statement) => {
      draft.checkUnicastSource = true;
      noteUnicast(draft, statement);
    },
    { default: 'the global value' },
  ),
  old_unicast_checksum: custom(
    'Checksum of version 1.3.6 and before; never: no adaptation to such peers.',
    '<never?>',
    (draft, statement, context) => {
      const word = statement.words[1];
      noteUnicast(draft, statement);
      if (word !== undefined && word !== 'never') {
        context.error(
          statement,
          1,
          'CFG_INVALID_WORD',
          `old_unicast_checksum: unknown word ${quote(word)}`,
          'write never, or nothing',
        );
        return;
      }
      draft.oldUnicastChecksum = word === undefined;
    },
    { default: 'adapts' },
  ),
};

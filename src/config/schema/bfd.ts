/** bfd_instance: a BFD session with a neighbour. */
import type { BfdInstanceDraft, ConfigurationDraft } from '../drafts.ts';
import { quote } from './context.ts';
import { address, block, bool, flag, integer, seconds, type Extra } from './forms.ts';
import { BlockSchema, type Keyword } from './keyword.ts';
import { named, weightKeyword } from './vrrp-trackables.ts';

type B = BfdInstanceDraft;

const longestName = 31;
const shortestIdle = 1000;

/** A number of milliseconds with three decimal places; the form `seconds` reads it a thousand times too large. */
function milliseconds(note: string, min: number, set: (draft: B, value: number) => void, extra: Extra): Keyword<B> {
  const range = { min, max: 4294967, decimals: 3 } as const;
  return seconds<B>(note, range, (draft, value) => set(draft, value / 1000), {
    ...extra,
    form: `<msec float ${min}..4294967>`,
  });
}

const neighbor = address<B>(
  'Address of the peer.',
  (draft, value, statement) => {
    draft.neighbor = value.address;
    draft.neighborAt = statement;
  },
  { default: 'required' },
);
const ttl = integer<B>('TTL of packets sent.', { min: 1, max: 255 }, (draft, value) => (draft.ttl = value), {
  default: '255 (IPv6: 64)',
});

const bfdSchema = new BlockSchema<B>('bfd_instance', {
  source_ip: address('Our address.', (draft, value) => (draft.source = value.address), {
    default: "the kernel's choice",
  }),
  neighbor_ip: neighbor,
  neighbour_ip: { ...neighbor, note: 'Other spelling of neighbor_ip.' },
  min_rx: milliseconds('Least interval we can receive at.', 1, (draft, value) => (draft.minRx = value), {
    default: '10',
  }),
  min_tx: milliseconds('Least interval we want to send at.', 1, (draft, value) => (draft.minTx = value), {
    default: '10',
  }),
  idle_tx: milliseconds(
    'Interval of sending while the session is not up.',
    shortestIdle,
    (draft, value) => (draft.idleTx = value),
    { default: '1000' },
  ),
  multiplier: integer(
    'Packets missed before the session is down.',
    { min: 1, max: 255 },
    (draft, value) => (draft.multiplier = value),
    { default: '5' },
  ),
  passive: flag('Waits for the peer to begin.', (draft) => (draft.passive = true)),
  ttl,
  hoplimit: { ...ttl, note: 'Other spelling of ttl.' },
  max_hops: integer(
    'Hops allowed on receipt; -1: not checked.',
    { min: -1, max: 255 },
    (draft, value, statement) => {
      draft.maxHops = value;
      draft.maxHopsAt = statement;
    },
    { default: '0' },
  ),
  multihop: bool('Uses port 4784.', (draft, value) => (draft.multihop = value), { default: 'false', since: '2.2.8' }),
  weight: weightKeyword('Default weight for tracking.', { min: -253, max: 253 }, '0'),
  vrrp: flag('Events go to VRRP only, unless checker is given too.', (draft) => (draft.vrrp = true), {
    default: 'both',
  }),
  checker: flag('Events go to the checkers only, unless vrrp is given too.', (draft) => (draft.checker = true), {
    default: 'both',
  }),
});

export const bfdInstance: Keyword<ConfigurationDraft> = block<ConfigurationDraft, B>(
  'A BFD session with a neighbour.',
  bfdSchema,
  (parent, statement, context) => {
    const name = statement.words[1] ?? '';
    if (name.length > longestName) {
      context.error(
        statement,
        1,
        'CFG_TOO_LONG',
        `bfd_instance ${quote(name)}: a name has at most ${longestName} characters; it is ignored`,
      );
      return undefined;
    }
    return named<B>(
      (draft) => draft.bfdInstances,
      (at, given) => ({ statement: at, name: given }),
    )(parent, statement, context);
  },
  (bfd, statement, context) => {
    if (bfd.neighbor === undefined) {
      context.error(
        statement,
        0,
        'CFG_INCOMPLETE',
        `bfd_instance ${bfd.name} has no neighbor_ip and is ignored`,
        'add "neighbor_ip <ip>"',
      );
      return;
    }
    context.draft.bfdInstances.push(bfd);
  },
  { form: '<name, max 31 chars> block' },
);

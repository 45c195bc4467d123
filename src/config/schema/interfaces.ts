/** Blocks about interfaces: garp_group, linkbeat_interfaces, interface_up_down_delays. */
import type { ConfigurationDraft, GarpGroupDraft } from '../drafts.ts';
import { readSeconds } from '../values.ts';
import type { Statement } from '../statement.ts';
import { quote, type Context } from './context.ts';
import { block, lines, seconds, text } from './forms.ts';
import { BlockSchema, type Keyword } from './keyword.ts';
import { positional } from './lines.ts';

type Root = ConfigurationDraft;

const gap = { min: 0, max: 4294, decimals: 6 } as const;

/** An interface shares the limit of one group only. */
function addMember(draft: GarpGroupDraft, name: string, statement: Statement, word: number, context: Context): void {
  const groups = [...context.draft.garpGroups, draft];
  const first = groups.flatMap((group) => group.interfaces).find((other) => other.name === name);
  if (first) context.duplicate(statement, word, `${name} in a garp_group`, first.statement);
  else draft.interfaces.push({ name, statement });
}

const garpGroupSchema = new BlockSchema<GarpGroupDraft>('garp_group', {
  garp_interval: seconds(
    'Gap between gratuitous ARPs on the interfaces listed.',
    gap,
    (draft, value) => (draft.arpInterval = value),
    { default: 'global' },
  ),
  gna_interval: seconds(
    'Gap between neighbour advertisements on them.',
    gap,
    (draft, value) => (draft.naInterval = value),
    { default: 'global' },
  ),
  interface: text('One member.', (draft, name, statement, context) => addMember(draft, name, statement, 1, context), {
    form: '<ifname>',
  }),
  interfaces: lines(
    'Several members.',
    'block of interface names',
    (draft, statement, context) => {
      statement.words.forEach((name, word) => addMember(draft, name, statement, word, context));
    },
    { words: positional({ '<ifname>': ['<ifname>+', 'Interfaces that share the limit.'] }) },
  ),
});

export const garpGroup: Keyword<Root> = block<Root, GarpGroupDraft>(
  'Limits gratuitous messages over several interfaces together.',
  garpGroupSchema,
  (_parent, statement) => ({ statement, interfaces: [] }),
  (group, statement, context) => {
    if (group.arpInterval === undefined && group.naInterval === undefined) {
      context.error(
        statement,
        0,
        'CFG_INCOMPLETE',
        'garp_group has no interval and is ignored',
        'add "garp_interval <secs>" or "gna_interval <secs>"',
      );
      return;
    }
    if (group.interfaces.length === 0) {
      context.error(
        statement,
        0,
        'CFG_INCOMPLETE',
        'garp_group has no interfaces and is ignored',
        'add "interface <ifname>"',
      );
      return;
    }
    context.draft.garpGroups.push(group);
  },
);

const linkbeatMethods = ['MII', 'ETHTOOL', 'IOCTL'] as const;

/** The method stands behind the interface. */
const methodWord = 1;

export const linkbeatInterfaces: Keyword<Root> = lines<Root>(
  'Interfaces whose link is polled.',
  'block',
  (draft, statement, context) => {
    const word = statement.words[methodWord];
    const method = linkbeatMethods.find((candidate) => candidate === word);
    if (word !== undefined && method === undefined) {
      context.error(
        statement,
        methodWord,
        'CFG_INVALID_WORD',
        `linkbeat_interfaces: ${quote(word)} is not one of ${linkbeatMethods.join(', ')}`,
      );
    }
    draft.linkbeatInterfaces.push({ statement, ...(method !== undefined && { method }) });
  },
  {
    words: {
      '<ifname>': { form: '<ifname>', note: 'An interface that exists.' },
      MII: { form: 'after ifname', note: 'Polls MII registers.', default: 'tried in order MII ETHTOOL IOCTL' },
      ETHTOOL: { form: 'after ifname', note: 'Polls by ethtool.' },
      IOCTL: { form: 'after ifname', note: 'Polls the interface flags.' },
    },
  },
);

const delay = { min: 0, max: 255, decimals: 6 } as const;

export const interfaceUpDownDelays: Keyword<Root> = lines<Root>(
  'How long a change of the link must last before it counts.',
  'block',
  (draft, statement, context) => {
    if (statement.words.length < 2) {
      context.error(
        statement,
        1,
        'CFG_MISSING_VALUE',
        'interface_up_down_delays: a delay is missing; the line is ignored',
        'write "<ifname> <down secs> <up secs>"',
      );
      return;
    }
    const down = readSeconds(context, statement, 1, delay);
    const up = statement.words.length > 2 ? readSeconds(context, statement, 2, delay) : 0;
    if (down !== undefined && up !== undefined) draft.interfaceDelays.push({ statement, down, up });
  },
  {
    words: {
      '<ifname>': {
        form: '<ifname> <down secs float 0..255> <up secs float? 0..255>',
        note: 'Delays of one interface.',
        default: 'up 0',
      },
    },
  },
);

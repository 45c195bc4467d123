/** use_vmac and use_ipvlan: an interface of its own for a virtual router. */
import type { InstanceDraft } from '../drafts.ts';
import { parsePrefix } from '../values.ts';
import { quote, type Context } from './context.ts';
import type { Statement } from '../statement.ts';
import { longestInterfaceName } from './addresses.ts';
import { custom } from './forms.ts';
import type { Keyword } from './keyword.ts';
import { positional } from './lines.ts';

type I = InstanceDraft;
const macPattern = /^([0-9a-fA-F]{1,2}:){4,5}[0-9a-fA-F]{1,2}$/;

/** Options that take a word behind them, and those that do not. */
function readInterfaceWords(
  statement: Statement,
  context: Context,
  flags: readonly string[],
  isValue: (word: string) => boolean,
): void {
  const { words } = statement;
  for (let at = 1; at < words.length; at++) {
    const word = words[at] ?? '';
    if (word === 'name' || word === 'group') {
      at++;
      if (words[at] === undefined)
        context.missing(statement, `${word} <${word === 'name' ? 'ifname' : 'name or number'}>`);
    } else if (!flags.includes(word) && !isValue(word) && word.length > longestInterfaceName) {
      context.error(
        statement,
        at,
        'CFG_TOO_LONG',
        `${statement.keyword}: ${quote(word)} is too long for the name of an interface`,
      );
    }
  }
}

const named = {
  name: { form: '<ifname>', note: 'For names that look like options.', since: '2.3.0' },
  group: { form: '<name or number>', note: 'Interface group.', default: 'that of the base interface', since: '2.3.0' },
} as const;

export const useVmac: Keyword<I> = {
  ...custom<I>(
    'Runs on a macvlan with the virtual MAC address.',
    '{name} <ifname?> <mac? 5 or 6 octets> {netlink_notify_msg} {group <n>}',
    (draft, statement, context) => {
      draft.useVmacAt = statement;
      readInterfaceWords(statement, context, ['netlink_notify_msg'], (word) => macPattern.test(word));
    },
    {
      default: 'off; name vrrp.VRID',
      words: {
        ...named,
        netlink_notify_msg: {
          form: '(none)',
          note: 'Forces netlink messages about the base interface.',
          default: 'off',
          since: '2.3.0',
        },
        ...positional({
          '<ifname>': ['<ifname>', 'Name of the VMAC.', { default: 'vrrp.VRID' }],
          '<mac>': ['<5 or 6 hex octets>', 'Five octets: the VRID is appended.', { default: '00:00:5e:00:01/02:VRID' }],
        }),
      },
    },
  ),
  effect: 'none-yet',
};

export const useIpvlan: Keyword<I> = {
  ...custom<I>(
    'Runs on an ipvlan L2 interface instead.',
    '{name} <ifname?> <ip?> {bridge or private or vepa} {group <n>}',
    (draft, statement, context) => {
      draft.useIpvlanAt = statement;
      draft.ipvlanAddress = statement.words.slice(1).some((word) => parsePrefix(word) !== undefined);
      readInterfaceWords(statement, context, ['bridge', 'private', 'vepa'], (word) => parsePrefix(word) !== undefined);
    },
    {
      default: 'off; name vrrp.VRID',
      words: {
        ...named,
        bridge: { form: '(none)', note: 'Mode.', default: 'bridge' },
        private: { form: '(none)', note: 'Mode.' },
        vepa: { form: '(none)', note: 'Mode.' },
        ...positional({
          '<ifname>': ['<ifname>', 'Name of the ipvlan.', { default: 'vrrp.VRID' }],
          '<ip>': ['<ip>{/<len>}', 'Address on the ipvlan, source of advertisements.', { default: 'none' }],
        }),
      },
    },
  ),
  effect: 'none-yet',
};

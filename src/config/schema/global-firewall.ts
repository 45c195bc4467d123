/** global_defs: the firewall of no_accept and VMACs, and marks for groups of virtual servers. */
import type { GlobalDraft } from '../drafts.ts';
import { custom, flag, integer, optionalText } from './forms.ts';
import type { Keyword } from './keyword.ts';

type Entries = Readonly<Record<string, Keyword<GlobalDraft>>>;

export const firewallKeywords: Entries = {
  vrrp_iptables: custom(
    'Firewall rules through iptables; nftables is used instead.',
    '<in chain?> <out chain?>',
    (_draft, statement, context) =>
      context.error(
        statement,
        0,
        'CFG_NO_IPTABLES',
        'vrrp_iptables: iptables is not used, nftables is',
        'write nftables',
      ),
    { default: 'off' },
  ),
  vrrp_ipsets: custom(
    'Names of the sets that vrrp_iptables uses.',
    '<set4?> <set6?> <set_if6?> <igmp?> <mld?> <nd?>',
    (_draft, statement, context) =>
      context.error(
        statement,
        0,
        'CFG_NO_IPTABLES',
        'vrrp_ipsets: iptables is not used, nftables is',
        'remove it and write nftables',
      ),
    { default: 'keepalived keepalived6 keepalived_if6 keepalived_igmp keepalived_mld keepalived_nd' },
  ),
  nftables: optionalText(
    'Firewall rules for no_accept and VMACs, in a table of this name.',
    (draft, value) => (draft.firewall.table = value ?? 'keepalived'),
    {
      form: '<table?>',
      default: 'off; keepalived if no name',
    },
  ),
  nftables_priority: integer(
    'Priority of the base chains.',
    { min: -2147483648, max: 2147483647 },
    (draft, value) => (draft.firewall.priority = value),
    {
      default: '-1',
      form: '<int32>',
    },
  ),
  nftables_ifindex: flag(
    'Interface indexes instead of names in the sets.',
    (draft) => (draft.firewall.interfaceIndexes = true),
  ),
  nftables_ipvs: optionalText(
    'Marks the traffic of virtual server groups so that one service serves a group.',
    (draft, value) => (draft.firewall.ipvsTable = value ?? 'keepalived_ipvs'),
    { form: '<table?>', default: 'off; keepalived_ipvs if no name' },
  ),
  nftables_ipvs_priority: integer(
    'Priority of the chain for IPVS.',
    { min: -2147483648, max: 2147483647 },
    (draft, value) => (draft.firewall.ipvsPriority = value),
    { default: '-1', form: '<int32>' },
  ),
  nftables_ipvs_start_fwmark: integer(
    'First mark that is given out.',
    { min: 1, max: 4294967295 },
    (draft, value) => (draft.firewall.ipvsFirstMark = value),
    {
      default: '1000',
    },
  ),
  nftables_counters: flag('Adds counters to the rules.', (draft) => (draft.firewall.counters = true)),
};

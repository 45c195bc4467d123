/** use_vmac and use_ipvlan: an interface of its own for a virtual router. */
import type { InstanceDraft, IpvlanDraft, VmacDraft } from '../drafts.ts';
import type { InterfaceGroup } from '../model.ts';
import type { Statement } from '../statement.ts';
import { parseCInteger, parsePrefix } from '../values.ts';
import { longestInterfaceName } from './addresses.ts';
import { quote, type Context } from './context.ts';
import { custom } from './forms.ts';
import type { Keyword } from './keyword.ts';
import { Cursor, positional } from './lines.ts';

type I = InstanceDraft;
const octetsPattern = /^[0-9a-fA-F]{1,2}(:[0-9a-fA-F]{1,2}){4,5}$/;
/** RFC 9568 section 7.3: addresses that virtual routers have by themselves. */
const virtualRouterPrefix = [0x00, 0x00, 0x5e, 0x00];

/** The octets of a word, undefined after reporting why it cannot be the address of a VMAC. */
function readMacAddress(cursor: Cursor): readonly number[] | undefined {
  const word = cursor.current;
  if (!octetsPattern.test(word)) {
    cursor.error(
      'CFG_INVALID_MAC',
      `use_vmac: ${quote(word)} is not a MAC address; it is ignored`,
      'write 5 or 6 octets, "02:00:5e:00:01"',
    );
    return undefined;
  }
  const octets = word.split(':').map((octet) => parseInt(octet, 16));
  const [first = 0] = octets;
  if ((first & 1) !== 0) {
    cursor.error(
      'CFG_INVALID_MAC',
      `use_vmac: ${word} is a multicast address; it is ignored`,
      'write an even first octet, 02 for addresses of your own',
    );
    return undefined;
  }
  if (virtualRouterPrefix.every((octet, index) => octets[index] === octet)) {
    cursor.error(
      'CFG_INVALID_MAC',
      `use_vmac: ${word} is an address that virtual routers have by themselves; it is ignored`,
      'leave it out, or begin it with 02',
    );
    return undefined;
  }
  return octets;
}

function readGroup(cursor: Cursor): InterfaceGroup | undefined {
  const word = cursor.next();
  if (word === undefined) {
    cursor.context.missing(cursor.statement, `${cursor.current} <name or number>`);
    return undefined;
  }
  const number = parseCInteger(word);
  if (number !== undefined && number >= 0 && number <= 0xffffffff) return number;
  const { host } = cursor.context;
  if (!host.routingName) return word;
  const known = host.routingName('group', word);
  if (known === undefined) {
    cursor.error(
      'CFG_UNKNOWN_GROUP',
      `${cursor.statement.keyword}: there is no interface group ${quote(word)}; it is ignored`,
      'write its number, or add it to /etc/iproute2/group',
    );
  }
  return known;
}

/** A name for the interface, from the current word; the first one counts. */
function readName(draft: { name?: string }, cursor: Cursor): void {
  const name = cursor.current;
  const { keyword } = cursor.statement;
  if (name.length > longestInterfaceName || /[/\s:]/.test(name)) {
    cursor.error(
      'CFG_TOO_LONG',
      `${keyword}: ${quote(name)} cannot be the name of an interface; it is ignored`,
      `write at most ${longestInterfaceName} characters, no slash and no colon`,
    );
  } else if (draft.name !== undefined && draft.name !== name) {
    cursor.error('CFG_DUPLICATE', `${keyword}: the name is already ${draft.name}; ${quote(name)} is ignored`);
  } else {
    const user = cursor.context.draft.instances.find(
      ({ vmac, ipvlan }) => vmac?.name === name || ipvlan?.name === name,
    );
    if (user) {
      cursor.error(
        'CFG_DUPLICATE',
        `${keyword}: vrrp_instance ${user.name} has an interface ${name} already; the name is ignored`,
        'give each virtual router an interface of its own',
      );
    } else draft.name = name;
  }
}

function readNamed(draft: { name?: string }, cursor: Cursor): void {
  if (cursor.next() === undefined) cursor.context.missing(cursor.statement, `${cursor.current} <ifname>`);
  else readName(draft, cursor);
}

function readVmac(draft: I, statement: Statement, context: Context): void {
  const vmac: VmacDraft = { statement };
  const cursor = new Cursor(statement, context, 0);
  for (let word = cursor.next(); word !== undefined; word = cursor.next()) {
    if (word === 'name') readNamed(vmac, cursor);
    else if (word === 'group') {
      const group = readGroup(cursor);
      if (group !== undefined) vmac.group = group;
    } else if (word === 'netlink_notify_msg') vmac.netlinkNotify = true;
    else if (word.includes(':')) {
      const octets = readMacAddress(cursor);
      if (octets) vmac.octets = octets;
    } else readName(vmac, cursor);
  }
  draft.vmac = vmac;
}

function isMode(word: string): word is NonNullable<IpvlanDraft['mode']> {
  return word === 'bridge' || word === 'private' || word === 'vepa';
}

function readIpvlan(draft: I, statement: Statement, context: Context): void {
  const ipvlan: IpvlanDraft = { statement };
  const cursor = new Cursor(statement, context, 0);
  for (let word = cursor.next(); word !== undefined; word = cursor.next()) {
    if (word === 'name') readNamed(ipvlan, cursor);
    else if (word === 'group') {
      const group = readGroup(cursor);
      if (group !== undefined) ipvlan.group = group;
    } else if (isMode(word)) {
      if (ipvlan.mode === undefined) ipvlan.mode = word;
      else cursor.error('CFG_DUPLICATE', `use_ipvlan: the mode is already ${ipvlan.mode}; ${word} is ignored`);
    } else readAddressOrName(ipvlan, cursor);
  }
  draft.ipvlan = ipvlan;
}

function readAddressOrName(ipvlan: IpvlanDraft, cursor: Cursor): void {
  const prefix = parsePrefix(cursor.current);
  if (!prefix) readName(ipvlan, cursor);
  else if (ipvlan.address) {
    const { address } = ipvlan.address;
    cursor.error('CFG_DUPLICATE', `use_ipvlan: the address is already ${address}; ${cursor.current} is ignored`);
  } else {
    const { address, family, prefixLength } = prefix;
    ipvlan.address = { address, family, prefixLength };
    ipvlan.addressWord = cursor.word;
  }
}

const named = {
  name: { form: '<ifname>', note: 'For names that look like options.', since: '2.3.0' },
  group: { form: '<name or number>', note: 'Interface group.', default: 'that of the base interface', since: '2.3.0' },
} as const;

export const useVmac: Keyword<I> = custom<I>(
  'Runs on a macvlan with the virtual MAC address.',
  '{name} <ifname?> <mac? 5 or 6 octets> {netlink_notify_msg} {group <n>}',
  readVmac,
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
);

export const useIpvlan: Keyword<I> = custom<I>(
  'Runs on an ipvlan L2 interface instead.',
  '{name} <ifname?> <ip?> {bridge or private or vepa} {group <n>}',
  readIpvlan,
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
);

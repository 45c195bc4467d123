/** What the kernel of one side says: links and addresses, routes, rules, settings, firewall, as lines that can be compared. */
import type { Machine } from '../process/machine.ts';
import { rulesIn } from './ruleset.ts';

const question = [
  'ip -j -d addr',
  'ip -j -d -4 route show table all',
  'ip -j -d -6 route show table all',
  'ip -j -d -4 rule',
  'ip -j -d -6 rule',
].join('; echo; echo @@; ');

const settings =
  'grep -rs . /proc/sys/net/ipv4/conf /proc/sys/net/ipv6/conf /proc/sys/net/ipv4/ip_nonlocal_bind /proc/sys/net/ipv4/ip_forward; true';

type Item = Readonly<Record<string, unknown>>;

function parse(text: string | undefined): Item[] {
  const trimmed = (text ?? '').trim();
  return trimmed === '' ? [] : (JSON.parse(trimmed) as Item[]);
}

/** The address protocol is left out: the original sets it since 2.3.2 only. */
function addressLines(links: readonly Item[]): string[] {
  return links.flatMap(({ addr_info, ...link }) => [
    `link ${JSON.stringify(link)}`,
    ...(addr_info as Item[])
      .map(({ protocol: _protocol, ...address }) => `address ${String(link['ifname'])} ${JSON.stringify(address)}`)
      .toSorted(),
  ]);
}

/** Lifetimes count down. */
function lines(word: string, items: readonly Item[]): string[] {
  return items
    .map(
      ({ expires, ...item }) =>
        `${word} ${JSON.stringify({ ...item, ...(expires !== undefined && { expires: 'some' }) })}`,
    )
    .toSorted();
}

/** One line a link, address, route, rule, setting and rule of the firewall. */
export async function kernelState(machine: Machine): Promise<string[]> {
  const { stdout } = await machine.run(
    ['sh', '-c', `${question}; echo; echo @@; ${settings}; echo @@; nft list ruleset`],
    { accept: 'any' },
  );
  const [addresses, routes4, routes6, rules4, rules6, set = '', ruleset = ''] = stdout.split('@@\n');
  return [
    ...addressLines(parse(addresses)),
    ...lines('route', parse(routes4)),
    ...lines('route6', parse(routes6)),
    ...lines('rule', parse(rules4)),
    ...lines('rule6', parse(rules6)),
    ...set.trim().split('\n').toSorted(),
    ...rulesIn(ruleset)
      .map((line) => `nft ${line}`)
      .toSorted(),
  ];
}

/** Lines that only one of the two has, with its name before them. */
export function differing(ours: readonly string[], theirs: readonly string[]): string[] {
  const [first, second] = [new Set(ours), new Set(theirs)];
  return [
    ...ours.filter((line) => !second.has(line)).map((line) => `ours:   ${line}`),
    ...theirs.filter((line) => !first.has(line)).map((line) => `debian: ${line}`),
  ];
}

/** What differs between two lists of interfaces or addresses of a recording, for people. */
import type { KernelAddress, Link } from '../../network/types.ts';

function state({ up }: Link): string {
  return up ? 'up' : 'down';
}

function hardware({ hardwareAddress }: Link): string {
  return [...hardwareAddress].map((octet) => octet.toString(16).padStart(2, '0')).join(':');
}

/** "eth0 is down", "eth1 is new and up", "eth0 is called lan0 now", "eth2 is gone". */
export function linkNews(before: readonly Link[], after: readonly Link[]): string[] {
  const former = new Map(before.map((link) => [link.index, link]));
  const news: string[] = [];
  for (const link of after) {
    const was = former.get(link.index);
    former.delete(link.index);
    if (was === undefined) news.push(`${link.name} is new and ${state(link)}`);
    else if (JSON.stringify(was) !== JSON.stringify(link)) news.push(...changesOf(was, link));
  }
  return [...news, ...[...former.values()].map(({ name }) => `${name} is gone`)];
}

function changesOf(was: Link, link: Link): string[] {
  const news: string[] = [];
  if (was.name !== link.name) news.push(`${was.name} is called ${link.name} now`);
  if (was.up !== link.up) news.push(`${link.name} is ${state(link)}`);
  if (hardware(was) !== hardware(link)) news.push(`${link.name} has the hardware address ${hardware(link)}`);
  return news.length > 0 ? news : [`${link.name} is ${state(link)}, something else of it changed`];
}

/** "10.0.0.1/24 is new on eth0", "10.0.0.2/24 is gone from eth0". */
export function addressNews(
  before: readonly KernelAddress[],
  after: readonly KernelAddress[],
  links: readonly Link[],
): string[] {
  const nameOf = (index: number): string => links.find((link) => link.index === index)?.name ?? `interface ${index}`;
  const key = ({ address, interfaceIndex, peer, prefixLength }: KernelAddress): string =>
    `${interfaceIndex} ${address}/${prefixLength} ${peer ?? ''}`;
  const former = new Map(before.map((address) => [key(address), address]));
  const news: string[] = [];
  for (const address of after) {
    const was = former.get(key(address));
    former.delete(key(address));
    const text = `${address.address}/${address.prefixLength}`;
    const name = nameOf(address.interfaceIndex);
    if (was === undefined) news.push(`${text} is new on ${name}`);
    else if (was.flags !== address.flags)
      news.push(`${text} on ${name} has flags 0x${address.flags.toString(16)}, 0x${was.flags.toString(16)} before`);
  }
  for (const { address, interfaceIndex, prefixLength } of former.values())
    news.push(`${address}/${prefixLength} is gone from ${nameOf(interfaceIndex)}`);
  return news;
}

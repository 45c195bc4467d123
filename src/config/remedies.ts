/** What to write instead, for mistakes that can be made with any keyword: habits of other languages, pasted lines, names for numbers. */
import { isConflictMark } from './conflicts.ts';
import type { Statement } from './statement.ts';

/** A line that was never meant for this language. */
export interface ForeignLine {
  readonly code: string;
  readonly message: string;
  readonly remedy: string;
}

/** `[root@lb1 ~]# ...`, `root@lb1:~$ ...`, `lb1:~# ...`, `$ ...`. A `#` begins a comment and is gone. */
const prompts = [
  /^\[[\w.-]+@[\w.-]+ [^\]]*\][#$%]?(?: |$)/,
  /^[\w.-]+@[\w.-]+:[~/]\S*(?: |$)/,
  /^[\w-]+:~[#$%]?(?: |$)/,
  /^\$(?: |$)/,
];

/** Says what a line is that no keyword begins; undefined if there is nothing odd about it. */
export function foreignLine(statement: Statement): ForeignLine | undefined {
  const { keyword, words } = statement;
  if (isConflictMark(keyword))
    return {
      code: 'CFG_CONFLICT_MARK',
      message: `${keyword} is the mark of an unresolved conflict of two versions of this file`,
      remedy: 'keep one side, and delete the other with all marks',
    };
  if (/^(\/\/|\/\*|\*\/|--|;)/.test(keyword) && keyword !== ';')
    return {
      code: 'CFG_FOREIGN_COMMENT',
      message: `${keyword.slice(0, 2)} does not begin a comment here; the line is read`,
      remedy: 'begin comments with # or !',
    };
  if (prompts.some((prompt) => prompt.test(words.join(' '))))
    return {
      code: 'CFG_PROMPT',
      message: 'this looks like the prompt of a shell that was copied with the file',
      remedy: 'delete the line',
    };
  return undefined;
}

/** IANA: ports of services that are balanced, for those who write the name. */
const ports: Readonly<Record<string, number>> = {
  ftp: 21,
  ssh: 22,
  telnet: 23,
  smtp: 25,
  domain: 53,
  dns: 53,
  http: 80,
  pop3: 110,
  ntp: 123,
  imap: 143,
  imap2: 143,
  snmp: 161,
  ldap: 389,
  https: 443,
  submission: 587,
  ldaps: 636,
  imaps: 993,
  pop3s: 995,
  mysql: 3306,
  postgresql: 5432,
  sip: 5060,
  amqp: 5672,
  redis: 6379,
};

const ofAddresses = new Set(['CFG_INVALID_ADDRESS']);
const ofNumbers = new Set(['CFG_INVALID_NUMBER', 'CFG_INVALID_WORD', 'CFG_INVALID_BOOLEAN']);

/** `value` for `value;`, `value,` and the like. */
export function withoutPunctuation(word: string): string | undefined {
  const bare = word.replace(/[;,]+$/, '');
  return bare !== word && bare !== '' ? bare : undefined;
}

/** Length of the prefix that a netmask such as 255.255.255.0 means; undefined if it is none. */
function prefixLengthOf(mask: string): number | undefined {
  if (!/^(?:\d{1,3}\.){3}\d{1,3}$/.test(mask)) return undefined;
  const bits = mask
    .split('.')
    .map((octet) => Number(octet).toString(2).padStart(8, '0'))
    .join('');
  return /^1*0*$/.test(bits) && bits.length === 32 ? bits.lastIndexOf('1') + 1 : undefined;
}

/**
 * A better remedy than the keyword's own, from what stands at the word that was refused; undefined: there is none.
 * @param word index into the words of the statement
 */
export function betterRemedy(code: string, statement: Statement, word: number): string | undefined {
  const { words, keyword } = statement;
  const text = words[word] ?? '';
  if (word > 0 && (text === '=' || text === ':'))
    return `write "${[keyword, ...words.slice(2)].join(' ')}", without "${text}"`;
  const bare = withoutPunctuation(text);
  if (bare !== undefined && word > 0) return `write ${bare}, without "${text.slice(bare.length)}"`;
  const length = /^(net)?mask$/i.test(text) ? prefixLengthOf(words[word + 1] ?? '') : undefined;
  if (length !== undefined && !words[0]?.includes('/')) return `write ${words[0] ?? ''}/${length}`;
  if (ofNumbers.has(code)) {
    if (keyword === 'persistence_timeout' && text === '0')
      return 'remove the line: without it clients do not stay with their server';
    const port = ports[text.toLowerCase()];
    if (port !== undefined) return `${text} is the name of a service; write its port, ${port}`;
    const unit = /^(\d+(?:\.\d+)?)(s|sec|secs|ms|min|m)$/.exec(text);
    if (unit?.[1] !== undefined) return `write the number alone (${unit[1]}), the unit is fixed`;
  }
  if (ofAddresses.has(code)) {
    if (bare !== undefined) return `write ${bare}, without "${text.slice(bare.length)}", and one address a line`;
    const [, address] = /^([0-9a-fA-F:.]+)\/\d+$/.exec(text) ?? [];
    if (address !== undefined && word > 0) return `write ${address}, without the length of its network`;
    const [host = '', mask] = text.split('/');
    const prefix = mask === undefined ? undefined : prefixLengthOf(mask);
    if (prefix !== undefined) return `write ${host}/${prefix}`;
    if (/^x+(?:[.:]x+)+/i.test(text)) return 'put an address of your network in the place of this placeholder';
    if (/^[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)*$/.test(text) && /[g-zG-Z]/.test(text))
      return `names are not looked up; write its numeric address (getent ahosts ${text} shows it)`;
  }
  return undefined;
}

/** Keywords of other times and other programs, and what they are called today. */
const formerNames: Readonly<Record<string, string>> = {
  lvs_id: 'router_id',
  connection_timeout: 'connect_timeout',
  timeout: 'connect_timeout',
  vip: 'virtual_ipaddress',
  vrid: 'virtual_router_id',
  virtual_address: 'virtual_ipaddress',
  virtual_ipaddr: 'virtual_ipaddress',
  virtual_routerid: 'virtual_router_id',
  peers: 'unicast_peer',
  scheduler: 'lvs_sched',
  lb_method: 'lvs_method',
  lb_type: 'lvs_method',
  lvs_algo: 'lvs_sched',
  lvs_kind: 'lvs_method',
  persistence: 'persistence_timeout',
  retries: 'retry',
  check_interval: 'delay_loop',
  email: 'notification_email',
  vrrp_sync_instance: 'vrrp_sync_group',
  fails: 'fall',
  fail: 'fall',
};

/** What a keyword that is unknown was called, or is called here, if the block knows that. */
export function formerName(keyword: string, known: (keyword: string) => boolean): string | undefined {
  const name = formerNames[keyword.toLowerCase()];
  return name !== undefined && known(name) ? name : undefined;
}

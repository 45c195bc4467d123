/** Asks nft and iptables for their rules. */
import { execFile } from 'node:child_process';
import type { AddressFamily } from '../../config/model.ts';
import { readIptablesSave } from '../../doctor/firewall/iptables-rules.ts';
import { readNftRuleset } from '../../doctor/firewall/nft-ruleset.ts';
import type { Ruleset } from '../../doctor/firewall/ruleset.ts';

/** Tables that the nft variant of iptables makes, in which nft cannot name all conditions. */
const tablesOfIptables = /^(inet|inet6|ip|ip6) (filter|mangle|raw|security|nat) /;

interface Rules {
  readonly rulesets: Ruleset[];
  readonly troubles: string[];
}

const environment = { PATH: '/usr/sbin:/sbin:/usr/bin:/bin:/usr/local/sbin:/usr/local/bin', LC_ALL: 'C' };
/** Rules of a large site, with sets of addresses. */
const mostOctets = 64 << 20;

/** What a program prints; undefined: there is no such program. Rejects with what it complains of. */
function output(program: string, words: readonly string[]): Promise<string | undefined> {
  return new Promise((resolve, reject) => {
    execFile(program, words, { env: environment, maxBuffer: mostOctets }, (error, stdout, stderr) => {
      if (!error) resolve(stdout);
      else if (error.code === 'ENOENT') resolve(undefined);
      else reject(new Error(stderr.trim().split('\n', 1)[0] || error.message));
    });
  });
}

/** The rules of this network namespace. A program that is not installed has none. */
export async function readFirewall(): Promise<Rules> {
  const rulesets: Ruleset[] = [];
  const troubles: string[] = [];
  let throughNft = false;
  for (const [program, family] of [
    ['iptables-save', 'inet'],
    ['ip6tables-save', 'inet6'],
    ['iptables-legacy-save', 'inet'],
    ['ip6tables-legacy-save', 'inet6'],
  ] as const satisfies readonly (readonly [string, AddressFamily])[]) {
    try {
      const text = await output(program, []);
      if (text === undefined || text.trim() === '') continue;
      if (text.includes('nf_tables')) throughNft = true;
      rulesets.push(readIptablesSave(text, family));
    } catch (error) {
      troubles.push(`${program}: ${(error as Error).message}`);
    }
  }
  try {
    const text = await output('nft', ['-j', 'list', 'ruleset']);
    if (text !== undefined && text.trim() !== '') {
      const read = readNftRuleset(text);
      const chains = throughNft ? read.chains.filter(({ id }) => !tablesOfIptables.test(id)) : read.chains;
      rulesets.push({ ...read, chains });
    }
  } catch (error) {
    troubles.push(`nft: ${(error as Error).message}`);
  }
  return { rulesets, troubles };
}

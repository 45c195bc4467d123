// The ruleset of nftables_ipvs, held against those that Debian's keepalived made of the same configurations. They are
// recorded (`nft list ruleset`), because a kernel with IPVS and with nftables of IPv4 and IPv6 is not always at hand.
import { afterAll, beforeAll, expect, it } from 'vitest';
import { CleanUp } from '../../../lab/lib/clean-up.ts';
import { CheckEngine } from '../../../src/check/engine.ts';
import { markRemovalScript, markScript } from '../../../src/network/mark-script.ts';
import { model } from '../../unit/config/memory.ts';
import { Machine } from '../process/machine.ts';

const server = (last: number) => `real_server 10.9.0.${last} 80 {\n}`;
const service = (group: string, protocol: string) =>
  `virtual_server group ${group} {\nlvs_sched rr\nlvs_method TUN\nprotocol ${protocol}\n${server(1)}\n${server(2)}\n}\n`;

const configuration = (global: string) => `global_defs {\n${global}\n}
virtual_server_group G {
  10.0.0.1 80
  10.0.0.2-5 81
  10.0.3.0/30 82
}
virtual_server_group G6 {
  2001:db8::1 80
  2001:db8::2-7 90
  2001:db8:1::/126 91
  10.0.0.79 443
}
virtual_server_group H {
  10.0.1.1 80
  10.0.1.2 443
}
${service('G', 'TCP')}${service('G', 'UDP')}${service('G6', 'UDP')}${service('H', 'SCTP')}`;

const plain = `table ip keepalived_ipvs {
	map tcp_map {
		type ipv4_addr . inet_service : mark
		flags interval
		elements = { 10.0.0.1 . 80 : 0x000003e8,
			     10.0.0.2-10.0.0.5 . 81 : 0x000003e8,
			     10.0.3.0/30 . 82 : 0x000003e8 }
	}

	map udp_map {
		type ipv4_addr . inet_service : mark
		flags interval
		elements = { 10.0.0.1 . 80 : 0x000003e9,
			     10.0.0.2-10.0.0.5 . 81 : 0x000003e9,
			     10.0.3.0/30 . 82 : 0x000003e9,
			     10.0.0.79 . 443 : 0x000003ea }
	}

	map sctp_map {
		type ipv4_addr . inet_service : mark
		flags interval
		elements = { 10.0.1.1 . 80 : 0x000003eb,
			     10.0.1.2 . 443 : 0x000003eb }
	}

	chain in {
		type filter hook input priority filter - 1; policy accept;
		meta mark set ip daddr . tcp dport map @tcp_map return
		meta mark set ip daddr . udp dport map @udp_map return
		meta mark set ip daddr . sctp dport map @sctp_map return
	}
}
table ip6 keepalived_ipvs {
	map udp_map {
		type ipv6_addr . inet_service : mark
		flags interval
		elements = { 2001:db8::1 . 80 : 0x000003ea,
			     2001:db8::2-2001:db8::7 . 90 : 0x000003ea,
			     2001:db8:1::/126 . 91 : 0x000003ea }
	}

	chain in {
		type filter hook input priority filter - 1; policy accept;
		meta mark set ip6 daddr . udp dport map @udp_map return
	}
}
`;

/** With nftables_counters, another table, priority and first mark; the lines of H alone. */
const counted = `table ip mine {
	map sctp_map {
		type ipv4_addr . inet_service : mark
		flags interval
		counter
		elements = { 10.0.1.1 . 80 counter packets 0 bytes 0 : 0x0000004d,
			     10.0.1.2 . 443 counter packets 0 bytes 0 : 0x0000004d }
	}

	chain in {
		type filter hook input priority filter - 7; policy accept;
		meta mark set ip daddr . sctp dport map @sctp_map counter packets 0 bytes 0 return
	}
}
`;

/** Order of elements is nft's own affair. */
function comparable(ruleset: string): string[] {
  return ruleset
    .replaceAll(
      /elements = \{([^}]*)\}/g,
      (_all, list: string) => `elements ${list.trim().split(/,\s*/).toSorted().join()}`,
    )
    .split('\n')
    .map((line) => line.trim())
    .filter(Boolean);
}

const cleanUp = new CleanUp();
let machine: Machine;

beforeAll(async () => {
  machine = await Machine.make(cleanUp, 'marks');
});
afterAll(async () => {
  expect(await cleanUp.run()).toEqual([]);
});

const nft = (script: string) => machine.run(['nft', '-f', '-'], { input: script });
const ruleset = async () => (await machine.run(['nft', 'list', 'ruleset'])).stdout;

it.each([
  ['defaults', configuration('nftables_ipvs'), plain],
  [
    'all settings',
    configuration(
      'nftables_ipvs mine\nnftables_counters\nnftables_ipvs_priority -7\nnftables_ipvs_start_fwmark 77',
    ).replaceAll(/virtual_server(_group| group) G[^]*?\n}\n/g, ''),
    counted,
  ],
])('is that of keepalived: %s', async (_name, text, expected) => {
  const { check, global } = model(text);
  const engine = new CheckEngine(check, global, { random: () => 0 });
  engine.start(0);
  const { firewall } = global;
  const settings = { table: firewall.ipvsTable ?? '', priority: firewall.ipvsPriority, counters: firewall.counters };
  await nft(markScript(engine.groupMarks(), settings));
  expect(comparable(await ruleset())).toEqual(comparable(expected));
  // The same once more takes the place of what is there.
  await nft(markScript(engine.groupMarks(), settings));
  expect(comparable(await ruleset())).toEqual(comparable(expected));
  await nft(markRemovalScript(settings));
  expect(await ruleset()).toBe('');
});

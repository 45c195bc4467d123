/** Small configurations: one instance that each line of the table changes a little. */

export interface Settings {
  /** 3 unless given: short intervals. */
  readonly version?: 2 | 3;
  readonly family?: 4 | 6;
  readonly state?: 'MASTER' | 'BACKUP';
  readonly priority?: number;
  /** Seconds. */
  readonly interval?: number;
  readonly addresses?: readonly string[];
  /** Further lines of the instance. */
  readonly lines?: readonly string[];
  /** Further lines of global_defs. */
  readonly global?: readonly string[];
  /** Blocks before the instance. */
  readonly blocks?: readonly string[];
  /** Blocks behind it, such as a second instance. */
  readonly more?: readonly string[];
  /** Lines of the peer's instance. */
  readonly peer?: readonly string[];
}

/** A block of the configuration language. */
export function block(head: string, ...lines: readonly string[]): string {
  return `${head} {\n    ${lines.join('\n    ')}\n}`;
}

interface InstanceText {
  readonly name?: string;
  readonly port?: string;
  readonly id?: number;
  readonly state?: string;
  readonly priority?: number;
  readonly interval?: number;
  readonly addresses: readonly string[];
  readonly lines?: readonly string[];
}

export function instanceBlock(text: InstanceText): string {
  const { addresses, lines = [] } = text;
  return block(
    `vrrp_instance ${text.name ?? 'VI_1'}`,
    `state ${text.state ?? 'MASTER'}`,
    `interface ${text.port ?? 'eth0'}`,
    `virtual_router_id ${text.id ?? 51}`,
    `priority ${text.priority ?? 100}`,
    `advert_int ${text.interval ?? 0.2}`,
    ...(addresses.length === 0 ? [] : [block('virtual_ipaddress', ...addresses)]),
    ...lines,
  );
}

const usual = { 4: ['10.88.0.100/24'], 6: ['fe80::100/64', '2001:db8::100/64'] } as const;

function addressesOf({ addresses, family = 4 }: Settings): readonly string[] {
  return addresses ?? usual[family];
}

function intervalOf({ interval, version = 3 }: Settings): number {
  return interval ?? (version === 2 ? 1 : 0.2);
}

export function configurationOf(settings: Settings): string {
  const { blocks = [], global = [], lines = [], more = [], priority = 100, state = 'MASTER', version = 3 } = settings;
  return [
    block(
      'global_defs',
      'router_id same',
      `vrrp_version ${version}`,
      'script_user root',
      'notify_fifo /tmp/fifo',
      ...global,
    ),
    ...blocks,
    instanceBlock({ state, priority, interval: intervalOf(settings), addresses: addressesOf(settings), lines }),
    ...more,
    '',
  ].join('\n');
}

/** Addresses alone: the peer has no eth1, and it sends the same list of addresses. */
function plainAddresses(settings: Settings): string[] {
  return addressesOf(settings).map((address) => address.split(' ')[0] ?? '');
}

/** The other router, which is preferred. */
export function peerOf(settings: Settings): string {
  const { peer = [], version = 3 } = settings;
  return [
    block('global_defs', 'router_id peer', `vrrp_version ${version}`),
    instanceBlock({
      port: 'eth0w',
      state: 'BACKUP',
      priority: 200,
      interval: intervalOf(settings),
      addresses: plainAddresses(settings),
      lines: peer,
    }),
    '',
  ].join('\n');
}

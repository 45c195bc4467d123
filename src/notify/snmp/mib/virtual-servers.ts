/** KEEPALIVED-MIB, group check: virtual servers. */
import type { ForwardingMethod, VirtualServerConfiguration } from '../../../config/model.ts';
import { counter, counter64, gauge, integer, text, truth, type SnmpValue } from '../value.ts';
import { Table, type Columns, type Subtree } from '../view.ts';
import type { CheckerState, PoolRow } from './checker-rows.ts';
import { addressValue, familyValue, oneOrTwo, scriptValue, textOr } from './conventions.ts';
import { keepalivedMib } from './roots.ts';

export const virtualServerEntry = [...keepalivedMib, 3, 3, 1];

const kinds = { fwmark: 1, address: 2, group: 3 } as const;
const protocols = { tcp: 1, udp: 2, sctp: 3, none: 4 } as const;
const schedulers: Readonly<Record<string, number>> = {
  ...{
    rr: 1,
    wrr: 2,
    lc: 3,
    wlc: 4,
    lblc: 5,
    lblcr: 6,
    dh: 7,
    sh: 8,
    sed: 9,
    nq: 10,
    fo: 11,
    ovf: 12,
    mh: 13,
    twos: 14,
  },
};
const unknownScheduler = 99;

/** Checks' times if neither real nor virtual server gives them (reference: keywords, virtual_server). */
export const defaultDelayLoop = 60_000;
export const defaultConnectTimeout = 5_000;

/** lvs_method: nat(1), dr(2), tun(3). */
export function forwardingValue({ method }: ForwardingMethod): SnmpValue {
  return integer({ NAT: 1, DR: 2, TUN: 3 }[method]);
}

const tunnels = { ipip: 1, gue: 2, gre: 3 } as const;
const checksums = { none: 1, csum: 2, remcsum: 3 } as const;

/** Three columns about a tunnel from this number on, for rows whose forwarding is one. */
export function tunnelColumns<Row>(first: number, of: (row: Row) => ForwardingMethod): Columns<Row> {
  const read =
    (value: (tunnel: ForwardingMethod & { readonly method: 'TUN' }) => SnmpValue | undefined) => (row: Row) => {
      const forwarding = of(row);
      return forwarding.method === 'TUN' ? value(forwarding) : undefined;
    };
  return {
    [first]: read(({ tunnel }) => integer(tunnels[tunnel])),
    [first + 1]: read(({ port, tunnel }) => (tunnel === 'gue' ? gauge(port ?? 0) : undefined)),
    [first + 2]: read(({ checksum, tunnel }) => (tunnel === 'ipip' ? undefined : integer(checksums[checksum]))),
  };
}

/** Protocol of the service; firewall marks have none. */
export function protocolValue({ identity }: VirtualServerConfiguration): SnmpValue {
  const isMark = identity.kind === 'fwmark' || (identity.kind === 'group' && identity.onlyMarks === true);
  return integer(protocols[isMark ? 'none' : identity.protocol]);
}

export function typeValue({ identity }: VirtualServerConfiguration): SnmpValue {
  return integer(kinds[identity.kind]);
}

/** What a virtual server is known by: some of the columns 3 to 7, as its kind has them. */
export const identityColumns: Columns<VirtualServerConfiguration> = {
  3: ({ identity }) => (identity.kind === 'group' ? text(identity.name) : undefined),
  4: ({ identity }) => (identity.kind === 'fwmark' ? gauge(identity.mark) : undefined),
  5: ({ identity }) => (identity.kind === 'address' ? familyValue(identity.family) : undefined),
  6: ({ identity }) => (identity.kind === 'address' ? addressValue(identity.address) : undefined),
  7: ({ identity }) => (identity.kind === 'address' ? gauge(identity.port) : undefined),
};

export const seconds = (milliseconds: number): SnmpValue => gauge(Math.floor(milliseconds / 1000));
export const microseconds = (milliseconds: number): SnmpValue =>
  gauge(Math.min(Math.round(milliseconds * 1000), 2 ** 32 - 1));

/** High and low half of a number. */
const low = (value: number): SnmpValue => gauge(value % 2 ** 32);
const high = (value: number): SnmpValue => gauge(Math.floor(value / 2 ** 32));

/**
 * The columns of statistics, which both tables have: once in 32 bits with octets in 64, once in 64 bits, and the rates in
 * halves. Numbers: see trafficNumbers.
 * @param narrow number of the column of connections in 32 bits, whose packets are at `packets`
 * @param wide number of the column of connections in 64 bits
 */
export function trafficColumns<Row>(
  { connections, packets, wide }: { readonly connections: number; readonly packets: number; readonly wide: number },
  of: (row: Row) => readonly number[] | undefined,
): Columns<Row> {
  const read = (at: number, value: (number: number) => SnmpValue) => (row: Row) => {
    const number = of(row)?.[at];
    return number === undefined ? undefined : value(number);
  };
  const octets = (value: number): SnmpValue => counter64(BigInt(value));
  const rate = (value: number): SnmpValue => gauge(Math.min(value, 2 ** 32 - 1));
  return {
    [connections]: read(0, (value) => gauge(value % 2 ** 32)),
    [packets]: read(1, counter),
    [packets + 1]: read(2, counter),
    [packets + 2]: read(3, octets),
    [packets + 3]: read(4, octets),
    ...Object.fromEntries([5, 6, 7, 8, 9].map((at) => [packets - 1 + at, read(at, rate)])),
    ...Object.fromEntries([0, 1, 2].map((at) => [wide + at, read(at, octets)])),
    ...Object.fromEntries(
      [5, 6, 7, 8, 9].flatMap((at) => [
        [wide + 3 + 2 * (at - 5), read(at, low)],
        [wide + 4 + 2 * (at - 5), read(at, high)],
      ]),
    ),
  };
}

/** The flags have two columns each, by their meanings to two schedulers; both show them whatever the scheduler is. */
const flag =
  (name: 'sched1' | 'sched2' | 'sched3') =>
  ({ schedulerFlags }: VirtualServerConfiguration): SnmpValue =>
    truth(schedulerFlags.includes(name));

const isIpv6 = ({ family }: VirtualServerConfiguration): boolean => family === 'inet6';
const hasPersistence = ({ persistenceTimeout = 0 }: VirtualServerConfiguration): boolean => persistenceTimeout > 0;

/** Columns that the configuration alone decides. */
const configured: Columns<VirtualServerConfiguration> = {
  2: typeValue,
  ...identityColumns,
  // Of marks and groups too; a group may have both families.
  5: ({ family }) => (family === undefined ? undefined : familyValue(family)),
  8: protocolValue,
  9: ({ scheduler }) => integer(schedulers[scheduler] ?? unknownScheduler),
  10: ({ forwarding }) => forwardingValue(forwarding),
  12: ({ checkDefaults }) => textOr(checkDefaults?.virtualHost),
  13: (each) => oneOrTwo(hasPersistence(each)),
  14: (each) => (hasPersistence(each) ? seconds(each.persistenceTimeout ?? 0) : undefined),
  15: (each) => (isIpv6(each) ? undefined : addressValue(each.persistenceGranularity ?? '255.255.255.255')),
  16: ({ checkDefaults }) => seconds(checkDefaults?.delayLoop ?? defaultDelayLoop),
  17: ({ haSuspend }) => truth(haSuspend),
  18: ({ alpha }) => oneOrTwo(alpha),
  19: ({ omega }) => oneOrTwo(omega),
  20: ({ realServers }) => gauge(realServers.length),
  22: ({ quorum }) => gauge(quorum),
  24: ({ quorumUp }) => scriptValue(quorumUp),
  25: ({ quorumDown }) => scriptValue(quorumDown),
  26: ({ hysteresis }) => gauge(hysteresis),
  37: ({ onePacket }) => truth(onePacket),
  51: (each) => (isIpv6(each) ? gauge(Number(each.persistenceGranularity ?? 128)) : undefined),
  52: ({ hashed }) => truth(hashed),
  53: flag('sched1'),
  54: flag('sched2'),
  55: flag('sched3'),
  56: ({ inhibitOnFailure }) => integer(inhibitOnFailure ? 2 : 1),
  // 0: each checker has a default of its own.
  57: ({ checkDefaults }) => gauge(checkDefaults?.retry ?? 0),
  58: ({ checkDefaults }) => seconds(checkDefaults?.delayBeforeRetry ?? 0),
  59: ({ checkDefaults }) => seconds(checkDefaults?.warmup ?? 0),
  60: ({ defaultWeight }) => integer(defaultWeight),
  61: ({ smtpAlert }) => oneOrTwo(smtpAlert),
  62: flag('sched1'),
  63: flag('sched2'),
  64: ({ checkDefaults }) => microseconds(checkDefaults?.delayLoop ?? defaultDelayLoop),
  65: ({ checkDefaults }) => microseconds(checkDefaults?.delayBeforeRetry ?? 0),
  66: ({ checkDefaults }) => microseconds(checkDefaults?.warmup ?? 0),
  67: ({ checkDefaults }) => microseconds(checkDefaults?.connectTimeout ?? defaultConnectTimeout),
  ...tunnelColumns<VirtualServerConfiguration>(68, ({ forwarding }) => forwarding),
  71: ({ snmpName }) => textOr(snmpName),
};

/** The same of rows that have a configuration. */
export function ofConfiguration<Configuration>(
  columns: Columns<Configuration>,
): Columns<{ readonly configuration: Configuration }> {
  return Object.fromEntries(
    Object.entries(columns).map(([number, read]) => [
      number,
      ({ configuration }: { readonly configuration: Configuration }) => read(configuration),
    ]),
  );
}

export function upCount(state: CheckerState, row: PoolRow): SnmpValue | undefined {
  const up = state.upOf(row);
  return up === undefined ? undefined : gauge(up);
}

/** met(1), notMet(2). */
function quorumValue(state: CheckerState, row: PoolRow): SnmpValue | undefined {
  const quorum = state.quorumOf(row);
  return quorum === undefined ? undefined : oneOrTwo(quorum);
}

/** alive(1): it is served, with or without a quorum; dead(2): the process that serves it is not there. */
function statusValue(state: CheckerState, row: PoolRow): SnmpValue {
  return oneOrTwo(state.quorumOf(row) !== undefined);
}

export function virtualServerTable(state: CheckerState): Subtree {
  return new Table<PoolRow>(
    virtualServerEntry,
    {
      ...ofConfiguration(configured),
      11: (row) => statusValue(state, row),
      21: (row) => upCount(state, row),
      23: (row) => quorumValue(state, row),
      ...trafficColumns<PoolRow>({ connections: 27, packets: 28, wide: 38 }, (row) => state.trafficOf(row)),
    },
    state.rows.pools,
  );
}

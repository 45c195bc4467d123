/** KEEPALIVED-MIB, group check: real servers and sorry servers. */
import type { CheckDefaults } from '../../../config/model.ts';
import { gauge, integer, type SnmpValue } from '../value.ts';
import { Table, type Columns, type Subtree } from '../view.ts';
import { serverTrafficNumbers, trafficNumbers } from '../traffic-cache.ts';
import type { CheckerState, ServerRow } from './checker-rows.ts';
import { addressValue, familyValue, oneOrTwo, scriptValue, textOr } from './conventions.ts';
import { keepalivedMib } from './roots.ts';
import {
  defaultConnectTimeout,
  defaultDelayLoop,
  forwardingValue,
  microseconds,
  seconds,
  trafficColumns,
  tunnelColumns,
} from './virtual-servers.ts';

export const realServerEntry = [...keepalivedMib, 3, 4, 1];

/** regular(1), sorry(2). */
const isRegular = ({ at }: ServerRow): boolean => at !== undefined;

/** Columns that only a real server has, not a sorry server. */
function regular(read: (row: ServerRow) => SnmpValue | undefined): (row: ServerRow) => SnmpValue | undefined {
  return (row) => (isRegular(row) ? read(row) : undefined);
}

/** What is written on the server or further out; a sorry server is not checked, and shows 0 everywhere. */
function scheduleOf({ at, configuration, pool }: ServerRow): Required<Omit<CheckDefaults, 'alpha' | 'virtualHost'>> {
  const none = { retry: 0, delayBeforeRetry: 0, warmup: 0 };
  if (at === undefined) return { ...none, delayLoop: 0, connectTimeout: 0 };
  return {
    ...none,
    ...{ delayLoop: defaultDelayLoop, connectTimeout: defaultConnectTimeout },
    ...pool.configuration.checkDefaults,
    ...configuration.checkDefaults,
  };
}

/** alive(1), dead(2). */
export function serverStatus(state: CheckerState, row: ServerRow): SnmpValue | undefined {
  const server = state.serverOf(row);
  return server && oneOrTwo(server.up);
}

const configured: Columns<ServerRow> = {
  2: (row) => oneOrTwo(isRegular(row)),
  3: ({ configuration }) => familyValue(configuration.family),
  4: ({ configuration }) => addressValue(configuration.address),
  5: ({ configuration }) => gauge(configuration.port),
  8: regular(({ configuration }) =>
    configuration.upperThreshold === 0 ? undefined : gauge(configuration.upperThreshold),
  ),
  9: regular(({ configuration }) =>
    configuration.lowerThreshold === 0 ? undefined : gauge(configuration.lowerThreshold),
  ),
  10: regular(({ configuration }) => integer(configuration.inhibitOnFailure ? 2 : 1)),
  11: regular(({ configuration }) => scriptValue(configuration.notifyUp)),
  12: regular(({ configuration }) => scriptValue(configuration.notifyDown)),
  40: ({ configuration }) => forwardingValue(configuration.forwarding),
  41: ({ configuration }) => textOr(configuration.checkDefaults?.virtualHost),
  42: (row) => oneOrTwo(isRegular(row) && (row.configuration.checkDefaults?.alpha ?? row.pool.configuration.alpha)),
  43: (row) => gauge(scheduleOf(row).retry),
  44: (row) => seconds(scheduleOf(row).delayBeforeRetry),
  45: (row) => seconds(scheduleOf(row).warmup),
  46: (row) => seconds(scheduleOf(row).delayLoop),
  47: (row) => oneOrTwo(isRegular(row) && row.configuration.smtpAlert),
  48: (row) => microseconds(scheduleOf(row).delayBeforeRetry),
  49: (row) => microseconds(scheduleOf(row).warmup),
  50: (row) => microseconds(scheduleOf(row).delayLoop),
  51: (row) => microseconds(scheduleOf(row).connectTimeout),
  ...tunnelColumns<ServerRow>(52, ({ configuration }) => configuration.forwarding),
  55: ({ configuration }) => textOr(configuration.snmpName),
};

export function realServerTable(state: CheckerState): Subtree {
  const connections = (at: number) => (row: ServerRow) => {
    const number = state.serverTrafficOf(row)?.[at];
    return number === undefined ? undefined : gauge(number);
  };
  return new Table<ServerRow>(
    realServerEntry,
    {
      ...configured,
      6: (row) => serverStatus(state, row),
      7: (row) => {
        const server = state.serverOf(row);
        return server && integer(server.weight);
      },
      13: (row) => {
        const server = state.serverOf(row);
        return server && gauge(server.failedChecks);
      },
      ...trafficColumns<ServerRow>({ connections: 14, packets: 18, wide: 27 }, (row) =>
        state.serverTrafficOf(row)?.slice(serverTrafficNumbers - trafficNumbers),
      ),
      15: connections(0),
      16: connections(1),
      17: connections(2),
    },
    state.rows.servers,
  );
}

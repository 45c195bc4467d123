// Reference: keywords of vrrp_track_process, track_file, bfd_instance, track_group and garp_group; verdicts as
// keepalived's configuration test (2.2.7) gives them.
import { describe, expect, it } from 'vitest';
import { codes, instance, load, model } from './memory.ts';
import { roundTrip } from './round-trip.ts';

const process = (lines: string) => `vrrp_track_process p1 {\n${lines}\n}\n`;
const bfd = (lines: string, name = 'b1', neighbor = '10.0.0.9') =>
  `bfd_instance ${name} {\nneighbor_ip ${neighbor}\n${lines}\n}\n`;

describe('vrrp_track_process', () => {
  const read = (lines: string) => model(process(lines) + instance('track_process {\np1\n}')).vrrp;

  it('has the defaults of the reference', () => {
    expect(read('process nginx').trackProcesses[0]).toMatchObject({
      name: 'p1',
      process: 'nginx',
      parameters: [],
      parameterMatch: 'none',
      fullCommand: false,
      weight: 0,
      reverse: false,
      quorum: 1,
      terminateDelay: 0,
      forkDelay: 0,
    });
    expect(read('process nginx').trackProcesses[0]?.quorumMax).toBeUndefined();
  });

  it.each([
    ['process foo', 'none', false],
    ['process foo\nfull_command', 'none', true],
    ['process foo a b', 'exact', true],
    ['process foo\nparam_match', 'exact', true],
    ['process foo a\nparam_match initial', 'initial', true],
    ['process foo a\nparam_match partial', 'partial', true],
  ])('%j compares parameters: %s, command line: %s', (lines, parameterMatch, fullCommand) => {
    expect(read(lines).trackProcesses[0]).toMatchObject({ parameterMatch, fullCommand });
  });

  it('delay sets both delays, the last one wins', () => {
    expect(read('process foo\ndelay 0.5\nfork_delay 2').trackProcesses[0]).toMatchObject({
      terminateDelay: 500,
      forkDelay: 2000,
    });
  });

  it('a quoted name is one word', () => {
    expect(read('process "/tmp/a b" c "d e"').trackProcesses[0]).toMatchObject({
      process: '/tmp/a b',
      parameters: ['c', 'd e'],
    });
  });

  it('none may run with quorum_max 0', () => {
    expect(read('process foo\nquorum_max 0').trackProcesses[0]).toMatchObject({ quorum: 0, quorumMax: 0 });
  });

  it.each([
    ['process foo\nquorum 0', ['CFG_INVALID_NUMBER']],
    ['process foo\nquorum 65536', ['CFG_INVALID_NUMBER']],
    ['process foo\nquorum 5\nquorum_max 3', ['CFG_QUORUM']],
    ['process foo\nquorum 1\nquorum_max 0', []],
    ['process foo\ndelay 0', ['CFG_INVALID_NUMBER']],
    ['process foo\ndelay 5000', ['CFG_INVALID_NUMBER']],
    ['process foo\nparam_match exact', ['CFG_INVALID_WORD']],
    ['process foo\nprocess bar', ['CFG_DUPLICATE']],
    ['process foo\nweight 10 foo', ['CFG_UNKNOWN_OPTION']],
    ['process foo\nweight 10 reverse', []],
  ])('%j gives %j', (lines, expected) => {
    expect(codes(process(lines) + instance('track_process {\np1\n}'))).toEqual(expected);
  });

  it('a missing delay ends the test with 2', () => {
    expect(load(process('process foo\ndelay')).exitCode).toBe(2);
  });

  it('instances inherit its weight and direction', () => {
    const tracked = (line: string) =>
      model(process('process foo\nweight 10 reverse') + instance(`track_process {\n${line}\n}`)).vrrp.instances[0]
        ?.trackProcesses;
    expect(tracked('p1')).toEqual([{ process: 'p1', weight: 10, reverse: true }]);
    expect(tracked('p1 weight -5 noreverse')).toEqual([{ process: 'p1', weight: -5, reverse: false }]);
  });

  it('inside a sync group its weight means FAULT', () => {
    const group = 'vrrp_sync_group G {\ngroup {\nVI_1\nVI_2\n}\n}\n';
    const text =
      process('process foo\nweight 10') + instance('track_process {\np1\n}') + instance('', 'VI_2', 52) + group;
    expect(codes(text)).toEqual(['CFG_GROUP_WEIGHT']);
    expect(model(text).vrrp.instances[0]?.trackProcesses).toEqual([{ process: 'p1', weight: 0, reverse: false }]);
  });
});

describe('track_file', () => {
  it.each([
    ['', undefined],
    ['init_file', { value: 0, overwrite: false }],
    ['init_file 5 overwrite', { value: 5, overwrite: true }],
    ['init_file overwrite -3', { value: -3, overwrite: true }],
  ])('%j initializes with %j', (line, expected) => {
    expect(model(`track_file f {\nfile /tmp/x\n${line}\n}\n`).vrrp.trackFiles[0]?.initialize).toEqual(expected);
  });
});

describe('bfd_instance', () => {
  const read = (lines: string, neighbor?: string) => model(bfd(lines, 'b1', neighbor)).bfd.instances[0];

  it('has the defaults of the reference', () => {
    expect(read('')).toMatchObject({
      name: 'b1',
      neighborAddress: '10.0.0.9',
      family: 'inet',
      minRx: 10,
      minTx: 10,
      idleTx: 1000,
      multiplier: 5,
      passive: false,
      ttl: 255,
      maxHops: 0,
      multihop: false,
      weight: 0,
      reverse: false,
      vrrp: true,
      checker: true,
    });
    expect(read('', 'fe80::1')).toMatchObject({ family: 'inet6', ttl: 64 });
  });

  it('intervals are milliseconds with three decimal places', () => {
    expect(read('min_rx 10.5\nmin_tx 20000\nidle_tx 1500')).toMatchObject({ minRx: 10.5, minTx: 20_000, idleTx: 1500 });
  });

  it.each([
    ['vrrp', true, false],
    ['checker', false, true],
    ['vrrp\nchecker', true, true],
  ])('%j tells vrrp: %s, checkers: %s', (lines, vrrp, checker) => {
    expect(read(lines)).toMatchObject({ vrrp, checker });
  });

  it.each([
    ['source_ip fe80::1', ['CFG_FAMILY']],
    ['min_rx 0', ['CFG_INVALID_NUMBER']],
    ['min_rx 10.12345', ['CFG_DECIMAL_PLACES']],
    ['idle_tx 500', ['CFG_INVALID_NUMBER']],
    ['ttl 0', ['CFG_INVALID_NUMBER']],
    ['max_hops 254\nttl 10', ['CFG_CLAMPED']],
    ['max_hops -1', []],
    ['max_hops -2', ['CFG_INVALID_NUMBER']],
    ['multiplier 0', ['CFG_INVALID_NUMBER']],
    ['weight 254', ['CFG_INVALID_NUMBER']],
    ['neighbor_ip abc', ['CFG_INVALID_ADDRESS']],
    ['idle_tx 1000\nidle_tx 2000', []],
  ])('%j gives %j', (lines, expected) => {
    expect(codes(bfd(lines))).toEqual(expected);
  });

  it('max_hops is no more than the TTL', () => {
    expect(read('max_hops 254\nttl 10')).toMatchObject({ ttl: 10, maxHops: 10 });
  });

  it('one session with a neighbour', () => {
    const text = bfd('') + bfd('', 'b2');
    expect(codes(text)).toEqual(['CFG_DUPLICATE']);
    expect(model(text).bfd.instances.map(({ name }) => name)).toEqual(['b1']);
  });

  it('instances cannot track what only the checkers are told of', () => {
    expect(codes(bfd('checker') + instance('track_bfd {\nb1\n}'))).toEqual(['CFG_UNKNOWN_REFERENCE']);
    expect(codes(bfd('vrrp') + instance('track_bfd {\nb1\n}'))).toEqual([]);
  });

  it('instances inherit its weight', () => {
    const text = bfd('weight 20 reverse') + instance('track_bfd {\nb1\n}');
    expect(model(text).vrrp.instances[0]?.trackBfd).toEqual([{ bfd: 'b1', weight: 20, reverse: true }]);
  });
});

describe('groups', () => {
  it('track_group keeps the instances there are', () => {
    const text = 'track_group tg {\ngroup {\nVI_1 VI_1\nVI_7\n}\n}\n' + instance();
    expect(codes(text)).toEqual([]);
    expect(model(text).vrrp.trackGroups).toMatchObject([{ name: 'tg', members: ['VI_1'] }]);
  });

  it('garp_group inherits the interval it does not set', () => {
    const text =
      'global_defs {\nvrrp_gna_interval 0.25\n}\ngarp_group {\ngarp_interval 1.5\ninterfaces {\neth0 eth1\n}\n}\n';
    expect(model(text).vrrp.garpGroups).toMatchObject([
      { interfaces: ['eth0', 'eth1'], arpInterval: 1500, naInterval: 250 },
    ]);
  });
});

it('trackers, sessions and groups come back from the text they are printed as', () => {
  const text = [
    process('process "a b" c\nparam_match initial\nweight 5 reverse\nquorum 2\nquorum_max 7\nterminate_delay 1.5'),
    'vrrp_track_process none {\nprocess x\nquorum_max 0\nfork_delay 0.000001\n}\n',
    'vrrp_track_process bare {\nprocess x\nparam_match\n}\n',
    bfd('source_ip 10.0.0.1\nmin_rx 10.125\npassive\nmax_hops 3\nmultihop\nweight -3 reverse\nvrrp'),
    bfd('checker\nttl 9', 'b2', '2001:db8::1'),
    'track_file f {\nfile /tmp/x\ninit_file -4 overwrite\nweight 2 reverse\n}\n',
    'track_group tg {\ngroup {\nVI_1\n}\n}\n',
    'garp_group {\ngarp_interval 0.5\ninterface eth1\n}\n',
    instance('track_process {\np1 weight 3\nnone\n}\ntrack_bfd {\nb1\n}\ntrack_file {\nf\n}'),
    instance('', 'VI_2', 52),
    'vrrp_sync_group G {\ngroup {\nVI_1\nVI_2\n}\nsync_group_tracking_weight\nnotify_priority_changes\ntrack_process {\np1\n}\ntrack_bfd {\nb1 weight 4\n}\n}\n',
  ].join('');
  const { first, second, printed } = roundTrip(model(text));
  expect(second, printed).toEqual(first);
});

/** The state part of keepalived_bfd.data: the lines that keepalived 2.2.7 wrote of a session as it stands here. */
import { describe, expect, it } from 'vitest';
import { bfdDataText } from '../../../src/process/dump/bfd-data.ts';
import { globalModel } from '../../support/models.ts';
import type { Configuration } from '../../../src/config/model.ts';
import { session, Wire } from '../bfd/wire.ts';

/** Written by Debian's keepalived, its timers (thread_*, sands_*), discriminators and dates aside. */
const originalUp = `   send error = false
   local state = Up
   remote state = Up
   local diag = No Diagnostic
   remote diag = No Diagnostic
   remote min tx intv = 50000 us
   remote min rx intv = 50000 us
   local demand = 0
   remote demand = 0
   remote detect multiplier = 3
   !poll, !final
   local tx intv = 50000 us
   remote tx intv = 50000 us
   local detection time = 150000 us
   remote detection time = 150000 us
`;
const originalDown = `   send error = true
   local state = Down
   remote state = Down
   remote discriminator = 0x0
   local diag = No Diagnostic
   remote diag = No Diagnostic
   remote min tx intv = 0 us
   remote min rx intv = 0 us
   local demand = 0
   remote demand = 0
   remote detect multiplier = 0
   !poll, !final
   local tx intv = 1000000 us
   remote tx intv = 0 us
   local detection time = 0 us
   remote detection time = 0 us
   last_seen = [never]
`;

const settings = { minRx: 50, minTx: 50, multiplier: 3 };

function dumpOf(wire: Wire, troubled: boolean): string {
  const configuration = {
    global: globalModel(),
    bfd: { instances: [session(settings)] },
  } as unknown as Configuration;
  return bfdDataText(
    configuration,
    { hostName: 'host' },
    {
      sessions: wire.left.engine.status(),
      senderOf: () => ({ descriptor: 11, troubled }),
      listening: [8],
      clock: { now: wire.now, wall: 1_795_320_951_540 },
    },
  );
}

const without = (text: string, pattern: RegExp): string =>
  text
    .split('\n')
    .filter((line) => !pattern.test(line))
    .join('\n');

describe('the state of a session', () => {
  it('that is up has the lines of the original', () => {
    const wire = new Wire(settings, settings).establish();
    const text = dumpOf(wire, false);
    expect(text).toContain(
      '------< BFD Data >------\n fd_in = 8\n------< BFD Topology >------\n BFD Instance = peer\n',
    );
    expect(without(text, /discriminator/)).toContain(originalUp);
    expect(text).toMatch(/ {3}local discriminator = 0x[0-9a-f]+\n {3}remote discriminator = 0x[0-9a-f]+\n/);
    expect(text).toMatch(/ {3}last seen = \d+\.\d{6} \(\w{3} \w{3} [ \d]\d [\d:]{8} \d{4}\.\d{6}\)\n/);
    expect(text).toContain('   Reason = 192.0.2.2 hears this machine\n');
  });

  it('that was never up has the lines of the original', () => {
    const wire = new Wire(settings, settings);
    wire.left.perform(wire.left.engine.start(0), 0);
    expect(without(dumpOf(wire, true), /local discriminator/)).toContain(originalDown);
  });
});

/** From exec to the first advertisement on the wire, for an address owner, who need not wait for anybody. */
import { pairConfiguration } from '../configurations.ts';
import { Daemon } from '../daemon.ts';
import { Lan } from '../lan.ts';
import type { Measurement } from '../measurement.ts';
import { alternate } from '../measurement.ts';

export const start: Measurement = {
  name: 'start',
  title: 'start: exec to first advertisement (address owner)',
  runs: 10,
  async measure(bench) {
    const title = 'exec to first advertisement';
    const samples = await alternate(bench, bench.runs ?? start.runs, title, async (contender) => {
      await using lan = await Lan.create();
      const text = pairConfiguration({ version: 3, interval: 1000, priority: 255 });
      const configuration = bench.folder.write('first.conf', text);
      await using daemon = Daemon.start(contender, lan.first.namespace, configuration, bench.folder.file('first.log'));
      const first = await daemon.achieves(lan.capture.until('an advertisement', 20_000, (seen) => seen[0]));
      return [first.at - daemon.startedAt];
    });
    return [{ title, unit: 'ms', samples, bars: [], remarks: ['includes some 5 ms to enter the namespace'] }];
  },
};

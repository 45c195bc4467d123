/**
 * Loaded into a process of the daemon (node --import): writes, twice a second, the longest time its event loop was busy
 * without a turn. Processor time, not the clock's: a machine that gives the processor to others would look like a block.
 * Environment: LOOP_BLOCKS, the file to append to; LOOP_BLOCKS_OF, a word of the command line that names the process.
 */
import { appendFileSync } from 'node:fs';

const { LOOP_BLOCKS: file, LOOP_BLOCKS_OF: word } = process.env;
const used = () => {
  const { user, system } = process.threadCpuUsage();
  return (user + system) / 1000;
};
if (file !== undefined && process.argv.includes(word)) {
  let last = used();
  let longest = 0;
  setInterval(() => {
    const current = used();
    longest = Math.max(longest, current - last);
    last = current;
  }, 1).unref();
  setInterval(() => {
    appendFileSync(file, `${longest.toFixed(2)}\n`);
    longest = 0;
    last = used();
  }, 500).unref();
}

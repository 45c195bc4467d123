/** promtool of Debian's package prometheus, where it is installed; said aloud where it is not. */
import { existsSync } from 'node:fs';

export const promtool = ['/usr/bin/promtool', '/usr/local/bin/promtool'].find((file) => existsSync(file));

if (promtool === undefined)
  console.warn('promtool is not installed (apt-get install prometheus): what it would judge is not judged');
